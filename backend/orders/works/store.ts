/**
 * Where do works rest?
 *
 * Everything runs in a caller's transaction of one shop (`withShop`). Locks come in this order: works by id, then the
 * claims of stock, then the stock clock (0061-works.sql). A change names the version it was decided on; `changeWork`
 * says when another was faster.
 */
import { sql } from 'kysely';
import type { ShopId } from '../../base/ids.ts';
import type { ShopTransaction } from '../../stock/ledger/store.ts';
import { breachOf, type Negotiation, type WorkKind, type WorkState } from './lifecycle.ts';

/** Units of one order line in a work. */
export type WorkLine = {
  readonly lineId: string;
  readonly sku: string;
  readonly quantity: number;
  readonly picked: number;
};

/** One work as stored; instants are ISO text. */
export type Work = {
  readonly workId: string;
  readonly orderId: string;
  readonly kind: WorkKind;
  readonly state: WorkState;
  readonly negotiation: Negotiation;
  readonly nodeId: string | null;
  readonly serviceCode: string | null;
  readonly unplacedReason: string | null;
  readonly holdReason: string | null;
  readonly excludedNodes: readonly string[];
  readonly promisedOn: string | null;
  readonly promisedEnd: string | null;
  readonly allowedLateDays: number;
  readonly plannedEnd: string | null;
  readonly plannedDeparture: string | null;
  readonly startBy: string | null;
  readonly costMinor: number;
  readonly expiresAt: string | null;
  readonly createdAt: string;
  readonly placedAt: string | null;
  readonly claimedAt: string | null;
  readonly claimedBy: string | null;
  readonly startedAt: string | null;
  readonly packedAt: string | null;
  readonly readyAt: string | null;
  readonly leftAt: string | null;
  readonly deliveredAt: string | null;
  readonly version: number;
  readonly wave: number;
  readonly lines: readonly WorkLine[];
};

/** Everything of a work that a change may set. */
export type WorkChange = Partial<
  Omit<Work, 'workId' | 'orderId' | 'kind' | 'createdAt' | 'version' | 'lines'>
>;

const COLUMNS = {
  state: 'state',
  negotiation: 'negotiation',
  nodeId: 'node_id',
  serviceCode: 'service_code',
  unplacedReason: 'unplaced_reason',
  holdReason: 'hold_reason',
  excludedNodes: 'excluded_nodes',
  promisedOn: 'promised_on',
  promisedEnd: 'promised_end',
  allowedLateDays: 'allowed_late_days',
  plannedEnd: 'planned_end',
  plannedDeparture: 'planned_departure',
  startBy: 'start_by',
  costMinor: 'cost_minor',
  expiresAt: 'expires_at',
  placedAt: 'placed_at',
  claimedAt: 'claimed_at',
  claimedBy: 'claimed_by',
  startedAt: 'started_at',
  packedAt: 'packed_at',
  readyAt: 'ready_at',
  leftAt: 'left_at',
  deliveredAt: 'delivered_at',
  wave: 'wave',
} as const satisfies Record<keyof WorkChange, string>;

// JSON on the server's side: instants as ISO text, lines with the work, one statement.
const iso = (column: string, name: string) =>
  sql`to_char(w.${sql.ref(column)} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as ${sql.ref(name)}`;
const selected = sql`
  select w.work_id as "workId", w.order_id as "orderId", w.kind, w.state, w.negotiation, w.node_id as "nodeId",
    w.service_code as "serviceCode", w.unplaced_reason as "unplacedReason", w.hold_reason as "holdReason",
    w.excluded_nodes as "excludedNodes", w.promised_on::text as "promisedOn", ${iso('promised_end', 'promisedEnd')},
    w.allowed_late_days as "allowedLateDays", ${iso('planned_end', 'plannedEnd')},
    ${iso('planned_departure', 'plannedDeparture')}, ${iso('start_by', 'startBy')}, w.cost_minor as "costMinor",
    ${iso('expires_at', 'expiresAt')}, ${iso('created_at', 'createdAt')}, ${iso('placed_at', 'placedAt')},
    ${iso('claimed_at', 'claimedAt')}, w.claimed_by as "claimedBy", ${iso('started_at', 'startedAt')},
    ${iso('packed_at', 'packedAt')}, ${iso('ready_at', 'readyAt')}, ${iso('left_at', 'leftAt')},
    ${iso('delivered_at', 'deliveredAt')}, w.version, w.wave,
    coalesce((select jsonb_agg(jsonb_build_object('lineId', l.line_id, 'sku', l.sku, 'quantity', l.quantity,
      'picked', l.picked) order by l.line_id) from work_line l
      where l.shop_id = w.shop_id and l.work_id = w.work_id), '[]'::jsonb) as lines
  from work w`;

/** Which works. Exactly one of the two. */
export type WorksAsked = { readonly orderId: string } | { readonly workIds: readonly string[] };

/** Reads works, by id. */
export async function readWorks(
  trx: ShopTransaction,
  shopId: ShopId,
  asked: WorksAsked,
): Promise<readonly Work[]> {
  const { rows } = await sql<Work>`
    ${selected} where w.shop_id = ${shopId} and ${which(asked)} order by w.work_id`.execute(trx);
  return rows;
}

/** Locks works, by id, and reads them as they are under the lock. */
export async function lockWorks(
  trx: ShopTransaction,
  shopId: ShopId,
  asked: WorksAsked,
): Promise<readonly Work[]> {
  await sql`select 1 from work w where w.shop_id = ${shopId} and ${which(asked)}
    order by w.work_id for update`.execute(trx);
  return await readWorks(trx, shopId, asked);
}

