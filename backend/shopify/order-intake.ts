/**
 * The job that reads an order and takes it in, and how it is asked for.
 *
 * In: a shop and the number of an order that something happened to. At most one waits per order, so a burst of webhooks
 * is one reading; `soon` waits a moment for more of them, under a key of its own, so that it never keeps back `now`.
 * An order that was posted to us (`api:…`) is read from its record, any other from Shopify; one that is not there any
 * more gives back what it held.
 */
import type { ShopId } from '../base/ids.ts';
import { type JobDefinition, parseShopJob } from '../jobs/queue.ts';
import type { IntakeService, OrderReading } from '../orders/record/service.ts';
import type { OnOrderStep } from '../orders/steps.ts';
import type { Actor } from '../orders/timeline/timeline.ts';
import type { Job } from '../platform/outbox.ts';

/** Its name. */
export const ORDER_INTAKE_JOB = 'order_intake';

/** At once, or when a burst of changes is over. */
export type IntakeWhen = 'now' | 'soon';

// Shopify sends the webhooks of one change within a second or two.
const SOON_SECONDS = 2;

/** Has an order read and taken in. */
export function orderIntakeJob(shopId: ShopId, orderId: string, when: IntakeWhen): Job {
  const job = { name: ORDER_INTAKE_JOB, data: { shopId, orderId } };
  if (when === 'now') return { ...job, key: `${shopId} ${orderId}` };
  return { ...job, key: `${shopId} ${orderId} soon`, delaySeconds: SOON_SECONDS };
}

/** True for an order that a system posted to us. */
export function isPostedOrder(orderId: string): boolean {
  return orderId.startsWith('api:');
}

/** What the job stands on. */
export type OrderIntakeDeps = {
  readonly intake: Pick<IntakeService, 'takeIn' | 'takeOut'> & {
    /** With others of the shop, when it is plain; false: it is to be taken in alone. */
    takeInTogether(shopId: ShopId, reading: OrderReading, actor: Actor): Promise<boolean>;
  };
  /** The order as Shopify has it now; undefined: there is none of this number. */
  readOrder(shopId: ShopId, orderId: string): Promise<OrderReading | undefined>;
  /** A posted order as it was stored. */
  readPosted(shopId: ShopId, orderId: string): Promise<OrderReading | undefined>;
  isInstalled(shopId: ShopId): Promise<boolean>;
  readonly onStep: OnOrderStep;
};

// Each takes up to two connections of the pool: when orders pile up, who brings the next one must not wait behind them all.
const TAKEN_IN_AT_ONCE = 6;

/** Lets so many work at once, the others in their order. */
function createTurns(most: number) {
  const waiting: (() => void)[] = [];
  let free = most;
  return async (work: () => Promise<unknown>): Promise<void> => {
    if (free > 0) free -= 1;
    else await new Promise<void>((resolve) => waiting.push(resolve));
    try {
      await work();
    } finally {
      const next = waiting.shift();
      if (next === undefined) free += 1;
      else next();
    }
  };
}

/** Reads an order and takes it in. */
export function createOrderIntake(deps: OrderIntakeDeps) {
  const inTurn = createTurns(TAKEN_IN_AT_ONCE);
  return async (shopId: ShopId, orderId: string): Promise<void> => {
    if (!(await deps.isInstalled(shopId))) return;
    deps.onStep('intake.stored');
    const isPosted = isPostedOrder(orderId);
    const read = isPosted ? deps.readPosted : deps.readOrder;
    const reading = await read(shopId, orderId);
    deps.onStep('intake.read');
    const actor = isPosted
      ? { kind: 'api' as const, id: orderId.split(':')[1] ?? '' }
      : { kind: 'shopify' as const, id: '' };
    if (reading === undefined) {
      await inTurn(() => deps.intake.takeOut(shopId, orderId, actor));
      return;
    }
    if (await deps.intake.takeInTogether(shopId, reading, actor)) return;
    await inTurn(() => deps.intake.takeIn(shopId, reading, actor));
  };
}

/** The job. */
export function orderIntakeJobDefinition(
  run: (shopId: ShopId, orderId: string) => Promise<void>,
): JobDefinition {
  return {
    name: ORDER_INTAKE_JOB,
    policy: 'short',
    // With doubling waits from 2 s the last try comes about half an hour after the first; a reconcile looks after that.
    retryLimit: 10,
    retryDelaySeconds: 2,
    expireInSeconds: 120,
    // Most of the time of each is Shopify's: 50 orders a second at 0.3 s a reply are 15 at once, and room beyond.
    concurrency: 1,
    atOnce: 64,
    handle: async (data) => {
      const shopId = parseShopJob(data);
      const orderId: unknown = Object(data).orderId;
      if (typeof orderId !== 'string') throw new Error('Bug: an intake job names no order');
      await run(shopId, orderId);
    },
  };
}
