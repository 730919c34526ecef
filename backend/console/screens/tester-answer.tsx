/**
 * One option of the date tester's answer, the verdict on every place, and what is not offered.
 */
import type { DateTestView, NodeVerdict, TestedAbsence, TestedOption } from '../view.ts';
import { distance, longDay, momentAt, money, shortDay, timeAt, weight } from './format.ts';
import { Figures } from './parts.tsx';
import { isKey, t, tc } from './texts/text.ts';
import { deadlineText, type Scale, StepTable, Timeline } from './timeline.tsx';

/** An option: its date in one line, and unfolded everything behind it. */
export function OptionCard(props: {
  option: TestedOption;
  view: DateTestView;
  scale: Scale;
  isOpen: boolean;
}) {
  const { option, view, scale, isOpen } = props;
  return (
    <details class="option" open={isOpen}>
      <summary>
        <div>
          <h4>{option.name}</h4>
          {option.place === undefined ? null : <span class="subdued">{option.place}</span>}
        </div>
        <div class="date">
          <strong>{dateText(option)}</strong>
          <span>{t('tester.orderBy', { when: momentAt(option.orderBy, option.timeZone) })}</span>
        </div>
      </summary>
      <Timeline option={option} now={view.now} scale={scale} />
      <div class="foot">
        <Figures
          pairs={[
            [
              t('tester.price'),
              option.priceMinor === 0 ? t('tester.free') : money(option.priceMinor, view.currency),
            ],
            [t('tester.cost'), money(option.costMinor, view.costCurrency)],
            [t('tester.co2'), weight(option.co2Grams)],
            [t('tester.confidence'), confidenceText(option.confidence)],
          ]}
        />
        <Badges option={option} />
      </div>
      <details class="folded">
        <summary>{t('tester.steps', { option: option.name })}</summary>
        <StepTable option={option} now={view.now} timeZone={view.timeZone} />
      </details>
      <Verdicts verdicts={option.nodes} currency={view.costCurrency} name={option.name} />
    </details>
  );
}

function Badges({ option }: { option: TestedOption }) {
  return (
    <div class="badges">
      {option.withinTwoHours ? <s-badge tone="success">{t('tester.twoHours')}</s-badge> : null}
      {option.isGreenest ? <s-badge tone="success">{t('tester.greenest')}</s-badge> : null}
      {option.parcels.length > 1 ? (
        <s-badge tone="info">{t('tester.split', { count: option.parcels.length })}</s-badge>
      ) : null}
      {option.quality === 'estimate' ? (
        <s-badge tone="caution">{t('tester.estimate')}</s-badge>
      ) : null}
    </div>
  );
}

// What the shopper is told, in one line.
function dateText(option: TestedOption): string {
  const time = timeAt(option.window.from, option.timeZone);
  switch (option.method) {
    case 'home':
      return [longDay(option.promisedOn), deadlineText(option)].filter(Boolean).join(', ');
    case 'pickup_point':
    case 'store_pickup':
      return `${longDay(option.promisedOn)} · ${t('tester.readyFrom', { time })}`;
  }
}

function confidenceText(confidence: number | null): string {
  return confidence === null
    ? t('tester.confidenceThin')
    : t('tester.confidenceValue', { percent: Math.floor(confidence * 100) });
}

// What could send comes first, then what lacks the goods, last what never sends there.
const NEVER_SENDS = new Set(['no_lane', 'no_pickup', 'not_in_channel', 'takes_no_orders']);

function rankOf({ isChosen, code }: NodeVerdict): number {
  if (isChosen) return 0;
  if (NEVER_SENDS.has(code)) return 3;
  return code === 'no_stock' ? 2 : 1;
}

function Verdicts(props: { verdicts: readonly NodeVerdict[]; currency: string; name: string }) {
  const { verdicts, currency, name } = props;
  if (verdicts.length === 0) return null;
  const sorted = verdicts.toSorted((a, b) => rankOf(a) - rankOf(b));
  return (
    <details class="folded">
      <summary>{`${t('tester.everyPlace')} (${verdicts.length})`}</summary>
      <div class="scroll">
        <table class="plain-table">
          <caption class="hidden">{`${t('tester.everyPlace')}: ${name}`}</caption>
          <thead>
            <tr>
              <th scope="col">{t('tester.place')}</th>
              <th scope="col">{t('tester.verdict')}</th>
              <th scope="col">{t('tester.ready')}</th>
              <th scope="col">{t('tester.departs')}</th>
              <th scope="col">{t('tester.arrives')}</th>
            </tr>
          </thead>
          <tbody>
            {sorted.map((verdict) => (
              <tr key={verdict.nodeId} class={verdict.isChosen ? 'chosen' : ''}>
                <th scope="row">{verdict.nodeName}</th>
                <td>
                  {verdict.isChosen ? '✓ ' : ''}
                  {tc('verdict', verdict.code)}
                  <span class="subdued">{factsText(verdict, currency)}</span>
                </td>
                <td>{verdict.readyAt === undefined ? '–' : there(verdict.readyAt)}</td>
                <td>{verdict.departsAt === undefined ? '–' : there(verdict.departsAt)}</td>
                <td>{verdict.promisedOn === undefined ? '–' : shortDay(verdict.promisedOn)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </details>
  );
}

// The server writes the instant with the place's own offset; its wall clock is what counts there.
function there(instant: string): string {
  return momentAt(`${instant.slice(0, 16)}:00Z`, 'UTC');
}

function factsText({ facts }: Pick<NodeVerdict, 'facts'>, currency: string): string {
  const said = Object.entries(facts)
    .map(([name, value]) => factText(name, value, currency))
    .filter((text) => text !== '');
  return said.length === 0 ? '' : ` (${said.join(', ')})`;
}

// A number of a kind we know is written as that kind; a code in the merchant's words; else as it is.
function factText(name: string, value: string | number | boolean, currency: string): string {
  switch (name) {
    case 'costMinor':
      return money(Number(value), currency);
    case 'meters':
      return distance(Number(value));
    case 'grams':
      return weight(Number(value));
    case 'promisedOn':
      return '';
    case 'otherCustomsArea':
      return t('field.customsArea');
  }
  const worded = `fact.${name}.${value}`;
  if (isKey(worded)) return t(worded);
  const key = `fact.${name}`;
  return isKey(key) ? t(key, { value }) : String(value);
}

/** What is not offered, with the reason and every place behind it. */
export function Absences(props: { absences: readonly TestedAbsence[]; currency: string }) {
  const { absences, currency } = props;
  if (absences.length === 0) return null;
  return (
    <section class="group">
      <h3>{t('tester.absent')}</h3>
      <ul class="absent">
        {absences.map((absence) => (
          <li key={`${absence.method} ${absence.serviceCode}`}>
            <div>
              <strong>{absence.name}</strong>{' '}
              <span class="subdued">
                {[t(`tester.method.${absence.method}`), absence.place, absence.serviceCode]
                  .filter((part) => part !== undefined && part !== absence.name)
                  .join(' · ')}
              </span>
            </div>
            <div>
              {tc('absent', absence.code)}
              <span class="subdued">{factsText(absence, currency)}</span>
            </div>
            <Verdicts verdicts={absence.nodes} currency={currency} name={absence.name} />
          </li>
        ))}
      </ul>
    </section>
  );
}
