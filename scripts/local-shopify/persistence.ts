/**
 * Keeps the shop's state over restarts: one JSON file, written a moment after a change, whole or not at all.
 *
 * No path: the state lives in memory only, as tests want it.
 */
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Fulfillment, FulfillmentOrder, Order } from './orders/order-state.ts';
import type { ShopSeed } from './seed.ts';
import { readSettings } from './settings.ts';
import { createShopState, type MethodDefinition, type ShopState } from './state.ts';

/** Changes come in bursts (one checkout step makes several); one write covers them. */
const SETTLE_MS = 250;
/** A shop of many levels takes long to write: writing gets at most this share of the time. */
const WRITING_SHARE = 0.1;

export type StateFile = {
  /** Says that the state changed; it is written soon. */
  touch(): void;
  /** Writes now what is still waiting. */
  flush(): void;
};

/** The saved state, brought up to the seed; undefined when there is none or it is of another format. */
export function loadState(path: string | undefined, seed: ShopSeed): ShopState | undefined {
  if (path === undefined || !existsSync(path)) return undefined;
  const saved: ShopState = JSON.parse(readFileSync(path, 'utf8'));
  if (saved.format !== 1) return undefined;
  const fresh = createShopState(seed, new Date().toISOString());
  // What this program has learned to remember since the file was written starts as on the first day.
  const whole: ShopState = {
    ...fresh,
    ...saved,
    catalog: { ...fresh.catalog, ...saved.catalog },
    orders: saved.orders.map(completeOrder),
    settings: readSettings(saved.settings),
    theme: saved.theme ?? fresh.theme,
  };
  return saved.seedDigest === fresh.seedDigest ? whole : reconcileState(whole, fresh);
}

/** An order written before this program knew the life of orders and fulfillment orders as well as it does now. */
function completeOrder(order: Order): Order {
  const fresh = {
    updatedAt: order.createdAt,
    sourceName: 'web',
    unrouted: [],
    refunds: [],
    cancelDue: null,
    cancelReason: null,
    financialStatus: 'PAID' as const,
    risk: 'NONE' as const,
    isTest: false,
    note: null,
    tags: [],
    timeline: [],
  };
  return {
    ...fresh,
    ...order,
    lines: order.lines.map((line) => ({ ...{ removed: 0 }, ...line })),
    fulfillmentOrders: order.fulfillmentOrders.map((one) => completeWork(order, one)),
    fulfillments: (order.fulfillments ?? []).map((one, i) => completeFulfillment(one, i + 1)),
  };
}

function completeWork(order: Order, one: FulfillmentOrder): FulfillmentOrder {
  const { createdAt, address } = order;
  const place = { name: '', address1: '', address2: '', city: '', zip: '', provinceCode: '' };
  const fresh = {
    assigned: { ...place, countryCode: address?.countryCode ?? 'IT', phone: '' },
    destination: address,
    createdAt,
    updatedAt: createdAt,
    fulfillAt: createdAt,
    holds: [],
    isProgressReported: false,
    isPrepared: false,
  };
  return { ...fresh, ...one };
}

function completeFulfillment(one: Fulfillment, place: number): Fulfillment {
  const fresh = { place, status: 'SUCCESS', updatedAt: one.createdAt, isCustomerNotified: false };
  return {
    ...fresh,
    ...{ tracking: [], events: [] },
    ...one,
    lines: one.lines.map((line) => ({ ...{ fulfillmentOrderId: 0 }, ...line })),
  };
}

/**
 * The saved shop with another seed: what the app did to it stays (its carrier service in the zones, definitions,
 * tokens), what the new seed does not know goes, what is new in it comes.
 */
function reconcileState(saved: ShopState, fresh: ShopState): ShopState {
  const isKnown = (variantId: number): boolean => fresh.variantIds.includes(variantId);
  const carts = Object.values(saved.carts).filter((cart) =>
    cart.lines.every((line) => isKnown(line.variantId)),
  );
  const tokens = new Set(carts.map((cart) => cart.token));
  return {
    ...saved,
    seedDigest: fresh.seedDigest,
    variantIds: fresh.variantIds,
    levels: {
      ...fresh.levels,
      ...pick(saved.levels, (key) => key in fresh.levels || isAddedLocation(saved, key)),
    },
    localPickup: {
      ...fresh.localPickup,
      ...pick(saved.localPickup, (key) => key in fresh.localPickup),
    },
    groups: fresh.groups.map((group) => ({
      ...group,
      zones: group.zones.map((zone) => ({
        ...zone,
        methods: [...zone.methods, ...carrierMethodsOf(saved, zone.id)],
      })),
    })),
    carts: Object.fromEntries(carts.map((cart) => [cart.token, cart])),
    checkouts: pick(saved.checkouts, (_key, one) => tokens.has(one.cartToken)),
    orders: saved.orders.filter((order) => order.lines.every((line) => isKnown(line.variantId))),
  };
}

/** Whether a level's key (`item:location`) is of a location the merchant added after the seed. */
function isAddedLocation(saved: ShopState, key: string): boolean {
  const locationId = Number(key.slice(key.indexOf(':') + 1));
  return saved.catalog.addedLocations.some((one) => one.id === locationId);
}

function carrierMethodsOf(saved: ShopState, zoneId: number): MethodDefinition[] {
  const zones = saved.groups.flatMap((group) => group.zones);
  const zone = zones.find((one) => one.id === zoneId);
  return zone?.methods.filter((one) => one.rate.kind === 'carrier') ?? [];
}

function pick<Value>(
  record: Readonly<Record<string, Value>>,
  isWanted: (key: string, value: Value) => boolean,
): Record<string, Value> {
  return Object.fromEntries(Object.entries(record).filter(([key, value]) => isWanted(key, value)));
}

/** Follows one state object; `prepare` brings it up to date just before it is written. */
export function createStateFile(
  path: string | undefined,
  state: ShopState,
  prepare: () => void = () => {},
): StateFile {
  let timer: NodeJS.Timeout | undefined;
  let settleMs = SETTLE_MS;
  const write = (): void => {
    if (path === undefined) return;
    const startedMs = performance.now();
    prepare();
    mkdirSync(dirname(path), { recursive: true });
    // Written beside and renamed, so that a crash leaves the old file or the new one.
    writeFileSync(`${path}.new`, JSON.stringify(state));
    renameSync(`${path}.new`, path);
    settleMs = Math.max(SETTLE_MS, (performance.now() - startedMs) / WRITING_SHARE);
  };
  return {
    touch() {
      if (path === undefined || timer) return;
      timer = setTimeout(() => {
        timer = undefined;
        write();
      }, settleMs);
    },
    flush() {
      if (!timer) return;
      clearTimeout(timer);
      timer = undefined;
      write();
    },
  };
}
