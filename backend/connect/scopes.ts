/**
 * What kinds of systems connect, and what may a connection do?
 *
 * A scope is asked for by the endpoint and granted by the merchant when the connection is made; nothing is implied by a
 * kind. Data only: endpoints, console and the OpenAPI document read it.
 */

/** What a connection is, for the merchant's eyes; it decides nothing. */
export const CONNECTION_KINDS = ['erp', 'wms', 'pos', 'marketplace', 'own_app'] as const;
export type ConnectionKind = (typeof CONNECTION_KINDS)[number];

/** What a key may do. */
export const SCOPES = [
  'stock:write',
  'stock:read',
  'reservations:write',
  'orders:write',
  'tracking:write',
] as const;
export type Scope = (typeof SCOPES)[number];
