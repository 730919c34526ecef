/**
 * Where do the claims of orders rest, and how do they move units of SKUs and positions?
 *
 * Everything runs in a caller's transaction that has locked, in this order, the order, the SKUs and the positions it
 * touches (0035-claims.sql). Counters change by guarded updates: a position is allocated only up to what it has.
 */
import { sql } from 'kysely';
import { compareIds, type ShopId } from '../../../base/ids.ts';
import type { ShopTransaction } from '../../ledger/store.ts';
import type { AllocatedUnits, ClaimedOrder } from './following.ts';
import {
  allocatedOf,
  type ClaimDifference,
  type OrderClaims,
  type OrderLine,
  type ShippedLine,
} from './order-claims.ts';

/** An order's row, locked. */
export type LockedOrder = {
  /** Nobody told us of it before. */
  readonly isNew: boolean;
  /** The reservation it came from. */
  readonly reservationId: string | null;
};

/** Makes the order known and locks it. */
export async function lockOrder(
  trx: ShopTransaction,
  shopId: ShopId,
  order: ClaimedOrder,
): Promise<LockedOrder> {
  // xmax is 0 in a row that was inserted here, and this transaction's number in one that was found.
  const { rows } = await sql<LockedOrder>`
    insert into claimed_order (shop_id, order_id, source, channel, placed_at)
    values (${shopId}, ${order.orderId}, ${order.source}, ${order.channel}, ${order.placedAt})
    on conflict (shop_id, order_id) do update set order_id = excluded.order_id
    returning xmax = 0 as "isNew", reservation_id as "reservationId"`.execute(trx);
  const row = rows[0];
  if (row === undefined) throw new Error('Bug: an order was neither made nor found');
  return row;
}

/** A known order and the reservation it came from. */
export type KnownOrder = ClaimedOrder & Pick<LockedOrder, 'reservationId'>;

/** Locks orders by id; says which there are. */
export async function lockOrders(
  trx: ShopTransaction,
  shopId: ShopId,
  orderIds: readonly string[],
): Promise<ReadonlyMap<string, KnownOrder>> {
  const { rows } = await sql<Omit<KnownOrder, 'placedAt'> & { placedAt: Temporal.Instant }>`
    select order_id as "orderId", source, channel, placed_at as "placedAt", reservation_id as "reservationId"
    from claimed_order where shop_id = ${shopId} and order_id = any(${orderIds}) order by order_id for update`.execute(
    trx,
  );
  return new Map(rows.map((row) => [row.orderId, { ...row, placedAt: row.placedAt.toString() }]));
}

/** What the order was last worked on as; undefined: never. */
export async function readVersion(
  trx: ShopTransaction,
  shopId: ShopId,
  orderId: string,
): Promise<string | undefined> {
  const { rows } = await sql<{ version: string }>`select version from claimed_order
    where shop_id = ${shopId} and order_id = ${orderId}`.execute(trx);
  return rows[0]?.version;
}

/** Remembers the reservation that became this order, and what the order was worked on as. */
export async function noteOrder(
  trx: ShopTransaction,
  shopId: ShopId,
  note: {
    readonly orderId: string;
    readonly version: string | undefined;
    readonly reservationId: string | undefined;
  },
): Promise<void> {
  if (note.version === undefined && note.reservationId === undefined) return;
  await sql`
    update claimed_order set version = coalesce(${note.version ?? null}, version),
      reservation_id = coalesce(${note.reservationId ?? null}, reservation_id)
    where shop_id = ${shopId} and order_id = ${note.orderId}`.execute(trx);
}

/** Those of the orders that are known, or have a pending reservation of their key. Not locked: `insertClaimedOrders` decides. */
export async function findKnown(
  trx: ShopTransaction,
  shopId: ShopId,
  orders: readonly (ClaimedOrder & { readonly reservationKey: string | undefined })[],
): Promise<ReadonlySet<string>> {
  const asked = orders.map(({ orderId, channel, reservationKey: key }) => ({
    orderId,
    channel,
    key,
  }));
  const { rows } = await sql<{ orderId: string }>`
    select a."orderId" from jsonb_to_recordset(${JSON.stringify(asked)}::jsonb) a("orderId" text, channel text, key text)
    where exists (select from claimed_order o where o.shop_id = ${shopId} and o.order_id = a."orderId")
      or exists (select from reservation r where r.shop_id = ${shopId} and r.channel = a.channel and r.key = a.key
        and r.state = 'pending')`.execute(trx);
  return new Set(rows.map(({ orderId }) => orderId));
}

