/**
 * Which variants' classes must Shopify be told, in which order, and when is it done?
 *
 * In: the class each variant has now and what Shopify was told before (`published_eta`). Out: `$app:eta` metafields, 25
 * a call, many calls at once, in the resync lane. Worse news goes first: a variant whose date ended is told before any
 * that gained one, so that what the theme and the Function say too early ends soonest (`theme-staleness.ts`).
 * Invariants: only what changed or is about to expire is written; when a newer table waits nothing new is sent of this
 * one; a call is remembered only after Shopify confirmed it; a variant Shopify does not have holds up no other.
 */
import { type Kysely, sql } from 'kysely';
import { MetafieldsSet } from '../../graphql/admin/generated/documents.ts';
import type { MetafieldsSetInput } from '../../graphql/admin/generated/types.ts';
import type { ShopId } from '../base/ids.ts';
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
// A class is believed for two weeks and written again with five days left: an outage of that length changes nothing.
const CLASS_DAYS = 14;
const REWRITE_DAYS_BEFORE = 5;

/** Tells Shopify what changed; returns when it is told, refused or outdated. Throws what the client throws. */
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
  let next = 0;
  let hasFailed = false;
  const work = async (): Promise<void> => {
    while (next < due.length && !hasFailed && !wanted.isOutdated()) {
      const batch = due.slice(next, next + CLASSES_A_CALL);
      next += CLASSES_A_CALL;
      try {
        await publishBatch(deps, shopId, batch, validUntil);
      } catch (error) {
        hasFailed = true;
        throw error;
      }
    }
  };
  const workers = Array.from({ length: CLASS_CALLS_AT_ONCE }, work);
  // All are waited for: what one of them still does must not run beside the next attempt.
  const ended = await Promise.allSettled(workers);
  const failed = ended.find((one) => one.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
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
  const worse: ClassRow[] = [];
  const better: ClassRow[] = [];
  const ending: ClassRow[] = [];
  for (const row of wanted) {
    const known = held.get(row.variantId);
    const isBelieved = known !== undefined && known.validUntil > days.today;
    // A variant Shopify knows nothing of is `unknown` to theme and Function anyway.
    const before = isBelieved ? known.class : 'unknown';
    if (before !== row.class) (before === 'normal' ? worse : better).push(row);
    else if (isBelieved && row.class !== 'unknown' && known.validUntil < days.believedFrom) {
      ending.push(row);
    }
  }
  return [...worse, ...better, ...ending];
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
