/**
 * One seed of the simulation of the whole system.
 *
 * In: a database that is looked at at every commit (at-commit.ts) and a seed, which is a shop of its own. Out: what was
 * counted, what did not hold, and a log that is the same for the same seed, whatever other shops do there meanwhile.
 * 14 virtual days of orders and trouble; then time goes on, without new trouble of merchants and shoppers, until all has
 * come to its end. The first thing that does not hold ends the seed.
 */
import { createHash } from 'node:crypto';
import type { Kysely } from 'kysely';
import type { ShopId } from '../../backend/base/ids.ts';
import { TransientError } from '../../backend/base/result.ts';
import type { Mail } from '../../backend/messages/client.ts';
import { fulfillmentFollowJob } from '../../backend/orders/jobs.ts';
import { fixedClock } from '../../backend/platform/clock.ts';
import type { Log, LogFacts } from '../../backend/platform/log.ts';
import { orderIntakeJob } from '../../backend/shopify/order-intake.ts';
import { type Random, randomFrom } from '../oracle/random.ts';
import { createAgenda, createJobs } from './agenda.ts';
import { atTheEnd, every } from './checks.ts';
import { drain, planClock, planOffers } from './clock.ts';
import { FAULTS, type Fault } from './faults.ts';
import { createSettings, planMerchants } from './merchants.ts';
import { openServices } from './services.ts';
import { createSimShopify } from './shopify.ts';
import { ORDERS, planShoppers } from './shoppers.ts';
import { DAY, DAYS, type Sim } from './sim.ts';
import { planStores } from './stores.ts';

/** Monday, 08:00 in Rome. */
const START = Temporal.Instant.from('2026-11-16T07:00:00Z');

export type SeedResult = {
  readonly seed: number;
  readonly orders: number;
  readonly virtualDays: number;
  readonly steps: number;
  readonly jobs: number;
  readonly faults: Readonly<Record<Fault, number>>;
  /** What did not hold; none: all is well. */
  readonly breaches: readonly string[];
  readonly log: readonly string[];
  /** Of the log. */
  readonly hash: string;
};

/** Which seed, and for how many virtual days of orders. */
export type SeedAsked = { readonly seed: number; readonly days?: number };

/** Runs one seed. */
export async function runSeed(
  db: Kysely<unknown>,
  { seed, days = DAYS }: SeedAsked,
): Promise<SeedResult> {
  const shopId = `simulation-${seed}.myshopify.com` as ShopId;
  const clock = fixedClock(START);
  const random = randomFrom(seed);
  const agenda = createAgenda(clock);
  const faults = new Map<Fault, number>(FAULTS.map((fault) => [fault, 0]));
  const log: string[] = [];
  const breaches: string[] = [];
  let jobsRun = 0;
  const count = (fault: Fault) => void faults.set(fault, (faults.get(fault) ?? 0) + 1);
  const tell = (text: string) => log.push(`${agenda.minute().toFixed(2)} ${text}`);
  const threw = (error: unknown) => {
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    tell(`threw ${text.split('\n')[0]}`);
    breaches.push(`a bug: ${text}`);
  };
  const jobs = createJobs(agenda, random, {
    ran: () => {
      jobsRun += 1;
    },
    gaveUp: (name) => tell(`gave up ${name}`),
    threw,
  });
  const shopify = createSimShopify({
    ...{ agenda, random, count },
    arrived: async (orderId, topic) => {
      const haste = topic === 'order' ? 'soon' : 'now';
      await jobs.enqueue(undefined, orderIntakeJob(shopId, orderId, haste));
      if (topic === 'order') return;
      await jobs.enqueue(undefined, fulfillmentFollowJob(shopId, orderId));
    },
  });
  const settings = createSettings();
  let poke = () => {};
  const services = await openServices({
    ...{ db, shopId, clock, enqueue: jobs.enqueue, admin: shopify.admin, newId: idsOf(random) },
    ...{ log: hearing(threw), poke: () => poke(), mail: mailOf(random, count, breaches) },
    routing: () => settings.current,
  });
  jobs.handle(services.handlers);
  const minutes = DAYS * DAY;
  const sim: Sim = { db, shopId, random, agenda, services, shopify, count, tell, minutes };
  const orders = Math.round((ORDERS * days) / DAYS);
  planShoppers(sim, orders);
  planStores(sim);
  planMerchants(sim, { settings, enqueue: jobs.enqueue });
  planClock(sim);
  poke = planOffers(sim);
  let steps = 0;
  const run = async (until: number): Promise<void> => {
    while (breaches.length === 0 && (await agenda.next(until))) steps += 1;
  };
  try {
    for (let day = 1; day <= days && breaches.length === 0; day += 1) {
      await run(day * DAY);
      breaches.push(...(await every(sim)));
    }
    await drain(sim, run, breaches);
    if (breaches.length === 0) breaches.push(...(await atTheEnd(sim, shopify)));
  } catch (error) {
    breaches.push(`a bug: ${error instanceof Error ? error.stack : String(error)}`);
  }
  services.stop();
  for (const [fault, times] of faults) tell(`${fault} ${times}`);
  const virtualDays = Math.floor(agenda.minute() / DAY);
  return {
    ...{ seed, orders, virtualDays, steps, jobs: jobsRun },
    faults: Object.fromEntries(faults) as Record<Fault, number>,
    ...{ breaches, log, hash: createHash('sha256').update(log.join('\n')).digest('hex') },
  };
}

// What the product catches and only writes down is looked at as well: an outage may be, a bug may not.
function hearing(threw: (error: unknown) => void): Log {
  const hear = ({ error }: LogFacts) => {
    if (error !== undefined && !(error instanceof TransientError)) threw(error);
  };
  return { info: () => undefined, warn: hear, error: hear };
}

function idsOf(random: Random): () => string {
  let made = 0;
  return () => {
    made += 1;
    return `${String(random.int(0, 999_999)).padStart(6, '0')}-${made}`;
  };
}

function mailOf(random: Random, count: (fault: Fault) => void, breaches: string[]) {
  const sent = new Set<string>();
  return {
    from: 'shop@example.com',
    send: async (mail: Mail) => {
      if (random.chance(0.04)) {
        count('mail_put_off');
        return { state: 'retry', reason: '451 later' } as const;
      }
      if (sent.has(mail.messageId)) breaches.push(`mail ${mail.subject} was sent twice`);
      sent.add(mail.messageId);
      return { state: 'sent' } as const;
    },
  };
}
