/**
 * Which access each operation needs, and so why Kept asks for each scope.
 *
 * A test keeps this equal to `shopify.app.toml`: a scope that no operation uses is not asked for, an operation without
 * its scopes is not sent. A write scope brings its read scope along. Source: the operations' pages on shopify.dev.
 */

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
  FulfillmentOrderRead: [
    'read_merchant_managed_fulfillment_orders',
    'read_third_party_fulfillment_orders',
  ],
  InventoryActivate: ['write_inventory'],
  InventoryItemsAtLocationRead: ['read_inventory', 'read_locations'],
  // The nightly comparison reads every level of every location at once.
  InventoryLevelsBulkRun: ['read_inventory', 'read_locations'],
  InventoryLevelsRead: ['read_inventory', 'read_locations'],
  InventoryMoveQuantities: ['write_inventory'],
  // The stock that systems send us is what Shopify's locations shall say.
  InventorySetQuantities: ['write_inventory'],
  LocationLocalPickupDisable: ['write_shipping'],
  LocationLocalPickupEnable: ['write_shipping'],
  LocationsRead: ['read_locations', 'read_shipping'],
  MetafieldDefinitionCreate: ['write_orders', 'write_products'],
  MetafieldDefinitionsRead: ['read_orders', 'read_products'],
  MetafieldDefinitionUpdate: ['write_orders'],
  // Orders carry their promise, variants the class that the Function reads, the customization its settings.
  MetafieldsSet: ['write_orders', 'write_products', 'write_delivery_customizations'],
  OrderClaimsRead: [
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
  OrderRead: [
    'read_orders',
    'read_products',
    'read_merchant_managed_fulfillment_orders',
    'read_third_party_fulfillment_orders',
  ],
  OrdersUpdatedRead: ['read_orders'],
  ProductVariantsRead: ['read_products', 'read_inventory'],
  ShopRead: ['read_locales'],
};

/** Scopes that no Admin operation shows: the storefront's requests come through our app proxy. */
export const SCOPES_WITHOUT_OPERATION = ['write_app_proxy'];
