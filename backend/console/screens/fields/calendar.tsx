/**
 * Fields of a calendar: hours of the week, dates that differ, cut-offs, working days, closures, carrier pickups.
 */
import { useState } from 'preact/hooks';
import type { NetworkNames } from '../../view.ts';
import { type Draft, isEntry, listAt, type Path, textAt } from '../draft.ts';
import { dateOf } from '../format.ts';
import {
  type Interval,
  readExtraPickups,
  readIntervals,
  readTimes,
  writeIntervals,
} from '../notes.ts';
import type { TextKey } from '../texts/en.ts';
import { t } from '../texts/text.ts';
import { given, helpOf, hidden, NoteField, TimeField } from './simple.tsx';

export const WEEK = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
export type Day = (typeof WEEK)[number];
const WORKDAYS_AFTER_MONDAY: readonly Day[] = ['tue', 'wed', 'thu', 'fri'];

export function dayName(day: Day): string {
  return t(`weekday.${day}`);
}

function isIntervals(value: unknown): value is Interval[] {
  return Array.isArray(value);
}

function written(value: unknown): string {
  return isIntervals(value) ? writeIntervals(value) : '';
}

/** Opening hours of the week, a line a day. */
export function WeekHours({ draft, path }: { draft: Draft; path: Path }) {
  // Copied fields are drawn anew: what was typed in them before is gone.
  const [copies, setCopies] = useState(0);
  const copy = () => {
    setCopies(copies + 1);
    const monday = draft.read([...path, 'mon']);
    for (const day of WORKDAYS_AFTER_MONDAY) {
      draft.write([...path, day], monday);
      draft.note([...path, day], undefined);
    }
  };
  return (
    <s-stack gap="small">
      <s-paragraph color="subdued">{t('field.hours.help')}</s-paragraph>
      <div class="week">
        {WEEK.map((day) => (
          <NoteField<Interval[]>
            key={`${day} ${day === 'mon' ? 0 : copies}`}
            draft={draft}
            path={[...path, day]}
            label={dayName(day)}
            write={written}
            read={readIntervals}
            wrong="field.hours.wrong"
          />
        ))}
      </div>
      <div>
        <s-button onClick={copy}>{t('field.hours.copy')}</s-button>
      </div>
    </s-stack>
  );
}

/** A time a weekday. */
export function WeekTimes({ draft, path, label }: { draft: Draft; path: Path; label: TextKey }) {
  return (
    <fieldset class="plain">
      <legend>{t(label)}</legend>
      <s-paragraph color="subdued">{helpOf(label)}</s-paragraph>
      <div class="days">
        {WEEK.map((day) => (
          <TimeField
            key={day}
            draft={draft}
            path={[...path, day]}
            label="field.time.wrong"
            name={dayName(day)}
          />
        ))}
      </div>
    </fieldset>
  );
}

/** Dates with hours of their own; without hours the place is closed. */
export function DatedHours({ draft, path }: { draft: Draft; path: Path }) {
  const rows = listAt(draft, path);
  const replace = (next: readonly unknown[]) => draft.write(path, next);
  return (
    <s-stack gap="small">
      <s-paragraph color="subdued">{t('section.exceptionsText')}</s-paragraph>
      {rows.map((row, index) => {
        const date = isEntry(row) ? String(row['date'] ?? '') : '';
        return (
          // Rows have no name of their own; a removed row takes its fields with it.
          <div class="row dated" key={`${index} of ${rows.length}`}>
            <DateField
              label={t('field.date')}
              value={date}
              isLabelHidden={index > 0}
              error={draft.errorAt([...path, index, 'date'])}
              onChange={(next) => draft.write([...path, index, 'date'], next)}
            />
            <NoteField<Interval[]>
              draft={draft}
              path={[...path, index, 'intervals']}
              label={t('field.dateHours')}
              isLabelHidden={index > 0}
              placeholder={t('field.dateHours.closed')}
              write={written}
              read={readIntervals}
              wrong="field.hours.wrong"
            />
            <TimeField
              draft={draft}
              path={[...path, index, 'cutOff']}
              label="field.dateCutOff"
              isLabelHidden={index > 0}
            />
            <RemoveButton
              name={date === '' ? t('field.date') : dateOf(date)}
              onClick={() => replace(rows.filter((_, at) => at !== index))}
            />
          </div>
        );
      })}
      <div>
        <s-button icon="plus" onClick={() => replace([...rows, { date: '', intervals: [] }])}>
          {t('field.addDate')}
        </s-button>
      </div>
    </s-stack>
  );
}

/** A day as typed or picked. */
export function DateField(props: {
  label: string;
  value: string;
  error?: string | undefined;
  isLabelHidden?: boolean;
  onChange: (day: string) => void;
}) {
  return (
    <s-date-field
      label={props.label}
      {...hidden(props.isLabelHidden)}
      value={props.value}
      {...given('error', props.error)}
      onInput={(event) => props.onChange(event.currentTarget.value)}
      onChange={(event) => props.onChange(event.currentTarget.value)}
    />
  );
}

export function RemoveButton({ name, onClick }: { name: string; onClick: () => void }) {
  return (
    <s-button
      variant="tertiary"
      icon="delete"
      accessibilityLabel={t('common.removeNamed', { name })}
      onClick={onClick}
    >
      {t('common.remove')}
    </s-button>
  );
}

