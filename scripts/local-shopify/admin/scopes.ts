/**
 * Which access scope does a root field need? Shopify answers ACCESS_DENIED when the shop has not granted it.
 *
 * Source: "Requires … access scope" in the descriptions of the Admin schema.
 */
import { GraphQLError } from 'graphql';
import type { AdminContext } from './node.ts';

const READ_WORK = [
  'read_merchant_managed_fulfillment_orders',
  'read_third_party_fulfillment_orders',
  'read_assigned_fulfillment_orders',
];
// Every location here is the merchant's own: no other scope lets an app change what is to be done there.
const WRITE_WORK = ['write_merchant_managed_fulfillment_orders'];

const NEEDED: Readonly<Record<string, readonly string[]>> = {
  carrierServiceCreate: ['write_shipping'],
  carrierServiceUpdate: ['write_shipping'],
  carrierServiceDelete: ['write_shipping'],
  carrierServices: ['read_shipping'],
  deliveryProfileUpdate: ['write_shipping'],
  deliveryProfiles: ['read_shipping'],
  deliveryProfile: ['read_shipping'],
  deliveryCustomizationCreate: ['write_delivery_customizations'],
  deliveryCustomizationUpdate: ['write_delivery_customizations'],
  deliveryCustomizationActivation: ['write_delivery_customizations'],
  deliveryCustomizationDelete: ['write_delivery_customizations'],
  deliveryCustomizations: ['read_delivery_customizations'],
  locationLocalPickupEnable: ['write_shipping'],
  locationLocalPickupDisable: ['write_shipping'],
  locations: ['read_locations'],
  location: ['read_locations'],
  productVariants: ['read_products'],
  productVariant: ['read_products'],
  products: ['read_products'],
  inventoryItem: ['read_inventory', 'read_products'],
  inventoryItems: ['read_inventory', 'read_products'],
  inventoryLevel: ['read_inventory'],
  // Each kind of node needs its own scope; all that are answered here need one of these.
  nodes: ['read_inventory', 'read_products', 'read_locations'],
  inventorySetQuantities: ['write_inventory'],
  inventoryAdjustQuantities: ['write_inventory'],
  inventoryMoveQuantities: ['write_inventory'],
  inventoryActivate: ['write_inventory'],
  inventoryDeactivate: ['write_inventory'],
  inventoryBulkToggleActivation: ['write_inventory'],
  locationActivate: ['write_locations'],
  locationDeactivate: ['write_locations'],
  locationEdit: ['write_locations'],
  orders: ['read_orders'],
  order: ['read_orders'],
  orderUpdate: ['write_orders'],
  orderCancel: ['write_orders'],
  refundCreate: ['write_orders'],
  orderEditBegin: ['write_order_edits'],
  orderEditSetQuantity: ['write_order_edits'],
  orderEditCommit: ['write_order_edits'],
  fulfillmentOrder: READ_WORK,
  fulfillment: READ_WORK,
  fulfillmentOrderMove: WRITE_WORK,
  fulfillmentOrderSplit: WRITE_WORK,
  fulfillmentOrderMerge: WRITE_WORK,
  fulfillmentOrderHold: WRITE_WORK,
  fulfillmentOrderReleaseHold: WRITE_WORK,
  fulfillmentOrderReportProgress: WRITE_WORK,
  fulfillmentOrderOpen: WRITE_WORK,
  fulfillmentOrderReschedule: WRITE_WORK,
  fulfillmentOrdersSetFulfillmentDeadline: WRITE_WORK,
  fulfillmentOrderLineItemsPreparedForPickup: WRITE_WORK,
  fulfillmentCreate: WRITE_WORK,
  fulfillmentCancel: WRITE_WORK,
  fulfillmentTrackingInfoUpdate: WRITE_WORK,
  // Events are of fulfillments, not of fulfillment orders.
  fulfillmentEventCreate: ['write_fulfillments'],
  shopLocales: ['read_locales'],
};

/** Which scope writing a metafield of an owner needs; owners of the app itself need none. */
export const OWNER_SCOPES: Readonly<Record<string, string>> = {
  ORDER: 'write_orders',
  PRODUCT: 'write_products',
  PRODUCTVARIANT: 'write_products',
  DELIVERY_CUSTOMIZATION: 'write_delivery_customizations',
};

/** Throws Shopify's error unless one of the scopes is granted. */
export function assertScope(context: AdminContext, field: string): void {
  const needed = NEEDED[field];
  if (!needed || needed.some((scope) => context.scopes.has(scope))) return;
  denyAccess(field, needed);
}

export function denyAccess(field: string, needed: readonly string[]): never {
  const names = needed.map((scope) => `\`${scope}\``).join(' or ');
  const message = `Access denied for ${field} field. Required access: ${names} access scope.`;
  throw new GraphQLError(message, { extensions: { code: 'ACCESS_DENIED', requiredAccess: names } });
}
