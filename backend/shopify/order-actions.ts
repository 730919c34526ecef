/**
 * An agent's changes of an order, as Shopify takes them.
 *
 * Both state what shall hold afterwards (an address, units left of a line), never a difference, so that after a lost
 * reply the same is said again and nothing is done twice. In: numbers of orders and lines. Out: done, or Shopify's
 * words why not; outages throw and the job comes again.
 */
import {
  OrderAddressUpdate,
  OrderEditBegin,
  OrderEditCommit,
  OrderEditSetQuantity,
} from '../../graphql/admin/generated/documents.ts';
import type { CountryCode } from '../../graphql/admin/generated/types.ts';
import type { ShopId } from '../base/ids.ts';
import type { Result } from '../base/result.ts';
import type { Address } from '../orders/care/care.ts';
import { type AdminClient, type AdminRefusal, describeRefusal } from './admin-client.ts';
import { gidOf, numberOfGid } from './gid.ts';

/** Shopify does not do it; its words, for the agent. */
export type ShopifyRefusal = { readonly code: 'shopify_refused'; readonly reason: string };

/** Units of a line that shall be left of it: ordered, less all that was taken out. */
export type UnitsLeft = { readonly lineId: string; readonly left: number };

const LANE = { lane: 'fulfillment' } as const;

/** Builds the actions over the shop's client. */
export function createOrderActions(admin: AdminClient) {
  return {
    /** Writes where the order goes; says when Shopify took it. */
    changeAddress: async (
      shopId: ShopId,
      orderId: string,
      address: Address,
    ): Promise<Result<{ readonly updatedAt: string }, ShopifyRefusal>> => {
      const input = { id: gidOf('Order', orderId), shippingAddress: toMailingAddress(address) };
      const answer = await admin.send(shopId, OrderAddressUpdate, { input }, LANE);
      if (!answer.ok) return refused(answer.refusal);
      const updatedAt = answer.value.orderUpdate?.order?.updatedAt;
      return updatedAt === undefined
        ? gone(`order ${orderId}`)
        : { ok: true, value: { updatedAt } };
    },

    /** Takes units out of lines; what was taken out already is not taken out again. */
    leaveUnits: (
      shopId: ShopId,
      orderId: string,
      lines: readonly UnitsLeft[],
    ): Promise<Result<undefined, ShopifyRefusal>> => leaveUnits(admin, shopId, orderId, lines),
  };
}

async function leaveUnits(
  admin: AdminClient,
  shopId: ShopId,
  orderId: string,
  lines: readonly UnitsLeft[],
): Promise<Result<undefined, ShopifyRefusal>> {
  const begun = await admin.send(shopId, OrderEditBegin, { id: gidOf('Order', orderId) }, LANE);
  if (!begun.ok) return refused(begun.refusal);
  const edit = begun.value.orderEditBegin?.calculatedOrder;
  if (!edit) return gone(orderId);
  // A calculated line has the number of the line it stands for.
  const lineOf = new Map(edit.lineItems.nodes.map((line) => [numberOfGid(line.id), line]));
  let isChanged = false;
  for (const { lineId, left } of lines) {
    const line = lineOf.get(lineId);
    if (line === undefined) return gone(`line ${lineId} of order ${orderId}`);
    if (line.quantity <= left) continue;
    const variables = { id: edit.id, lineItemId: line.id, quantity: left, restock: true };
    const set = await admin.send(shopId, OrderEditSetQuantity, variables, LANE);
    if (!set.ok) return refused(set.refusal);
    isChanged = true;
  }
  if (!isChanged) return { ok: true, value: undefined };
  const committed = await admin.send(shopId, OrderEditCommit, { id: edit.id }, LANE);
  return committed.ok ? { ok: true, value: undefined } : refused(committed.refusal);
}

function toMailingAddress(address: Address) {
  const words = address.name.split(/\s+/u);
  return {
    firstName: words.slice(0, -1).join(' '),
    lastName: words.at(-1) ?? '',
    address1: address.address1,
    address2: address.address2,
    city: address.city,
    provinceCode: address.province === '' ? null : address.province,
    zip: address.zip,
    // Two letters, checked at the edge; one that Shopify does not know it refuses in its own words.
    countryCode: address.country as CountryCode,
  };
}

function refused(refusal: AdminRefusal): Result<never, ShopifyRefusal> {
  return { ok: false, refusal: { code: 'shopify_refused', reason: describeRefusal(refusal) } };
}

function gone(what: string): Result<never, ShopifyRefusal> {
  return {
    ok: false,
    refusal: { code: 'shopify_refused', reason: `Shopify has no ${what} any more.` },
  };
}
