/**
 * The product's services of orders in a process of their own, on real Postgres and the real queue, that kills itself at a step.
 *
 * Started by `fork` with `{appUrl, shopify}`. Told over IPC: `arm` names the step at which to die, as of a power cut;
 * `act` is one thing a person or the clock does, answered when it is done. Jobs run by themselves. Shopify is asked over
 * HTTP, so that it outlives the process, and with it what was done before a reply could come.
 */
import { z } from 'zod';
import { startJobQueue } from '../../backend/jobs/queue.ts';
import { fulfillmentFollowJob } from '../../backend/orders/jobs.ts';
import type { OrderStep } from '../../backend/orders/steps.ts';
import { fixedClock } from '../../backend/platform/clock.ts';
import { openDatabase } from '../../backend/platform/database.ts';
import { createOutbox } from '../../backend/platform/outbox.ts';
import { createIdSource } from '../../backend/platform/signing.ts';
import { parseRoutingSettings } from '../../backend/routing/settings.ts';
import type { AdminClient } from '../../backend/shopify/admin-client.ts';
import { orderIntakeJob } from '../../backend/shopify/order-intake.ts';
import { openServices, SHOP } from '../simulation/services.ts';
import { quietLog } from '../worlds/live-shop.ts';
import { actOf } from './acts.ts';

const asked = z
  .object({ appUrl: z.string(), shopifyUrl: z.string(), isFilled: z.boolean(), now: z.string() })
  .parse(JSON.parse(process.argv[2] ?? ''));

let armed: string | undefined;
const passed = new Set<OrderStep>();
const clock = fixedClock(Temporal.Instant.from(asked.now));

function onStep(step: OrderStep): void {
  passed.add(step);
  if (step === armed) process.kill(process.pid, 'SIGKILL');
}

const admin: AdminClient = {
  send: async (_shopId, document, variables) => {
    const [definition] = document.definitions;
    const operation =
      definition?.kind === 'OperationDefinition' ? (definition.name?.value ?? '') : '';
    const response = await fetch(asked.shopifyUrl, {
      method: 'POST',
      body: JSON.stringify({ operation, variables }),
    });
    return JSON.parse(await response.text());
  },
};

const settings = parseRoutingSettings({
  offers: { mode: 'compete', candidates: 2, timeOutMinutes: 30, waves: 2, activeHours: 'always' },
  unplacedExpiryDays: 1,
});
if (!settings.ok) throw new Error('not routing settings');
const routing = settings.value;

const db = openDatabase<unknown>({
  ...{ url: asked.appUrl, assumesAppRole: false, maxConnections: 6 },
  onIdleError: () => undefined,
});
const queue = await startJobQueue({ url: asked.appUrl, assumesAppRole: false, log: quietLog });
const outbox = createOutbox(queue.boss, queue.wake);
const enqueue: typeof outbox.enqueue = outbox.enqueue;
const services = await openServices({
  ...{ db, clock, admin, onStep, isFilled: asked.isFilled, newId: createIdSource() },
  enqueue: async (trx, job) => {
    if (trx !== undefined) return await enqueue(trx as Parameters<typeof enqueue>[0], job);
    await queue.boss.send(job.name, job.data, {
      ...(job.key === undefined ? {} : { singletonKey: job.key }),
      ...(job.delaySeconds === undefined ? {} : { startAfter: job.delaySeconds }),
    });
    queue.wake(job.name);
  },
  mail: { from: 'shop@example.com', send: async () => ({ state: 'sent' }) },
  routing: () => routing,
  requestPublication: () => queue.runForShop(SHOP, 'promise_publish'),
});
await queue.register(
  Object.entries(services.handlers).map(([name, handle]) => ({
    ...{ name, handle, policy: 'short' as const, retryLimit: 10, retryDelaySeconds: 1 },
    ...{ expireInSeconds: 120, concurrency: 1 },
  })),
);

const message = z.object({
  id: z.number(),
  kind: z.enum(['arm', 'heard', 'act', 'passed', 'clock']),
  name: z.string().default(''),
  args: z.record(z.string(), z.unknown()).default({}),
});

process.on('message', (raw) => {
  const said = message.parse(raw);
  answer(said).then(
    (value) => process.send?.({ id: said.id, value }),
    (error: unknown) => process.send?.({ id: said.id, error: String(error) }),
  );
});

async function answer({ kind, name, args }: z.output<typeof message>): Promise<unknown> {
  switch (kind) {
    case 'arm':
      armed = name;
      return null;
    case 'clock':
      clock.set(Temporal.Instant.from(name));
      return null;
    case 'heard': {
      // As webhooks of the order and of its fulfillment orders cause.
      for (const job of [orderIntakeJob(SHOP, name, 'now'), fulfillmentFollowJob(SHOP, name)]) {
        await queue.boss.send(job.name, job.data, { singletonKey: job.key ?? '' });
        queue.wake(job.name);
      }
      return null;
    }
    case 'passed':
      return [...passed];
    case 'act':
      return await actOf(services, name)(args);
  }
}

// What a start of the service takes up by itself (build-follow.ts, `resume`).
for (const orderId of await services.follower.findUnfollowed(SHOP, true)) {
  void services.follower.followOrder(SHOP, orderId).catch(() => undefined);
}
process.send?.({ ready: true });
