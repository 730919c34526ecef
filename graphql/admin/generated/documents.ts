// Made by scripts/codegen.ts from the .graphql files beside this folder. Do not edit.
import type { TypedDocumentNode } from '@graphql-typed-document-node/core';
import { parse } from 'graphql';
import type {
  BulkOperationReadQuery,
  BulkOperationReadQueryVariables,
  CarrierServiceCreateMutation,
  CarrierServiceCreateMutationVariables,
  CarrierServiceUpdateMutation,
  CarrierServiceUpdateMutationVariables,
  CarrierServicesReadQuery,
  CarrierServicesReadQueryVariables,
  DeliveryCustomizationCreateMutation,
  DeliveryCustomizationCreateMutationVariables,
  DeliveryCustomizationsReadQuery,
  DeliveryCustomizationsReadQueryVariables,
  DeliveryProfileUpdateMutation,
  DeliveryProfileUpdateMutationVariables,
  DeliveryProfilesReadQuery,
  DeliveryProfilesReadQueryVariables,
  DeliveryZonesReadQuery,
  DeliveryZonesReadQueryVariables,
  FulfillmentCreateMutation,
  FulfillmentCreateMutationVariables,
  FulfillmentEventCreateMutation,
  FulfillmentEventCreateMutationVariables,
  FulfillmentOrderHoldMutation,
  FulfillmentOrderHoldMutationVariables,
  FulfillmentOrderLineItemsPreparedForPickupMutation,
  FulfillmentOrderLineItemsPreparedForPickupMutationVariables,
  FulfillmentOrderMoveMutation,
  FulfillmentOrderMoveMutationVariables,
  FulfillmentOrderOpenMutation,
  FulfillmentOrderOpenMutationVariables,
  FulfillmentOrderReadQuery,
  FulfillmentOrderReadQueryVariables,
  FulfillmentOrderReleaseHoldMutation,
  FulfillmentOrderReleaseHoldMutationVariables,
  FulfillmentOrderReportProgressMutation,
  FulfillmentOrderReportProgressMutationVariables,
  FulfillmentOrderSplitMutation,
  FulfillmentOrderSplitMutationVariables,
  FulfillmentOrdersSetFulfillmentDeadlineMutation,
  FulfillmentOrdersSetFulfillmentDeadlineMutationVariables,
  FulfillmentReadQuery,
  FulfillmentReadQueryVariables,
  FulfillmentTrackingInfoUpdateMutation,
  FulfillmentTrackingInfoUpdateMutationVariables,
  InventoryActivateMutation,
  InventoryActivateMutationVariables,
  InventoryItemsAtLocationReadQuery,
  InventoryItemsAtLocationReadQueryVariables,
  InventoryLevelsBulkRunMutation,
  InventoryLevelsBulkRunMutationVariables,
  InventoryLevelsReadQuery,
  InventoryLevelsReadQueryVariables,
  InventoryMoveQuantitiesMutation,
  InventoryMoveQuantitiesMutationVariables,
  InventorySetQuantitiesMutation,
  InventorySetQuantitiesMutationVariables,
  LimitsReadQuery,
  LimitsReadQueryVariables,
  LocationLocalPickupDisableMutation,
  LocationLocalPickupDisableMutationVariables,
  LocationLocalPickupEnableMutation,
  LocationLocalPickupEnableMutationVariables,
  LocationsReadQuery,
  LocationsReadQueryVariables,
  MetafieldDefinitionCreateMutation,
  MetafieldDefinitionCreateMutationVariables,
  MetafieldDefinitionUpdateMutation,
  MetafieldDefinitionUpdateMutationVariables,
  MetafieldDefinitionsReadQuery,
  MetafieldDefinitionsReadQueryVariables,
  MetafieldsSetMutation,
  MetafieldsSetMutationVariables,
  OrderAddressUpdateMutation,
  OrderAddressUpdateMutationVariables,
  OrderCarrierEventsReadQuery,
  OrderCarrierEventsReadQueryVariables,
  OrderEditBeginMutation,
  OrderEditBeginMutationVariables,
  OrderEditCommitMutation,
  OrderEditCommitMutationVariables,
  OrderEditSetQuantityMutation,
  OrderEditSetQuantityMutationVariables,
  OrderEtaClassesReadQuery,
  OrderEtaClassesReadQueryVariables,
  OrderFulfillmentIdsReadQuery,
  OrderFulfillmentIdsReadQueryVariables,
  OrderFulfillmentOrdersReadQuery,
  OrderFulfillmentOrdersReadQueryVariables,
  OrderFulfillmentsReadQuery,
  OrderFulfillmentsReadQueryVariables,
  OrderIntakeReadQuery,
  OrderIntakeReadQueryVariables,
  OrderLinesReadQuery,
  OrderLinesReadQueryVariables,
  OrderPartsReadQuery,
  OrderPartsReadQueryVariables,
  OrderWorkReadQuery,
  OrderWorkReadQueryVariables,
  OrdersUpdatedReadQuery,
  OrdersUpdatedReadQueryVariables,
  ProductVariantsReadQuery,
  ProductVariantsReadQueryVariables,
  ShopReadQuery,
  ShopReadQueryVariables,
  WebhookSubscriptionCreateMutation,
  WebhookSubscriptionCreateMutationVariables,
  WebhookSubscriptionsReadQuery,
  WebhookSubscriptionsReadQueryVariables,
} from './types.ts';

