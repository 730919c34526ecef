/**
 * Ids of the demo in the shop: which Shopify location is which node, which variant and inventory item is which SKU.
 *
 * The numbers are those of the seed; the app never sees this file, it learns them through the Admin API and binds a
 * location to a node by postal code and street.
 */
import { demoVariants } from './catalogue.ts';
import { demoNodes } from './nodes.ts';

const FIRST_LOCATION = 70_100_000_001;
const FIRST_VARIANT = 44_200_000_001;
const FIRST_INVENTORY_ITEM = 46_300_000_001;

const locationIds = new Map(demoNodes().map((node, index) => [node.id, FIRST_LOCATION + index]));
const variantIds = new Map(
  demoVariants().map(({ sku }, index) => [
    sku,
    { variantId: FIRST_VARIANT + index, inventoryItemId: FIRST_INVENTORY_ITEM + index },
  ]),
);

const FIRST_CUSTOMER = 73_400_000_001;

/** The customers, by the place each lives in. */
const CUSTOMER_PLACES = ['MILANO', 'ROMA', 'PARIS', 'BERLIN', 'MADRID', 'LONDON'] as const;

/** The customer who lives there. */
export function customerIdOf(place: (typeof CUSTOMER_PLACES)[number]): number {
  return FIRST_CUSTOMER + CUSTOMER_PLACES.indexOf(place);
}

/** The location of a node; a node that does not exist is a bug. */
export function locationIdOf(nodeId: string): number {
  const id = locationIds.get(nodeId);
  if (id === undefined) throw new Error(`no node ${nodeId} in the demo`);
  return id;
}

/** Variant and inventory item of a SKU; a SKU that does not exist is a bug. */
export function variantIdsOf(sku: string): { variantId: number; inventoryItemId: number } {
  const ids = variantIds.get(sku);
  if (ids === undefined) throw new Error(`no SKU ${sku} in the demo`);
  return ids;
}
