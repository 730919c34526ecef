/**
 * Products by words of their name or SKU, for the date tester's basket.
 */
import type { ProductHit } from './view.ts';

/** Products in which every word occurs, in the order of their SKUs, at most `limit`. */
export function findProducts(
  rows: readonly {
    readonly product: { readonly sku: string; readonly name?: string | undefined };
  }[],
  { text, limit }: { readonly text: string; readonly limit: number },
): ProductHit[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  return rows
    .map(({ product }) => ({ sku: product.sku, name: product.name ?? product.sku }))
    .filter(({ sku, name }) => {
      const searched = `${sku} ${name}`.toLowerCase();
      return words.every((word) => searched.includes(word));
    })
    .toSorted((a, b) => (a.sku < b.sku ? -1 : 1))
    .slice(0, limit);
}
