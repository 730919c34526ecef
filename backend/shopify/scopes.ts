/**
 * Which access each operation needs, and so why Kept asks for each scope.
 *
 * A test keeps this equal to `shopify.app.toml`: a scope that no operation uses is not asked for, an operation without
 * its scopes is not sent. A write scope brings its read scope along. Source: the operations' pages on shopify.dev.
 */

// Works are placed at the merchant's own locations and at logistics partners alike.
const FULFILLMENT_ORDERS_WRITTEN = [
  'write_merchant_managed_fulfillment_orders',
  'write_third_party_fulfillment_orders',
];

/** Operation → scopes, all of which it needs. None: every app may ask. */
export const OPERATION_SCOPES: Readonly<Record<string, readonly string[]>> = {
  BulkOperationRead: [],
  CarrierServiceCreate: ['write_shipping'],
  CarrierServicesRead: ['read_shipping'],
  CarrierServiceUpdate: ['write_shipping'],
  DeliveryCustomizationCreate: ['write_delivery_customizations'],
  DeliveryCustomizationsRead: ['read_delivery_customizations'],
  DeliveryProfilesRead: ['read_shipping', 'read_locations'],
  DeliveryProfileUpdate: ['write_shipping'],
  DeliveryZonesRead: ['read_shipping'],
  // What left is told to Shopify, which tells the shopper.
  FulfillmentCreate: FULFILLMENT_ORDERS_WRITTEN,
  FulfillmentEventCreate: ['write_fulfillments'],
  // Held while stores compete, so that nobody ships early.
  FulfillmentOrderHold: FULFILLMENT_ORDERS_WRITTEN,
  FulfillmentOrderLineItemsPreparedForPickup: FULFILLMENT_ORDERS_WRITTEN,
  FulfillmentOrderMove: FULFILLMENT_ORDERS_WRITTEN,
  FulfillmentOrderOpen: FULFILLMENT_ORDERS_WRITTEN,
  FulfillmentOrderRead: [
    'read_merchant_managed_fulfillment_orders',
    'read_third_party_fulfillment_orders',
  ],
  FulfillmentOrderReleaseHold: FULFILLMENT_ORDERS_WRITTEN,
  FulfillmentOrderReportProgress: FULFILLMENT_ORDERS_WRITTEN,
  FulfillmentOrdersSetFulfillmentDeadline: FULFILLMENT_ORDERS_WRITTEN,
  FulfillmentOrderSplit: FULFILLMENT_ORDERS_WRITTEN,
  FulfillmentRead: ['read_orders', 'read_fulfillments'],
  FulfillmentTrackingInfoUpdate: FULFILLMENT_ORDERS_WRITTEN,
  InventoryActivate: ['write_inventory'],
  InventoryItemsAtLocationRead: ['read_inventory', 'read_locations'],
  // The nightly comparison reads every level of every location at once.
  InventoryLevelsBulkRun: ['read_inventory', 'read_locations'],
  InventoryLevelsRead: ['read_inventory', 'read_locations'],
  InventoryMoveQuantities: ['write_inventory'],
  // The stock that systems send us is what Shopify's locations shall say.
  InventorySetQuantities: ['write_inventory'],
  LimitsRead: [],
  LocationLocalPickupDisable: ['write_shipping'],
  LocationLocalPickupEnable: ['write_shipping'],
  LocationsRead: ['read_locations', 'read_shipping'],
  MetafieldDefinitionCreate: ['write_orders', 'write_products'],
  MetafieldDefinitionsRead: ['read_orders', 'read_products'],
  MetafieldDefinitionUpdate: ['write_orders'],
  // Orders carry their promise, variants the class that the Function reads, the customization its settings.
  MetafieldsSet: ['write_orders', 'write_products', 'write_delivery_customizations'],
  // A delay or a delivery that a carrier told Shopify follows the parcel here.
  OrderCarrierEventsRead: ['read_orders', 'read_fulfillments'],
  // An agent corrects an address or takes units off.
  OrderAddressUpdate: ['write_orders'],
  OrderEditBegin: ['write_order_edits'],
  OrderEditCommit: ['write_order_edits'],
  OrderEditSetQuantity: ['write_order_edits'],
  OrderEtaClassesRead: ['read_orders', 'read_products'],
  OrderFulfillmentIdsRead: ['read_orders', 'read_fulfillments'],
  OrderFulfillmentOrdersRead: [
    'read_orders',
    'read_merchant_managed_fulfillment_orders',
    'read_third_party_fulfillment_orders',
  ],
  OrderFulfillmentsRead: ['read_orders', 'read_fulfillments'],
  OrderIntakeRead: [
    'read_orders',
    'read_products',
    'read_merchant_managed_fulfillment_orders',
    'read_third_party_fulfillment_orders',
  ],
  OrderLinesRead: ['read_orders', 'read_products'],
  OrderPartsRead: [
    'read_orders',
    'read_merchant_managed_fulfillment_orders',
    'read_third_party_fulfillment_orders',
  ],
  OrdersUpdatedRead: ['read_orders'],
  OrderWorkRead: [
    'read_orders',
    'read_merchant_managed_fulfillment_orders',
    'read_third_party_fulfillment_orders',
  ],
  ProductVariantsRead: ['read_products', 'read_inventory'],
  ShopRead: ['read_locales'],
  WebhookSubscriptionCreate: ['read_orders'],
  WebhookSubscriptionsRead: [],
};

/** Scopes that no Admin operation shows: the storefront's requests come through our app proxy. */
export const SCOPES_WITHOUT_OPERATION = ['write_app_proxy'];
