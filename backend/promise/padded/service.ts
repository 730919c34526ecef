/**
 * Which padded table is in force, here and at Shopify?
 *
 * In: a shop held live. Out: the table of rule 15 in memory of this replica (so that it answers while every database is
 * away), stored and signed in Postgres (an order of a bound merchant rate is joined to it), and handed to the shop's
 * metafields. Made anew when the shop-local day or the policy changes, and when stock did, at most once a minute: a
 * change within the minute waits for its end or that of an import, no longer, and a publication that goes on holds up no newer table.
 * A table that dates nothing, as of a shop whose first stock is on its way, is made anew within a second.
 * Invariants: a table is stored before anyone else is told of it; an expired table gives no date; a fallback gives a
 * date only when every line of the basket is `normal`.
 */
import type { ShopId } from '../../base/ids.ts';
import { assert } from '../../base/result.ts';
import { localDay, parseDay, wallToMinute, writeDay, writeMinute } from '../../base/time.ts';
import { encodePaddedTable, type PaddedTableJson, paddedDay } from '../../contract/padded-table.ts';
import type { Log } from '../../platform/log.ts';
import type { Signer } from '../../platform/signing.ts';
import type { LiveShop } from '../../stock/service.ts';
import { type PaddedClass, paddedTable } from '../padded.ts';
import type { QuoteRequest } from '../quote.ts';
import type { PromiseStore } from '../store.ts';

/** A table in force: what is published, and the class of each product by SKU. */
export type TableInForce = {
  readonly json: PaddedTableJson;
  readonly classBySku: ReadonlyMap<string, PaddedClass>;
  readonly policyVersion: number;
  readonly stockVersion: number;
  /** Monotonic milliseconds at which it was made. */
  readonly madeAt: number;
};

/** What the service stands on. */
export type PaddedDependencies = {
  readonly store: PromiseStore;
  readonly signer: Signer;
  readonly newId: () => string;
  readonly nowMinute: () => number;
  readonly monotonicMilliseconds: () => number;
  readonly marginMinutesOf: (live: LiveShop) => number;
  /** Takes table and classes into the shop's metafields; repeats by itself until it is done. */
  readonly publish: (shopId: ShopId, table: TableInForce) => Promise<void>;
  /** Runs something once, later. */
  readonly later: (milliseconds: number, run: () => void) => void;
  readonly log: Log;
};

const CHANNEL = 'online';
// Classes follow stock this fast; a table costs up to some hundred milliseconds of a large network.
const STOCK_REFRESH_MILLISECONDS = 60_000;
const EMPTY_REFRESH_MILLISECONDS = 1_000;

