/**
 * Which levels have another figure now?
 *
 * In: the shop's stock clock, followed from where the last plan ended. Out: figures in the outbox, those of few levels
 * as a sale and those of many as a resync. Invariants: the mark moves only when the figures are written, so a death in
 * between plans again, which changes nothing; changes that come together are worked out together, with the newest
 * facts.
 */
import type { ShopId } from '../../base/ids.ts';
import { MOST_ROWS } from './calls.ts';
import { type ReaderDeps, toPlanned } from './reader.ts';

// So many SKUs are worked out between two looks at the clock: memory stays small and a sale is soon planned.
const SKUS_A_ROUND = 2_000;

/** Plans what changed since the last plan; says how many levels have another figure. */
export async function planChanges(
  deps: Pick<ReaderDeps, 'outbox' | 'figures' | 'now' | 'onStep'>,
  shopId: ShopId,
): Promise<number> {
  const after = await deps.outbox.plannedTo(shopId);
  const { upTo, skus: changed } = await deps.figures.changedSince(shopId, after);
  if (upTo.stock <= after.stock && upTo.policy <= after.policy) return 0;
  const skus = changed === 'all' ? await deps.figures.allSkus(shopId) : changed;
  const marked = await planSkus(deps, shopId, skus, upTo.stock);
  deps.onStep('marked');
  await deps.outbox.savePlannedTo(shopId, upTo);
  return marked;
}

/** Plans what time alone changed after an instant; says how many levels have another figure, and up to when it looked. */
export async function planDue(
  deps: Pick<ReaderDeps, 'outbox' | 'figures' | 'now' | 'onStep'>,
  shopId: ShopId,
  after: Temporal.Instant | undefined,
): Promise<{ readonly marked: number; readonly upTo: Temporal.Instant }> {
  const { upTo, skus } = await deps.figures.dueSince(shopId, after);
  if (skus.length === 0) return { marked: 0, upTo };
  // Not older than what was planned: a replica that took over may not have caught up yet.
  const { stock } = await deps.outbox.plannedTo(shopId);
  return { marked: await planSkus(deps, shopId, skus, stock), upTo };
}

/** Works the figures of these SKUs out at a version or later, and writes those that changed; says how many did. */
export async function planSkus(
  deps: Pick<ReaderDeps, 'outbox' | 'figures' | 'now' | 'onStep'>,
  shopId: ShopId,
  skus: readonly string[],
  atLeast: number,
): Promise<number> {
  let marked = 0;
  for (let start = 0; start < skus.length; start += SKUS_A_ROUND) {
    const some = skus.slice(start, start + SKUS_A_ROUND);
    const figures = await deps.figures.figuresOf(shopId, some, atLeast);
    deps.onStep('planned');
    const lane = skus.length > MOST_ROWS ? 'resync' : 'sale';
    marked += await deps.outbox.mark(shopId, toPlanned(figures, lane), deps.now());
  }
  return marked;
}
