/**
 * Which variants' classes must Shopify be told, in which order, and when is it done?
 *
 * In: the class each variant has now and what Shopify was told before (`published_eta`). Out: `$app:eta` metafields, 25
 * a call, many calls at once, in the resync lane. Worse news goes first: a variant whose date ended is told before any
 * that gained one, so that what the theme and the Function say too early ends soonest (`theme-staleness.ts`).
 * Invariants: only what changed or is about to expire is written; when a newer table waits nothing new is sent of this
 * one; what a call may have changed is marked unclear before it leaves and remembered only after Shopify confirmed it, so
 * that a lost reply or a crash is followed by another write; a variant Shopify does not have holds up no other.
 */
import { type Kysely, sql } from 'kysely';
import { MetafieldsSet } from '../../graphql/admin/generated/documents.ts';
import type { MetafieldsSetInput } from '../../graphql/admin/generated/types.ts';
import type { ShopId } from '../base/ids.ts';
import { TransientError } from '../base/result.ts';
import { ETA_METAFIELD, type EtaClass, encodeEtaClass } from '../contract/eta-class.ts';
import { withShop } from '../platform/database.ts';
import type { Log } from '../platform/log.ts';
import { type AdminClient, describeRefusal, type UserError } from './admin-client.ts';
import { gidOf } from './gid.ts';

export type ClassPublicationDeps = {
  readonly db: Kysely<unknown>;
  readonly admin: AdminClient;
  readonly log: Log;
};

export type ClassRow = { readonly variantId: string; readonly class: EtaClass };

/** What Shopify should hold. */
export type WantedClasses = {
  readonly rows: readonly ClassRow[];
  /** The shop's day of the table, `YYYY-MM-DD`. */
  readonly today: string;
  /** True once a newer table waits. */
  readonly isOutdated: () => boolean;
};

/** Shopify's limit of one metafieldsSet. */
export const CLASSES_A_CALL = 25;
/** Enough to use up the fastest bucket at 0.3 s a call; the scheduler lets go what the shop's bucket holds. */
export const CLASS_CALLS_AT_ONCE = 32;
const MOST_TRIES = 3;
/** Held as the end of a class whose write was not confirmed: Shopify may have it or the one before. */
const UNCLEAR = '0001-01-01';
// A class is believed for two weeks and written again with five days left: an outage of that length changes nothing.
const CLASS_DAYS = 14;
const REWRITE_DAYS_BEFORE = 5;

/** Tells Shopify what changed; returns when it is told, refused or outdated. Throws when Shopify is away. */
export async function publishClasses(
  deps: ClassPublicationDeps,
  shopId: ShopId,
  wanted: WantedClasses,
): Promise<void> {
  const day = Temporal.PlainDate.from(wanted.today);
  const validUntil = day.add({ days: CLASS_DAYS }).toString();
  const held = await readHeld(deps, shopId);
  const believedFrom = day.add({ days: REWRITE_DAYS_BEFORE }).toString();
  const due = dueClasses(wanted.rows, held, { today: wanted.today, believedFrom });
  const batches = Array.from({ length: Math.ceil(due.length / CLASSES_A_CALL) }, (_, index) =>
    due.slice(index * CLASSES_A_CALL, (index + 1) * CLASSES_A_CALL),
  );
  await inOrder(batches, wanted.isOutdated, (batch) =>
    publishBatch(deps, shopId, batch, validUntil),
  );
}

/**
 * Works through the batches, many at once. One that failed is tried again before the rest, because its news is the
 * worst there is; one that failed thrice means that Shopify is away, and its fault is thrown.
 */
async function inOrder<Batch extends object>(
  batches: Batch[],
  isOutdated: () => boolean,
  publish: (batch: Batch) => Promise<void>,
): Promise<void> {
  const tries = new Map<Batch, number>();
  let fault: { readonly error: unknown } | undefined;
  const attempt = async (batch: Batch): Promise<void> => {
    try {
      await publish(batch);
    } catch (error) {
      const tried = (tries.get(batch) ?? 0) + 1;
      tries.set(batch, tried);
      if (!(error instanceof TransientError) || tried >= MOST_TRIES) fault = { error };
      batches.unshift(batch);
    }
  };
  const work = async (): Promise<void> => {
    while (fault === undefined && !isOutdated()) {
      const batch = batches.shift();
      if (batch === undefined) return;
      await attempt(batch);
    }
  };
  // All end before anything else begins: what one of them still does must not run beside the next attempt.
  await Promise.all(Array.from({ length: CLASS_CALLS_AT_ONCE }, work));
  if (fault !== undefined) throw fault.error;
}

