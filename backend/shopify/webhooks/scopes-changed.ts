/**
 * The merchant granted or took back access: remember it and look again at what can be provisioned.
 */
import { z } from 'zod';
import type { WebhookHandler } from './handler.ts';

type Kept = { readonly current: readonly string[] };

const bodySchema = z.object({ current: z.array(z.string().regex(/^[a-z_]{1,80}$/)).max(200) });

export const scopesChanged: WebhookHandler<Kept> = {
  topics: ['app/scopes_update'],
  alsoAfterUninstall: false,
  keep: (body) => {
    const parsed = bodySchema.safeParse(body);
    return parsed.success ? { current: parsed.data.current } : undefined;
  },
  handle: async (work, { shopId, payload }) => {
    await work.connections.saveScopes(shopId, payload.current);
    await work.requestProvisioning(shopId);
  },
};
