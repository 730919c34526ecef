/**
 * Whose figure became another by time alone?
 *
 * Nobody says anything when an expected lot comes within a channel's horizon or a reservation ends, so no number of the
 * stock clock moves: the push asks once a minute. In: facts, the channels that locations show, two minutes. Out: SKUs
 * that passed such an instant after the first and until the second. Invariant: two questions that meet at a minute miss
 * none and name none twice.
 */
import type { CompiledChannel } from '../../network/snapshot.ts';
import type { Facts } from '../../stock/stock.ts';

/** After the first, until and with the second. */
export type MinuteSpan = { readonly afterMinute: number; readonly untilMinute: number };

/** Indexes of these SKUs; kits that need them come by their relation. */
export function skusDue(
  facts: Facts,
  channels: readonly Pick<CompiledChannel, 'incomingHorizonMinutes'>[],
  span: MinuteSpan,
): ReadonlySet<number> {
  const due = new Set<number>();
  for (const [sku, rows] of facts.reservations) {
    if (rows.some((row) => isWithin(row.expiresMinute, span))) due.add(sku);
  }
  for (const [sku, uses] of facts.quotaUses) {
    if (uses.some((use) => isWithin(use.expiresMinute, span))) due.add(sku);
  }
  // Without a horizon a lot counts from the day it is known, with one of nothing it never counts.
  const horizons = new Set(
    channels.map((one) => one.incomingHorizonMinutes ?? 0).filter((minutes) => minutes > 0),
  );
  if (horizons.size > 0) addLotsDue(due, facts, { horizons: [...horizons], span });
  return due;
}

function addLotsDue(
  due: Set<number>,
  { table }: Facts,
  { horizons, span }: { readonly horizons: readonly number[]; readonly span: MinuteSpan },
): void {
  for (let sku = 0; sku < table.counts.length; sku++) {
    const start = table.starts[sku] ?? 0;
    const end = start + (table.counts[sku] ?? 0);
    for (let row = start; row < end; row++) {
      const lots = table.lots[row];
      if (lots === undefined) continue;
      const isDue = lots.some(({ usableMinute }) =>
        horizons.some((minutes) => isWithin(usableMinute - minutes, span)),
      );
      if (isDue) due.add(sku);
    }
  }
}

function isWithin(minute: number, { afterMinute, untilMinute }: MinuteSpan): boolean {
  return minute > afterMinute && minute <= untilMinute;
}
