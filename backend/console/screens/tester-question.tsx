/**
 * The date tester's question: address, basket, instant, and conditions few merchants need.
 *
 * Day and time are the shop's wall clock; the question is sent as an instant. What was asked last stays in the form.
 */
import { useState } from 'preact/hooks';
import type { DateTestRequest, NetworkNames } from '../view.ts';
import { call, type Problem } from './api.ts';
import { DateField, RemoveButton } from './fields/calendar.tsx';
import { given } from './fields/simple.tsx';
import { wallAt } from './format.ts';
import { readTime } from './notes.ts';
import { ProductSearch } from './product-search.tsx';
import { t } from './texts/text.ts';
import { instantOfWall } from './wall-clock.ts';

export type Question = {
  readonly country: string;
  readonly postalCode: string;
  readonly lines: readonly {
    readonly sku: string;
    readonly name: string;
    readonly quantity: number;
  }[];
  readonly day: string;
  readonly time: string;
  readonly currency: string;
  readonly channel: string;
  readonly customerTags: string;
};

type Props = {
  readonly now: string;
  readonly timeZone: string;
  readonly names: NetworkNames;
  readonly isAsking: boolean;
  readonly problem: Problem | undefined;
  readonly onAsk: (question: Question, request: DateTestRequest) => Promise<void>;
};

export function QuestionForm(props: Props) {
  const { now, timeZone, names, isAsking, onAsk } = props;
  const [question, setQuestion] = useState<Question>(() => firstQuestion(now, timeZone, names));
  const [isTried, setTried] = useState(false);
  const change = (changed: Partial<Question>) => setQuestion({ ...question, ...changed });
  const time = readTime(question.time);
  const isEmpty = question.lines.length === 0;
  const submit = () => {
    setTried(true);
    if (time === undefined || isEmpty) return;
    void onAsk(question, toRequest(question, { time, timeZone }));
  };
  return (
    <form
      class="question"
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      <div class="pair">
        <s-select
          label={t('tester.country')}
          value={question.country}
          onChange={(event) => change({ country: event.currentTarget.value })}
        >
          {countriesOf(names).map((country) => (
            <s-option key={country} value={country}>
              {countryName(country)}
            </s-option>
          ))}
        </s-select>
        <s-text-field
          label={t('tester.postalCode')}
          value={question.postalCode}
          autocomplete="postal-code"
          onInput={(event) => change({ postalCode: event.currentTarget.value })}
        />
      </div>
      <Basket
        lines={question.lines}
        error={isTried && isEmpty ? t('tester.basketEmpty') : undefined}
        onChange={(lines) => change({ lines })}
      />
      <div class="pair">
        <DateField
          label={t('tester.day')}
          value={question.day}
          onChange={(day) => change({ day })}
        />
        <s-text-field
          label={t('tester.time', { zone: timeZone })}
          value={question.time}
          {...given('error', time === undefined ? t('field.time.wrong') : undefined)}
          onInput={(event) => change({ time: event.currentTarget.value })}
        />
      </div>
      <div>
        <s-button icon="clock" onClick={() => void setNow(timeZone, change)}>
          {t('tester.now')}
        </s-button>
      </div>
      <details class="folded">
        <summary>{t('tester.more')}</summary>
        <div class="pair">
          <s-text-field
            label={t('tester.currency')}
            value={question.currency}
            maxLength={3}
            onInput={(event) => change({ currency: event.currentTarget.value.toUpperCase() })}
          />
          <s-text-field
            label={t('tester.channel')}
            value={question.channel}
            onInput={(event) => change({ channel: event.currentTarget.value })}
          />
        </div>
        <s-text-field
          label={t('tester.customerTags')}
          details={t('tester.customerTags.help')}
          value={question.customerTags}
          onInput={(event) => change({ customerTags: event.currentTarget.value })}
        />
      </details>
      <s-button variant="primary" type="submit" loading={isAsking} inlineSize="fill">
        {isAsking ? t('tester.asking') : t('tester.ask')}
      </s-button>
    </form>
  );
}

async function setNow(timeZone: string, change: (changed: Partial<Question>) => void) {
  const clock = await call<{ now: string }>('/clock');
  if (clock.ok) change(wallAt(clock.value.now, timeZone));
}

function firstQuestion(now: string, timeZone: string, names: NetworkNames): Question {
  return {
    country: countriesOf(names)[0] ?? '',
    postalCode: '',
    lines: [],
    ...wallAt(now, timeZone),
    currency: String(names.policy['currency'] ?? 'EUR'),
    channel: 'online',
    customerTags: '',
  };
}

function toRequest(
  question: Question,
  at: { readonly time: string; readonly timeZone: string },
): DateTestRequest {
  return {
    now: instantOfWall(question.day, at.time, at.timeZone),
    lines: question.lines.map(({ sku, quantity }) => ({ sku, quantity })),
    destination: { country: question.country, postalCode: question.postalCode },
    currency: question.currency,
    channel: question.channel,
    customerTags: question.customerTags
      .split(',')
      .map((tag) => tag.trim())
      .filter(Boolean),
  };
}

function countriesOf(names: NetworkNames): string[] {
  return [...new Set(names.zones.map((zone) => zone.country))];
}

function countryName(country: string): string {
  const names = new Intl.DisplayNames([document.documentElement.lang || 'en'], { type: 'region' });
  return names.of(country) ?? country;
}

type Line = Question['lines'][number];

function Basket(props: {
  lines: readonly Line[];
  error: string | undefined;
  onChange: (lines: Line[]) => void;
}) {
  const { lines, error, onChange } = props;
  return (
    <fieldset class="plain">
      <legend>{t('tester.basket')}</legend>
      <ul class="lines">
        {lines.map((line) => (
          <li key={line.sku}>
            <span>
              {line.name}
              <span class="subdued"> {line.sku}</span>
            </span>
            <s-number-field
              label={`${t('tester.quantity')}: ${line.name}`}
              labelAccessibilityVisibility="exclusive"
              value={String(line.quantity)}
              min={1}
              max={9_999}
              onInput={(event) => {
                const quantity = Math.max(1, Math.floor(Number(event.currentTarget.value) || 1));
                onChange(lines.map((one) => (one.sku === line.sku ? { ...one, quantity } : one)));
              }}
            />
            <RemoveButton
              name={line.name}
              onClick={() => onChange(lines.filter((one) => one.sku !== line.sku))}
            />
          </li>
        ))}
      </ul>
      <ProductSearch
        label={t('tester.addProduct')}
        error={error}
        onPick={({ sku, name }) => {
          if (!lines.some((line) => line.sku === sku)) {
            onChange([...lines, { sku, name, quantity: 1 }]);
          }
        }}
      />
    </fieldset>
  );
}
