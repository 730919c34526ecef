/** Every query and mutation this stand-in answers, by root field. What is not here is "not simulated". */
import * as carriers from './carriers.ts';
import * as customizations from './customizations.ts';
import * as metafields from './metafields.ts';
import type { AdminContext, Arguments } from './node.ts';
import * as orders from './orders.ts';
import * as places from './places.ts';
import * as profiles from './profiles.ts';
import { assertScope } from './scopes.ts';

type Operation = (args: Arguments, context: AdminContext) => unknown;

const OPERATIONS: Readonly<Record<string, Operation>> = {
  shop: (_args, { shop }) => places.toShop(shop),
  shopLocales: (_args, { shop }) => places.toLocales(shop),
  currentAppInstallation: (_args, context) => places.toInstallation(context),
  locations: places.listLocations,
  location: places.findLocation,
  productVariants: places.listVariants,
  productVariant: places.findVariant,
  inventoryItem: places.findItem,
  locationLocalPickupEnable: places.enablePickup,
  locationLocalPickupDisable: places.disablePickup,
  carrierServices: carriers.listCarrierServices,
  carrierServiceCreate: carriers.createCarrierService,
  carrierServiceUpdate: carriers.updateCarrierService,
  carrierServiceDelete: carriers.deleteCarrierService,
  deliveryProfiles: profiles.listProfiles,
  deliveryProfile: profiles.findProfile,
  deliveryProfileUpdate: profiles.updateProfile,
  deliveryCustomizations: customizations.listCustomizations,
  deliveryCustomizationCreate: customizations.createCustomization,
  deliveryCustomizationUpdate: customizations.updateCustomization,
  metafieldsSet: metafields.setMetafields,
  metafieldDefinitions: metafields.listDefinitions,
  metafieldDefinitionCreate: metafields.createDefinition,
  metafieldDefinitionUpdate: metafields.updateDefinition,
  order: orders.findOrder,
  orders: orders.listOrders,
  fulfillmentOrder: orders.findFulfillmentOrder,
};

/** The root object: each field checks its scope before it answers. */
export const ROOT: Readonly<Record<string, Operation>> = Object.fromEntries(
  Object.entries(OPERATIONS).map(([name, operation]) => [
    name,
    (args: Arguments, context: AdminContext) => {
      assertScope(context, name);
      return operation(args, context);
    },
  ]),
);
