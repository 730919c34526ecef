/**
 * What routing reads and writes of many new orders at once.
 *
 * Everything runs in a caller's transaction of one shop, which has made the orders (0101).
 */
import { sql } from 'kysely';
import type { ShopId } from '../../../base/ids.ts';
import type { RouteDecision } from '../../../routing/decision.ts';
import type { ShopTransaction } from '../../../stock/ledger/store.ts';
import type { PromiseFacts } from '../question.ts';

/** A promise, and whether the shopper has seen it: what was worked out afterwards only counts. */
export type JoinedPromise = PromiseFacts & { readonly isShown: boolean };

/** The promises of orders, by order; who has none is not there. */
export async function loadPromises(
  trx: ShopTransaction,
  shopId: ShopId,
  orderIds: readonly string[],
): Promise<ReadonlyMap<string, JoinedPromise>> {
  const { rows } = await sql<JoinedPromise & { orderId: string }>`
    select p.order_id as "orderId", p.status <> 'none' as "isShown", p.method, p.service_code as "serviceCode", p.promised_on::text as "promisedOn",
      to_char(p.window_to at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as "windowTo", p.node_id as "nodeId"
    from order_promise p where p.shop_id = ${shopId} and p.order_id = any(${[...orderIds]}::text[])`.execute(
    trx,
  );
  return new Map(rows.map(({ orderId, ...promise }) => [orderId, promise]));
}

/** The first decision of an order. */
export type FirstDecision = {
  readonly orderId: string;
  readonly decisionId: string;
  readonly cause: string;
  readonly decision: RouteDecision;
};

/** Writes decisions down. */
export async function saveDecisions(
  trx: ShopTransaction,
  shopId: ShopId,
  { at, decisions }: { readonly at: string; readonly decisions: readonly FirstDecision[] },
): Promise<void> {
  if (decisions.length === 0) return;
  await sql`
    insert into routing_decision (shop_id, order_id, decision_id, decided_at, cause, decision)
    select ${shopId}, d."orderId", d."decisionId", ${at}, d.cause, d.decision
    from jsonb_to_recordset(${JSON.stringify(decisions)}::jsonb) d("orderId" text, "decisionId" text, cause text,
      decision jsonb)`.execute(trx);
}
