/**
 * A level of stock changed in Shopify: our own echo, a sale we have not heard of, or somebody's hand.
 *
 * The numbers of the body only sort out echoes; what follows from a change is read again, because deliveries come late
 * and out of order.
 */
import { z } from 'zod';
import type { WebhookHandler } from './handler.ts';

type Kept = {
  readonly itemId: number;
  readonly locationId: number;
  readonly available?: number;
  readonly updatedAt?: string;
};

const number = z.union([z.int().positive(), z.string().regex(/^\d{1,20}$/)]).transform(Number);
const levelSchema = z.object({
  inventory_item_id: number,
  location_id: number,
  available: z.int().nullish(),
  updated_at: z.iso.datetime({ offset: true }).nullish(),
});

export const stockChanged: WebhookHandler<Kept> = {
  topics: ['inventory_levels/update', 'inventory_levels/connect', 'inventory_levels/disconnect'],
  alsoAfterUninstall: false,
  keep: (body) => {
    const level = levelSchema.safeParse(body);
    if (!level.success) return undefined;
    const { inventory_item_id, location_id, available, updated_at } = level.data;
    return {
      itemId: inventory_item_id,
      locationId: location_id,
      ...(typeof available === 'number' ? { available } : {}),
      ...(typeof updated_at === 'string' ? { updatedAt: updated_at } : {}),
    };
  },
  handle: async (work, { shopId, topic, payload }) => {
    const { itemId, locationId } = payload;
    if (topic === 'inventory_levels/disconnect') {
      await work.tellTakenOff(shopId, { itemId, locationId });
      return;
    }
    const { available, updatedAt } = payload;
    const told = await work.tellLevel(shopId, { itemId, locationId, available, updatedAt });
    if (told !== 'theirs_changed') return;
    const change = { inventoryItemId: String(itemId), locationId: String(locationId) };
    await work.importLevel(shopId, change);
  },
};
