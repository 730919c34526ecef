/**
 * Shopify's three privacy duties: hand over, forget a buyer, forget a shop.
 *
 * We hold nothing by customer: what belongs to a person stands on his orders (name, address, reach) and their promises
 * and receipts. So of the body only order numbers are kept, never the customer's mail or phone.
 * Source: https://shopify.dev/docs/apps/build/privacy-law-compliance
 */
import { z } from 'zod';
import type { WebhookHandler } from './handler.ts';

type Kept = { readonly orderIds: readonly string[] };

const orderNumber = z.union([z.int().positive(), z.string().regex(/^\d{1,20}$/)]);
const bodySchema = z.object({
  shop_domain: z.string(),
  orders_requested: z.array(orderNumber).optional(),
  orders_to_redact: z.array(orderNumber).optional(),
});

export const compliance: WebhookHandler<Kept> = {
  topics: ['customers/data_request', 'customers/redact', 'shop/redact'],
  alsoAfterUninstall: true,
  keep: (body, shopId) => {
    const parsed = bodySchema.safeParse(body);
    if (!parsed.success || parsed.data.shop_domain !== shopId) return undefined;
    const { orders_requested = [], orders_to_redact = [] } = parsed.data;
    return { orderIds: [...orders_requested, ...orders_to_redact].map(String) };
  },
  handle: async (work, { shopId, topic, payload }) => {
    if (topic === 'shop/redact') return await work.redaction.forgetShop(shopId);
    if (topic === 'customers/redact') {
      return await work.redaction.forgetOrders(shopId, payload.orderIds);
    }
    await work.redaction.recordExport(shopId, payload.orderIds);
  },
};
