/**
 * The Admin API over the model of fulfillment orders: what the follower sends, answered in Shopify's shapes.
 *
 * In: models by order number, and faults by operation: `unsent` never arrives, `lost` takes effect and its reply does
 * not come back. Out: an `AdminClient`, and what was sent. Ids of orders, lines, items and locations are numbers as text.
 */
import { TransientError } from '../../backend/base/result.ts';
import type { AdminAnswer, AdminClient } from '../../backend/shopify/admin-client.ts';
import type { ObservedPart } from '../../backend/shopify/fulfillment/observed.ts';
import type { Step } from '../../backend/shopify/fulfillment/step.ts';
import type { FulfillmentModel } from './fulfillment-orders.ts';

export type ModelFault = 'unsent' | 'lost' | undefined;

export type ModelAdmin = {
  readonly admin: AdminClient;
  /** Names of operations, in the order in which they were sent. */
  readonly sent: string[];
};

type Fields = Readonly<Record<string, unknown>>;

/** Builds it. `faultOf` is asked before each call, with its number from 0. */
export function createModelAdmin(
  models: ReadonlyMap<string, FulfillmentModel>,
  faultOf: (operation: string, call: number) => ModelFault = () => undefined,
): ModelAdmin {
  const sent: string[] = [];
  const answer = async (operation: string, variables: Fields): Promise<AdminAnswer<Fields>> => {
    const fault = faultOf(operation, sent.length);
    sent.push(operation);
    if (fault === 'unsent') throw new TransientError('shopify', `${operation} did not arrive.`);
    const data = dataOf(models, operation, variables);
    if (fault === 'lost') throw new TransientError('shopify', `${operation} did not come back.`);
    if ('message' in data) {
      const errors = [{ message: String(data['message']), field: null, code: null }];
      return { ok: false, refusal: { code: 'user_errors', operation, errors } };
    }
    return { ok: true, value: data, withheld: [] };
  };
  const admin: AdminClient = {
    send: async (_shopId, document, variables) => {
      const [definition] = document.definitions;
      const operation =
        definition?.kind === 'OperationDefinition' ? (definition.name?.value ?? '') : '';
      const answered = await answer(operation, Object.fromEntries(Object.entries(variables)));
      // The round trip makes plain objects of the document's shape, as JSON over the wire would.
      return JSON.parse(JSON.stringify(answered));
    },
  };
  return { admin, sent };
}

/** What Shopify answers to an operation: data, or `message`, its words why not. */
export function dataOf(
  models: ReadonlyMap<string, FulfillmentModel>,
  operation: string,
  variables: Fields,
): Fields {
  if (operation === 'OrderWorkRead') return { order: orderOf(models, variables, 'parts') };
  if (operation === 'OrderFulfillmentsRead') {
    return { order: orderOf(models, variables, 'fulfillments') };
  }
  if (operation === 'InventoryItemsAtLocationRead') return { nodes: levelsOf(models, variables) };
  const step = stepOf(operation, variables);
  const model = [...models.values()].find((one) => isAbout(one, step));
  if (model === undefined) return { message: 'There is no such fulfillment order.' };
  const came = model.apply(step);
  return came.ok ? {} : { message: came.message };
}

function isAbout(model: FulfillmentModel, step: Step): boolean {
  if (step.kind === 'activate') return !model.isStocked(step.locationId, step.itemId);
  const { parts, fulfillments = [] } = model.observe();
  const ids = 'fulfillmentId' in step ? [step.fulfillmentId] : partIdsOf(step);
  return [...parts, ...fulfillments].some(({ id }) => ids.includes(id));
}

function partIdsOf(step: Step): readonly string[] {
  if (step.kind === 'fulfill') return step.parts.map(({ partId }) => partId);
  if (step.kind === 'deadline') return step.partIds;
  return 'partId' in step ? [step.partId] : [];
}

function orderOf(
  models: ReadonlyMap<string, FulfillmentModel>,
  variables: Fields,
  what: 'parts' | 'fulfillments',
): Fields | null {
  const seen = models.get(numberOf(variables['id']))?.observe();
  if (seen === undefined) return null;
  const id = variables['id'];
  if (what === 'fulfillments') {
    return { id, fulfillments: (seen.fulfillments ?? []).map(toFulfillment) };
  }
  const first = Number(variables['orders']);
  const nodes = seen.parts.slice(0, first).map((part) => toPart(part, Number(variables['lines'])));
  const pageInfo = { hasNextPage: seen.parts.length > first };
  return { id, cancelledAt: null, fulfillmentOrders: { nodes, pageInfo } };
}

function toPart(part: ObservedPart, lines: number): Fields {
  return {
    id: gid('FulfillmentOrder', part.id),
    status: part.status,
    requestStatus: part.requestStatus,
    fulfillBy: part.fulfillBy,
    supportedActions: part.actions.map((action) => ({ action })),
    assignedLocation: { location: { id: gid('Location', part.locationId ?? '') } },
    deliveryMethod: { methodType: part.method },
    fulfillmentHolds: part.holds.map(({ id, handle, isOurs }) => ({
      ...{ id: gid('FulfillmentHold', id), handle, reason: 'OTHER', heldByRequestingApp: isOurs },
    })),
    lineItems: {
      nodes: part.lines.slice(0, lines).map(({ id, lineId, itemId, remaining }) => ({
        id: gid('FulfillmentOrderLineItem', id),
        totalQuantity: remaining,
        remainingQuantity: remaining,
        inventoryItemId: gid('InventoryItem', itemId ?? ''),
        lineItem: { id: gid('LineItem', lineId) },
      })),
      pageInfo: { hasNextPage: part.lines.length > lines },
    },
  };
}