export const BulkOperationRead: TypedDocumentNode<BulkOperationReadQuery, BulkOperationReadQueryVariables> = parse(`
query BulkOperationRead($id: ID!) {
  bulkOperation(id: $id) {
    id
    status
    errorCode
    objectCount
    url
  }
}
`);

export const CarrierServiceCreate: TypedDocumentNode<CarrierServiceCreateMutation, CarrierServiceCreateMutationVariables> = parse(`
mutation CarrierServiceCreate($input: DeliveryCarrierServiceCreateInput!) {
  carrierServiceCreate(input: $input) {
    carrierService {
      id
      active
      callbackUrl
    }
    userErrors {
      field
      message
    }
  }
}
`);

export const CarrierServiceUpdate: TypedDocumentNode<CarrierServiceUpdateMutation, CarrierServiceUpdateMutationVariables> = parse(`
mutation CarrierServiceUpdate($input: DeliveryCarrierServiceUpdateInput!) {
  carrierServiceUpdate(input: $input) {
    carrierService {
      id
      active
      callbackUrl
    }
    userErrors {
      field
      message
    }
  }
}
`);

export const CarrierServicesRead: TypedDocumentNode<CarrierServicesReadQuery, CarrierServicesReadQueryVariables> = parse(`
query CarrierServicesRead($first: Int!, $after: String) {
  carrierServices(first: $first, after: $after) {
    nodes {
      id
      name
      active
      callbackUrl
      supportsServiceDiscovery
    }
    pageInfo {
      hasNextPage
      endCursor
    }
  }
}
`);

export const DeliveryCustomizationCreate: TypedDocumentNode<DeliveryCustomizationCreateMutation, DeliveryCustomizationCreateMutationVariables> = parse(`
mutation DeliveryCustomizationCreate($deliveryCustomization: DeliveryCustomizationInput!) {
  deliveryCustomizationCreate(deliveryCustomization: $deliveryCustomization) {
    deliveryCustomization {
      id
      enabled
    }
    userErrors {
      code
      field
      message
    }
  }
}
`);

export const DeliveryCustomizationsRead: TypedDocumentNode<DeliveryCustomizationsReadQuery, DeliveryCustomizationsReadQueryVariables> = parse(`
query DeliveryCustomizationsRead($first: Int!, $after: String) {
  deliveryCustomizations(first: $first, after: $after) {
    nodes {
      id
      title
      enabled
      shopifyFunction {
        handle
      }
      settings: metafield(namespace: "$app", key: "settings") {
        value
      }
    }
    pageInfo {
      hasNextPage
      endCursor
    }
  }
}
`);

export const DeliveryProfileUpdate: TypedDocumentNode<DeliveryProfileUpdateMutation, DeliveryProfileUpdateMutationVariables> = parse(`
mutation DeliveryProfileUpdate($id: ID!, $profile: DeliveryProfileInput!) {
  deliveryProfileUpdate(id: $id, profile: $profile) {
    profile {
      id
    }
    userErrors {
      field
      message
    }
  }
}
`);

