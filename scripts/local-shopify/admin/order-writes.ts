/** Mutations of orders: address and notes, quantities by an edit, cancellation, refunds. */
import { askCancel, cancelRefusal } from '../orders/cancel.ts';
import {
  beginEdit,
  commitEdit,
  editedQuantity,
  type OrderPatch,
  refundLines,
  setEditQuantity,
  updateOrder,
} from '../orders/changes.ts';
import type { Order, OrderEdit } from '../orders/order-state.ts';
import type { WorkRefusal } from '../orders/work.ts';
import { addressSchema, type SeedAddress } from '../seed.ts';
import { gid, idOf, type LocalShop, variantOf } from '../shop.ts';
import { takeId } from '../state.ts';
import {
  type AdminContext,
  type Arguments,
  type Node,
  notSimulated,
  toPage,
  type UserErrorFacts,
  userErrors,
} from './node.ts';
import { toOrder, toRefund } from './orders.ts';
import { toVariant } from './places.ts';

function findOrder(shop: LocalShop, id: unknown): Order | undefined {
  const number = idOf('Order', String(id));
  return shop.state.orders.find((one) => one.id === number);
}

const missing = (field: readonly string[]): UserErrorFacts => ({
  field,
  message: 'Order does not exist',
});
const shown = ({ field, message }: WorkRefusal): UserErrorFacts => ({ field, message });

export function writeOrder(args: Arguments, { shop }: AdminContext): Node {
  const input = args['input'] as Arguments;
  const order = findOrder(shop, input['id']);
  const errors: UserErrorFacts[] = [];
  if (!order) errors.push(missing(['id']));
  const patch = readPatch(input);
  const country = patch.address?.countryCode;
  if (country !== undefined && !addressSchema.shape.countryCode.safeParse(country).success) {
    errors.push({ field: ['shippingAddress', 'country'], message: 'Country is not supported' });
  }
  if (order && errors.length === 0) updateOrder(shop, order, { patch, actor: 'app' });
  return {
    __typename: 'OrderUpdatePayload',
    order: order && errors.length === 0 ? toOrder(shop, order) : null,
    userErrors: userErrors('UserError', ...errors),
  };
}

const PATCHED = ['id', 'shippingAddress', 'email', 'phone', 'note', 'tags', 'customAttributes'];

function readPatch(input: Arguments): OrderPatch {
  const other = Object.keys(input).find((name) => !PATCHED.includes(name));
  if (other !== undefined) throw notSimulated(`OrderInput.${other}`);
  const patch: OrderPatch = {};
  const { email, phone, note, tags, customAttributes, shippingAddress } = input;
  if (typeof email === 'string') patch.email = email;
  if (typeof phone === 'string') patch.phone = phone;
  if (typeof note === 'string') patch.note = note;
  if (Array.isArray(tags)) patch.tags = tags.map(String);
  if (Array.isArray(customAttributes)) {
    patch.attributes = customAttributes.map((one: Arguments) => ({
      key: String(one['key']),
      value: String(one['value']),
    }));
  }
  if (typeof shippingAddress === 'object' && shippingAddress !== null) {
    patch.address = readAddress(shippingAddress as Arguments);
  }
  return patch;
}

const ADDRESS_FIELDS = [
  'firstName',
  'lastName',
  'company',
  'address1',
  'address2',
  'city',
  'zip',
  'provinceCode',
  'countryCode',
  'phone',
] as const satisfies readonly (keyof SeedAddress)[];

function readAddress(input: Arguments): Partial<SeedAddress> {
  const address: Partial<SeedAddress> = {};
  for (const name of ADDRESS_FIELDS) {
    const value = input[name];
    if (typeof value === 'string') address[name] = value;
  }
  return address;
}

export function beginOrderEdit(args: Arguments, { shop }: AdminContext): Node {
  const order = findOrder(shop, args['id']);
  const isOpen = order && order.cancelledAt === null && !order.cancelDue;
  const edit = isOpen ? beginEdit(shop, order) : undefined;
  const why = order
    ? { field: ['id'], message: 'The order cannot be edited: it is canceled.' }
    : missing(['id']);
  return {
    __typename: 'OrderEditBeginPayload',
    calculatedOrder: order && edit ? toCalculated(shop, order, edit) : null,
    orderEditSession: edit ? toSession(edit) : null,
    userErrors: userErrors('UserError', ...(edit ? [] : [why])),
  };
}

const toSession = (edit: OrderEdit): Node => ({
  __typename: 'OrderEditSession',
  id: gid('OrderEditSession', edit.id),
});

function toCalculated(shop: LocalShop, order: Order, edit: OrderEdit): Node {
  const lines = order.lines.filter((line) => line.quantity > line.removed);
  return {
    __typename: 'CalculatedOrder',
    id: gid('CalculatedOrder', edit.id),
    originalOrder: () => toOrder(shop, order),
    subtotalLineItemsQuantity: lines.reduce(
      (sum, line) => sum + editedQuantity(order, edit, line.id),
      0,
    ),
    lineItems: (args: Arguments) =>
      toPage(
        'CalculatedLineItemConnection',
        { items: lines, make: (line) => toCalculatedLine(shop, order, { edit, line }) },
        args,
      ),
  };
}

