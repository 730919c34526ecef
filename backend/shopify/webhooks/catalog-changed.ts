/**
 * A product or a stocked thing changed, came or went: that one is read again, with its stock.
 *
 * The body names it and is not believed beyond that. A payload without a usable id has everything read.
 */
import { z } from 'zod';
import type { WebhookHandler } from './handler.ts';

type Kept = { readonly id?: string };

const bodySchema = z.object({
  id: z.union([z.int().positive(), z.string().regex(/^\d{1,20}$/)]).transform(String),
});

export const catalogChanged: WebhookHandler<Kept> = {
  topics: [
    'products/create',
    'products/update',
    'products/delete',
    'inventory_items/create',
    'inventory_items/update',
    'inventory_items/delete',
  ],
  alsoAfterUninstall: false,
  keep: (body) => {
    const parsed = bodySchema.safeParse(body);
    return parsed.success ? { id: parsed.data.id } : {};
  },
  handle: async (work, { shopId, topic, payload: { id } }) => {
    if (id === undefined) return await work.requestImport(shopId);
    if (topic === 'products/delete') return await work.catalog.forgetProduct(shopId, id);
    if (topic === 'inventory_items/delete') return await work.catalog.forgetItem(shopId, id);
    if (topic.startsWith('products/')) return await work.catalog.importProduct(shopId, id);
    await work.catalog.importItem(shopId, id);
  },
};