export const DeliveryProfilesRead: TypedDocumentNode<DeliveryProfilesReadQuery, DeliveryProfilesReadQueryVariables> = parse(`
query DeliveryProfilesRead($first: Int!, $after: String) {
  deliveryProfiles(first: $first, after: $after, merchantOwnedOnly: true) {
    nodes {
      id
      name
      default
      profileLocationGroups {
        locationGroup {
          id
          locations(first: 50) {
            nodes {
              id
              name
            }
          }
        }
      }
    }
    pageInfo {
      hasNextPage
      endCursor
    }
  }
}
`);

export const DeliveryZonesRead: TypedDocumentNode<DeliveryZonesReadQuery, DeliveryZonesReadQueryVariables> = parse(`
query DeliveryZonesRead($profileId: ID!, $locationGroupId: ID!, $first: Int!, $after: String) {
  deliveryProfile(id: $profileId) {
    id
    profileLocationGroups(locationGroupId: $locationGroupId) {
      locationGroupZones(first: $first, after: $after) {
        nodes {
          zone {
            id
            name
            countries {
              code {
                countryCode
                restOfWorld
              }
            }
          }
          participants: methodDefinitions(first: 20, type: PARTICIPANT) {
            nodes {
              id
              active
              rateProvider {
                ... on DeliveryParticipant {
                  id
                  carrierService {
                    id
                  }
                }
              }
            }
          }
          merchantRates: methodDefinitions(first: 20, type: MERCHANT) {
            nodes {
              id
              name
              active
            }
            pageInfo {
              hasNextPage
            }
          }
        }
        pageInfo {
          hasNextPage
          endCursor
        }
      }
    }
  }
}
`);

export const FulfillmentCreate: TypedDocumentNode<FulfillmentCreateMutation, FulfillmentCreateMutationVariables> = parse(`
mutation FulfillmentCreate($fulfillment: FulfillmentInput!) {
  fulfillmentCreate(fulfillment: $fulfillment) {
    fulfillment {
      id
    }
    userErrors {
      field
      message
    }
  }
}
`);

export const FulfillmentEventCreate: TypedDocumentNode<FulfillmentEventCreateMutation, FulfillmentEventCreateMutationVariables> = parse(`
mutation FulfillmentEventCreate($fulfillmentEvent: FulfillmentEventInput!) {
  fulfillmentEventCreate(fulfillmentEvent: $fulfillmentEvent) {
    fulfillmentEvent {
      id
    }
    userErrors {
      field
      message
    }
  }
}
`);

export const FulfillmentOrderHold: TypedDocumentNode<FulfillmentOrderHoldMutation, FulfillmentOrderHoldMutationVariables> = parse(`
mutation FulfillmentOrderHold($id: ID!, $fulfillmentHold: FulfillmentOrderHoldInput!) {
  fulfillmentOrderHold(id: $id, fulfillmentHold: $fulfillmentHold) {
    fulfillmentHold {
      id
    }
    userErrors {
      code
      field
      message
    }
  }
}
`);

export const FulfillmentOrderLineItemsPreparedForPickup: TypedDocumentNode<FulfillmentOrderLineItemsPreparedForPickupMutation, FulfillmentOrderLineItemsPreparedForPickupMutationVariables> = parse(`
mutation FulfillmentOrderLineItemsPreparedForPickup($input: FulfillmentOrderLineItemsPreparedForPickupInput!) {
  fulfillmentOrderLineItemsPreparedForPickup(input: $input) {
    userErrors {
      code
      field
      message
    }
  }
}
`);

export const FulfillmentOrderMove: TypedDocumentNode<FulfillmentOrderMoveMutation, FulfillmentOrderMoveMutationVariables> = parse(`
mutation FulfillmentOrderMove($id: ID!, $newLocationId: ID!, $fulfillmentOrderLineItems: [FulfillmentOrderLineItemInput!]) {
  fulfillmentOrderMove(
    id: $id
    newLocationId: $newLocationId
    fulfillmentOrderLineItems: $fulfillmentOrderLineItems
  ) {
    movedFulfillmentOrder {
      id
    }
    userErrors {
      code
      field
      message
    }
  }
}
`);

export const FulfillmentOrderOpen: TypedDocumentNode<FulfillmentOrderOpenMutation, FulfillmentOrderOpenMutationVariables> = parse(`
mutation FulfillmentOrderOpen($id: ID!) {
  fulfillmentOrderOpen(id: $id) {
    fulfillmentOrder {
      id
      status
    }
    userErrors {
      field
      message
    }
  }
}
`);

