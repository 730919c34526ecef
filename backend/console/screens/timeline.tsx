/**
 * An option drawn on the days it takes, and the same in a table.
 *
 * One scale for all options of an answer, so that they can be compared at a glance: the order, then for each parcel
 * ready, departure and the delivery window. The picture is only a picture; every instant stands in the table below it,
 * in the clock of the place where it happens.
 */
import type { TestedOption, TestedParcel } from '../view.ts';
import { momentAt, shortDay, wallAt } from './format.ts';
import { t } from './texts/text.ts';

/** From the question to the end of the last window, in milliseconds. */
export type Scale = { readonly from: number; readonly to: number; readonly timeZone: string };

/** The scale of an answer: whole days of the shop's zone around everything in it. */
export function scaleOf(now: string, timeZone: string, options: readonly TestedOption[]): Scale {
  const ends = options.map((option) => visibleEnd(option));
  const from = Date.parse(now);
  return { from, to: Math.max(from + HOUR, ...ends) + 2 * HOUR, timeZone };
}

const HOUR = 3_600_000;
const WIDTH = 720;
const ROW = 26;
const TOP = 20;
// A day's name needs so much room; at the very end there is none.
const LABEL_WIDTH = 62;

// A pickup window may last for weeks (a locker never closes): what counts is when it begins.
function visibleEnd(option: TestedOption): number {
  const isHome = option.method === 'home';
  return Date.parse(isHome ? option.window.to : option.window.from) + (isHome ? 0 : 2 * HOUR);
}

export function Timeline({
  option,
  now,
  scale,
}: {
  option: TestedOption;
  now: string;
  scale: Scale;
}) {
  const x = (instant: string | number) => {
    const at = typeof instant === 'number' ? instant : Date.parse(instant);
    return 8 + ((at - scale.from) / (scale.to - scale.from)) * (WIDTH - 16);
  };
  const height = TOP + ROW * option.parcels.length + 6;
  const label = t('tester.timelineText', {
    option: option.name,
    ordered: momentAt(now, scale.timeZone),
    arrives: shortDay(option.promisedOn),
  });
  const end = Math.min(scale.to, visibleEnd(option));
  return (
    <svg class="timeline" viewBox={`0 0 ${WIDTH} ${height}`} role="img" aria-label={label}>
      {midnights(scale).map(({ at, day, isWeekend }) => (
        <g key={at}>
          {isWeekend ? (
            <rect
              class="weekend"
              x={x(at)}
              y={0}
              width={Math.max(0, Math.min(WIDTH, x(at + 24 * HOUR)) - x(at))}
              height={height}
            />
          ) : null}
          <line class="midnight" x1={x(at)} x2={x(at)} y1={0} y2={height} />
          {x(at) > WIDTH - LABEL_WIDTH ? null : (
            <text x={x(at) + 4} y={12}>
              {shortDay(day)}
            </text>
          )}
        </g>
      ))}
      {option.parcels.map((parcel, index) => (
        <ParcelRow
          key={parcel.nodeId}
          parcel={parcel}
          y={TOP + ROW * index + ROW / 2}
          x={x}
          now={now}
          arrival={{ from: option.window.from, to: end }}
        />
      ))}
    </svg>
  );
}

function ParcelRow(props: {
  parcel: TestedParcel;
  y: number;
  x: (instant: string | number) => number;
  now: string;
  arrival: { readonly from: string; readonly to: number };
}) {
  const { parcel, y, x, now, arrival } = props;
  const ready = x(parcel.readyAt);
  const departs = x(parcel.departsAt);
  const from = Math.max(departs, x(arrival.from));
  return (
    <g>
      <line class="work" x1={x(now)} x2={ready} y1={y} y2={y} />
      <line class="wait" x1={ready} x2={departs} y1={y} y2={y} />
      <line class="travel" x1={departs} x2={from} y1={y} y2={y} />
      <rect
        class="arrival"
        x={from}
        y={y - 7}
        width={Math.max(6, x(arrival.to) - from)}
        height={14}
        rx={4}
      />
      <circle class="ordered" cx={x(now)} cy={y} r={5} />
      <rect class="ready" x={ready - 4.5} y={y - 4.5} width={9} height={9} />
      <path
        class="departs"
        d={`M${departs - 5} ${y - 6}L${departs + 6} ${y}L${departs - 5} ${y + 6}Z`}
      />
    </g>
  );
}