function which(asked: WorksAsked) {
  return 'orderId' in asked
    ? sql`w.order_id = ${asked.orderId}`
    : sql`w.work_id = any(${[...asked.workIds]}::text[])`;
}

/** A work that is new. */
export type NewWork = WorkChange &
  Pick<Work, 'workId' | 'orderId' | 'kind' | 'state' | 'createdAt'> & {
    readonly lines: readonly Omit<WorkLine, 'picked'>[];
  };

/** Writes a new work with its lines, in one statement. */
export async function insertWork(
  trx: ShopTransaction,
  shopId: ShopId,
  work: NewWork,
): Promise<void> {
  await insertWorks(trx, shopId, [work]);
}

/** Writes new works with their lines, in one statement for all that set the same columns. */
export async function insertWorks(
  trx: ShopTransaction,
  shopId: ShopId,
  works: readonly NewWork[],
): Promise<void> {
  const made = works.map(({ workId, orderId, kind, createdAt, lines, ...change }) => {
    const set = assignments(change);
    const values = Object.fromEntries(set.map(({ column, value }) => [column, value]));
    const own = { work_id: workId, order_id: orderId, kind, created_at: createdAt };
    return { columns: set.map(({ column }) => column), row: { ...own, ...values }, lines };
  });
  for (const alike of Map.groupBy(made, ({ columns }) => columns.join()).values()) {
    const columns = (alike[0]?.columns ?? []).map((column) => sql.ref(column));
    const rows = JSON.stringify(alike.map(({ row }) => row));
    const lines = alike.flatMap((one) =>
      one.lines.map(({ lineId, sku, quantity }) => ({
        ...{ workId: one.row.work_id, lineId, sku, quantity },
      })),
    );
    await sql`
      with w as (
        insert into work (shop_id, work_id, order_id, kind, created_at, ${sql.join(columns)})
        select ${shopId}, work_id, order_id, kind, created_at, ${sql.join(columns)}
        from jsonb_populate_recordset(null::work, ${rows}::jsonb)
        returning work_id)
      insert into work_line (shop_id, work_id, line_id, sku, quantity)
      select ${shopId}, w.work_id, l."lineId", l.sku, l.quantity
      from jsonb_to_recordset(${JSON.stringify(lines)}::jsonb) l("workId" text, "lineId" text, sku text, quantity int)
        join w on w.work_id = l."workId"`.execute(trx);
  }
}

/**
 * Changes a work that is still at `version`; false: another was faster, nothing is changed. What the tables forbid throws. A
 * packed parcel goes with its work: it is opened when the work is packed no more, whoever changed it.
 */
export async function changeWork(
  trx: ShopTransaction,
  shopId: ShopId,
  work: Pick<Work, 'workId' | 'version' | 'kind' | 'state' | 'negotiation'>,
  change: WorkChange,
): Promise<boolean> {
  const { workId, version } = work;
  const breach = breachOf(work, change);
  if (breach !== undefined) throw new Error(`Bug: work ${workId} may not go: ${breach}`);
  const set = assignments(change).map(({ column, value }) => sql`${sql.ref(column)} = ${value}`);
  const { numAffectedRows } = await sql`
    update work set version = version + 1 ${set.length === 0 ? sql`` : sql`, ${sql.join(set)}`}
    where shop_id = ${shopId} and work_id = ${workId} and version = ${version}`.execute(trx);
  if (numAffectedRows !== 1n) return false;
  if (isUnpacked(work, change)) await openParcels(trx, shopId, workId);
  return true;
}

/** It was packed and is not any more. What a desk sends has its parcel sent before; what left by another's hand left otherwise. */
function isUnpacked({ state }: Pick<Work, 'state'>, { state: after }: WorkChange): boolean {
  return state === 'packed' && after !== undefined && after !== 'packed';
}

/** A parcel whose work is not packed any more is none; its number is free. */
async function openParcels(trx: ShopTransaction, shopId: ShopId, workId: string): Promise<void> {
  await sql`
    update parcel p set state = 'canceled', tracking_number = null from work w
    where w.shop_id = ${shopId} and w.work_id = ${workId} and p.shop_id = w.shop_id and p.order_id = w.order_id
      and p.work_id = w.work_id and p.state = 'packed'`.execute(trx);
}

/** Puts these lines in the place of a work's lines; its row is locked by the caller. */
export async function replaceLines(
  trx: ShopTransaction,
  shopId: ShopId,
  workId: string,
  lines: readonly WorkLine[],
): Promise<void> {
  await sql`delete from work_line where shop_id = ${shopId} and work_id = ${workId}`.execute(trx);
  if (lines.length === 0) return;
  await sql`
    insert into work_line (shop_id, work_id, line_id, sku, quantity, picked)
    select ${shopId}, ${workId}, l."lineId", l.sku, l.quantity, l.picked
    from jsonb_to_recordset(${JSON.stringify(lines)}::jsonb)
      l("lineId" text, sku text, quantity int, picked int)`.execute(trx);
}

function assignments(change: WorkChange): { readonly column: string; readonly value: unknown }[] {
  return Object.entries(change).flatMap(([name, value]) => {
    const column = COLUMNS[name as keyof WorkChange];
    if (value === undefined) return [];
    return [{ column, value: Array.isArray(value) ? [...value] : value }];
  });
}