/** Builds the service. */
export function createPaddedTables(deps: PaddedDependencies) {
  const tables = new Map<ShopId, TableInForce>();
  const making = new Set<ShopId>();

  // The newest state of each shop whose table waits for the minute to end, or for the one that is being made.
  const waiting = new Map<ShopId, { readonly live: LiveShop; readonly isUrgent: boolean }>();
  // When the next look at a shop's waiting state is due, on the monotonic clock.
  const wakesAt = new Map<ShopId, number>();

  /** In how many milliseconds a table of this state is due; undefined: the one in force says it already. */
  const dueIn = (live: LiveShop): number | undefined => {
    const table = tables.get(live.shopId);
    if (table === undefined || table.policyVersion !== live.snapshot.policyVersion) return 0;
    if (table.json.d.slice(0, 10) !== today(live, deps.nowMinute())) return 0;
    if (table.stockVersion === live.stockVersion) return undefined;
    const age = deps.monotonicMilliseconds() - table.madeAt;
    const isEmpty = !Iterator.from(table.classBySku.values()).some((known) => known === 'normal');
    return Math.max(0, (isEmpty ? EMPTY_REFRESH_MILLISECONDS : STOCK_REFRESH_MILLISECONDS) - age);
  };

  const make = async (live: LiveShop): Promise<TableInForce> => {
    const table = makeTable(deps, live);
    // In memory first: this replica may need it before the database answers.
    tables.set(live.shopId, table);
    const text = JSON.stringify(table.json);
    await deps.store.savePaddedTable(live.shopId, {
      publishedAt: writeMinute(live.snapshot.shopZone, deps.nowMinute()),
      validUntil: endOf(live, table.json.u),
      policyVersion: table.policyVersion,
      body: text,
      signature: deps.signer.sign(paddedText(live.shopId, text)),
    });
    return table;
  };

  const waitFor = (live: LiveShop, milliseconds: number): void => {
    const { shopId } = live;
    waiting.set(shopId, { live, isUrgent: false });
    const at = deps.monotonicMilliseconds() + milliseconds;
    if ((wakesAt.get(shopId) ?? Number.POSITIVE_INFINITY) <= at) return;
    wakesAt.set(shopId, at);
    deps.later(milliseconds, () => {
      if (wakesAt.get(shopId) === at) wakesAt.delete(shopId);
      void refreshWaiting(shopId);
    });
  };

  const refresh = async (live: LiveShop, isUrgent = false): Promise<void> => {
    const { shopId } = live;
    if (making.has(shopId)) {
      const wasUrgent = waiting.get(shopId)?.isUrgent === true;
      waiting.set(shopId, { live, isUrgent: isUrgent || wasUrgent });
      return;
    }
    const due = dueIn(live);
    if (due === undefined) return;
    if (due > 0 && !isUrgent) {
      waitFor(live, due);
      return;
    }
    // What waited is older than this.
    waiting.delete(shopId);
    making.add(shopId);
    try {
      const table = await make(live).finally(() => {
        making.delete(shopId);
        void refreshWaiting(shopId);
      });
      await deps.publish(shopId, table);
    } catch (error) {
      deps.log.warn({ event: 'padded_table_not_published', shop: shopId, error });
    }
  };

  const refreshWaiting = async (shopId: ShopId): Promise<void> => {
    const next = waiting.get(shopId);
    waiting.delete(shopId);
    if (next !== undefined) await refresh(next.live, next.isUrgent);
  };

  return {
    /** Makes the shop's table when it is due; for the listener of the stock service and the job. */
    refresh: (live: LiveShop): Promise<void> => refresh(live),
    /** The same at once if anything changed: an import has ended, and the last table was made in its middle. */
    refreshNow: (live: LiveShop): Promise<void> => refresh(live, true),

    /** The table of this replica, if it has one. */
    current: (shopId: ShopId): TableInForce | undefined => tables.get(shopId),

    /** The padded day (a day number) of a service for this request; nothing unless every line is `normal`. */
    dayOf(
      live: LiveShop,
      request: Pick<QuoteRequest, 'lines' | 'destination' | 'nowMinute'>,
      serviceCode: string,
    ): number | undefined {
      const table = tables.get(live.shopId);
      if (table === undefined) return undefined;
      if (request.lines.some(({ sku }) => table.classBySku.get(sku) !== 'normal')) return undefined;
      const { country, postalCode } = request.destination;
      const orderedOn = today(live, request.nowMinute);
      const day = paddedDay(table.json, { country, postalCode, serviceCode, orderedOn });
      return day === undefined ? undefined : parseDay(day);
    },

    /** The table that was published at this instant (ISO) and is still as we signed it. */
    async tableAt(shopId: ShopId, instant: string): Promise<PaddedTableJson | undefined> {
      const stored = await deps.store.paddedTableAt(shopId, instant);
      if (stored === undefined) return undefined;
      const isOurs = deps.signer.isOurs(paddedText(shopId, stored.body), stored.signature);
      return isOurs ? JSON.parse(stored.body) : undefined;
    },
  };
}

/** What `createPaddedTables` returns. */
export type PaddedTables = ReturnType<typeof createPaddedTables>;

function makeTable(deps: PaddedDependencies, live: LiveShop): TableInForce {
  const { snapshot, facts } = live;
  const table = paddedTable(snapshot, facts, {
    fromDay: localDay(snapshot.shopZone, deps.nowMinute()),
    marginMinutes: deps.marginMinutesOf(live),
    channel: CHANNEL,
  });
  const encoded = encodePaddedTable({ ...table, id: deps.newId() });
  assert(encoded.ok, `the padded table of ${live.shopId} does not fit its own format`);
  return {
    json: encoded.value,
    classBySku: new Map(
      snapshot.products.map(({ sku }, index) => [sku, table.classes[index] ?? 'unknown']),
    ),
    policyVersion: snapshot.policyVersion,
    stockVersion: live.stockVersion,
    madeAt: deps.monotonicMilliseconds(),
  };
}

function today(live: LiveShop, nowMinute: number): string {
  return writeDay(localDay(live.snapshot.shopZone, nowMinute));
}

/** 00:00 of the first day on which the table no longer speaks. */
function endOf(live: LiveShop, day: string): string {
  const zone = live.snapshot.shopZone;
  return writeMinute(zone, wallToMinute(zone, parseDay(day), { timeOfDay: 0, side: 'earlier' }));
}

function paddedText(shopId: ShopId, body: string): string {
  return `kept-padded-table-1\n${shopId}\n${body}`;
}
