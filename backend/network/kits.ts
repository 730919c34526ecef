/**
 * Which products are made of others?
 *
 * A kit names its components and how many of each; it has no stock of its own and is put together at the
 * node that ships it (docs/semantics.md, rule 18). Out of a snapshot's products come the parts of every
 * kit and, the other way round, the kits that need a SKU. A kit that names a SKU the snapshot lacks, or
 * another kit, has no parts: it can be built nowhere.
 */
import type { KitParts, Snapshot } from './snapshot.ts';
import type { WorldProduct } from './world.ts';

const NO_PARTS: KitParts = [];

/** The kits of these products, by index. */
export function compileKits(
  products: readonly WorldProduct[],
  skuIndex: ReadonlyMap<string, number>,
): Pick<Snapshot, 'kits' | 'kitsWith'> {
  const kits = new Map<number, KitParts>();
  const kitsWith = new Map<number, { sku: number; quantity: number }[]>();
  for (const [kit, { kit: made }] of products.entries()) {
    if (made === undefined) continue;
    const parts = partsOf(made.components, { products, skuIndex });
    kits.set(kit, parts);
    for (const { sku, quantity } of parts) {
      const list = kitsWith.get(sku);
      if (list === undefined) kitsWith.set(sku, [{ sku: kit, quantity }]);
      else list.push({ sku: kit, quantity });
    }
  }
  return { kits, kitsWith };
}

function partsOf(
  components: NonNullable<WorldProduct['kit']>['components'],
  known: {
    readonly products: readonly WorldProduct[];
    readonly skuIndex: ReadonlyMap<string, number>;
  },
): KitParts {
  const needed = new Map<number, number>();
  for (const component of components) {
    const sku = known.skuIndex.get(component.sku) ?? -1;
    if (known.products[sku] === undefined || known.products[sku].kit !== undefined) return NO_PARTS;
    needed.set(sku, (needed.get(sku) ?? 0) + component.quantity);
  }
  return [...needed].map(([sku, quantity]) => ({ sku, quantity }));
}

/** The SKU itself, the kits that need it and the components of a kit: all whose figure may change with it. */
export function relatedSkus(snapshot: Snapshot, sku: number): readonly number[] {
  const parts = snapshot.kits.get(sku);
  const kits = snapshot.kitsWith.get(sku);
  if (parts === undefined && kits === undefined) return [sku];
  const related = new Set([sku]);
  for (const part of parts ?? []) {
    related.add(part.sku);
    // What claims a kit claims its components, and with them every other kit that needs those.
    for (const kit of snapshot.kitsWith.get(part.sku) ?? []) related.add(kit.sku);
  }
  for (const kit of kits ?? []) {
    related.add(kit.sku);
  }
  return [...related];
}