type Midnight = { readonly at: number; readonly day: string; readonly isWeekend: boolean };
/** More days than this are not labelled one by one. */
const MOST_MIDNIGHTS = 21;

// The local midnights inside the scale; a day may have 23 or 25 hours, so each is looked up.
function midnights(scale: Scale): Midnight[] {
  const found: Midnight[] = [];
  let seen = wallAt(new Date(scale.from).toISOString(), scale.timeZone).day;
  for (let at = scale.from; at < scale.to; at += HOUR / 4) {
    const { day } = wallAt(new Date(at).toISOString(), scale.timeZone);
    if (day === seen) continue;
    seen = day;
    const weekday = new Date(`${day}T12:00:00Z`).getUTCDay();
    found.push({ at, day, isWeekend: weekday === 0 || weekday === 6 });
  }
  const step = Math.ceil(found.length / MOST_MIDNIGHTS);
  return found.filter((_, index) => index % step === 0);
}

/** The same as a table: a row a step, in the clock of its place. */
export function StepTable({
  option,
  now,
  timeZone,
}: {
  option: TestedOption;
  now: string;
  timeZone: string;
}) {
  return (
    <div class="scroll">
      <table class="plain-table">
        <caption class="hidden">{t('tester.steps', { option: option.name })}</caption>
        <thead>
          <tr>
            <th scope="col">{t('tester.step')}</th>
            <th scope="col">{t('tester.when')}</th>
            <th scope="col">{t('tester.where')}</th>
          </tr>
        </thead>
        <tbody>
          <tr>
            <th scope="row">
              <span class="mark ordered" aria-hidden="true" />
              {t('tester.ordered')}
            </th>
            <td>{momentAt(now, timeZone)}</td>
            <td />
          </tr>
          {option.parcels.map((parcel) => (
            <ParcelSteps key={parcel.nodeId} parcel={parcel} option={option} />
          ))}
          <tr>
            <th scope="row">
              <span class="mark arrival" aria-hidden="true" />
              {option.method === 'store_pickup' ? t('tester.ready') : t('tester.arrives')}
            </th>
            <td>{arrivalText(option)}</td>
            <td>{option.place ?? ''}</td>
          </tr>
        </tbody>
      </table>
    </div>
  );
}

function ParcelSteps({ parcel, option }: { parcel: TestedParcel; option: TestedOption }) {
  const lines = parcel.lines.map((line) => `${line.quantity} × ${line.sku}`).join(', ');
  const incoming = parcel.lines.reduce((sum, line) => sum + line.fromIncoming, 0);
  const isPickup = option.method === 'store_pickup';
  return (
    <>
      <tr>
        <th scope="row">
          <span class="mark ready" aria-hidden="true" />
          {t('tester.ready')}
        </th>
        <td>{momentAt(parcel.readyAt, parcel.timeZone)}</td>
        <td>
          {t('tester.parcelOf', { node: parcel.nodeName, lines })}
          {incoming > 0 ? ` (${t('tester.incoming', { count: incoming })})` : ''}
        </td>
      </tr>
      <tr>
        <th scope="row">
          <span class="mark departs" aria-hidden="true" />
          {isPickup ? t('tester.handOver') : t('tester.departs')}
        </th>
        <td>{momentAt(parcel.departsAt, parcel.timeZone)}</td>
        <td>{parcel.nodeName}</td>
      </tr>
    </>
  );
}

/** The window as a shopper would read it. */
export function arrivalText(option: TestedOption): string {
  if (option.method !== 'home') return momentAt(option.window.from, option.timeZone);
  return [shortDay(option.promisedOn), deadlineText(option)].filter(Boolean).join(', ');
}

/** `by 10:00` of a home delivery that ends within its day; else nothing. */
export function deadlineText({ window, timeZone }: TestedOption): string | undefined {
  const { time } = wallAt(window.to, timeZone);
  return time === '00:00' ? undefined : t('tester.by', { time });
}
