/**
 * Stock or products changed in Shopify: read them again.
 *
 * The numbers in the body are not used: deliveries come late and out of order, the level read now is the newest.
 */
import { z } from 'zod';
import type { WebhookHandler } from './handler.ts';

type Kept = { readonly inventoryItemId?: string; readonly locationId?: string };

const number = z.union([z.int().positive(), z.string().regex(/^\d{1,20}$/)]).transform(String);
const levelSchema = z.object({ inventory_item_id: number, location_id: number });

export const stockChanged: WebhookHandler<Kept> = {
  topics: ['inventory_levels/update', 'products/create', 'products/update', 'products/delete'],
  alsoAfterUninstall: false,
  keep: (body) => {
    const level = levelSchema.safeParse(body);
    if (!level.success) return {};
    const { inventory_item_id, location_id } = level.data;
    return { inventoryItemId: inventory_item_id, locationId: location_id };
  },
  handle: async (work, { shopId, topic, payload }) => {
    const { inventoryItemId, locationId } = payload;
    if (topic !== 'inventory_levels/update') return await work.requestImport(shopId);
    if (inventoryItemId === undefined || locationId === undefined) return;
    await work.importLevel(shopId, { inventoryItemId, locationId });
  },
};
