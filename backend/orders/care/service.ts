/**
 * The agent's desk: finds orders, tells all there is of one, and puts things right.
 *
 * In: a search, a question, an action with an id the caller chose. Out: rows, a page, a preview, or why not. An action
 * is stored in the transaction that does it, or, where Shopify has the last word, before Shopify is asked; the same id
 * again is the same action. Locks as in works/store.ts. Everything from outside is declared here and supplied at start.
 */
import type { ShopId } from '../../base/ids.ts';
import type { Result } from '../../base/result.ts';
import { withShop } from '../../platform/database.ts';
import type { StoredPromise } from '../store.ts';
import { readTimeline } from '../timeline/store.ts';
import type { StoredEvent } from '../timeline/timeline.ts';
import { readWorks, type Work } from '../works/store.ts';
import { type ActsDependencies, createActs } from './acts/service.ts';
import {
  type Action,
  type ActionPreview,
  type ActionRefusal,
  type ActionState,
  checkAction,
  type LineUnits,
  orderStateOf,
  type UnitState,
  unitsOf,
} from './care.ts';
import { createPreview, type PreviewDependencies } from './preview/service.ts';
import {
  type ActionRow,
  type AlertView,
  type DecisionRow,
  listOrders,
  type OrderDetail,
  type OrderQueue,
  type OrderRow,
  type OrderRows,
  type PageAsked,
  type ParcelRow,
  readActions,
  readAlerts,
  readDecisions,
  readDetail,
  readGround,
  readOrderRows,
  readParcels,
  searchOrders,
} from './store.ts';

/** How far Shopify has followed the works of an order. */
export type FollowView = {
  readonly state: 'pending' | 'done' | 'stuck' | 'none';
  /** Why it is stuck: a word of the follower, and its facts. */
  readonly reason: string | null;
  readonly facts: Readonly<Record<string, unknown>>;
};

/** A message to the buyer and what became of it. */
export type MessageView = {
  readonly kind: string;
  readonly state: string;
  readonly at: string | null;
};

/** What the desk stands on, besides what its actions and previews do. */
export type CareDependencies = ActsDependencies &
  PreviewDependencies & {
    readonly readPromise: (shopId: ShopId, orderId: string) => Promise<PromiseView | undefined>;
    readonly readFollow: (shopId: ShopId, orderId: string) => Promise<FollowView>;
    readonly readAtRisk: (
      shopId: ShopId,
      asked: PageAsked,
    ) => Promise<{ readonly rows: readonly AlertView[]; readonly hasMore: boolean }>;
    /** When everything of it is expected to have arrived; ISO instant or null. */
    readonly readForecast: (shopId: ShopId, orderId: string) => Promise<string | null>;
    readonly readMessages: (shopId: ShopId, orderId: string) => Promise<readonly MessageView[]>;
  };

/** The promise an order is held to. */
export type PromiseView = {
  readonly status: string;
  readonly promise: StoredPromise | undefined;
};

/** Everything there is of one order. */
export type OrderPage = {
  readonly order: OrderDetail;
  readonly state: UnitState;
  readonly lines: readonly { readonly lineId: string; readonly units: readonly LineUnits[] }[];
  readonly works: readonly Work[];
  readonly parcels: readonly ParcelRow[];
  readonly promise: PromiseView | null;
  readonly forecast: string | null;
  readonly follow: FollowView;
  readonly alerts: readonly AlertView[];
  readonly messages: readonly MessageView[];
  readonly timeline: readonly StoredEvent[];
  readonly decisions: readonly DecisionRow[];
  readonly actions: readonly ActionRow[];
};

const DECISIONS_SHOWN = 5;

/** The desk. */
export type CareService = ReturnType<typeof createCare>;

