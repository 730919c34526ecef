/**
 * What do we promise, for every delivery option, on this basket, to this address, at this instant?
 *
 * Inputs: an immutable network snapshot, the stock and backlog facts, a request. Output: one dated
 * option per service, pickup point and store that can really be done, and for every other one the
 * reason (docs/semantics.md rules 1–14). Pure: nothing is read, stored or consumed.
 * Invariants: an option shown can be executed as its parcels say; the order of nodes, lines and stock
 * rows never changes the answer; inside, an instant is a whole epoch minute and money a minor unit.
 */

import { compareIds } from '../base/ids.ts';
import { NEVER } from '../base/time.ts';
import { relatedSkus } from '../network/kits.ts';
import type { CompiledPoint, CompiledService, Snapshot } from '../network/snapshot.ts';
import { planOrder, quoteObjective } from '../routing/routing.ts';
import type { Facts } from '../stock/stock.ts';
import { furthestRefusal, openOrRefuse, type Refusal, refusalAfter } from './absent.ts';
import { ORDER_BY_CAP_MINUTES } from './order-by.ts';
import { horizonOpens, nextLotInReach } from './order-by-changes.ts';
import { type Ask, closeAsk, openAsk } from './quote-ask.ts';
import { type Dated, pointCode, shippedOption, storeCode, storeOption } from './quote-option.ts';
import { nearestPoints } from './quote-points.ts';
import { problemOf, type Ship } from './quote-ship.ts';
import { nearestStores, planStorePickup } from './quote-stores.ts';

/** How the goods reach the shopper. */
export type Method = 'home' | 'pickup_point' | 'store_pickup';

/** All methods, in the order in which options are listed. */
export const METHODS: readonly Method[] = ['home', 'pickup_point', 'store_pickup'];

/** What is asked. Lines of one SKU are added up; a SKU that the snapshot lacks is refused by `parseQuoteRequest`. */
export type QuoteRequest = {
  /** The instant of the question, epoch minutes (already truncated). */
  readonly nowMinute: number;
  /** Evaluated at `nowMinute + marginMinutes`; one number for all options of the request. */
  readonly marginMinutes: number;
  readonly lines: readonly { readonly sku: string; readonly quantity: number }[];
  readonly destination: {
    readonly country: string;
    readonly postalCode: string;
    /** Both or neither; absent: the centroid of the zone. */
    readonly lat?: number;
    readonly lng?: number;
  };
  readonly currency: string;
  /** BCP 47; never changes a date, only text made later. */
  readonly locale: string;
  readonly channel: string;
  readonly customerTags: readonly string[];
  /** Methods asked for; absent: all. */
  readonly methods?: readonly Method[];
};

/** A fact in words of codes: a stable snake_case code and its plain facts. */
export type Fact = { readonly code: string; readonly [fact: string]: string | number | boolean };

export type QuotedLine = {
  readonly sku: string;
  readonly quantity: number;
  /** How many of them are incoming stock. */
  readonly fromIncoming: number;
};

/** One parcel of an option; for store pickup the bag handed over. */
export type QuotedParcel = {
  /** Index in `snapshot.nodes`. */
  readonly node: number;
  readonly nodeId: string;
  /** The carrier service, or `store:<nodeId>`. */
  readonly serviceCode: string;
  /** By SKU, code-unit order. */
  readonly lines: readonly QuotedLine[];
  readonly readyMinute: number;
  /** Departure; for store pickup the hand-over instant. */
  readonly departsMinute: number;
  /** Local date of delivery (store: of the hand-over), `YYYY-MM-DD`. */
  readonly deliveryOn: string;
  readonly costMinor: number;
  readonly co2Grams: number;
  readonly distanceMeters: number;
};