/** Makes orders known, locked by id, with what they were read as; says which were new. */
export async function insertClaimedOrders(
  trx: ShopTransaction,
  shopId: ShopId,
  orders: readonly (ClaimedOrder & { readonly version: string | undefined })[],
): Promise<ReadonlySet<string>> {
  const made = orders.map(({ orderId, source, channel, placedAt, version }) => ({
    ...{ orderId, source, channel, placedAt, version: version ?? '' },
  }));
  const { rows } = await sql<{ orderId: string }>`
    insert into claimed_order (shop_id, order_id, source, channel, placed_at, version)
    select ${shopId}, o."orderId", o.source, o.channel, o."placedAt", o.version
    from jsonb_to_recordset(${JSON.stringify(made)}::jsonb) o("orderId" text, source text, channel text,
      "placedAt" timestamptz, version text)
    order by o."orderId"
    on conflict (shop_id, order_id) do nothing returning order_id as "orderId"`.execute(trx);
  return new Set(rows.map(({ orderId }) => orderId));
}

/** Writes the lines of orders that had none, and their allocations. */
export async function insertClaims(
  trx: ShopTransaction,
  shopId: ShopId,
  lines: readonly { readonly orderId: string; readonly line: OrderLine }[],
  now: Temporal.Instant,
): Promise<void> {
  const claims = lines.map(({ orderId, line }) => {
    const { allocations: _, ...columns } = line;
    return { ...columns, orderId, allocated: allocatedOf(line) };
  });
  await sql`
    insert into order_claim
      (shop_id, order_id, line_id, sku, quantity, waiting, allocated, settled, canceled)
    select ${shopId}, l."orderId", l."lineId", l.sku, l.quantity, l.waiting, l.allocated, l.settled, l.canceled
    from jsonb_to_recordset(${JSON.stringify(claims)}::jsonb) as l("orderId" text, "lineId" text, sku text,
      quantity int, waiting int, allocated int, settled int, canceled int)`.execute(trx);
  const rows = lines.flatMap(({ orderId, line: { lineId, sku, allocations } }) =>
    allocations.map((one) => ({ orderId, lineId, sku, ...one })),
  );
  if (rows.length === 0) return;
  await sql`
    insert into order_allocation (shop_id, order_id, line_id, node_id, sku, quantity, allocated_at)
    select ${shopId}, a."orderId", a."lineId", a."nodeId", a.sku, a.quantity, ${now.toString()}
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as a("orderId" text, "lineId" text, "nodeId" text,
      sku text, quantity int)`.execute(trx);
}

type LineRow = Omit<OrderLine, 'allocations'> & {
  readonly orderId: string;
  readonly allocations: OrderLine['allocations'];
};

/** The lines of orders whose rows are locked. */
export async function loadClaims(
  trx: ShopTransaction,
  shopId: ShopId,
  orderIds: readonly string[],
): Promise<ReadonlyMap<string, OrderClaims>> {
  const { rows } = await sql<LineRow>`
    select c.order_id as "orderId", c.line_id as "lineId", c.sku, c.quantity, c.waiting, c.settled,
      c.canceled, c.late, coalesce((
        select jsonb_agg(jsonb_build_object('nodeId', a.node_id, 'quantity', a.quantity)
          order by a.node_id collate "C")
        from order_allocation a where a.shop_id = c.shop_id and a.order_id = c.order_id
          and a.line_id = c.line_id), '[]') as allocations
    from order_claim c where c.shop_id = ${shopId} and c.order_id = any(${orderIds})`.execute(trx);
  const claims = new Map<string, OrderClaims>();
  for (const orderId of orderIds) {
    const lines = rows.filter((row) => row.orderId === orderId);
    claims.set(orderId, new Map(lines.map(({ orderId: _, ...line }) => [line.lineId, line])));
  }
  return claims;
}

/** Writes the lines that changed, and their allocations. */
export async function saveClaims(
  trx: ShopTransaction,
  shopId: ShopId,
  change: {
    readonly orderId: string;
    readonly before: OrderClaims;
    readonly after: OrderClaims;
    readonly now: Temporal.Instant;
  },
): Promise<void> {
  const lines = [...change.after.values()]
    .filter((line) => change.before.get(line.lineId) !== line)
    .toSorted((a, b) => compareIds(a.lineId, b.lineId));
  if (lines.length === 0) return;
  const rows = JSON.stringify(lines.map((line) => ({ ...line, allocated: allocatedOf(line) })));
  await sql`
    insert into order_claim
      (shop_id, order_id, line_id, sku, quantity, waiting, allocated, settled, canceled, late)
    select ${shopId}, ${change.orderId}, l."lineId", l.sku, l.quantity, l.waiting, l.allocated,
      l.settled, l.canceled, l.late
    from jsonb_to_recordset(${rows}::jsonb) as l("lineId" text, sku text, quantity int, waiting int,
      allocated int, settled int, canceled int, late int)
    on conflict (shop_id, order_id, line_id) do update set quantity = excluded.quantity,
      waiting = excluded.waiting, allocated = excluded.allocated, settled = excluded.settled,
      canceled = excluded.canceled, late = excluded.late`.execute(trx);
  const hasAllocations = lines.some(
    (line) =>
      line.allocations.length + (change.before.get(line.lineId)?.allocations.length ?? 0) > 0,
  );
  if (hasAllocations) await saveAllocations(trx, shopId, { ...change, lines });
}

