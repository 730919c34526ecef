/** Every query and mutation this stand-in answers, by root field. What is not here is "not simulated". */
import { GraphQLError, type GraphQLResolveInfo } from 'graphql';
import * as activation from './activation.ts';
import * as carriers from './carriers.ts';
import * as customizations from './customizations.ts';
import { runOnce } from './idempotency.ts';
import * as inventory from './inventory-writes.ts';
import * as lists from './lists.ts';
import * as metafields from './metafields.ts';
import { type AdminContext, type Arguments, notSimulated } from './node.ts';
import * as orderWrites from './order-writes.ts';
import * as orders from './orders.ts';
import * as pickup from './pickup.ts';
import * as places from './places.ts';
import * as profiles from './profiles.ts';
import { assertScope } from './scopes.ts';
import * as subscriptions from './subscriptions.ts';
import * as work from './work-writes.ts';

type Operation = (args: Arguments, context: AdminContext, info: GraphQLResolveInfo) => unknown;

const OPERATIONS: Readonly<Record<string, Operation>> = {
  shop: (_args, { shop }) => places.toShop(shop),
  shopLocales: (_args, { shop }) => places.toLocales(shop),
  currentAppInstallation: (_args, context) => places.toInstallation(context),
  locations: lists.listLocations,
  location: lists.findLocation,
  products: lists.listProducts,
  productVariants: lists.listVariants,
  productVariant: lists.findVariant,
  inventoryItems: lists.listItems,
  inventoryItem: lists.findItem,
  inventoryLevel: lists.readLevel,
  nodes: lists.findNodes,
  inventorySetQuantities: inventory.setQuantities,
  inventoryAdjustQuantities: inventory.adjustQuantities,
  inventoryMoveQuantities: inventory.moveQuantities,
  inventoryActivate: activation.activateInventory,
  inventoryDeactivate: activation.deactivateInventory,
  inventoryBulkToggleActivation: activation.toggleActivation,
  locationActivate: activation.activateLocation,
  locationDeactivate: activation.deactivateLocation,
  locationEdit: activation.editLocation,
  locationLocalPickupEnable: pickup.enablePickup,
  locationLocalPickupDisable: pickup.disablePickup,
  bulkOperationRunQuery: (args, context, { schema }) =>
    context.services.bulk.run(args, {
      context,
      schema,
      ask: (field, asked) => askRoot(field, asked, context),
    }),
  bulkOperationCancel: ({ id }, { services }) => services.bulk.cancel(id),
  bulkOperation: ({ id }, { services }) => services.bulk.find(id),
  bulkOperations: (args, { services }) => services.bulk.list(args),
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
  orderUpdate: orderWrites.writeOrder,
  orderEditBegin: orderWrites.beginOrderEdit,
  orderEditSetQuantity: orderWrites.setOrderEditQuantity,
  orderEditCommit: orderWrites.commitOrderEdit,
  orderCancel: orderWrites.cancelOrder,
  refundCreate: orderWrites.createRefund,
  fulfillmentOrderMove: work.moveWork,
  fulfillmentOrderSplit: work.splitWorks,
  fulfillmentOrderMerge: work.mergeWorks,
  fulfillmentOrderHold: work.holdWork,
  fulfillmentOrderReleaseHold: work.releaseHold,
  fulfillmentOrderReportProgress: work.reportProgress,
  fulfillmentOrderOpen: work.openWork,
  fulfillmentOrderReschedule: work.rescheduleWork,
  fulfillmentOrdersSetFulfillmentDeadline: work.setDeadline,
  fulfillmentOrderLineItemsPreparedForPickup: work.prepareForPickup,
  fulfillmentCreate: work.createFulfillment,
  fulfillmentCancel: work.cancelFulfillment,
  fulfillmentTrackingInfoUpdate: work.changeTracking,
  fulfillmentEventCreate: work.createEvent,
  fulfillment: orders.findFulfillment,
  webhookSubscriptions: subscriptions.listSubscriptions,
  webhookSubscriptionCreate: subscriptions.createSubscription,
  webhookSubscriptionDelete: subscriptions.deleteSubscription,
};

/** An array of an argument longer than this is an error of the whole call. */
const INPUT_MAX = 250;

/** The root object: each field checks its scope and the size of its input, then answers, once per idempotency key. */
export const ROOT: Readonly<Record<string, Operation>> = Object.fromEntries(
  Object.entries(OPERATIONS).map(([name, operation]) => [
    name,
    (args: Arguments, context: AdminContext, info: GraphQLResolveInfo) => {
      assertScope(context, name);
      assertSizes(args);
      return runOnce(context, { args, info }, () => operation(args, context, info));
    },
  ]),
);

/** A root field of a bulk query, which has no place of its own in an operation. */
function askRoot(field: string, args: Arguments, context: AdminContext): unknown {
  const operation = ANSWERED_IN_BULK[field];
  if (!operation) throw notSimulated(`${field} in a bulk query`);
  assertScope(context, field);
  return operation(args, context);
}

const ANSWERED_IN_BULK: Readonly<
  Record<string, (args: Arguments, context: AdminContext) => unknown>
> = {
  locations: lists.listLocations,
  products: lists.listProducts,
  productVariants: lists.listVariants,
  inventoryItems: lists.listItems,
  orders: orders.listOrders,
};

function assertSizes(value: unknown): void {
  if (Array.isArray(value) && value.length > INPUT_MAX) {
    const message = `The input array size of ${value.length} is greater than the maximum allowed of ${INPUT_MAX}.`;
    throw new GraphQLError(message, { extensions: { code: 'MAX_INPUT_SIZE_EXCEEDED' } });
  }
  if (typeof value === 'object' && value !== null) {
    for (const inner of Object.values(value)) assertSizes(inner);
  }
}