/** Dates with the side on which they hold: worked dates, closures. */
export function DatesBySide({ draft, path, label }: { draft: Draft; path: Path; label: TextKey }) {
  const rows = listAt(draft, path);
  const replace = (next: readonly unknown[]) => draft.write(path, next);
  return (
    <fieldset class="plain">
      <legend>{t(label)}</legend>
      <s-stack gap="small">
        <s-paragraph color="subdued">{helpOf(label)}</s-paragraph>
        {rows.map((row, index) => {
          const date = isEntry(row) ? String(row['date'] ?? '') : '';
          return (
            <div class="row sided" key={`${index} of ${rows.length}`}>
              <DateField
                label={t('field.date')}
                value={date}
                error={draft.errorAt([...path, index, 'date'])}
                onChange={(next) => draft.write([...path, index, 'date'], next)}
              />
              <s-select
                label={t('field.side')}
                value={textAt(draft, [...path, index, 'side']) || 'both'}
                onChange={(event) =>
                  draft.write([...path, index, 'side'], event.currentTarget.value)
                }
              >
                <s-option value="both">{t('field.side.both')}</s-option>
                <s-option value="origin">{t('field.side.origin')}</s-option>
                <s-option value="delivery">{t('field.side.delivery')}</s-option>
              </s-select>
              <RemoveButton
                name={date === '' ? t('field.date') : dateOf(date)}
                onClick={() => replace(rows.filter((_, at) => at !== index))}
              />
            </div>
          );
        })}
        <div>
          <s-button icon="plus" onClick={() => replace([...rows, { date: '', side: 'both' }])}>
            {t('field.addDate')}
          </s-button>
        </div>
      </s-stack>
    </fieldset>
  );
}

/** Working days of the week, or those of somebody else. */
export function WorkingDays({
  draft,
  path,
  inherited,
}: {
  draft: Draft;
  path: Path;
  inherited: TextKey;
}) {
  const days = draft.read(path);
  const chosen = new Set(Array.isArray(days) ? days.map(String) : []);
  const isOwn = Array.isArray(days);
  const toggle = (day: Day, isOn: boolean) =>
    draft.write(
      path,
      WEEK.filter((one) => (one === day ? isOn : chosen.has(one))),
    );
  return (
    <s-stack gap="small">
      <s-select
        label={t('field.workingDays')}
        value={isOwn ? 'own' : 'inherited'}
        {...given('error', draft.errorAt(path))}
        onChange={(event) =>
          draft.write(path, event.currentTarget.value === 'own' ? WEEK.slice(0, 5) : undefined)
        }
      >
        <s-option value="inherited">{t(inherited)}</s-option>
        <s-option value="own">{t('field.workingDays.own')}</s-option>
      </s-select>
      {isOwn ? (
        <div class="checks">
          {WEEK.map((day) => (
            <s-checkbox
              key={day}
              label={dayName(day)}
              checked={chosen.has(day)}
              onChange={(event) => toggle(day, event.currentTarget.checked)}
            />
          ))}
        </div>
      ) : null}
    </s-stack>
  );
}

/** When each service collects at a place. */
export function CarrierPickups({
  draft,
  path,
  names,
}: {
  draft: Draft;
  path: Path;
  names: NetworkNames;
}) {
  const rows = listAt(draft, path);
  const used = new Set(rows.map((row) => (isEntry(row) ? row['serviceCode'] : undefined)));
  const free = names.services.filter((service) => !used.has(service.code));
  const replace = (next: readonly unknown[]) => draft.write(path, next);
  return (
    <s-stack gap="base">
      <s-paragraph color="subdued">{t('section.pickupsText')}</s-paragraph>
      {rows.map((row, index) => {
        const code = isEntry(row) ? String(row['serviceCode'] ?? '') : '';
        const service = names.services.find((one) => one.code === code);
        const title = service === undefined ? code : `${service.name} (${code})`;
        return (
          <fieldset class="card" key={`${code} ${rows.length}`}>
            <legend>{title}</legend>
            <div class="days">
              {WEEK.map((day) => (
                <NoteField<string[]>
                  key={day}
                  draft={draft}
                  path={[...path, index, 'weekly', day]}
                  label={dayName(day)}
                  write={(value) => (Array.isArray(value) ? value.join(', ') : '')}
                  read={readTimes}
                  isEmpty={(times) => times.length === 0}
                  wrong="field.times.wrong"
                />
              ))}
            </div>
            <NoteField<{ date: string; time: string }[]>
              draft={draft}
              path={[...path, index, 'extra']}
              label={t('field.extraPickups')}
              write={writeExtra}
              read={readExtraPickups}
              wrong="field.extraPickups.wrong"
              help={t('field.extraPickups.help')}
              rows={2}
            />
            <div>
              <RemoveButton
                name={title}
                onClick={() => replace(rows.filter((_, at) => at !== index))}
              />
            </div>
          </fieldset>
        );
      })}
      {free.length === 0 ? null : (
        <s-select
          label={t('field.addPickup')}
          value=""
          onChange={(event) => {
            const serviceCode = event.currentTarget.value;
            if (serviceCode !== '') replace([...rows, { serviceCode, weekly: {}, extra: [] }]);
          }}
        >
          <s-option value="">–</s-option>
          {free.map((service) => (
            <s-option key={service.code} value={service.code}>
              {`${service.name} (${service.code})`}
            </s-option>
          ))}
        </s-select>
      )}
    </s-stack>
  );
}

function writeExtra(value: unknown): string {
  if (!Array.isArray(value)) return '';
  return value
    .filter(isEntry)
    .map((row) => `${row['date']} ${row['time']}`)
    .join('\n');
}