export const FulfillmentOrderRead: TypedDocumentNode<FulfillmentOrderReadQuery, FulfillmentOrderReadQueryVariables> = parse(`
query FulfillmentOrderRead($id: ID!) {
  fulfillmentOrder(id: $id) {
    id
    orderId
  }
}
`);

export const FulfillmentOrderReleaseHold: TypedDocumentNode<FulfillmentOrderReleaseHoldMutation, FulfillmentOrderReleaseHoldMutationVariables> = parse(`
mutation FulfillmentOrderReleaseHold($id: ID!, $holdIds: [ID!]!) {
  fulfillmentOrderReleaseHold(id: $id, holdIds: $holdIds) {
    fulfillmentOrder {
      id
    }
    userErrors {
      code
      field
      message
    }
  }
}
`);

export const FulfillmentOrderReportProgress: TypedDocumentNode<FulfillmentOrderReportProgressMutation, FulfillmentOrderReportProgressMutationVariables> = parse(`
mutation FulfillmentOrderReportProgress($id: ID!, $progressReport: FulfillmentOrderReportProgressInput) {
  fulfillmentOrderReportProgress(id: $id, progressReport: $progressReport) {
    fulfillmentOrder {
      id
      status
    }
    userErrors {
      code
      field
      message
    }
  }
}
`);

export const FulfillmentOrderSplit: TypedDocumentNode<FulfillmentOrderSplitMutation, FulfillmentOrderSplitMutationVariables> = parse(`
mutation FulfillmentOrderSplit($fulfillmentOrderSplits: [FulfillmentOrderSplitInput!]!) {
  fulfillmentOrderSplit(fulfillmentOrderSplits: $fulfillmentOrderSplits) {
    fulfillmentOrderSplits {
      fulfillmentOrder {
        id
      }
    }
    userErrors {
      code
      field
      message
    }
  }
}
`);

export const FulfillmentOrdersSetFulfillmentDeadline: TypedDocumentNode<FulfillmentOrdersSetFulfillmentDeadlineMutation, FulfillmentOrdersSetFulfillmentDeadlineMutationVariables> = parse(`
mutation FulfillmentOrdersSetFulfillmentDeadline($fulfillmentOrderIds: [ID!]!, $fulfillmentDeadline: DateTime!) {
  fulfillmentOrdersSetFulfillmentDeadline(
    fulfillmentOrderIds: $fulfillmentOrderIds
    fulfillmentDeadline: $fulfillmentDeadline
  ) {
    success
    userErrors {
      code
      field
      message
    }
  }
}
`);

export const FulfillmentRead: TypedDocumentNode<FulfillmentReadQuery, FulfillmentReadQueryVariables> = parse(`
query FulfillmentRead($id: ID!, $after: String) {
  fulfillment(id: $id) {
    id
    status
    createdAt
    location {
      id
    }
    fulfillmentLineItems(first: 100, after: $after) {
      nodes {
        id
        quantity
        lineItem {
          id
        }
      }
      pageInfo {
        hasNextPage
        endCursor
      }
    }
  }
}
`);

export const FulfillmentTrackingInfoUpdate: TypedDocumentNode<FulfillmentTrackingInfoUpdateMutation, FulfillmentTrackingInfoUpdateMutationVariables> = parse(`
mutation FulfillmentTrackingInfoUpdate($fulfillmentId: ID!, $trackingInfoInput: FulfillmentTrackingInput!, $notifyCustomer: Boolean) {
  fulfillmentTrackingInfoUpdate(
    fulfillmentId: $fulfillmentId
    trackingInfoInput: $trackingInfoInput
    notifyCustomer: $notifyCustomer
  ) {
    fulfillment {
      id
    }
    userErrors {
      field
      message
    }
  }
}
`);

export const InventoryActivate: TypedDocumentNode<InventoryActivateMutation, InventoryActivateMutationVariables> = parse(`
mutation InventoryActivate($inventoryItemId: ID!, $locationId: ID!, $available: Int, $key: String!) {
  inventoryActivate(
    inventoryItemId: $inventoryItemId
    locationId: $locationId
    available: $available
  ) @idempotent(key: $key) {
    inventoryLevel {
      id
      updatedAt
    }
    userErrors {
      field
      message
    }
  }
}
`);