/** One option that can be done, with its date. */
export type QuotedOption = {
  readonly method: Method;
  /** The service's code, `pp:<network>:<pointId>` or `store:<nodeId>`. */
  readonly serviceCode: string;
  /** Index in `snapshot.services`; −1 for store pickup. */
  readonly service: number;
  /** Index in `snapshot.points` for a pickup point, else −1. */
  readonly point: number;
  /** Half-open. */
  readonly window: { readonly fromMinute: number; readonly toMinute: number };
  /** Zone in which the window is shown: the destination's, the point's or the store's. */
  readonly timeZone: string;
  /** `YYYY-MM-DD`, local to `timeZone`. */
  readonly promisedOn: string;
  /** Rule 7: the last instant of `now`, exclusive, at which the same window is still promised. */
  readonly orderByMinute: number;
  /** By node id. */
  readonly parcels: readonly QuotedParcel[];
  readonly priceMinor: number;
  readonly costMinor: number;
  readonly co2Grams: number;
  readonly isGreenest: boolean;
  /** 0 to 1, floored to two decimals; null with a thin lane. */
  readonly confidence: number | null;
  readonly quality: 'full' | 'estimate';
  /** Store pickup at most 120 elapsed minutes after `now`. */
  readonly withinTwoHours: boolean;
  readonly reasons: readonly Fact[];
};

/** Why an option is not offered. Rule 10's codes; the first that holds. */
export type AbsentCode =
  | 'no_lane'
  | 'restricted'
  | 'limit'
  | 'no_price'
  | 'no_departure'
  | 'no_stock'
  | 'no_opening';

export type Absent = {
  readonly method: Method;
  readonly serviceCode: string;
  readonly code: AbsentCode;
  readonly facts: { readonly [fact: string]: string | number | boolean };
};

export type Quote = {
  readonly nowMinute: number;
  /** `nowMinute + marginMinutes`: the instant that was evaluated. */
  readonly atMinute: number;
  /** By method, window end, service code. */
  readonly options: readonly QuotedOption[];
  /** By method, service code. */
  readonly absent: readonly Absent[];
  /** The same facts give an equal answer (but for its two instants) for every now in `[nowMinute, unchangedUntilMinute)`. */
  readonly unchangedUntilMinute: number;
};

/**
 * Every option and every reason for this request. All SKUs must be in the snapshot and `nowMinute +
 * marginMinutes` inside its span (`parseQuoteRequest` refuses what is not); anything else is a bug.
 */
export function quote(snapshot: Snapshot, facts: Facts, request: QuoteRequest): Quote {
  const atMinute = request.nowMinute + request.marginMinutes;
  const ask = openAsk(snapshot, facts, { request, atMinute });
  const quoted = quoteAsk(ask);
  closeAsk(ask);
  return quoted;
}

/** The same for a request already opened (receipt-facts.ts packs its facts from the same ask). */
export function quoteAsk(ask: Ask): Quote {
  const { request, atMinute } = ask;
  const found: Found = { ask, dated: [], absent: [], until: untilFactsChange(ask) };
  const methods = request.methods ?? METHODS;
  if (methods.includes('home')) quoteHome(found);
  if (methods.includes('pickup_point')) quotePoints(found);
  if (methods.includes('store_pickup')) quoteStores(found);
  let unchangedUntil = found.until;
  for (const dated of found.dated) {
    unchangedUntil = Math.min(unchangedUntil, dated.unchangedUntil);
    // An order-by that is cut at seven days moves with now.
    if (dated.option.orderByMinute >= request.nowMinute + ORDER_BY_CAP_MINUTES) {
      unchangedUntil = atMinute + 1;
    }
  }
  return {
    nowMinute: request.nowMinute,
    atMinute,
    options: markGreenest(found.dated.map(({ option }) => option)).sort(compareOptions),
    absent: found.absent.sort(compareAbsent),
    unchangedUntilMinute: Math.max(request.nowMinute + 1, unchangedUntil - request.marginMinutes),
  };
}

type Found = {
  readonly ask: Ask;
  readonly dated: Dated[];
  readonly absent: Absent[];
  /** Up to here (`at`) nothing absent may appear. */
  until: number;
};

/** Stock that comes into reach and reservations that expire change what is there; the calendars end. */
function untilFactsChange(ask: Ask): number {
  const { snapshot, facts, request, lines } = ask;
  let until = Math.min(snapshot.validToMinute, nextLotInReach(ask));
  // Units that come free only matter where there are too few.
  if (ask.shortSku === undefined) return until;
  for (const sku of lines.flatMap((line) => relatedSkus(snapshot, line.sku))) {
    for (const { expiresMinute } of facts.reservations.get(sku) ?? []) {
      if (expiresMinute > request.nowMinute) {
        until = Math.min(until, expiresMinute + request.marginMinutes);
      }
    }
  }
  return until;
}

