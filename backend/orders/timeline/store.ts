/**
 * Where does the timeline rest?
 *
 * In the transaction of the change an event tells of; an event id that is there already stays as it was first written.
 */
import { sql } from 'kysely';
import type { ShopId } from '../../base/ids.ts';
import type { ShopTransaction } from '../../stock/ledger/store.ts';
import type { Actor, EventKind, OrderEvent, StoredEvent } from './timeline.ts';

/** Writes events; one that is there already stays as it is. Says how many were new. */
export async function appendEvents(
  trx: ShopTransaction,
  shopId: ShopId,
  events: readonly OrderEvent[],
): Promise<number> {
  if (events.length === 0) return 0;
  const rows = events.map(({ actor, facts, ...event }) => ({
    ...event,
    actorKind: actor.kind,
    actor: actor.id,
    facts: facts ?? {},
  }));
  const { numAffectedRows } = await sql`
    insert into order_event (shop_id, order_id, event_id, at, kind, actor_kind, actor, work_id, node_id, facts)
    select ${shopId}, e."orderId", e."eventId", e.at, e.kind, e."actorKind", e.actor, e."workId", e."nodeId", e.facts
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) e("orderId" text, "eventId" text, at timestamptz, kind text,
      "actorKind" text, actor text, "workId" text, "nodeId" text, facts jsonb)
    on conflict do nothing`.execute(trx);
  return Number(numAffectedRows ?? 0n);
}

/** The events of an order, in the order in which they happened. */
export async function readTimeline(
  trx: ShopTransaction,
  shopId: ShopId,
  orderId: string,
): Promise<readonly StoredEvent[]> {
  const { rows } = await sql<{
    seq: number;
    eventId: string;
    at: Temporal.Instant;
    kind: EventKind;
    actorKind: Actor['kind'];
    actor: string;
    workId: string | null;
    nodeId: string | null;
    facts: Record<string, unknown>;
  }>`
    select seq, event_id as "eventId", at, kind, actor_kind as "actorKind", actor, work_id as "workId",
      node_id as "nodeId", facts
    from order_event where shop_id = ${shopId} and order_id = ${orderId} order by at, seq`.execute(
    trx,
  );
  return rows.map(({ actorKind, actor, ...row }) => ({
    ...row,
    orderId,
    at: row.at.toString(),
    actor: { kind: actorKind, id: actor },
  }));
}
