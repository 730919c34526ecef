/**
 * The parts an order's promise consists of: a parcel, or a work that has no parcel (yet), as the forecast and the outcome
 * take them.
 *
 * In: works and parcels as they are watched. Out: parts. A work that has left is its parcels, when it has any; a pickup is there
 * when it is ready, because that is what was promised.
 */
import { localDay, type ZoneTable } from '../../../base/time.ts';
import type { Snapshot } from '../../../network/snapshot.ts';
import type { WorkState } from '../../works/lifecycle.ts';
import type { EndedPart } from '../settled/outcomes.ts';
import type { ForecastPart } from './forecast.ts';
import type { WatchedWork } from './milestones.ts';
import type { WatchedOrder, WatchedParcel, WatchedRow } from './store.ts';

const HAS_LEFT: ReadonlySet<WorkState> = new Set(['shipped', 'handed_over', 'delivered']);

/** A work as its milestones take it. */
export function watchedWorkOf(
  row: WatchedRow,
  { dueMinute, snapshot }: { readonly dueMinute: number; readonly snapshot: Snapshot | undefined },
): WatchedWork {
  return {
    kind: row.kind,
    state: row.state,
    negotiation: row.negotiation,
    dueMinute,
    departureMinute: row.departureMinute ?? undefined,
    startByMinute: row.startByMinute ?? undefined,
    openings: snapshot?.nodes[snapshot.nodeIndex.get(row.nodeId ?? '') ?? -1]?.calendar,
  };
}

/** The parts as the forecast takes them. */
export function forecastParts(order: Pick<WatchedOrder, 'works'>): readonly ForecastPart[] {
  return order.works.flatMap((row): ForecastPart[] => {
    const { kind, state } = row;
    // A pickup is promised for when it is ready, not for when it is fetched.
    const planned =
      kind === 'pickup' ? (row.departureMinute ?? row.plannedMinute) : row.plannedMinute;
    const parcels = parcelsOf(row);
    if (parcels.length === 0) {
      return [
        {
          ...{ kind, state },
          plannedMinute: planned ?? undefined,
          expectedMinute: undefined,
          thereMinute: thereMinuteOf(row),
        },
      ];
    }
    return parcels.map((parcel) => ({
      kind,
      state: stateOfParcel(parcel),
      plannedMinute: planned ?? undefined,
      expectedMinute: parcel.expectedMinute ?? undefined,
      thereMinute: parcel.deliveredMinute ?? undefined,
    }));
  });
}

/** A part with its end and where it went. */
export type SettledPart = {
  readonly unitId: string;
  readonly nodeId: string | null;
  readonly serviceCode: string | null;
  readonly leftMinute: number | null;
  readonly end: EndedPart;
};

/** The parts as the outcome takes them. */
export function settledParts(order: Pick<WatchedOrder, 'works'>): readonly SettledPart[] {
  return order.works.flatMap((row): SettledPart[] => {
    const { nodeId, isWithdrawn } = row;
    const parcels = parcelsOf(row);
    if (parcels.length === 0) {
      const end = {
        state: row.state,
        thereMinute: thereMinuteOf(row),
        isWithdrawn,
        seenUnderWayMinute: undefined,
      };
      const { workId: unitId, serviceCode, leftMinute } = row;
      return [{ unitId, nodeId, serviceCode, leftMinute, end }];
    }
    return parcels.map((parcel) => ({
      unitId: parcel.parcelId,
      nodeId,
      serviceCode: parcel.serviceCode ?? row.serviceCode,
      leftMinute: parcel.leftMinute ?? row.leftMinute,
      end: {
        state: stateOfParcel(parcel),
        thereMinute: parcel.deliveredMinute ?? undefined,
        isWithdrawn,
        seenUnderWayMinute: parcel.seenMinute ?? undefined,
      },
    }));
  });
}

function parcelsOf(row: WatchedRow): readonly WatchedParcel[] {
  return HAS_LEFT.has(row.state) ? row.parcels : [];
}

function stateOfParcel({ state }: WatchedParcel): WorkState {
  if (state === 'delivered') return 'delivered';
  return state === 'packed' ? 'packed' : 'shipped';
}

function thereMinuteOf(row: WatchedRow): number | undefined {
  if (row.kind === 'ship') return row.deliveredMinute ?? undefined;
  const isThere = row.state === 'ready' || row.state === 'handed_over';
  return isThere ? (row.readyMinute ?? row.leftMinute ?? undefined) : undefined;
}

/** Working days of the carrier from departure to delivery (rule 4); null where the network does not say. */
export function carrierDaysOf(
  snapshot: Snapshot | undefined,
  trip: {
    readonly nodeId: string | null;
    readonly serviceCode: string | null;
    readonly leftMinute: number | null;
    readonly endedMinute: number;
    /** Of the destination: its clock, and its place in the snapshot. */
    readonly zone: ZoneTable;
    readonly zoneIndex: number;
  },
): number | null {
  const node = snapshot?.nodes[snapshot.nodeIndex.get(trip.nodeId ?? '') ?? -1];
  const service = snapshot?.serviceIndex.get(trip.serviceCode ?? '');
  const place = snapshot?.zones[trip.zoneIndex]?.place;
  if (snapshot === undefined || node === undefined || service === undefined) return null;
  if (place === undefined || trip.leftMinute === null) return null;
  const days = snapshot.deliveryDays[service * snapshot.placeCount + place];
  const left = localDay(node.calendar.zone, trip.leftMinute);
  if (days === undefined || left < days.firstDay) return null;
  const there = localDay(trip.zone, trip.endedMinute);
  return days.days.reduce((count, day) => count + (day > left && day <= there ? 1 : 0), 0);
}
