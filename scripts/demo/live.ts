/**
 * Life in the demo: shoppers who buy now and then, warehouses that pack and ship, carriers that deliver.
 *
 * Usage: node scripts/demo/live.ts --kept <url> --shopify <url> --keys <folder>
 *
 * Shoppers go through the checkout, warehouses work at desks of their own, carriers tell by `POST /v1/tracking`: all come in
 * by the doors of life. Stores are left to the person who looks. Times are those of the demo's clock; a clock that is set
 * ahead makes parcels arrive, it does not make orders. What goes wrong is written to the log and tried again later.
 */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { demoVariants } from './catalogue.ts';
import { openTerminal } from './desks.ts';
import { type Addresses, send } from './merchant.ts';
import { standardTo } from './opening.ts';
import { HUBS } from './places.ts';
import { randomOf } from './random.ts';
import { buyAs, type Wish } from './shopper.ts';
import { STORY_SKUS } from './stock.ts';

/** A tick, and how many of them a shopper takes to come by. */
const TICK_MILLISECONDS = 15_000;
const TICKS_A_SHOPPER = 6;
/** A demo left alone over a weekend does not fill up. */
const MOST_ORDERS = 150;
/** Nobody packs the minute an order comes in. */
const WAREHOUSE_LEAD = { minutes: 4 };
const UNSOLD = new Set<string>(Object.values(STORY_SKUS));
const TOWNS = ['MILANO', 'ROMA', 'PARIS', 'BERLIN', 'MADRID', 'LONDON'] as const;

type DeskWork = {
  readonly workId: string;
  readonly state: string;
  readonly kind: string;
  readonly holdReason: string | null;
  readonly version: number;
  readonly promisedOn: string | null;
  readonly plannedDeparture: string | null;
  readonly lines: readonly { readonly lineId: string; readonly quantity: number }[];
};
type OnItsWay = { readonly trackingNumber: string; readonly promisedOn: string };

const { values } = parseArgs({
  options: { kept: { type: 'string' }, shopify: { type: 'string' }, keys: { type: 'string' } },
});
const { kept, shopify, keys } = values;
if (kept === undefined || shopify === undefined || keys === undefined) {
  process.stderr.write('usage: live.ts --kept <url> --shopify <url> --keys <folder>\n');
  process.exit(2);
}
const at: Addresses = { kept, shopify };
const keysFolder = keys;
const random = randomOf(`live ${Date.now()}`);
const articles = demoVariants().filter(({ sku }) => !UNSOLD.has(sku));
const terminals = new Map<string, Readonly<Record<string, string>>>();
const seenAt = new Map<string, Temporal.Instant>();
const onTheirWay: OnItsWay[] = [];

await live();

async function live(): Promise<never> {
  let sold = 0;
  for (let tick = 1; ; tick += 1) {
    await delay(TICK_MILLISECONDS);
    if (tick % TICKS_A_SHOPPER === 0 && sold < MOST_ORDERS) {
      sold += Number((await tried('shopper', () => buyAs(at.shopify, anyWish()))) ?? false);
    }
    const now = await tried('clock', readClock);
    if (now === undefined) continue;
    for (const { id } of HUBS) await tried(id, () => workAt(id, now));
    await tried('carriers', () => deliver(now));
  }
}

async function tried<Value>(who: string, act: () => Promise<Value>): Promise<Value | undefined> {
  try {
    return await act();
  } catch (error) {
    process.stdout.write(`${JSON.stringify({ who, error: String(error) })}\n`);
    // A terminal that was taken off is paired again.
    terminals.delete(who);
    return undefined;
  }
}

function anyWish(): Wish {
  const sku = articles[random.whole(0, articles.length - 1)]?.sku ?? STORY_SKUS.cutOff;
  const place = random.pick(TOWNS);
  return random.chance(0.7) ? { sku, place, service: standardTo(place) } : { sku, place };
}

async function readClock(): Promise<Temporal.Instant> {
  const { now } = (await (await fetch(`${at.shopify}/clock`)).json()) as { now: string };
  return Temporal.Instant.from(now);
}

async function workAt(nodeId: string, now: Temporal.Instant): Promise<void> {
  const headers = terminals.get(nodeId) ?? (await openTerminal(at, nodeId));
  terminals.set(nodeId, headers);
  const { works } = await send<{ works: readonly DeskWork[] }>(`${at.kept}/api/desk/works`, {
    headers,
  });
  for (const work of works) {
    const since = seenAt.get(work.workId) ?? now;
    seenAt.set(work.workId, since);
    const isDue = Temporal.Instant.compare(since.add(WAREHOUSE_LEAD), now) <= 0;
    if (isDue && work.holdReason === null) await sendOff(headers, work);
  }
}

/** From wherever it stands to the carrier. */
async function sendOff(headers: Readonly<Record<string, string>>, first: DeskWork): Promise<void> {
  let work = first;
  const act = async (name: string, body: object): Promise<void> => {
    const url = `${at.kept}/api/desk/works/${encodeURIComponent(work.workId)}/${name}`;
    const answer = await send<{ work: DeskWork | null }>(url, {
      ...{ headers, body: { version: work.version, ...body } },
    });
    work = answer.work ?? work;
  };
  const trackingNumber = `KD${work.workId.replace(/\D/g, '')}`;
  if (work.state === 'placed') await act('start', {});
  if (work.state === 'picking') {
    const lines = work.lines.map(({ lineId, quantity }) => ({ lineId, picked: quantity }));
    await act('pick', { lines });
    await act('pack', { carrier: 'Corriere', trackingNumber });
  }
  if (work.state === 'packed') await act('ship', {});
  onTheirWay.push({ trackingNumber, promisedOn: first.promisedOn ?? '' });
}

/** Parcels whose day has come are there, by noon. */
async function deliver(now: Temporal.Instant): Promise<void> {
  const local = now.toZonedDateTimeISO('Europe/Rome');
  const today = local.toPlainDate().toString();
  const there = onTheirWay.filter(
    ({ promisedOn }) => promisedOn < today || (promisedOn === today && local.hour >= 9),
  );
  if (there.length === 0) return;
  const events = there.map(({ trackingNumber }) => ({
    ...{ eventId: `${trackingNumber}-there`, trackingNumber, kind: 'delivered' },
    occurredAt: now.toString(),
  }));
  const key = readFileSync(path.join(keysFolder, 'erp-key.txt'), 'utf8').trim();
  const headers = { authorization: `Bearer ${key}` };
  await send(`${at.kept}/v1/tracking`, { headers, body: { events } });
  for (const parcel of there) onTheirWay.splice(onTheirWay.indexOf(parcel), 1);
}
