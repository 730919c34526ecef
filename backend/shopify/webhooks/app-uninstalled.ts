/**
 * The merchant removed the app: forget how to reach the shop and stop everything that recurs.
 *
 * The shop's data stays until `shop/redact`, 48 hours later, so that a merchant who comes back finds his network.
 * The signature covers the body and not the shop header, so the shop must also be named by the body.
 */
import { z } from 'zod';
import type { WebhookHandler } from './handler.ts';

const bodySchema = z.object({ myshopify_domain: z.string() });

export const appUninstalled: WebhookHandler<Record<string, never>> = {
  topics: ['app/uninstalled'],
  alsoAfterUninstall: true,
  keep: (body, shopId) => {
    const parsed = bodySchema.safeParse(body);
    return parsed.success && parsed.data.myshopify_domain === shopId ? {} : undefined;
  },
  handle: async (work, { shopId, triggeredAt }) => {
    const isGone = await work.connections.disconnect(shopId, triggeredAt);
    if (!isGone) return;
    await work.stopSchedules(shopId);
    work.log.info({ event: 'app_uninstalled', shop: shopId });
  },
};