/** Builds the desk. */
export function createCare(deps: CareDependencies) {
  const acts = createActs(deps);
  const preview = createPreview(deps);
  return {
    search: (shopId: ShopId, asked: PageAsked & { readonly text: string }): Promise<OrderRows> =>
      withShop(deps.db, shopId, (trx) => searchOrders(trx, shopId, asked)),

    list: (shopId: ShopId, asked: PageAsked & { readonly queue: OrderQueue }): Promise<OrderRows> =>
      withShop(deps.db, shopId, (trx) => listOrders(trx, shopId, asked)),

    /** Orders whose next milestone is near or missed, the most urgent first. */
    atRisk: (shopId: ShopId, asked: PageAsked) => readAtRisk(deps, shopId, asked),

    readPage: (shopId: ShopId, orderId: string): Promise<OrderPage | undefined> =>
      readPage(deps, shopId, orderId),

    /** What an action would mean, or why it cannot be; nothing is changed. */
    preview: async (
      shopId: ShopId,
      orderId: string,
      action: Action,
    ): Promise<Result<ActionPreview, ActionRefusal>> => {
      const ground = await withShop(deps.db, shopId, (trx) => readGround(trx, shopId, orderId));
      if (ground === undefined) return unknown(orderId);
      const checked = checkAction(ground, action);
      return checked.ok ? await preview(shopId, ground, action) : checked;
    },

    /** Does it, or stores it for Shopify to confirm. */
    act: async (
      shopId: ShopId,
      orderId: string,
      asked: { readonly actionId: string; readonly action: Action; readonly actor: string },
    ): Promise<Result<{ readonly state: ActionState }, ActionRefusal>> => {
      const before = await withShop(deps.db, shopId, (trx) => readGround(trx, shopId, orderId));
      if (before === undefined) return unknown(orderId);
      const checked = checkAction(before, asked.action);
      // A second submission of the same action finds its own effect in the way: it is told by its id first.
      return await acts.act(shopId, before, { ...asked, checked });
    },

    /** Does what an action still owes to Shopify or to the order's own system; repeated until it has an end. */
    perform: acts.perform,
    /** Actions whose job was lost are enqueued again. */
    sweep: acts.sweep,
  };
}

function unknown(orderId: string): Result<never, ActionRefusal> {
  return { ok: false, refusal: { code: 'order_unknown', orderId } };
}

async function readAtRisk(
  deps: CareDependencies,
  shopId: ShopId,
  asked: PageAsked,
): Promise<{
  readonly rows: readonly { readonly alert: AlertView; readonly order: OrderRow }[];
  readonly hasMore: boolean;
}> {
  const { rows: alerts, hasMore } = await deps.readAtRisk(shopId, asked);
  const orderIds = [...new Set(alerts.map(({ orderId }) => orderId))];
  const orders = await withShop(deps.db, shopId, (trx) => readOrderRows(trx, shopId, orderIds));
  const byId = new Map(orders.map((order) => [order.orderId, order]));
  const rows = alerts.flatMap((alert) => {
    const order = byId.get(alert.orderId);
    return order === undefined ? [] : [{ alert, order }];
  });
  return { rows, hasMore };
}

async function readPage(
  deps: CareDependencies,
  shopId: ShopId,
  orderId: string,
): Promise<OrderPage | undefined> {
  const own = await withShop(deps.db, shopId, async (trx) => {
    const order = await readDetail(trx, shopId, orderId);
    if (order === undefined) return undefined;
    return {
      order,
      works: await readWorks(trx, shopId, { orderId }),
      parcels: await readParcels(trx, shopId, orderId),
      timeline: await readTimeline(trx, shopId, orderId),
      decisions: await readDecisions(trx, shopId, { orderId, limit: DECISIONS_SHOWN }),
      actions: await readActions(trx, shopId, orderId),
      alerts: await readAlerts(trx, shopId, orderId),
    };
  });
  if (own === undefined) return undefined;
  const [promise, forecast, follow, messages] = await Promise.all([
    deps.readPromise(shopId, orderId),
    deps.readForecast(shopId, orderId),
    deps.readFollow(shopId, orderId),
    deps.readMessages(shopId, orderId),
  ]);
  const units = unitsOf(own.order.lines, own.works);
  return {
    ...own,
    state: orderStateOf(units),
    lines: [...units].map(([lineId, rows]) => ({ lineId, units: rows })),
    promise: promise ?? null,
    forecast,
    follow,
    messages,
  };
}