export const InventoryItemsAtLocationRead: TypedDocumentNode<InventoryItemsAtLocationReadQuery, InventoryItemsAtLocationReadQueryVariables> = parse(`
query InventoryItemsAtLocationRead($ids: [ID!]!, $locationId: ID!, $names: [String!]!) {
  nodes(ids: $ids) {
    ... on InventoryItem {
      id
      inventoryLevel(locationId: $locationId) {
        updatedAt
        quantities(names: $names) {
          name
          quantity
        }
      }
    }
  }
}
`);

export const InventoryLevelsBulkRun: TypedDocumentNode<InventoryLevelsBulkRunMutation, InventoryLevelsBulkRunMutationVariables> = parse(`
mutation InventoryLevelsBulkRun($query: String!) {
  bulkOperationRunQuery(query: $query) {
    bulkOperation {
      id
      status
    }
    userErrors {
      code
      field
      message
    }
  }
}
`);

export const InventoryLevelsRead: TypedDocumentNode<InventoryLevelsReadQuery, InventoryLevelsReadQueryVariables> = parse(`
query InventoryLevelsRead($locationId: ID!, $first: Int!, $after: String) {
  location(id: $locationId) {
    id
    inventoryLevels(first: $first, after: $after) {
      nodes {
        updatedAt
        item {
          id
          sku
        }
        quantities(
          names: ["available", "on_hand", "committed", "reserved", "damaged", "quality_control", "safety_stock"]
        ) {
          name
          quantity
        }
      }
      pageInfo {
        hasNextPage
        endCursor
      }
    }
  }
}
`);

export const InventoryMoveQuantities: TypedDocumentNode<InventoryMoveQuantitiesMutation, InventoryMoveQuantitiesMutationVariables> = parse(`
mutation InventoryMoveQuantities($input: InventoryMoveQuantitiesInput!, $key: String!) {
  inventoryMoveQuantities(input: $input) @idempotent(key: $key) {
    inventoryAdjustmentGroup {
      createdAt
    }
    userErrors {
      code
      field
      message
    }
  }
}
`);

export const InventorySetQuantities: TypedDocumentNode<InventorySetQuantitiesMutation, InventorySetQuantitiesMutationVariables> = parse(`
mutation InventorySetQuantities($input: InventorySetQuantitiesInput!, $key: String!) {
  inventorySetQuantities(input: $input) @idempotent(key: $key) {
    inventoryAdjustmentGroup {
      createdAt
    }
    userErrors {
      code
      field
      message
    }
  }
}
`);

export const LimitsRead: TypedDocumentNode<LimitsReadQuery, LimitsReadQueryVariables> = parse(`
query LimitsRead {
  shop {
    id
  }
}
`);

export const LocationLocalPickupDisable: TypedDocumentNode<LocationLocalPickupDisableMutation, LocationLocalPickupDisableMutationVariables> = parse(`
mutation LocationLocalPickupDisable($locationId: ID!) {
  locationLocalPickupDisable(locationId: $locationId) {
    locationId
    userErrors {
      code
      field
      message
    }
  }
}
`);

export const LocationLocalPickupEnable: TypedDocumentNode<LocationLocalPickupEnableMutation, LocationLocalPickupEnableMutationVariables> = parse(`
mutation LocationLocalPickupEnable($localPickupSettings: DeliveryLocationLocalPickupEnableInput!) {
  locationLocalPickupEnable(localPickupSettings: $localPickupSettings) {
    localPickupSettings {
      pickupTime
      instructions
    }
    userErrors {
      code
      field
      message
    }
  }
}
`);

export const LocationsRead: TypedDocumentNode<LocationsReadQuery, LocationsReadQueryVariables> = parse(`
query LocationsRead($first: Int!, $after: String) {
  locations(first: $first, after: $after, includeLegacy: true) {
    nodes {
      id
      name
      isActive
      fulfillsOnlineOrders
      shipsInventory
      isFulfillmentService
      address {
        address1
        city
        zip
        countryCode
        provinceCode
        latitude
        longitude
      }
      localPickupSettingsV2 {
        pickupTime
        instructions
      }
    }
    pageInfo {
      hasNextPage
      endCursor
    }
  }
}
`);

