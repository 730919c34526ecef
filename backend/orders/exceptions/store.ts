/**
 * Where do exceptions rest?
 *
 * Beside the alerts of milestones (order_alert), so that one queue and one digest tell of both; the watch over milestones
 * leaves them alone. In the transaction of the change they tell of.
 */
import { sql } from 'kysely';
import type { ShopId } from '../../base/ids.ts';
import type { ShopTransaction } from '../../stock/ledger/store.ts';
import type { ExceptionKind } from './exceptions.ts';

/** Which one. */
export type ExceptionOf = {
  readonly orderId: string;
  readonly workId: string;
  readonly kind: ExceptionKind;
};

/** Raises one, or raises it again when it was ended; says whether it was not there. */
export async function raiseException(
  trx: ShopTransaction,
  shopId: ShopId,
  raised: ExceptionOf & {
    readonly at: string;
    readonly facts: Readonly<Record<string, unknown>>;
  },
): Promise<boolean> {
  const { numAffectedRows } = await sql`
    insert into order_alert as a (shop_id, order_id, work_id, milestone, level, due_at, raised_at, facts)
    values (${shopId}, ${raised.orderId}, ${raised.workId}, ${raised.kind}, 'missed', ${raised.at}, ${raised.at},
      ${JSON.stringify(raised.facts)}::jsonb)
    on conflict (shop_id, order_id, work_id, milestone) do update set due_at = excluded.due_at,
      raised_at = excluded.raised_at, cleared_at = null, told_at = null, facts = excluded.facts
    where a.cleared_at is not null`.execute(trx);
  return numAffectedRows === 1n;
}

/** Ends one; false: it does not stand. */
export async function endException(
  trx: ShopTransaction,
  shopId: ShopId,
  { orderId, workId, kind, at }: ExceptionOf & { readonly at: string },
): Promise<boolean> {
  const { numAffectedRows } = await sql`
    update order_alert set cleared_at = ${at}
    where shop_id = ${shopId} and order_id = ${orderId} and work_id = ${workId} and milestone = ${kind}
      and cleared_at is null`.execute(trx);
  return numAffectedRows === 1n;
}

/** Units of a work that were canceled where they were sold when they had left. */
export type LateUnits = {
  readonly workId: string;
  readonly lines: readonly { readonly lineId: string; readonly quantity: number }[];
  /** Nobody has seen to it yet. */
  readonly isOpen: boolean;
};

/** All of an order that left though it was canceled, seen to or not. */
export async function readLate(
  trx: ShopTransaction,
  shopId: ShopId,
  orderId: string,
): Promise<readonly LateUnits[]> {
  const kind: ExceptionKind = 'left_though_canceled';
  const { rows } = await sql<LateUnits>`
    select work_id as "workId", facts -> 'lines' as lines, cleared_at is null as "isOpen"
    from order_alert where shop_id = ${shopId} and order_id = ${orderId} and milestone = ${kind}
    order by work_id`.execute(trx);
  return rows;
}

/** More units of a work; says how many there are by now. */
export async function addLate(
  trx: ShopTransaction,
  shopId: ShopId,
  late: Pick<ExceptionOf, 'orderId' | 'workId'> &
    Pick<LateUnits, 'lines'> & { readonly at: string },
): Promise<number> {
  const { orderId, workId, at } = late;
  const known = (await readLate(trx, shopId, orderId)).find((one) => one.workId === workId);
  const units = new Map<string, number>();
  for (const { lineId, quantity } of [...(known?.lines ?? []), ...late.lines]) {
    units.set(lineId, (units.get(lineId) ?? 0) + quantity);
  }
  const lines = [...units].map(([lineId, quantity]) => ({ lineId, quantity }));
  const of = { orderId, workId, kind: 'left_though_canceled' } as const;
  if (known?.isOpen === true) await endException(trx, shopId, { ...of, at });
  await raiseException(trx, shopId, { ...of, at, facts: { lines } });
  return lines.reduce((sum, { quantity }) => sum + quantity, 0);
}
