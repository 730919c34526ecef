/**
 * May this product be collected at this store?
 *
 * A product that offers no store pickup never is. Else the policy's rules that speak of the store decide:
 * what a `never` rule names is not handed over; where there are `only` rules, nothing but what one of them
 * names is. A rule without node and node tag speaks of every store; without SKU, category and tag it names
 * every product (docs/cli.md, `storePickup`).
 */
import type { WorldNode, WorldPolicy, WorldProduct } from './world.ts';

type PickupRule = WorldPolicy['storePickup']['rules'][number];

/** Whether a store hands over a product. */
export function handsOver(
  policy: WorldPolicy,
  at: { readonly product: WorldProduct; readonly node: WorldNode },
): boolean {
  if (!at.product.offersStorePickup) return false;
  let isNarrowed = false;
  let isNamed = false;
  for (const rule of policy.storePickup.rules) {
    if (!speaksOf(rule, at.node)) continue;
    const names = namesProduct(rule, at.product);
    if (rule.effect === 'never' && names) return false;
    if (rule.effect === 'only') {
      isNarrowed = true;
      isNamed ||= names;
    }
  }
  return isNamed || !isNarrowed;
}

function speaksOf(rule: PickupRule, node: WorldNode): boolean {
  if (rule.nodeId !== undefined && rule.nodeId !== node.id) return false;
  return rule.nodeTag === undefined || node.tags.includes(rule.nodeTag);
}

function namesProduct(rule: PickupRule, product: WorldProduct): boolean {
  if (rule.sku !== undefined && rule.sku !== product.sku) return false;
  if (rule.category !== undefined && rule.category !== product.category) return false;
  return rule.productTag === undefined || product.tags.includes(rule.productTag);
}