// An allocation that stays keeps the instant it was made at: the newest go back to routing first.
async function saveAllocations(
  trx: ShopTransaction,
  shopId: ShopId,
  change: {
    readonly orderId: string;
    readonly lines: readonly OrderLine[];
    readonly now: Temporal.Instant;
  },
): Promise<void> {
  const lineIds = change.lines.map(({ lineId }) => lineId);
  const rows = change.lines.flatMap(({ lineId, sku, allocations }) =>
    allocations.map((allocation) => ({ lineId, sku, ...allocation })),
  );
  const text = JSON.stringify(rows);
  await sql`
    delete from order_allocation where shop_id = ${shopId} and order_id = ${change.orderId}
      and line_id = any(${lineIds}) and (line_id, node_id) not in (
        select a."lineId", a."nodeId"
        from jsonb_to_recordset(${text}::jsonb) as a("lineId" text, "nodeId" text))`.execute(trx);
  if (rows.length === 0) return;
  await sql`
    insert into order_allocation as o
      (shop_id, order_id, line_id, node_id, sku, quantity, allocated_at)
    select ${shopId}, ${change.orderId}, a."lineId", a."nodeId", a.sku, a.quantity,
      ${change.now.toString()}
    from jsonb_to_recordset(${text}::jsonb) as a("lineId" text, "nodeId" text, sku text, quantity int)
    on conflict (shop_id, order_id, line_id, node_id) do update set quantity = excluded.quantity,
      allocated_at = case when excluded.quantity > o.quantity then excluded.allocated_at
        else o.allocated_at end`.execute(trx);
}

/** Changes the counters of SKUs and positions by a difference. All rows are locked; a CHECK stops what cannot be. */
export async function moveUnits(
  trx: ShopTransaction,
  shopId: ShopId,
  difference: ClaimDifference,
): Promise<void> {
  if (difference.waiting.length > 0) {
    await sql`
      update sku_claims s set waiting = s.waiting + d.units
      from jsonb_to_recordset(${JSON.stringify(difference.waiting)}::jsonb) as d(sku text, units int)
      where s.shop_id = ${shopId} and s.sku = d.sku`.execute(trx);
  }
  if (difference.allocated.length === 0) return;
  const { numAffectedRows } = await sql`
    update stock_position p set allocated = p.allocated + d.units
    from jsonb_to_recordset(${JSON.stringify(difference.allocated)}::jsonb) as d(
      sku text, "nodeId" text, units int)
    where p.shop_id = ${shopId} and p.sku = d.sku and p.node_id = d."nodeId"
      and (d.units < 0 or p.on_hand - p.unavailable - p.allocated >= d.units)`.execute(trx);
  if (numAffectedRows !== BigInt(difference.allocated.length)) {
    throw new Error('Bug: an allocation was decided beyond what its locked position has');
  }
}

/** Units on a position that nobody has been given, as its locked row says. */
export type FreePosition = { readonly sku: string; readonly nodeId: string; readonly free: number };

/** Locks positions by SKU and node; one that is not there has nothing. */
export async function lockPositions(
  trx: ShopTransaction,
  shopId: ShopId,
  cells: readonly { readonly sku: string; readonly nodeId: string }[],
): Promise<readonly FreePosition[]> {
  if (cells.length === 0) return [];
  const { rows } = await sql<FreePosition>`
    select p.sku, p.node_id as "nodeId", p.on_hand - p.unavailable - p.allocated as free
    from stock_position p
    where p.shop_id = ${shopId} and (p.sku, p.node_id) in (
      select c.sku, c."nodeId"
      from jsonb_to_recordset(${JSON.stringify(cells)}::jsonb) as c(sku text, "nodeId" text))
    order by p.sku, p.node_id for update`.execute(trx);
  return rows;
}

