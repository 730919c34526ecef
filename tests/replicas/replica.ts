/**
 * One replica of the promise module in a process of its own, for tests of what replicas share.
 *
 * Started by `fork` (`start-replica.ts`) with DATABASE_URL and perhaps REDIS_URL. Told by messages what to ask, at which minute; answers with what it
 * said, whether that came from a cache, and whether it equals a quote worked out anew on the facts it holds.
 */
import { isDeepStrictEqual } from 'node:util';
import type { ShopId } from '../../backend/base/ids.ts';
import { parseNetworkSection } from '../../backend/network/world-parse.ts';
import { createLocalBus, createRedisBus } from '../../backend/platform/bus.ts';
import { fixedClock } from '../../backend/platform/clock.ts';
import { openDatabase } from '../../backend/platform/database.ts';
import { connectRedis } from '../../backend/platform/redis.ts';
import { createIdSource, createSigner } from '../../backend/platform/signing.ts';
import { createPolicyService } from '../../backend/policy/service.ts';
import type { PolicyTables } from '../../backend/policy/store.ts';
import { createSharedQuotes } from '../../backend/promise/client.ts';
import { type Quote, type QuoteRequest, quote } from '../../backend/promise/quote.ts';
import { createPromiseService } from '../../backend/promise/service.ts';
import { createPromiseStore } from '../../backend/promise/store.ts';
import { createStockService, factVersions, NETWORK_SECTION } from '../../backend/stock/service.ts';
import { createStockStore } from '../../backend/stock/store.ts';

/** What a replica is asked. */
export type ReplicaQuestion =
  | { readonly kind: 'ask'; readonly shopId: string; readonly request: QuoteRequest }
  /** Answers once it holds at least these versions. */
  | {
      readonly kind: 'await';
      readonly shopId: string;
      readonly policyVersion: number;
      readonly stockVersion: number;
    };

/** What it says to `ask`. */
export type ReplicaAnswer = {
  readonly isEqual: boolean;
  /** Found in process or in Redis, not worked out. */
  readonly isHit: boolean;
  readonly fromRedis: boolean;
  readonly optionCount: number;
  /** The promised day of each option, by service. */
  readonly promisedOn: Readonly<Record<string, string>>;
  /** The fact versions of the SKUs asked for. */
  readonly versions: string;
};

const env = (name: string): string => {
  const value = process.env[name];
  if (value === undefined) throw new Error(`${name} is not set`);
  return value;
};

const log = { info: () => undefined, warn: () => undefined, error: () => undefined };
const db = openDatabase<unknown>({
  url: env('DATABASE_URL'),
  assumesAppRole: false,
  maxConnections: 4,
  onIdleError: () => undefined,
});
const clock = fixedClock(Temporal.Instant.from(env('NOW')));
const redisUrl = process.env['REDIS_URL'];
const bus = redisUrl === undefined ? createLocalBus() : await createRedisBus(redisUrl, log);
const policy = createPolicyService({
  db: db.withTables<PolicyTables>(),
  bus,
  clock,
  log,
  parsers: { [NETWORK_SECTION]: parseNetworkSection },
});
const monotonicMilliseconds = () => performance.now();
const stock = createStockService({
  store: createStockStore(db),
  policy,
  bus,
  clock,
  log,
  monotonicMilliseconds,
});
const shared =
  redisUrl === undefined ? undefined : createSharedQuotes(await connectRedis(redisUrl, log));
let foundInRedis = 0;
const promise = createPromiseService({
  store: createPromiseStore(db),
  signer: createSigner([{ id: 'k', key: Buffer.alloc(32, 3) }]),
  newId: createIdSource(),
  places: [],
  clock,
  monotonicMilliseconds,
  log,
  usesCache: true,
  ...(shared === undefined
    ? {}
    : {
        shared: {
          keep: shared.keep,
          find: async (key) => {
            const entry = await shared.find(key);
            if (entry !== undefined) foundInRedis += 1;
            return entry;
          },
        },
      }),
});
policy.start();
stock.start();

const said = new WeakSet<Quote['options']>();

async function ask(shopId: ShopId, request: QuoteRequest): Promise<ReplicaAnswer> {
  const before = foundInRedis;
  const live = await stock.open(shopId);
  if (live === undefined) throw new Error('the shop has no network');
  await promise.fetchShared(live, request);
  // As the callback does: what is asked after a wait is asked of the shop as it is then.
  const now = stock.peek(shopId) ?? live;
  const answered = promise.quote(now, request);
  const fresh = quote(now.snapshot, now.facts, request);
  const fromRedis = foundInRedis > before && !said.has(answered.options);
  const isHit = fromRedis || said.has(answered.options);
  said.add(answered.options);
  return {
    isEqual: isDeepStrictEqual(comparable(answered), comparable(fresh)),
    isHit,
    fromRedis,
    optionCount: answered.options.length,
    promisedOn: Object.fromEntries(
      answered.options.map((one) => [one.serviceCode, one.promisedOn]),
    ),
    versions: factVersions(now, [...new Set(request.lines.map((line) => line.sku))]),
  };
}

// Work in progress moves with the minute (docs/decisions/0021); the span is counted from the first asking.
function comparable(answer: Quote): unknown {
  return JSON.parse(
    JSON.stringify(answer, (name, value) =>
      name === 'readyMinute' || name === 'unchangedUntilMinute' ? undefined : value,
    ),
  );
}

async function untilHeld(question: ReplicaQuestion & { kind: 'await' }): Promise<void> {
  const shopId = question.shopId as ShopId;
  await stock.open(shopId);
  for (;;) {
    const live = stock.peek(shopId);
    const isHeld =
      live !== undefined &&
      live.snapshot.policyVersion >= question.policyVersion &&
      live.stockVersion >= question.stockVersion;
    if (isHeld) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

process.on('message', (message: { id: number; question: ReplicaQuestion }) => {
  const { id, question } = message;
  const work =
    question.kind === 'ask'
      ? ask(question.shopId as ShopId, question.request)
      : untilHeld(question);
  work.then(
    (answer) => process.send?.({ id, answer }),
    (error: unknown) => process.send?.({ id, error: String(error) }),
  );
});
process.send?.({ id: 0, answer: 'ready' });