function toFulfillment(
  one: NonNullable<ReturnType<FulfillmentModel['observe']>['fulfillments']>[number],
): Fields {
  return {
    id: gid('Fulfillment', one.id),
    status: one.isCanceled ? 'CANCELLED' : 'SUCCESS',
    displayStatus: one.displayStatus,
    createdAt: one.createdAt,
    location: { id: gid('Location', one.locationId ?? '') },
    trackingInfo: one.tracking === null ? [] : [one.tracking],
    fulfillmentLineItems: {
      nodes: one.lines.map(({ lineId, quantity }, index) => ({
        id: gid('FulfillmentLineItem', `${one.id}${index}`),
        quantity,
        lineItem: { id: gid('LineItem', lineId) },
      })),
      pageInfo: { hasNextPage: false },
    },
  };
}

function levelsOf(models: ReadonlyMap<string, FulfillmentModel>, variables: Fields): Fields[] {
  const location = numberOf(variables['locationId']);
  return list(variables['ids']).map((id) => {
    const isStocked = [...models.values()].every((one) => one.isStocked(location, numberOf(id)));
    return { id, inventoryLevel: isStocked ? { updatedAt: '', quantities: [] } : null };
  });
}

const PART_KINDS: Readonly<Record<string, 'open' | 'progress'>> = {
  FulfillmentOrderOpen: 'open',
  FulfillmentOrderReportProgress: 'progress',
};

// The step that an operation is, read back from its variables.
function stepOf(operation: string, variables: Fields): Step {
  const partId = numberOf(variables['id']);
  const kind = PART_KINDS[operation];
  if (kind !== undefined) return { kind, partId };
  switch (operation) {
    case 'FulfillmentOrderMove': {
      const locationId = numberOf(variables['newLocationId']);
      return { kind: 'move', partId, locationId, ...linesIn(variables) };
    }
    case 'FulfillmentOrderSplit': {
      const [split] = list(variables['fulfillmentOrderSplits']).map(fields);
      const lines = linesIn(split ?? {}).lines ?? [];
      return { kind: 'split', partId: numberOf(split?.['fulfillmentOrderId']), lines };
    }
    case 'FulfillmentOrderHold': {
      const hold = fields(variables['fulfillmentHold']);
      const about = { workId: String(hold['handle']), cause: String(hold['reason']) };
      return { kind: 'hold', partId, ...about, ...linesIn(hold) };
    }
    case 'FulfillmentOrderReleaseHold':
      return { kind: 'release', partId, holdIds: list(variables['holdIds']).map(numberOf) };
    case 'FulfillmentOrdersSetFulfillmentDeadline': {
      const partIds = list(variables['fulfillmentOrderIds']).map(numberOf);
      return { kind: 'deadline', partIds, deadline: String(variables['fulfillmentDeadline']) };
    }
    case 'FulfillmentOrderLineItemsPreparedForPickup': {
      const [first] = list(fields(variables['input'])['lineItemsByFulfillmentOrder']).map(fields);
      return { kind: 'prepared', partId: numberOf(first?.['fulfillmentOrderId']) };
    }
    case 'InventoryActivate': {
      const locationId = numberOf(variables['locationId']);
      return { kind: 'activate', locationId, itemId: numberOf(variables['inventoryItemId']) };
    }
    default:
      return shippedStepOf(operation, variables);
  }
}

function shippedStepOf(operation: string, variables: Fields): Step {
  const tracking = (value: unknown) => ({
    ...{ company: textOf(value, 'company'), number: textOf(value, 'number') },
    url: textOf(value, 'url'),
  });
  if (operation === 'FulfillmentCreate') {
    const fulfillment = fields(variables['fulfillment']);
    const parts = list(fulfillment['lineItemsByFulfillmentOrder'])
      .map(fields)
      .map((one) => ({
        partId: numberOf(one['fulfillmentOrderId']),
        lines: linesIn(one).lines ?? [],
      }));
    const info = fulfillment['trackingInfo'];
    return {
      ...{ kind: 'fulfill', shipmentId: '', units: [], locationId: '', parts },
      tracking: info === undefined ? null : tracking(info),
    };
  }
  if (operation === 'FulfillmentTrackingInfoUpdate') {
    const fulfillmentId = numberOf(variables['fulfillmentId']);
    return { kind: 'tracking', fulfillmentId, tracking: tracking(variables['trackingInfoInput']) };
  }
  if (operation === 'FulfillmentEventCreate') {
    const event = fields(variables['fulfillmentEvent']);
    const status = event['status'] === 'DELIVERED' ? 'DELIVERED' : 'IN_TRANSIT';
    return { kind: 'event', fulfillmentId: numberOf(event['fulfillmentId']), status };
  }
  throw new Error(`The model of fulfillment orders does not know ${operation}.`);
}

function linesIn(value: Fields) {
  const lines = value['fulfillmentOrderLineItems'];
  if (lines === undefined) return {};
  return {
    lines: list(lines)
      .map(fields)
      .map((one) => ({ id: numberOf(one['id']), quantity: Number(one['quantity']) })),
  };
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function fields(value: unknown): Fields {
  return typeof value === 'object' && value !== null
    ? Object.fromEntries(Object.entries(value))
    : {};
}

function textOf(value: unknown, name: string): string | null {
  const text = fields(value)[name];
  return typeof text === 'string' ? text : null;
}

function numberOf(gidText: unknown): string {
  return /(\d+)$/.exec(String(gidText))?.[1] ?? '';
}

function gid(kind: string, id: string): string {
  return `gid://shopify/${kind}/${id}`;
}
