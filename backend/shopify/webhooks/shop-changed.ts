/**
 * Plan, places or shipping zones changed: what can be shown may have changed with them.
 *
 * The body is not believed, it only wakes the provisioning, which reads everything again. Many changes at once
 * (a merchant editing zones) end in one run, because a waiting run is not doubled. What a location that is no longer
 * active was to send goes back to routing at once: nobody is there to send it.
 */
import { z } from 'zod';
import type { WebhookHandler } from './handler.ts';

type Kept = { readonly id?: string };

const number = z.union([z.int().positive(), z.string().regex(/^\d{1,20}$/)]).transform(String);
const bodySchema = z.object({ id: number });
const CLOSED = new Set(['locations/deactivate', 'locations/delete']);

export const shopChanged: WebhookHandler<Kept> = {
  topics: [
    'locations/create',
    'locations/update',
    'locations/activate',
    'locations/deactivate',
    'locations/delete',
    'profiles/create',
    'profiles/update',
    'profiles/delete',
    'shop/update',
  ],
  alsoAfterUninstall: false,
  keep: (body) => {
    const read = bodySchema.safeParse(body);
    return read.success ? { id: read.data.id } : {};
  },
  handle: async (work, { shopId, topic, payload }) => {
    await work.requestProvisioning(shopId);
    if (CLOSED.has(topic) && payload.id !== undefined) {
      await work.locationClosed(shopId, payload.id);
    }
  },
};
