/**
 * How does a batch of carrier events reach the parcels they are of, each with its own verdict?
 *
 * In: a caller and rows as they were sent. Out: one verdict a row, in order. A row that is refused is kept like any other
 * refused event; one of a parcel that is not known yet is tried again by itself, because a carrier's scan may be faster than
 * the store's. Invariants: wrong rows never block right ones; the same batch again says `duplicate`.
 */
import { createHash } from 'node:crypto';
import type { ShopId } from '../base/ids.ts';
import type { ToldEvent, TrackingService } from '../orders/outcome/tracking/service.ts';
import type { ActivityStore, RefusedEvent } from './activity-store.ts';
import type { Caller } from './connections.ts';
import type { IntakeStore, RefusedRow } from './intake-store.ts';
import { invalidRow, latestInstant, type RowRefusal } from './stock-rows.ts';
import {
  type TrackingAnswer,
  type TrackingRowVerdict,
  trackingEventSchema,
} from './tracking-schemas.ts';

/** What it stands on. */
export type TrackingIntakeDependencies = {
  readonly tracking: Pick<TrackingService, 'tellTracking'>;
  readonly store: Pick<IntakeStore, 'record'>;
  readonly now: () => Temporal.Instant;
};

/** Builds it. */
export function createTrackingIntake(deps: TrackingIntakeDependencies) {
  return {
    /** Takes events of a connection. */
    take: (
      caller: Pick<Caller, 'shopId' | 'connectionId'>,
      rows: readonly unknown[],
    ): Promise<TrackingAnswer> => take(deps, caller, rows),
  };
}

/** What `createTrackingIntake` returns. */
export type TrackingIntake = ReturnType<typeof createTrackingIntake>;

// Ids of tracking and of stock are two families of one connection.
const PREFIX = 'tracking ';

/** Whether a refused event came with tracking. */
export function isTrackingEvent({ eventKey }: Pick<RefusedEvent, 'eventKey'>): boolean {
  return eventKey.startsWith(PREFIX);
}

const HEALED_AT_ONCE = 1_000;

/** Tries again what was refused because its parcel was not known yet; says how many were booked. */
export async function healTracking(
  deps: {
    readonly activity: Pick<ActivityStore, 'listRefused'>;
    readonly intake: TrackingIntake;
  },
  shopId: ShopId,
): Promise<number> {
  const events = await deps.activity.listRefused(shopId, { limit: HEALED_AT_ONCE });
  const waiting = events.filter(
    (event) => isTrackingEvent(event) && event.reason.code === 'unknown_parcel',
  );
  let booked = 0;
  for (const [connectionId, ofOne] of Map.groupBy(waiting, (event) => event.connectionId)) {
    const rows = ofOne.map(({ event }) => event);
    booked += (await deps.intake.take({ shopId, connectionId }, rows)).booked;
  }
  return booked;
}

type Checked =
  | { readonly eventId: string; readonly event: ToldEvent }
  | { readonly eventId: string | null; readonly refusal: RowRefusal };

async function take(
  deps: TrackingIntakeDependencies,
  { shopId, connectionId }: Pick<Caller, 'shopId' | 'connectionId'>,
  rows: readonly unknown[],
): Promise<TrackingAnswer> {
  const at = deps.now();
  const checked = rows.map((row, place) => check(row, place, latestInstant(at)));
  const told = checked.flatMap((row) => ('event' in row ? [row.event] : []));
  const said = await deps.tracking.tellTracking(shopId, connectionId, told);
  const verdictOf = new Map(told.map((event, index) => [event, said[index]]));
  const verdicts = checked.map((row, place): TrackingRowVerdict => {
    const { eventId } = row;
    if (!('event' in row)) return { eventId, verdict: 'refused', ...row.refusal };
    const verdict = verdictOf.get(row.event);
    if (verdict === undefined) throw new Error('Bug: an event of a parcel has no verdict');
    if (verdict.verdict !== 'refused') return { eventId, verdict: verdict.verdict };
    return { eventId, verdict: 'refused', ...describe(verdict.code, row.event, place) };
  });
  const count = (of: TrackingRowVerdict['verdict']) =>
    verdicts.filter(({ verdict }) => verdict === of).length;
  const answer = {
    ...{ booked: count('booked'), duplicate: count('duplicate'), refused: count('refused') },
    verdicts,
  };
  await deps.store.record(shopId, {
    ...{ connectionId, at, booked: answer.booked, unchanged: answer.duplicate },
    refused: verdicts.flatMap((verdict, place) => keptRow(verdict, rows[place])),
    settledKeys: verdicts.flatMap(({ verdict, eventId }) =>
      verdict === 'refused' || eventId === null ? [] : [PREFIX + eventId],
    ),
  });
  return answer;
}

function check(row: unknown, place: number, latest: Temporal.Instant): Checked {
  const at = `/events/${place}`;
  const parsed = trackingEventSchema.safeParse(row);
  if (!parsed.success)
    return { eventId: eventIdOf(row), refusal: invalidRow(parsed.error, row, at) };
  const { trackingNumber, eventId, ...said } = parsed.data;
  if (Temporal.Instant.compare(said.occurredAt, latest) > 0) {
    const detail = `It says ${said.occurredAt}, allowed is up to ${latest}. Correct the instant or your clock.`;
    const refusal = { code: 'future_event', pointer: `${at}/occurredAt`, detail };
    return { eventId, refusal };
  }
  return { eventId, event: { ...said, eventId, parcel: { trackingNumber } } };
}

function eventIdOf(row: unknown): string | null {
  const id = typeof row === 'object' && row !== null ? Reflect.get(row, 'eventId') : undefined;
  return typeof id === 'string' ? id : null;
}

function describe(
  code: 'unknown_parcel' | 'parcel_canceled',
  { parcel }: ToldEvent,
  place: number,
): RowRefusal {
  const number = 'trackingNumber' in parcel ? parcel.trackingNumber : '';
  const details = {
    unknown_parcel: `No parcel has the number ${number}. It is kept and tried again by itself; check the number when it stays.`,
    parcel_canceled: `The parcel ${number} was canceled. Nothing is to be done, unless it did leave: then send its goods as a new parcel.`,
  };
  return { code, pointer: `/events/${place}/trackingNumber`, detail: details[code] };
}

function keptRow(
  { verdict, eventId, code, detail, pointer }: TrackingRowVerdict,
  event: unknown,
): RefusedRow[] {
  if (verdict !== 'refused') return [];
  const hash = createHash('sha256')
    .update(JSON.stringify(event ?? null))
    .digest('hex');
  const eventKey = PREFIX + (eventId ?? `sha256:${hash}`);
  const reason = { code: code ?? '', detail: detail ?? '', pointer: pointer ?? '' };
  return [{ eventKey, event, reason }];
}