function quoteHome(found: Found): void {
  const { ask } = found;
  for (const service of ask.snapshot.services) {
    if (service.method !== 'home') continue;
    const { zoneIndex } = ask.destination;
    const opened = openOrRefuse(ask, { service, zoneIndex, point: undefined });
    if ('code' in opened) refuse(found, 'home', service.code, opened);
    else settle(found, service.code, [opened], []);
  }
}

function quotePoints(found: Found): void {
  const { ask } = found;
  const services = ask.snapshot.services.filter((service) => service.method === 'pickup_point');
  for (const network of new Set(services.map((service) => service.source.network ?? ''))) {
    const serving = services.filter((service) => service.source.network === network);
    const points = nearestPoints(ask, network);
    for (const point of points) quotePoint(found, point, serving);
    if (points.length > 0) continue;
    for (const { code } of serving) {
      refuse(found, 'pickup_point', code, { code: 'no_lane', facts: { why: 'no_point_near' } });
    }
  }
}

/** Several services of one network reach the point: the best plan of all of them is the option. */
function quotePoint(
  found: Found,
  point: CompiledPoint,
  services: readonly CompiledService[],
): void {
  const ships: Ship[] = [];
  const refusals: Refusal[] = [];
  for (const service of services) {
    const opened = openOrRefuse(found.ask, { service, zoneIndex: point.zoneIndex, point });
    if ('code' in opened) refusals.push(opened);
    else ships.push(opened);
  }
  settle(found, pointCode(point.source.network, point.id), ships, refusals);
}

function quoteStores(found: Found): void {
  for (const store of nearestStores(found.ask)) {
    const pickup = planStorePickup(found.ask, store.node);
    if ('code' in pickup) {
      refuse(found, 'store_pickup', storeCode(store.node.id), pickup);
      // Whether a store opens within the 60 days is not looked ahead for.
      if (pickup.code === 'no_opening') found.until = found.ask.atMinute + 1;
    } else found.dated.push(storeOption(found.ask, store, pickup));
  }
}

/** Plans the ships of one option together, or says why none of them has a plan. */
function settle(
  found: Found,
  serviceCode: string,
  ships: readonly Ship[],
  refusals: readonly Refusal[],
): void {
  const objective = quoteObjective(found.ask.snapshot.policy);
  const plan =
    found.ask.shortSku === undefined && ships.length > 0
      ? planOrder(ships.map(problemOf), objective)
      : undefined;
  if (plan !== undefined) {
    found.dated.push(shippedOption({ ships, plan, objective }));
    return;
  }
  const furthest = furthestRefusal([...refusals, ...ships.map(refusalAfter)]);
  const method =
    ships[0]?.service.method ?? (serviceCode.startsWith('pp:') ? 'pickup_point' : 'home');
  if (furthest === undefined) throw new Error(`Bug: ${serviceCode} is absent without a reason`);
  refuse(found, method, serviceCode, furthest);
  if (furthest.code !== 'no_departure' || found.ask.shortSku !== undefined) return;
  for (const ship of ships) found.until = Math.min(found.until, horizonOpens(ship));
}

function refuse(found: Found, method: Method, serviceCode: string, refusal: Refusal): void {
  found.absent.push({ method, serviceCode, ...refusal });
}

/** The least CO2 is greenest, and so is every tie. */
function markGreenest(options: QuotedOption[]): QuotedOption[] {
  const least = options.reduce((grams, option) => Math.min(grams, option.co2Grams), NEVER);
  return options.map((option) =>
    option.co2Grams === least ? { ...option, isGreenest: true } : option,
  );
}

function compareOptions(a: QuotedOption, b: QuotedOption): number {
  return (
    METHODS.indexOf(a.method) - METHODS.indexOf(b.method) ||
    a.window.toMinute - b.window.toMinute ||
    compareIds(a.serviceCode, b.serviceCode)
  );
}

function compareAbsent(a: Absent, b: Absent): number {
  return (
    METHODS.indexOf(a.method) - METHODS.indexOf(b.method) ||
    compareIds(a.serviceCode, b.serviceCode)
  );
}
