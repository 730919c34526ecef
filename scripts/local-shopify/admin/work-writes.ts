/**
 * Mutations of fulfillment orders and fulfillments: Shopify's input to the rules in `orders/`, their outcome to payloads.
 *
 * What the rules refuse is a userError with its code where the payload's error type has one; nothing is half done.
 */
import * as handover from '../orders/handover.ts';
import type { Tracking } from '../orders/order-state.ts';
import type { FoundWork, Units, WorkRefusal } from '../orders/work.ts';
import * as holds from '../orders/work-holds.ts';
import * as moves from '../orders/work-moves.ts';
import { idOf } from '../shop.ts';
import { type AdminContext, type Arguments, type Node, userErrors } from './node.ts';
import { viewerOf } from './orders.ts';
import { toEvent, toFulfillment, toHold, toWork } from './work-view.ts';

const workId = (value: unknown): number | undefined => idOf('FulfillmentOrder', String(value));

/** Rows `{id, quantity}`; absent or null: nothing is named. */
function unitsOf(value: unknown): Units[] | undefined {
  if (!Array.isArray(value)) return undefined;
  return value.map((row: Arguments) => ({
    id: idOf('FulfillmentOrderLineItem', String(row['id'])) ?? 0,
    quantity: Number(row['quantity']),
  }));
}

/** A payload's errors; a type without codes must not get one. */
function errorsOf(typename: string, refusal?: WorkRefusal): Node[] {
  if (!refusal) return userErrors(typename);
  const { field, message, code } = refusal;
  return userErrors(typename, { field, message, ...(code === null ? {} : { code }) });
}

export function moveWork(args: Arguments, { shop, version }: AdminContext): Node {
  const errors = 'FulfillmentOrderMoveFulfillmentOrderMoveUserError';
  const done = moves.moveWork(shop, {
    id: workId(args['id']),
    locationId: idOf('Location', String(args['newLocationId'])),
    lines: unitsOf(args['fulfillmentOrderLineItems']),
    actor: 'app',
    mustStock: version === '2026-07',
  });
  const view = (one: FoundWork['one'] | null): Node | null =>
    done.ok && one ? toWork(viewerOf(shop), { order: done.order, one }) : null;
  return {
    __typename: 'FulfillmentOrderMovePayload',
    movedFulfillmentOrder: done.ok ? view(done.moved) : null,
    originalFulfillmentOrder: done.ok ? view(done.original) : null,
    remainingFulfillmentOrder: done.ok ? view(done.remaining) : null,
    userErrors: errorsOf(errors, done.ok ? undefined : done),
  };
}

/** Several splits in one call: the first that is refused ends it, what was done before stays. */
export function splitWorks(args: Arguments, { shop }: AdminContext): Node {
  const asked = args['fulfillmentOrderSplits'] as readonly Arguments[];
  const results: Node[] = [];
  let refusal: WorkRefusal | undefined;
  for (const one of asked) {
    const lines = unitsOf(one['fulfillmentOrderLineItems']) ?? [];
    const id = workId(one['fulfillmentOrderId']);
    const done = moves.splitWork(shop, { id, lines, actor: 'app' });
    if (!done.ok) {
      refusal = done;
      break;
    }
    const { order, replacement } = done;
    results.push({
      __typename: 'FulfillmentOrderSplitResult',
      fulfillmentOrder: toWork(viewerOf(shop), { order, one: done.one }),
      remainingFulfillmentOrder: toWork(viewerOf(shop), { order, one: done.remaining }),
      replacementFulfillmentOrder:
        replacement && toWork(viewerOf(shop), { order, one: replacement }),
    });
  }
  return {
    __typename: 'FulfillmentOrderSplitPayload',
    fulfillmentOrderSplits: refusal && results.length === 0 ? null : results,
    userErrors: errorsOf('FulfillmentOrderSplitUserError', refusal),
  };
}

