// The follower's decisions and calls against the local Shopify: its documents, its rules, its ids, every switch of them.
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ShopId } from '../backend/base/ids.ts';
import { createAdminClient } from '../backend/shopify/admin-client.ts';
import { createAdminScheduler } from '../backend/shopify/admin-scheduler.ts';
import type { Desired, DesiredWork } from '../backend/shopify/fulfillment/desired.ts';
import { nextStep } from '../backend/shopify/fulfillment/next-step.ts';
import type { Observed } from '../backend/shopify/fulfillment/observed.ts';
import {
  readFulfillments,
  readParts,
  readUnstocked,
  sendStep,
} from '../backend/shopify/fulfillment/send.ts';
import {
  isCourtesy,
  type Learned,
  NOTHING_LEARNED,
  type Step,
  stepKey,
} from '../backend/shopify/fulfillment/step.ts';
import { installWithScopes, MILAN_ID, PARIS_ID } from '../scripts/local-shopify/fixtures/admin.ts';
import {
  type FakeApp,
  startFakeApp,
  startSmallShop,
} from '../scripts/local-shopify/fixtures/buy.ts';
import { openOf, placeTwoLines } from '../scripts/local-shopify/fixtures/work.ts';
import type { LocalShopify } from '../scripts/local-shopify/local-shopify.ts';
import type { Order } from '../scripts/local-shopify/orders/order-state.ts';
import { initialSettings } from '../scripts/local-shopify/settings.ts';

const SHOP = 'kept-demo.myshopify.com' as ShopId;
const MOST_STEPS = 40;
const DEADLINE = '2027-01-04T15:30:00Z';

let app: FakeApp;
let local: LocalShopify;
let admin: ReturnType<typeof createAdminClient>;

beforeAll(async () => {
  app = await startFakeApp();
  local = await startSmallShop(app.url, 100_000);
  const token = await installWithScopes(local);
  const nowMilliseconds = () => performance.now();
  const wait = (milliseconds: number) =>
    new Promise<void>((resolve) => setTimeout(resolve, milliseconds));
  admin = createAdminClient({
    urlTemplate: `${local.url}/{shop}/admin/api/{version}/graphql.json`,
    connections: {
      accessToken: async () => ({ ok: true, value: token }),
      replaceToken: async () => ({ ok: true, value: token }),
    },
    log: { info: () => {}, warn: () => {}, error: () => {} },
    scheduler: createAdminScheduler({ nowMilliseconds, wait }),
    ...{ wait, fetch },
  });
});
afterAll(async () => {
  await local.stop();
  await app.stop();
});

const switchArbitrary = fc.record({
  moveOnHold: fc.constantFrom('no', 'yes'),
  partialMove: fc.constantFrom('new ids', 'keeps id'),
  moveOntoOpen: fc.constantFrom('recreated', 'beside'),
  splitKeeps: fc.constantFrom('rest', 'named'),
  reportProgress: fc.constantFrom('not eligible', 'eligible'),
});
const placeArbitrary = fc.constantFrom(String(MILAN_ID), String(PARIS_ID));
const phaseArbitrary = fc.constantFrom('open', 'held', 'begun', 'left');
const storyArbitrary = fc.record({
  switches: switchArbitrary,
  // Two coats and a shirt: which of two works has each.
  owner: fc.array(fc.nat(1), { minLength: 3, maxLength: 3 }),
  acts: fc.array(
    fc.array(fc.record({ place: placeArbitrary, phase: phaseArbitrary }), {
      minLength: 2,
      maxLength: 2,
    }),
    { minLength: 1, maxLength: 3 },
  ),
});
type Story = typeof storyArbitrary extends fc.Arbitrary<infer Value> ? Value : never;
type Act = Story['acts'][number];

// Each story is some twenty calls over HTTP.
const STORIES = 40;
const PATIENCE_MS = 60_000;

