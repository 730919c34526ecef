/**
 * The one place that pins the version of Shopify's Admin API, of our webhooks and of our extensions.
 *
 * Every operation is also valid on `NEXT_ADMIN_API_VERSION`, and the code follows the newer one's rules
 * (a carrier service is always attached to zones explicitly), so that moving on is a change of this line.
 */
export const ADMIN_API_VERSION = '2026-07';
export const NEXT_ADMIN_API_VERSION = '2026-10';
