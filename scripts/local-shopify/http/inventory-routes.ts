/**
 * The admin's inventory page: what each location holds of each item, by Shopify's quantity names, and a field to set
 * what is for sale. The app hears of a change as it does of any other, by webhook.
 */
import { type Request, Router } from 'express';
import { z } from 'zod';
import type { LocalControl } from '../control.ts';
import { type LocalShop, levelOf } from '../shop.ts';
import { type Level, onHandOf } from '../state.ts';
import { adminPage } from './admin-page.ts';
import { type Html, html, raw } from './html.ts';

/** Rows of one page; a search finds the rest. */
const ROWS_MAX = 100;

const changeSchema = z.object({
  sku: z.string(),
  locationId: z.coerce.number().int(),
  available: z.coerce.number().int().min(-1_000_000_000).max(1_000_000_000),
  back: z.string().regex(/^\/admin\/inventory(\?|$)/),
});

export function inventoryRoutes(shop: LocalShop, control: LocalControl): Router {
  const router = Router();
  router.get('/admin/inventory', (request, response) => {
    response.send(adminPage(shop, { title: 'Inventory', main: inventory(shop, request) }));
  });
  router.post('/admin/inventory', (request, response) => {
    const { back, ...change } = changeSchema.parse(request.body);
    control.setLevel(change);
    response.redirect(303, back);
  });
  return router;
}

type Row = { sku: string; product: string; place: string; locationId: number; level: Level };

function rowsOf(
  shop: LocalShop,
  { query, locationId }: { query: string; locationId: number },
): Row[] {
  const wanted = query.toLowerCase();
  const locations = [...shop.locations.values()].filter(
    (one) => locationId === 0 || one.id === locationId,
  );
  return [...shop.variants.values()]
    .filter(
      ({ product, variant }) =>
        variant.sku.toLowerCase().includes(wanted) ||
        product.title.en.toLowerCase().includes(wanted),
    )
    .flatMap(({ product, variant }) =>
      locations.flatMap((location) => {
        const level = levelOf(shop, variant.inventoryItemId, location.id);
        if (!level) return [];
        const name = `${product.title.en}, ${variant.optionValues.join(' / ')}`;
        return [
          { sku: variant.sku, product: name, place: location.name, locationId: location.id, level },
        ];
      }),
    );
}

function inventory(shop: LocalShop, request: Request): Html {
  const query = String(request.query['q'] ?? '');
  const locationId = Number(request.query['location'] ?? 0) || 0;
  const rows = rowsOf(shop, { query, locationId });
  const shown = rows.slice(0, ROWS_MAX);
  const places = [...shop.locations.values()].map(
    (one) =>
      html`<option value="${one.id}"${one.id === locationId && raw(' selected')}>${one.name}</option>`,
  );
  return html`<h1>Inventory</h1>
<form class="filter" method="get" action="/admin/inventory">
<label>SKU or product <input type="search" name="q" value="${query}"></label>
<label>Location <select name="location"><option value="0">All locations</option>${places}</select></label>
<button class="secondary">Show</button></form>
<p class="hint">${rows.length} levels${rows.length > ROWS_MAX && `, the first ${ROWS_MAX} are shown`}. On hand = available + committed + unavailable.</p>
<div class="card"><table class="levels"><thead><tr><th scope="col">SKU</th><th scope="col">Location</th><th scope="col" class="number">Unavailable</th><th scope="col" class="number">Committed</th><th scope="col" class="number">Available</th><th scope="col" class="number">On hand</th><th scope="col" class="number">Incoming</th><th scope="col">Set available</th></tr></thead>
<tbody>${shown.map((row) => levelRow(row, request.originalUrl))}</tbody></table></div>`;
}

function levelRow({ sku, product, place, locationId, level }: Row, back: string): Html {
  const { reserved, damaged, safety_stock: safety, quality_control: quality } = level;
  const unavailable = reserved + damaged + safety + quality;
  const parts = [
    ['reserved', reserved],
    ['damaged', damaged],
    ['safety stock', safety],
    ['quality control', quality],
  ] as const;
  const why = parts.filter(([, units]) => units !== 0).map(([name, units]) => `${units} ${name}`);
  const id = `available-${sku}-${locationId}`;
  return html`<tr data-sku="${sku}" data-location="${locationId}"><th scope="row"><code>${sku}</code><small>${product}</small></th><td>${place}</td>
<td class="number">${unavailable}${why.length > 0 && html`<small>${why.join(', ')}</small>`}</td><td class="number" data-of="committed">${level.committed}</td><td class="number" data-of="available">${level.available}</td><td class="number" data-of="on_hand">${onHandOf(level)}</td><td class="number">${level.incoming}</td>
<td><form method="post" action="/admin/inventory"><input type="hidden" name="sku" value="${sku}"><input type="hidden" name="locationId" value="${locationId}"><input type="hidden" name="back" value="${back}"><label class="hidden" for="${id}">Available ${sku} at ${place}</label><input id="${id}" name="available" type="number" value="${level.available}" required> <button class="secondary">Set<span class="hidden"> ${sku} at ${place}</span></button></form></td></tr>`;
}
