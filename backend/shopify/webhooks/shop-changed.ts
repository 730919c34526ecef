/**
 * Plan, places or shipping zones changed: what can be shown may have changed with them.
 *
 * The body is not believed, it only wakes the provisioning, which reads everything again. Many changes at once
 * (a merchant editing zones) end in one run, because a waiting run is not doubled.
 */
import type { WebhookHandler } from './handler.ts';

export const shopChanged: WebhookHandler<Record<string, never>> = {
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
  keep: () => ({}),
  handle: (work, { shopId }) => work.requestProvisioning(shopId),
};
