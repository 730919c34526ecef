/**
 * How does a store close a parcel and send it?
 *
 * A work that is sent is packed into one parcel with what the carrier gave it; a tracking number belongs to one parcel of the
 * shop. When it leaves, Shopify is told by the follow; an order that no shop system tells us of is settled at once.
 */
import { fulfillmentFollowJob } from '../../jobs.ts';
import { type ActPart, changeAndTell, type DeskDependencies, DONE } from '../act/service.ts';
import { checkIn, checkStep } from '../desk.ts';
import { insertParcel, shipParcel } from '../store.ts';

/** What is known of a parcel; null: nothing (yet). */
export type PackedParcel = {
  readonly carrier: string | null;
  readonly trackingNumber: string | null;
  readonly weightGrams: number | null;
};

/** Everything is in one parcel, and it is closed. */
export function pack(deps: DeskDependencies, packed: PackedParcel): ActPart {
  return async (of) => {
    const { trx, desk, work, at } = of;
    const { orderId, workId, serviceCode } = work;
    const state = checkIn(work, 'picking');
    const step = state.ok ? checkStep(work, 'packed') : state;
    if (!step.ok) return step;
    const parcelId = `par_${workId}_${work.version}`;
    const lines = work.lines.map(({ lineId, sku, quantity }) => ({ lineId, sku, quantity }));
    const parcel = { ...packed, parcelId, orderId, workId, serviceCode, lines, at };
    await insertParcel(trx, desk.shopId, parcel);
    const facts = { parcelId, carrier: packed.carrier, weightGrams: packed.weightGrams };
    await changeAndTell(of, { state: 'packed', packedAt: at }, { kind: 'packed', facts });
    await deps.enqueue(trx, fulfillmentFollowJob(desk.shopId, orderId));
    deps.onStep('desk.packed');
    return DONE;
  };
}

/** The parcel is opened again: something was wrong with it. */
export function unpack(deps: DeskDependencies): ActPart {
  return async (of) => {
    const { trx, desk, work } = of;
    const state = checkIn(work, 'packed');
    if (!state.ok) return state;
    await changeAndTell(of, { state: 'picking', packedAt: null }, { kind: 'unpacked' });
    await deps.enqueue(trx, fulfillmentFollowJob(desk.shopId, work.orderId));
    deps.onStep('desk.unpacked');
    return DONE;
  };
}

/** The carrier has it. */
export function ship(deps: DeskDependencies, sent: Omit<PackedParcel, 'weightGrams'>): ActPart {
  return async (of) => {
    const { trx, desk, work, at, isOwnOrder } = of;
    const { orderId, workId } = work;
    const state = checkIn(work, 'packed');
    if (!state.ok) return state;
    // Units that were given up after it was packed are no longer of it: Shopify would not let them go.
    const lines = work.lines.map(({ lineId, sku, quantity }) => ({ lineId, sku, quantity }));
    const parcelId = await shipParcel(trx, desk.shopId, { orderId, workId, at, lines, ...sent });
    if (parcelId === undefined) throw new Error('Bug: a packed work has no parcel');
    const facts = { parcelId };
    await changeAndTell(of, { state: 'shipped', leftAt: at }, { kind: 'shipped', facts });
    await deps.enqueue(trx, fulfillmentFollowJob(desk.shopId, orderId));
    deps.onStep('desk.shipped');
    if (!isOwnOrder) return DONE;
    const { nodeId } = desk;
    const left = { orderId, parcelId, nodeId, at, lines: work.lines };
    return { ok: true, value: { stockVersion: await deps.settleShipped(trx, desk.shopId, left) } };
  };
}