function toCalculatedLine(
  shop: LocalShop,
  order: Order,
  { edit, line }: { edit: OrderEdit; line: Order['lines'][number] },
): Node {
  const entry = variantOf(shop, line.variantId);
  return {
    __typename: 'CalculatedLineItem',
    id: gid('CalculatedLineItem', line.id),
    quantity: editedQuantity(order, edit, line.id),
    restocking: edit.quantities[line.id]?.restock ?? false,
    restockable: true,
    sku: entry.variant.sku,
    title: entry.product.title.en,
    variantTitle: entry.variant.optionValues.join(' / '),
    variant: () => (shop.variants.has(line.variantId) ? toVariant(shop, entry) : null),
  };
}

type FoundEdit = { order: Order; edit: OrderEdit };

/** By the calculated order's id or the session's. */
function findEdit(shop: LocalShop, id: unknown): FoundEdit | undefined {
  const number = idOf('CalculatedOrder', String(id)) ?? idOf('OrderEditSession', String(id));
  const edit = shop.state.orderEdits.find((one) => one.id === number);
  const order = shop.state.orders.find((one) => one.id === edit?.orderId);
  return edit && order ? { order, edit } : undefined;
}

const noEdit: UserErrorFacts = { field: ['id'], message: 'The edit session does not exist' };

export function setOrderEditQuantity(args: Arguments, { shop }: AdminContext): Node {
  const found = findEdit(shop, args['id']);
  const text = String(args['lineItemId']);
  const lineId = idOf('CalculatedLineItem', text) ?? idOf('LineItem', text);
  const line = found?.order.lines.find((one) => one.id === lineId);
  const errors: UserErrorFacts[] = [];
  if (!found) errors.push(noEdit);
  else if (!line) errors.push({ field: ['lineItemId'], message: 'Line item does not exist' });
  else {
    const quantity = Number(args['quantity']);
    const before = line.quantity - line.removed;
    if (quantity > before) throw notSimulated('orderEditSetQuantity to more units than before');
    const restock = args['restock'] === true;
    const done = setEditQuantity(found, { lineId: line.id, quantity, restock });
    if (!done.ok) errors.push(shown(done));
  }
  shop.file.touch();
  const isDone = found && line && errors.length === 0;
  return {
    __typename: 'OrderEditSetQuantityPayload',
    calculatedLineItem: isDone
      ? toCalculatedLine(shop, found.order, { edit: found.edit, line })
      : null,
    calculatedOrder: isDone ? toCalculated(shop, found.order, found.edit) : null,
    orderEditSession: isDone ? toSession(found.edit) : null,
    userErrors: userErrors('UserError', ...errors),
  };
}

export function commitOrderEdit(args: Arguments, { shop }: AdminContext): Node {
  const found = findEdit(shop, args['id']);
  const staffNote = typeof args['staffNote'] === 'string' ? args['staffNote'] : null;
  if (found) commitEdit(shop, found.order, { edit: found.edit, staffNote, actor: 'app' });
  return {
    __typename: 'OrderEditCommitPayload',
    order: found ? toOrder(shop, found.order) : null,
    successMessages: found ? ['The order was edited.'] : null,
    userErrors: userErrors('UserError', ...(found ? [] : [noEdit])),
  };
}

export function cancelOrder(args: Arguments, { shop }: AdminContext): Node {
  const order = findOrder(shop, args['orderId']);
  const refusal = order && cancelRefusal(order);
  const errors: UserErrorFacts[] = [];
  if (!order) errors.push({ ...missing(['orderId']), code: 'NOT_FOUND' });
  if (refusal) errors.push({ ...shown(refusal), code: 'INVALID' });
  if (order && errors.length === 0) {
    askCancel(shop, order, { restock: args['restock'] === true, reason: String(args['reason']) });
  }
  return {
    __typename: 'OrderCancelPayload',
    job:
      errors.length > 0
        ? null
        : { __typename: 'Job', id: gid('Job', takeId(shop.state)), done: false },
    orderCancelUserErrors: userErrors('OrderCancelUserError', ...errors),
    userErrors: userErrors(
      'UserError',
      ...errors.map(({ field, message }) => ({ field, message })),
    ),
  };
}

const RESTOCK_TYPES = ['CANCEL', 'RETURN', 'NO_RESTOCK'] as const;

export function createRefund(args: Arguments, { shop }: AdminContext): Node {
  const input = args['input'] as Arguments;
  const order = findOrder(shop, input['orderId']);
  const rows = (input['refundLineItems'] ?? []) as readonly Arguments[];
  const done =
    order &&
    refundLines(shop, order, {
      note: typeof input['note'] === 'string' ? input['note'] : null,
      actor: 'app',
      lines: rows.map((row) => ({
        orderLineId: idOf('LineItem', String(row['lineItemId'])),
        quantity: Number(row['quantity']),
        restockType: RESTOCK_TYPES.find((one) => one === row['restockType']) ?? 'NO_RESTOCK',
        locationId: idOf('Location', String(row['locationId'])) ?? null,
      })),
    });
  const errors = !done ? [missing(['input', 'orderId'])] : done.ok ? [] : [shown(done)];
  return {
    __typename: 'RefundCreatePayload',
    order: order ? toOrder(shop, order) : null,
    refund: order && done?.ok ? toRefund(shop, order, done.refund) : null,
    userErrors: userErrors('UserError', ...errors),
  };
}