export const MetafieldDefinitionCreate: TypedDocumentNode<MetafieldDefinitionCreateMutation, MetafieldDefinitionCreateMutationVariables> = parse(`
mutation MetafieldDefinitionCreate($definition: MetafieldDefinitionInput!) {
  metafieldDefinitionCreate(definition: $definition) {
    createdDefinition {
      id
    }
    userErrors {
      code
      field
      message
    }
  }
}
`);

export const MetafieldDefinitionUpdate: TypedDocumentNode<MetafieldDefinitionUpdateMutation, MetafieldDefinitionUpdateMutationVariables> = parse(`
mutation MetafieldDefinitionUpdate($definition: MetafieldDefinitionUpdateInput!) {
  metafieldDefinitionUpdate(definition: $definition) {
    updatedDefinition {
      id
    }
    userErrors {
      code
      field
      message
    }
  }
}
`);

export const MetafieldDefinitionsRead: TypedDocumentNode<MetafieldDefinitionsReadQuery, MetafieldDefinitionsReadQueryVariables> = parse(`
query MetafieldDefinitionsRead($ownerType: MetafieldOwnerType!) {
  metafieldDefinitions(first: 50, ownerType: $ownerType, namespace: "$app") {
    nodes {
      id
      key
      type {
        name
      }
      access {
        storefront
        customerAccount
      }
      capabilities {
        cartToOrderCopyable {
          enabled
        }
      }
    }
  }
}
`);

export const MetafieldsSet: TypedDocumentNode<MetafieldsSetMutation, MetafieldsSetMutationVariables> = parse(`
mutation MetafieldsSet($metafields: [MetafieldsSetInput!]!) {
  metafieldsSet(metafields: $metafields) {
    metafields {
      id
      key
      updatedAt
    }
    userErrors {
      code
      field
      message
      elementIndex
    }
  }
}
`);

export const OrderAddressUpdate: TypedDocumentNode<OrderAddressUpdateMutation, OrderAddressUpdateMutationVariables> = parse(`
mutation OrderAddressUpdate($input: OrderInput!) {
  orderUpdate(input: $input) {
    order {
      id
      updatedAt
    }
    userErrors {
      field
      message
    }
  }
}
`);

export const OrderCarrierEventsRead: TypedDocumentNode<OrderCarrierEventsReadQuery, OrderCarrierEventsReadQueryVariables> = parse(`
query OrderCarrierEventsRead($id: ID!, $fulfillments: Int!, $events: Int!) {
  order(id: $id) {
    id
    fulfillments(first: $fulfillments) {
      id
      events(first: $events, sortKey: HAPPENED_AT, reverse: true) {
        nodes {
          id
          status
          happenedAt
          estimatedDeliveryAt
        }
      }
    }
  }
}
`);

export const OrderEditBegin: TypedDocumentNode<OrderEditBeginMutation, OrderEditBeginMutationVariables> = parse(`
mutation OrderEditBegin($id: ID!) {
  orderEditBegin(id: $id) {
    calculatedOrder {
      id
      lineItems(first: 100) {
        nodes {
          id
          quantity
          sku
          variant {
            id
          }
        }
      }
    }
    userErrors {
      field
      message
    }
  }
}
`);

export const OrderEditCommit: TypedDocumentNode<OrderEditCommitMutation, OrderEditCommitMutationVariables> = parse(`
mutation OrderEditCommit($id: ID!, $notifyCustomer: Boolean, $staffNote: String) {
  orderEditCommit(id: $id, notifyCustomer: $notifyCustomer, staffNote: $staffNote) {
    order {
      id
      updatedAt
    }
    userErrors {
      field
      message
    }
  }
}
`);

export const OrderEditSetQuantity: TypedDocumentNode<OrderEditSetQuantityMutation, OrderEditSetQuantityMutationVariables> = parse(`
mutation OrderEditSetQuantity($id: ID!, $lineItemId: ID!, $quantity: Int!, $restock: Boolean) {
  orderEditSetQuantity(
    id: $id
    lineItemId: $lineItemId
    quantity: $quantity
    restock: $restock
  ) {
    calculatedLineItem {
      id
      quantity
    }
    userErrors {
      field
      message
    }
  }
}
`);

