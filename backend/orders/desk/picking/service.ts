/**
 * How is a work begun, picked, and what of it is not to be had?
 *
 * Picking says how many of each line are in the basket: said twice it is the same. Units that are not to be had leave the work
 * and go back to routing, and leave the store's sellable stock when they are missing or damaged, in one transaction; what is
 * in the basket stays.
 */

import { appendMovements, recordChange } from '../../../stock/ledger/service.ts';
import { fulfillmentFollowJob } from '../../jobs.ts';
import { amissUnits } from '../../offers/offers.ts';
import {
  type ActIn,
  type ActPart,
  changeAndTell,
  type DeskDependencies,
  DONE,
  type Done,
  tell,
} from '../act/service.ts';
import { checkIn, checkPicked, checkShort, checkStep, type ShortReason } from '../desk.ts';
import { savePicked } from '../store.ts';

/** Somebody begins. */
export function startPick(deps: DeskDependencies): ActPart {
  return async (of) => {
    const { trx, desk, work, at } = of;
    const step = checkStep(work, 'picking');
    if (!step.ok) return step;
    await changeAndTell(of, { state: 'picking', startedAt: at }, { kind: 'pick_started' });
    await deps.enqueue(trx, fulfillmentFollowJob(desk.shopId, work.orderId));
    deps.onStep('desk.started');
    return DONE;
  };
}

/** So many of each line are in the basket. */
export function pick(
  deps: DeskDependencies,
  lines: readonly { readonly lineId: string; readonly picked: number }[],
): ActPart {
  return async (of) => {
    const { trx, desk, work } = of;
    const { workId } = work;
    const state = checkIn(work, 'picking');
    if (!state.ok) return state;
    const units = checkPicked(work.lines, lines);
    if (!units.ok) return units;
    await savePicked(trx, desk.shopId, { workId, lines });
    await changeAndTell(of, {});
    deps.onStep('desk.picked');
    return DONE;
  };
}

/** Units that are not to be had, and why. */
export type Short = {
  readonly lines: readonly { readonly lineId: string; readonly missing: number }[];
  readonly reason: ShortReason;
};

/** Units that are not to be had: back to routing, and out of the store's stock. */
export function pickShort(deps: DeskDependencies, short: Short): ActPart {
  return async (of) => {
    const { trx, desk, work, at } = of;
    const state = checkIn(work, 'picking');
    if (!state.ok) return state;
    const units = checkShort(work.lines, short.lines);
    if (!units.ok) return units;
    const returned = await deps.returnWork(trx, desk.shopId, {
      ...{ workId: work.workId, cause: 'short_pick', exclude: true, at },
      actor: { kind: 'store', id: desk.person.personId },
      lines: short.lines.map(({ lineId, missing }) => ({ lineId, quantity: missing })),
    });
    if (!returned.ok) {
      return { ok: false, refusal: { code: 'return_refused', why: returned.refusal.code } };
    }
    deps.onStep('desk.short_returned');
    const facts = { reason: short.reason, lines: short.lines };
    await tell(of, { kind: 'picked_short', facts });
    const booked = await bookShort(deps, of, short);
    deps.onStep('desk.short_booked');
    return {
      ok: true,
      value: { ...booked, stockVersion: booked.stockVersion ?? returned.value.stockVersion },
    };
  };
}

// The positions are locked already, by the return of their units; so is the stock clock.
async function bookShort(
  { openShop }: DeskDependencies,
  { trx, desk, work, at }: ActIn,
  { lines, reason }: Short,
): Promise<Done> {
  if (reason === 'other') return {};
  const { shopId, nodeId, person } = desk;
  const snapshot = (await openShop(shopId))?.snapshot;
  const sold = lines.flatMap(({ lineId, missing }) => {
    const line = work.lines.find((one) => one.lineId === lineId);
    return line === undefined ? [] : [{ sku: line.sku, quantity: missing }];
  });
  const batch = {
    ...{ source: 'kept', actor: `desk ${person.personId}`, now: at },
    events: [...amissUnits(snapshot, sold)].map(([sku, quantity]) => ({
      ...{ eventId: `short-${work.workId}-${work.version}-${sku}`, sku, nodeId, quantity },
      ...({ kind: 'delta', type: reason, reason: 'short_pick', occurredAt: at } as const),
    })),
  };
  const { change, shortages } = await appendMovements(trx, shopId, batch);
  if (change === undefined) return {};
  return { shortages, stockVersion: await recordChange(trx, shopId, change, at) };
}