type Held = ReadonlyMap<string, { readonly class: string; readonly validUntil: string }>;

async function readHeld(deps: ClassPublicationDeps, shopId: ShopId): Promise<Held> {
  return await withShop(deps.db, shopId, async (trx) => {
    const { rows } = await sql<{ variantId: string; class: string; validUntil: string }>`
      select variant_id as "variantId", class, valid_until::text as "validUntil"
      from published_eta where shop_id = ${shopId}`.execute(trx);
    return new Map(rows.map((row) => [row.variantId, row]));
  });
}

/**
 * The rows to write, worse news first. A class that Shopify holds and the theme no longer believes is as none; one that
 * is believed but ends soon is written again, last.
 */
export function dueClasses(
  wanted: readonly ClassRow[],
  held: Held,
  days: { readonly today: string; readonly believedFrom: string },
): readonly ClassRow[] {
  const due: Record<News, ClassRow[]> = { worse: [], better: [], ending: [], none: [] };
  for (const row of wanted) due[newsOf(row.class, held.get(row.variantId), days)].push(row);
  return [...due.worse, ...due.better, ...due.ending];
}

type News = 'worse' | 'better' | 'ending' | 'none';

function newsOf(
  wanted: EtaClass,
  known: { readonly class: string; readonly validUntil: string } | undefined,
  days: { readonly today: string; readonly believedFrom: string },
): News {
  if (known?.validUntil === UNCLEAR) return wanted === 'normal' ? 'better' : 'worse';
  const isBelieved = known !== undefined && known.validUntil > days.today;
  // A variant Shopify knows nothing of is `unknown` to theme and Function anyway.
  const before = isBelieved ? known.class : 'unknown';
  if (before !== wanted) return before === 'normal' ? 'worse' : 'better';
  const endsSoon = isBelieved && known.validUntil < days.believedFrom;
  return endsSoon && wanted !== 'unknown' ? 'ending' : 'none';
}

async function publishBatch(
  deps: ClassPublicationDeps,
  shopId: ShopId,
  batch: readonly ClassRow[],
  validUntil: string,
): Promise<void> {
  const metafields: MetafieldsSetInput[] = batch.map((row) => ({
    ...ETA_METAFIELD,
    ownerId: gidOf('ProductVariant', row.variantId),
    value: encodeEtaClass(row.class, validUntil),
  }));
  await remember(deps, shopId, batch, UNCLEAR);
  const answer = await deps.admin.send(shopId, MetafieldsSet, { metafields }, { lane: 'resync' });
  if (answer.ok) return await remember(deps, shopId, batch, validUntil);
  const reason = describeRefusal(answer.refusal);
  const refused = answer.refusal.code === 'user_errors' ? refusedRows(answer.refusal.errors) : [];
  deps.log.warn({ event: 'metafields_refused', shop: shopId, reason, count: refused.length });
  if (refused.length === 0) return;
  // Shopify takes all of a call or nothing: those it named are left out, and not asked for again until they change.
  const gone = batch.filter((_, index) => refused.includes(index));
  await remember(deps, shopId, gone, validUntil);
  const rest = batch.filter((_, index) => !refused.includes(index));
  if (rest.length > 0) await publishBatch(deps, shopId, rest, validUntil);
}

// `field` is as ["metafields", "3", "ownerId"].
function refusedRows(errors: readonly UserError[]): number[] {
  return errors.flatMap(({ field }) => {
    const index = Number(field?.[1]);
    return field?.[0] === 'metafields' && Number.isInteger(index) ? [index] : [];
  });
}

async function remember(
  deps: ClassPublicationDeps,
  shopId: ShopId,
  rows: readonly ClassRow[],
  validUntil: string,
): Promise<void> {
  await withShop(deps.db, shopId, async (trx) => {
    await sql`
      insert into published_eta (shop_id, variant_id, class, valid_until)
      select ${shopId}, r."variantId", r.class, ${validUntil}::date
      from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as r("variantId" text, class text)
      on conflict (shop_id, variant_id) do update
      set class = excluded.class, valid_until = excluded.valid_until`.execute(trx);
  });
}
