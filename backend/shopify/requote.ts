/**
 * What would we have promised this order, and what did a merchant's bound rate promise it?
 *
 * `requote` asks the engine for the bought option as of the order, on today's facts: for orders that came too late, for
 * pickup orders, and for counting what nobody promised. `paddedPromise` reads the padded table that was valid when the
 * order was placed: what our Function wrote on a rate the merchant bound (platform decision 11, step 3).
 */
import type { ShopId } from '../base/ids.ts';
import {
  instantToMinuteFloor,
  localDay,
  parseDay,
  wallToMinute,
  writeDay,
  writeMinute,
} from '../base/time.ts';
import { type PaddedTableJson, paddedDay } from '../contract/padded-table.ts';
import { resolveDestination } from '../network/destination.ts';
import type { Snapshot } from '../network/snapshot.ts';
import { type BoundPromise, type PlacedOrder, wantedCode } from '../orders/orders.ts';
import type { Method, QuoteRequest } from '../promise/quote.ts';
import { type PromiseService, toPromisedOptions } from '../promise/service.ts';
import type { LiveShop } from '../stock/service.ts';

export type RequoteDeps = {
  readonly promise: Pick<PromiseService, 'quote' | 'locate' | 'canQuote'>;
  openShop(shopId: ShopId): Promise<LiveShop | undefined>;
  /** The genuine table published at an instant (ISO) and valid then. */
  tableAt(shopId: ShopId, instant: string): Promise<PaddedTableJson | undefined>;
};

// Where the online store's orders come from.
const CHANNEL = 'online';

/** The bought option, quoted as of the order; undefined when it cannot be done or the basket is not known. */
export async function requote(
  deps: RequoteDeps,
  shopId: ShopId,
  order: PlacedOrder,
): Promise<BoundPromise | undefined> {
  const live = await deps.openShop(shopId);
  const code = wantedCode(order);
  if (live === undefined || (code === undefined && !isAnyService(order))) return undefined;
  const request = toRequest(deps, live, order, code ?? '');
  if (request === undefined || !deps.promise.canQuote(live, request.nowMinute)) return undefined;
  const { options } = deps.promise.quote(live, request);
  const quoted = options.filter((one) => code === undefined || one.serviceCode === code);
  const [option] = toPromisedOptions(live.snapshot, request, quoted).toSorted((a, b) =>
    compareEnds(a.window?.to, b.window?.to),
  );
  if (option === undefined || option.window === null || option.promisedOn === null)
    return undefined;
  return {
    method: option.method,
    serviceCode: option.serviceCode,
    promisedOn: option.promisedOn,
    window: option.window,
    timeZone: option.timeZone ?? 'UTC',
    validUntil: null,
    parcels: Math.max(1, option.parcels.length),
    nodeId: option.method === 'store_pickup' ? option.parcels[0]?.nodeId : undefined,
  };
}

// A posted order may leave the service to us: the earliest that goes there is what it is held to.
function isAnyService({ posted, delivery }: PlacedOrder): boolean {
  return posted !== undefined && delivery.kind === 'ship';
}

function compareEnds(a: string | undefined, b: string | undefined): number {
  if (a === undefined || b === undefined) return Number(a === undefined) - Number(b === undefined);
  return Temporal.Instant.compare(a, b);
}

function toRequest(
  deps: RequoteDeps,
  live: LiveShop,
  order: PlacedOrder,
  code: string,
): QuoteRequest | undefined {
  const lines = order.lines.flatMap(({ variantId, quantity, sku: named }) => {
    const sku = named ?? live.skuOfVariant.get(variantId);
    return sku !== undefined && live.snapshot.skuIndex.has(sku) ? [{ sku, quantity }] : [];
  });
  const destination = destinationOf(deps, live.snapshot, order);
  if (lines.length < order.lines.length || lines.length === 0 || destination === undefined) {
    return undefined;
  }
  return {
    // A snapshot answers from its own day on; an order a little older is asked at its first minute.
    nowMinute: Math.max(instantToMinuteFloor(order.placedAt), live.snapshot.validFromMinute),
    marginMinutes: 0,
    lines,
    destination,
    currency: order.currency,
    locale: 'en',
    channel: order.posted?.channel ?? CHANNEL,
    customerTags: [],
    methods: [methodOf(order, code)],
  };
}

