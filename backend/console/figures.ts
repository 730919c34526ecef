/**
 * What each channel may sell of a product at this moment, with every line that led to it.
 *
 * In: a shop from memory, as quotes use it. Out: a figure a channel of the policy, and one for every channel the
 * policy does not name. docs/semantics.md, rule 16.
 */
import { instantToMinuteFloor } from '../base/time.ts';
import type { LiveShop } from '../stock/service.ts';
import { explainFigure } from '../stock/stock.ts';
import type { FiguresView } from './view.ts';

/** The figures of a SKU for a customer with these tags; nothing for a SKU the shop does not have. */
export function figuresOf(
  live: LiveShop,
  asked: { readonly sku: string; readonly customerTags: readonly string[]; readonly now: string },
): FiguresView | undefined {
  const { snapshot, facts } = live;
  const sku = snapshot.skuIndex.get(asked.sku);
  const product = snapshot.products[sku ?? -1];
  if (sku === undefined || product === undefined) return undefined;
  const nowMinute = instantToMinuteFloor(asked.now);
  const { customerTags } = asked;
  const channels = snapshot.channels.map(({ code }) => {
    const question = { sku, channel: code, customerTags, nowMinute, atMinute: nowMinute };
    const { units, free, lines } = explainFigure(snapshot, facts, question);
    return { channel: code, units, free, lines };
  });
  return {
    sku: asked.sku,
    name: product.name ?? asked.sku,
    stockVersion: live.stockVersion,
    channels: [...channels.slice(1), ...channels.slice(0, 1)],
  };
}