export const OrderEtaClassesRead: TypedDocumentNode<OrderEtaClassesReadQuery, OrderEtaClassesReadQueryVariables> = parse(`
query OrderEtaClassesRead($id: ID!, $after: String) {
  order(id: $id) {
    lineItems(first: 150, after: $after) {
      nodes {
        requiresShipping
        variant {
          eta: metafield(namespace: "$app", key: "eta") {
            value
            updatedAt
          }
        }
      }
      pageInfo {
        hasNextPage
        endCursor
      }
    }
  }
}
`);

export const OrderFulfillmentIdsRead: TypedDocumentNode<OrderFulfillmentIdsReadQuery, OrderFulfillmentIdsReadQueryVariables> = parse(`
query OrderFulfillmentIdsRead($id: ID!) {
  order(id: $id) {
    fulfillments(first: 250) {
      id
    }
  }
}
`);

export const OrderFulfillmentOrdersRead: TypedDocumentNode<OrderFulfillmentOrdersReadQuery, OrderFulfillmentOrdersReadQueryVariables> = parse(`
query OrderFulfillmentOrdersRead($id: ID!, $after: String!) {
  order(id: $id) {
    fulfillmentOrders(first: 50, after: $after) {
      nodes {
        id
        status
        assignedLocation {
          location {
            id
          }
        }
        deliveryMethod {
          methodType
        }
        fulfillmentHolds {
          reason
        }
      }
      pageInfo {
        hasNextPage
        endCursor
      }
    }
  }
}
`);

export const OrderFulfillmentsRead: TypedDocumentNode<OrderFulfillmentsReadQuery, OrderFulfillmentsReadQueryVariables> = parse(`
query OrderFulfillmentsRead($id: ID!, $fulfillments: Int!, $lines: Int!) {
  order(id: $id) {
    id
    fulfillments(first: $fulfillments) {
      id
      status
      displayStatus
      createdAt
      location {
        id
      }
      trackingInfo(first: 5) {
        company
        number
        url
      }
      fulfillmentLineItems(first: $lines) {
        nodes {
          id
          quantity
          lineItem {
            id
          }
        }
        pageInfo {
          hasNextPage
        }
      }
    }
  }
}
`);

export const OrderIntakeRead: TypedDocumentNode<OrderIntakeReadQuery, OrderIntakeReadQueryVariables> = parse(`
query OrderIntakeRead($id: ID!) {
  order(id: $id) {
    id
    name
    createdAt
    updatedAt
    cancelledAt
    closedAt
    test
    sourceName
    currencyCode
    presentmentCurrencyCode
    displayFinancialStatus
    paymentGatewayNames
    tags
    customerLocale
    email
    phone
    cartToken
    checkoutToken
    totalPriceSet {
      shopMoney {
        amount
      }
    }
    risk {
      recommendation
    }
    customAttributes {
      key
      value
    }
    shippingAddress {
      name
      address1
      address2
      city
      provinceCode
      zip
      countryCodeV2
      phone
    }
    shippingLines(first: 5) {
      nodes {
        code
        title
        source
        carrierIdentifier
        deliveryCategory
      }
    }
    promise: metafield(namespace: "$app", key: "promise") {
      value
      updatedAt
    }
    lineItems(first: 40) {
      nodes {
        id
        sku
        title
        quantity
        unfulfilledQuantity
        requiresShipping
        variant {
          id
        }
        originalUnitPriceSet {
          shopMoney {
            amount
          }
        }
      }
      pageInfo {
        hasNextPage
        endCursor
      }
    }
    fulfillmentOrders(first: 10) {
      nodes {
        id
        status
        assignedLocation {
          location {
            id
          }
        }
        deliveryMethod {
          methodType
        }
        fulfillmentHolds {
          reason
        }
      }
      pageInfo {
        hasNextPage
        endCursor
      }
    }
    fulfillments(first: 8) {
      id
      status
      createdAt
      location {
        id
      }
      fulfillmentLineItems(first: 10) {
        nodes {
          id
          quantity
          lineItem {
            id
          }
        }
        pageInfo {
          hasNextPage
          endCursor
        }
      }
    }
  }
}
`);

export const OrderLinesRead: TypedDocumentNode<OrderLinesReadQuery, OrderLinesReadQueryVariables> = parse(`
query OrderLinesRead($id: ID!, $after: String!) {
  order(id: $id) {
    lineItems(first: 150, after: $after) {
      nodes {
        id
        sku
        title
        quantity
        unfulfilledQuantity
        requiresShipping
        variant {
          id
        }
        originalUnitPriceSet {
          shopMoney {
            amount
          }
        }
      }
      pageInfo {
        hasNextPage
        endCursor
      }
    }
  }
}
`);