function methodOf(order: PlacedOrder, code: string): Method {
  if (order.delivery.kind === 'pickup') return 'store_pickup';
  return code.startsWith('pp:') ? 'pickup_point' : 'home';
}

// A pickup order is asked at the door of its store: near enough to be among those listed.
function destinationOf(
  deps: RequoteDeps,
  snapshot: Snapshot,
  order: PlacedOrder,
): QuoteRequest['destination'] | undefined {
  if (order.delivery.kind === 'pickup') {
    const index = snapshot.nodeIndex.get(order.delivery.nodeId ?? '');
    const node = index === undefined ? undefined : snapshot.nodes[index]?.source;
    if (node === undefined) return undefined;
    const { country, postalCode = '', lat, lng } = node;
    return { country, postalCode, lat, lng };
  }
  if (order.destination === null) return undefined;
  return deps.promise.locate(order.destination.country, order.destination.postalCode);
}

/** The date another system promised for an order it posted, as a whole day where it is handed over. */
export async function statedPromise(
  deps: Pick<RequoteDeps, 'openShop'>,
  shopId: ShopId,
  order: PlacedOrder,
): Promise<BoundPromise | undefined> {
  const promisedOn = order.posted?.promisedOn ?? null;
  const live = await deps.openShop(shopId);
  if (live === undefined || promisedOn === null) return undefined;
  if (order.delivery.kind === 'pickup') {
    const { nodeId } = order.delivery;
    const node = live.snapshot.nodes[live.snapshot.nodeIndex.get(nodeId ?? '') ?? -1];
    if (node === undefined) return undefined;
    const day = dayIn(node.calendar.zone, promisedOn);
    const what = { method: 'store_pickup' as const, serviceCode: `store:${nodeId}`, nodeId };
    return { ...day, ...what, validUntil: null, parcels: 1 };
  }
  const serviceCode = wantedCode(order) ?? '';
  return order.destination === null
    ? undefined
    : wholeDay(live.snapshot, order.destination, serviceCode, promisedOn);
}

/** The date our Function showed on the merchant's rate; undefined when it showed none. */
export async function paddedPromise(
  deps: RequoteDeps,
  shopId: ShopId,
  order: PlacedOrder,
): Promise<BoundPromise | undefined> {
  const { delivery, destination } = order;
  if (delivery.kind !== 'ship' || delivery.isOwnRate || delivery.serviceCode === undefined) {
    return undefined;
  }
  if (destination === null || !order.isTableDated) return undefined;
  const live = await deps.openShop(shopId);
  const table = await deps.tableAt(shopId, order.placedAt);
  if (live === undefined || table === undefined) return undefined;
  const orderedOn = writeDay(
    localDay(live.snapshot.shopZone, instantToMinuteFloor(order.placedAt)),
  );
  const question = { ...destination, serviceCode: delivery.serviceCode, orderedOn };
  const promisedOn = paddedDay(table, question);
  if (promisedOn === undefined) return undefined;
  return wholeDay(live.snapshot, destination, delivery.serviceCode, promisedOn);
}

// A table names a day and no hours: the window is the whole day at the destination.
function wholeDay(
  snapshot: Snapshot,
  destination: { readonly country: string; readonly postalCode: string },
  serviceCode: string,
  promisedOn: string,
): BoundPromise | undefined {
  const { zoneIndex } = resolveDestination(snapshot, destination);
  const zone = snapshot.zones[zoneIndex]?.zone;
  if (zone === undefined) return undefined;
  const what = { method: 'home' as const, serviceCode, nodeId: undefined };
  return { ...dayIn(zone, promisedOn), ...what, validUntil: null, parcels: 1 };
}

function dayIn(zone: Parameters<typeof wallToMinute>[0], promisedOn: string) {
  const day = parseDay(promisedOn);
  const at = (timeOfDay: number) =>
    writeMinute(zone, wallToMinute(zone, day, { timeOfDay, side: 'later' }));
  return { promisedOn, window: { from: at(0), to: at(24 * 60) }, timeZone: zone.name };
}
