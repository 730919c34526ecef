/**
 * The demo shop's theme as its merchant saved it: the app's blocks on the product page and in the cart, its embed on.
 *
 * Made by the steps a merchant takes in the theme editor, from the theme's own files; only the two templates that differ
 * are in the seed. The editor moves, hides and sets these blocks like any other.
 */
import path from 'node:path';
import type { ShopSeedInput } from '../local-shopify/seed.ts';
import { addBlock, move, setEmbed, setSetting } from '../local-shopify/theme/draft.ts';
import { blockType, readThemeExtensions } from '../local-shopify/theme/extension.ts';
import { themeDataOf } from '../local-shopify/theme/theme-data.ts';
import type { ThemeData } from '../local-shopify/theme/theme-schema.ts';

const ROOT = path.resolve(import.meta.dirname, '..', '..');
const APP_NAME = 'Kept';
// Two rows leave room for the picture beside them; the demo has something to say in a third.
const ROWS_SHOWN = 3;

/** The saved theme. */
export function demoTheme(): NonNullable<ShopSeedInput['theme']> {
  let data = themeDataOf({ theme: null });
  // Above the description, and in the cart above the button to the checkout.
  data = place(data, { template: 'product', handle: 'product-promise', up: 1, rows: ROWS_SHOWN });
  data = place(data, {
    template: 'product',
    handle: 'store-availability',
    up: 1,
    rows: ROWS_SHOWN,
  });
  data = place(data, { template: 'cart', handle: 'cart-promise', up: 1 });
  data = setEmbed(data, typeOf('shipping-details'), true);
  const { product, cart } = data.templates;
  if (product === undefined || cart === undefined) throw new Error('the theme lost a template');
  return { templates: { product, cart }, embeds: data.embeds };
}

type Placed = { template: string; handle: string; up: number; rows?: number };

function place(data: ThemeData, { template, handle, up, rows }: Placed): ThemeData {
  const added = addBlock(data, { template, section: 'main' }, { type: typeOf(handle), handle });
  const { place: where } = added;
  if (where === undefined) throw new Error(`no room for ${handle} in ${template}`);
  let { data: changed } = added;
  for (let step = 0; step < up; step += 1) changed = move(changed, where, -1);
  return rows === undefined ? changed : setSetting(changed, where, { id: 'rows', value: rows });
}

function typeOf(handle: string): string {
  const extension = readThemeExtensions(ROOT).find((one) => one.blocks.has(handle));
  if (extension === undefined) throw new Error(`no theme extension has a block ${handle}`);
  return blockType(APP_NAME, { extension, handle });
}