/** Fulfillment lines that settled already. */
export async function settledLines(
  trx: ShopTransaction,
  shopId: ShopId,
  fulfillmentLineIds: readonly string[],
): Promise<ReadonlySet<string>> {
  const { rows } = await sql<{ id: string }>`
    select fulfillment_line_id as id from order_settlement
    where shop_id = ${shopId} and fulfillment_line_id = any(${fulfillmentLineIds})`.execute(trx);
  return new Set(rows.map(({ id }) => id));
}

/** Notes that these never left; gives back those that had settled, each once. */
export async function cancelSettlements(
  trx: ShopTransaction,
  shopId: ShopId,
  of: { readonly fulfillmentLineIds: readonly string[]; readonly now: Temporal.Instant },
): Promise<readonly (ShippedLine & { readonly sku: string })[]> {
  const { rows } = await sql<ShippedLine & { sku: string }>`
    update order_settlement set canceled_at = ${of.now.toString()}
    where shop_id = ${shopId} and fulfillment_line_id = any(${of.fulfillmentLineIds})
      and canceled_at is null
    returning fulfillment_line_id as "fulfillmentLineId", line_id as "lineId", node_id as "nodeId",
      quantity, sku`.execute(trx);
  return rows.toSorted((a, b) => compareIds(a.fulfillmentLineId, b.fulfillmentLineId));
}

/** Writes down what left; each fulfillment line once, by its key. */
export async function saveSettlements(
  trx: ShopTransaction,
  shopId: ShopId,
  rows: readonly (ShippedLine & {
    readonly orderId: string;
    readonly sku: string;
    readonly shippedAt: string;
  })[],
): Promise<void> {
  if (rows.length === 0) return;
  await sql`
    insert into order_settlement (shop_id, fulfillment_line_id, order_id, line_id, node_id, sku,
      quantity, shipped_at)
    select ${shopId}, s."fulfillmentLineId", s."orderId", s."lineId", s."nodeId", s.sku, s.quantity,
      s."shippedAt"
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as s("fulfillmentLineId" text,
      "orderId" text, "lineId" text, "nodeId" text, sku text, quantity int,
      "shippedAt" timestamptz)`.execute(trx);
}

/** What is allocated at a position, the newest first. Not locked: whoever acts on it locks the orders and looks again. */
export async function newestAllocations(
  trx: ShopTransaction,
  shopId: ShopId,
  at: { readonly sku: string; readonly nodeId: string; readonly most: number },
): Promise<readonly AllocatedUnits[]> {
  const { rows } = await sql<AllocatedUnits>`
    select order_id as "orderId", line_id as "lineId", sku, node_id as "nodeId", quantity
    from order_allocation
    where shop_id = ${shopId} and sku = ${at.sku} and node_id = ${at.nodeId}
    order by allocated_at desc, order_id desc, line_id desc limit ${at.most}`.execute(trx);
  return rows;
}

/** Lowers what is unseen by units of an order that explains it: one placed before the count was read. */
export async function explainUnseen(
  trx: ShopTransaction,
  shopId: ShopId,
  order: { readonly placedAt: string; readonly units: ClaimDifference['waiting'] },
): Promise<void> {
  const rows = order.units.filter(({ units }) => units > 0);
  if (rows.length === 0) return;
  await sql`
    update sku_claims s set unseen = greatest(0, s.unseen - d.units)
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as d(sku text, units int)
    where s.shop_id = ${shopId} and s.sku = d.sku and s.unseen > 0
      and s.unseen_as_of >= ${order.placedAt}`.execute(trx);
}

/** Units that Shopify had committed by then, of SKUs whose claims are locked. */
export type CommittedUnits = {
  readonly sku: string;
  /** Σ over all bound locations. */
  readonly committed: number;
  /** ISO instant at which it was read. */
  readonly asOf: string;
};

/** Unseen: what Shopify had committed then, less the units of its orders placed by then that have not left. */
export async function saveUnseen(
  trx: ShopTransaction,
  shopId: ShopId,
  rows: readonly CommittedUnits[],
): Promise<void> {
  await sql`
    update sku_claims s set unseen_as_of = r."asOf", unseen = greatest(0, r.committed - coalesce((
      select sum(c.waiting + c.allocated) from order_claim c
      join claimed_order o using (shop_id, order_id)
      where c.shop_id = s.shop_id and c.sku = s.sku and c.waiting + c.allocated > 0
        and o.source = 'shopify' and o.placed_at <= r."asOf"), 0))
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as r(
      sku text, committed int, "asOf" timestamptz)
    where s.shop_id = ${shopId} and s.sku = r.sku
      and (s.unseen_as_of is null or s.unseen_as_of <= r."asOf")`.execute(trx);
}