export function mergeWorks(args: Arguments, { shop }: AdminContext): Node {
  const sets = args['fulfillmentOrderMergeInputs'] as readonly Arguments[];
  const results: Node[] = [];
  let refusal: WorkRefusal | undefined;
  for (const set of sets) {
    const intents = set['mergeIntents'] as readonly Arguments[];
    const ids = intents.map((one) => workId(one['fulfillmentOrderId']));
    const done = moves.mergeWorks(shop, { ids, actor: 'app' });
    if (!done.ok) {
      refusal = done;
      break;
    }
    results.push({
      __typename: 'FulfillmentOrderMergeResult',
      fulfillmentOrder: toWork(viewerOf(shop), done),
    });
  }
  return {
    __typename: 'FulfillmentOrderMergePayload',
    fulfillmentOrderMerges: refusal && results.length === 0 ? null : results,
    userErrors: errorsOf('FulfillmentOrderMergeUserError', refusal),
  };
}

export function holdWork(args: Arguments, { shop }: AdminContext): Node {
  const input = args['fulfillmentHold'] as Arguments;
  const text = (name: string): string | null =>
    typeof input[name] === 'string' ? input[name] : null;
  const done = holds.holdWork(shop, {
    id: workId(args['id']),
    reason: String(input['reason']),
    notes: text('reasonNotes'),
    handle: text('handle') ?? '',
    externalId: text('externalId'),
    lines: unitsOf(input['fulfillmentOrderLineItems']),
    heldBy: 'app',
  });
  return {
    __typename: 'FulfillmentOrderHoldPayload',
    fulfillmentHold: done.ok ? toHold(shop, done.hold) : null,
    fulfillmentOrder: done.ok ? toWork(viewerOf(shop), done) : null,
    remainingFulfillmentOrder:
      done.ok && done.remaining
        ? toWork(viewerOf(shop), { order: done.order, one: done.remaining })
        : null,
    userErrors: errorsOf('FulfillmentOrderHoldUserError', done.ok ? undefined : done),
  };
}

export function releaseHold(args: Arguments, { shop }: AdminContext): Node {
  const { holdIds, externalId } = args;
  const done = holds.releaseWork(shop, {
    id: workId(args['id']),
    ...(Array.isArray(holdIds)
      ? { holdIds: holdIds.map((id) => idOf('FulfillmentHold', String(id))) }
      : {}),
    ...(typeof externalId === 'string' ? { externalId } : {}),
    actor: 'app',
  });
  return workPayload(args, { shop, name: 'FulfillmentOrderReleaseHold', done });
}

type WorkDone = {
  shop: AdminContext['shop'];
  name: string;
  done: holds.Done | WorkRefusal;
  /** Payloads whose errors carry no code say `UserError`. */
  errors?: string;
};

function workPayload(_args: Arguments, { shop, name, done, errors }: WorkDone): Node {
  return {
    __typename: `${name}Payload`,
    fulfillmentOrder: done.ok ? toWork(viewerOf(shop), done) : null,
    userErrors: errorsOf(errors ?? `${name}UserError`, done.ok ? undefined : done),
  };
}

export function reportProgress(args: Arguments, { shop }: AdminContext): Node {
  const report = args['progressReport'] as Arguments | null | undefined;
  const notes = report?.['reasonNotes'];
  const done = holds.reportProgress(shop, {
    id: workId(args['id']),
    notes: typeof notes === 'string' ? notes : null,
    actor: 'app',
  });
  return workPayload(args, { shop, name: 'FulfillmentOrderReportProgress', done });
}

export function openWork(args: Arguments, { shop }: AdminContext): Node {
  const done = holds.openWork(shop, { id: workId(args['id']), actor: 'app' });
  return workPayload(args, { shop, name: 'FulfillmentOrderOpen', done, errors: 'UserError' });
}

export function rescheduleWork(args: Arguments, { shop }: AdminContext): Node {
  const fulfillAt = new Date(String(args['fulfillAt'])).toISOString();
  const done = holds.rescheduleWork(shop, { id: workId(args['id']), fulfillAt, actor: 'app' });
  return workPayload(args, { shop, name: 'FulfillmentOrderReschedule', done });
}

export function setDeadline(args: Arguments, { shop }: AdminContext): Node {
  const done = holds.setDeadline(shop, {
    ids: (args['fulfillmentOrderIds'] as readonly unknown[]).map(workId),
    deadline: String(args['fulfillmentDeadline']),
  });
  return {
    __typename: 'FulfillmentOrdersSetFulfillmentDeadlinePayload',
    success: done.ok,
    userErrors: errorsOf(
      'FulfillmentOrdersSetFulfillmentDeadlineUserError',
      done.ok ? undefined : done,
    ),
  };
}