// What has left stays where it left from; the rest is as the act says.
function desiredOf(owner: readonly number[], order: Order, acts: readonly Act[]): Desired {
  const [coats, shirts] = order.lines.map(({ id }) => String(id));
  const owners = [
    { lineId: coats ?? '', of: owner.slice(0, 2) },
    { lineId: shirts ?? '', of: owner.slice(2) },
  ];
  const all = [0, 1].map((index) => {
    const lines = owners.flatMap(({ lineId, of }) => {
      const quantity = of.filter((one) => one === index).length;
      return quantity > 0 ? [{ lineId, quantity }] : [];
    });
    const left = acts.find((act) => act[index]?.phase === 'left')?.[index];
    const now = left ?? acts.at(-1)?.[index] ?? { place: '', phase: 'open' };
    return { workId: `${order.id}-${index}`, lines, ...now };
  });
  const some = all.filter(({ lines }) => lines.length > 0);
  const about = ({ workId, lines, place }: (typeof some)[number]) => ({
    ...({ workId, kind: 'ship', lines, locationId: place, strangeNode: null } as const),
  });
  return {
    works: some
      .filter(({ phase }) => phase !== 'left')
      .map(
        (one): DesiredWork => ({
          ...about(one),
          ...{ hold: one.phase === 'held' ? 'competing' : null, isBegun: one.phase === 'begun' },
          ...{ isReady: false, deadline: DEADLINE },
        }),
      ),
    shipments: some
      .filter(({ phase }) => phase === 'left')
      .map((one) => ({
        ...about(one),
        ...{ shipmentId: one.workId, fulfillmentId: null, carrier: 'delivered' },
        tracking: { company: 'BRT', number: `T-${one.workId}`, url: null },
      })),
  };
}

async function look(orderId: string, desired: Desired): Promise<Observed> {
  const size = { parts: 2, lines: 2 };
  const asked = { shopId: SHOP, orderId, size };
  const parts = await readParts(admin, asked);
  const fulfillments =
    desired.shipments.length > 0 ? await readFulfillments(admin, asked) : undefined;
  if (typeof parts === 'string' || typeof fulfillments === 'string') throw new Error('unreadable');
  return { parts, fulfillments };
}

async function learn(learned: Learned, seen: Observed, step: Step): Promise<Learned> {
  if (isCourtesy(step)) {
    return { ...learned, refused: new Set([...learned.refused, stepKey(step)]) };
  }
  if (step.kind !== 'move') throw new Error(`Refused: ${JSON.stringify(step)}`);
  const lines = seen.parts.find(({ id }) => id === step.partId)?.lines ?? [];
  const itemIds = lines.flatMap(({ itemId }) => itemId ?? []);
  const { locationId } = step;
  const unstocked = await readUnstocked(admin, SHOP, { locationId, itemIds });
  if (unstocked.length === 0) throw new Error(`Refused: ${JSON.stringify(step)}`);
  return { ...learned, unstocked };
}

async function drive(order: Order, desired: Desired): Promise<string[]> {
  let learned: Learned = NOTHING_LEARNED;
  const log: string[] = [];
  for (let turn = 0; turn < MOST_STEPS; turn++) {
    const seen = await look(String(order.id), desired);
    const next = nextStep(desired, seen, learned);
    if (next.kind !== 'step') return [...log, JSON.stringify(next)];
    log.push(JSON.stringify(next.step));
    const context = { shopId: SHOP, key: `${order.id}-${turn}`, notifiesShopper: true };
    const answer = await sendStep(admin, next.step, context);
    if (next.step.kind === 'activate') learned = { ...learned, unstocked: [] };
    if (!answer.ok) learned = await learn(learned, seen, next.step);
  }
  return [...log, 'endless'];
}

describe('on the local Shopify', () => {
  test(
    'whatever its switches say, orders end as their works are',
    async () => {
      await fc.assert(
        fc.asyncProperty(storyArbitrary, async (story) => {
          local.control.changeSettings({ ...initialSettings(), ...story.switches });
          const { order } = placeTwoLines(local);
          for (const [index] of story.acts.entries()) {
            const desired = desiredOf(story.owner, order, story.acts.slice(0, index + 1));
            const log = await drive(order, desired);
            expect(log.at(-1), log.join('\n')).toBe('{"kind":"done"}');
            expect(order.fulfillments).toHaveLength(desired.shipments.length);
            expect(openOf(local, order).join(' ').includes('ON_HOLD')).toBe(
              desired.works.some(({ hold }) => hold !== null),
            );
          }
        }),
        { numRuns: STORIES },
      );
    },
    PATIENCE_MS,
  );

  test('a hold of the merchant stays, and is said to be in the way', async () => {
    local.control.changeSettings({ ...initialSettings() });
    const { order, one } = placeTwoLines(local);
    local.control.holdWork(one.id, {});
    const paris = { place: String(PARIS_ID), phase: 'open' } as const;
    const log = await drive(order, desiredOf([0, 0, 0], order, [[paris, paris]]));
    expect(log).toEqual([expect.stringContaining('merchant_hold')]);
    expect(one.holds).toMatchObject([{ heldBy: 'merchant' }]);
  });
});