export const OrderPartsRead: TypedDocumentNode<OrderPartsReadQuery, OrderPartsReadQueryVariables> = parse(`
query OrderPartsRead($id: ID!, $after: String) {
  order(id: $id) {
    fulfillmentOrders(first: 5, after: $after) {
      nodes {
        id
        status
        assignedLocation {
          location {
            id
          }
        }
        deliveryMethod {
          methodType
        }
        lineItems(first: 40) {
          nodes {
            id
            totalQuantity
            remainingQuantity
            lineItem {
              id
            }
            variant {
              id
            }
          }
          pageInfo {
            hasNextPage
            endCursor
          }
        }
      }
      pageInfo {
        hasNextPage
        endCursor
      }
    }
  }
}
`);

export const OrderWorkRead: TypedDocumentNode<OrderWorkReadQuery, OrderWorkReadQueryVariables> = parse(`
query OrderWorkRead($id: ID!, $orders: Int!, $lines: Int!) {
  order(id: $id) {
    id
    cancelledAt
    fulfillmentOrders(first: $orders) {
      nodes {
        id
        status
        requestStatus
        fulfillBy
        supportedActions {
          action
        }
        assignedLocation {
          location {
            id
          }
        }
        deliveryMethod {
          methodType
        }
        fulfillmentHolds {
          id
          handle
          reason
          heldByRequestingApp
        }
        lineItems(first: $lines) {
          nodes {
            id
            totalQuantity
            remainingQuantity
            inventoryItemId
            lineItem {
              id
            }
          }
          pageInfo {
            hasNextPage
          }
        }
      }
      pageInfo {
        hasNextPage
      }
    }
  }
}
`);

export const OrdersUpdatedRead: TypedDocumentNode<OrdersUpdatedReadQuery, OrdersUpdatedReadQueryVariables> = parse(`
query OrdersUpdatedRead($first: Int!, $after: String, $query: String!) {
  orders(first: $first, after: $after, query: $query, sortKey: UPDATED_AT) {
    nodes {
      id
      updatedAt
    }
    pageInfo {
      hasNextPage
      endCursor
    }
  }
}
`);

export const ProductVariantsRead: TypedDocumentNode<ProductVariantsReadQuery, ProductVariantsReadQueryVariables> = parse(`
query ProductVariantsRead($first: Int!, $after: String, $query: String) {
  productVariants(first: $first, after: $after, query: $query, sortKey: ID) {
    nodes {
      id
      sku
      displayName
      requiresComponents
      product {
        id
        productType
        tags
      }
      inventoryItem {
        id
        tracked
        requiresShipping
        measurement {
          weight {
            unit
            value
          }
        }
      }
    }
    pageInfo {
      hasNextPage
      endCursor
    }
  }
}
`);

export const ShopRead: TypedDocumentNode<ShopReadQuery, ShopReadQueryVariables> = parse(`
query ShopRead {
  shop {
    id
    name
    myshopifyDomain
    url
    ianaTimezone
    currencyCode
    plan {
      publicDisplayName
      shopifyPlus
      partnerDevelopment
    }
    config: metafield(namespace: "$app", key: "config") {
      value
    }
  }
  shopLocales(published: true) {
    locale
    primary
  }
}
`);

export const WebhookSubscriptionCreate: TypedDocumentNode<WebhookSubscriptionCreateMutation, WebhookSubscriptionCreateMutationVariables> = parse(`
mutation WebhookSubscriptionCreate($topic: WebhookSubscriptionTopic!, $webhookSubscription: WebhookSubscriptionInput!) {
  webhookSubscriptionCreate(
    topic: $topic
    webhookSubscription: $webhookSubscription
  ) {
    webhookSubscription {
      id
    }
    userErrors {
      field
      message
    }
  }
}
`);

export const WebhookSubscriptionsRead: TypedDocumentNode<WebhookSubscriptionsReadQuery, WebhookSubscriptionsReadQueryVariables> = parse(`
query WebhookSubscriptionsRead($topics: [WebhookSubscriptionTopic!], $uri: String!) {
  webhookSubscriptions(first: 50, topics: $topics, uri: $uri) {
    nodes {
      id
      topic
    }
  }
}
`);