export function prepareForPickup(args: Arguments, { shop }: AdminContext): Node {
  const input = args['input'] as Arguments;
  const groups = input['lineItemsByFulfillmentOrder'] as readonly Arguments[];
  const ids = groups.map((one) => workId(one['fulfillmentOrderId']));
  const done = holds.prepareForPickup(shop, { ids, actor: 'app' });
  return {
    __typename: 'FulfillmentOrderLineItemsPreparedForPickupPayload',
    userErrors: errorsOf(
      'FulfillmentOrderLineItemsPreparedForPickupUserError',
      done.ok ? undefined : done,
    ),
  };
}

export function createFulfillment(args: Arguments, { shop }: AdminContext): Node {
  const input = args['fulfillment'] as Arguments;
  const groups = input['lineItemsByFulfillmentOrder'] as readonly Arguments[];
  const done = handover.handOver(shop, {
    groups: groups.map((one) => ({
      id: workId(one['fulfillmentOrderId']),
      lines: unitsOf(one['fulfillmentOrderLineItems']),
    })),
    tracking: trackingOf(input['trackingInfo']),
    isCustomerNotified: input['notifyCustomer'] === true,
    actor: 'app',
  });
  return fulfillmentPayload({ shop, name: 'FulfillmentCreate', done });
}

export function cancelFulfillment(args: Arguments, { shop }: AdminContext): Node {
  const id = idOf('Fulfillment', String(args['id']));
  const done = handover.cancelFulfillment(shop, { id, actor: 'app' });
  return fulfillmentPayload({ shop, name: 'FulfillmentCancel', done });
}

export function changeTracking(args: Arguments, { shop }: AdminContext): Node {
  const done = handover.changeTracking(shop, {
    id: idOf('Fulfillment', String(args['fulfillmentId'])),
    tracking: trackingOf(args['trackingInfoInput']),
    actor: 'app',
  });
  return fulfillmentPayload({ shop, name: 'FulfillmentTrackingInfoUpdate', done });
}

function fulfillmentPayload({
  shop,
  name,
  done,
}: {
  shop: AdminContext['shop'];
  name: string;
  done: handover.HandedOver | WorkRefusal;
}): Node {
  return {
    __typename: `${name}Payload`,
    fulfillment: done.ok ? toFulfillment(viewerOf(shop), done.order, done.fulfillment) : null,
    userErrors: errorsOf('UserError', done.ok ? undefined : done),
  };
}

/** One number and address, or several of one company. */
function trackingOf(value: unknown): Tracking[] {
  if (typeof value !== 'object' || value === null) return [];
  const input = value as Arguments;
  const list = (many: unknown, one: unknown): string[] =>
    Array.isArray(many) ? many.map(String) : typeof one === 'string' ? [one] : [];
  const numbers = list(input['numbers'], input['number']);
  const urls = list(input['urls'], input['url']);
  const company = typeof input['company'] === 'string' ? input['company'] : null;
  return Array.from({ length: Math.max(numbers.length, urls.length) }, (_, i) => ({
    company,
    number: numbers[i] ?? null,
    url: urls[i] ?? null,
  }));
}

export function createEvent(args: Arguments, { shop }: AdminContext): Node {
  const input = args['fulfillmentEvent'] as Arguments;
  const text = (name: string): string | null =>
    typeof input[name] === 'string' ? input[name] : null;
  const done = handover.tellEvent(shop, {
    id: idOf('Fulfillment', String(input['fulfillmentId'])),
    status: String(input['status']),
    happenedAt: text('happenedAt'),
    estimatedDeliveryAt: text('estimatedDeliveryAt'),
    message: text('message'),
    city: text('city'),
    zip: text('zip'),
    country: text('country'),
    actor: 'app',
  });
  const event = done.ok ? done.fulfillment.events.at(-1) : undefined;
  return {
    __typename: 'FulfillmentEventCreatePayload',
    fulfillmentEvent: event ? toEvent(event) : null,
    userErrors: errorsOf('UserError', done.ok ? undefined : done),
  };
}
