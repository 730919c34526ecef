/**
 * Installs the app in the demo shop and gives it the demo's network, through the doors a merchant and his systems use.
 *
 * Usage: node scripts/demo/install.ts --kept <url> --shopify <url> --world <world.json> [--orders]
 *
 * The shop's admin installs the app; the first authenticated request exchanges the token and provisions the shop; then
 * network, products and backlogs go in through the admin endpoints, and the ERP and a marketplace are connected. Their keys
 * are left beside the world, `erp-key.txt` and `marketplace-key.txt`, for this user alone. With its key the ERP counts all
 * stock, so that Kept says what stands at every location; and the rates are switched on in every zone, as a merchant would
 * click. With `--orders` the first installation ends with orders on the desks. Links that pair the stores' phones are left in
 * `desks.json`, anew each time. Run again it leaves the network as its merchant left it, and makes good keys that are missing and rates that are off.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import type { SetupView } from '../../backend/console/setup-view.ts';
import type { NetworkNames } from '../../backend/console/view.ts';
import type { WorldInput } from '../../backend/network/world.ts';
import { pairStores } from './desks.ts';
import { locationIdOf } from './locations.ts';
import { askAsMerchant, send } from './merchant.ts';
import { fillDesks, openingWishes } from './opening.ts';
import { purchaseOrderOf } from './stock.ts';

const { values } = parseArgs({
  options: {
    ...{ kept: { type: 'string' }, shopify: { type: 'string' }, world: { type: 'string' } },
    orders: { type: 'boolean', default: false },
  },
});
const { kept, shopify, world: worldPath } = values;
if (kept === undefined || shopify === undefined || worldPath === undefined) {
  process.stderr.write('usage: install.ts --kept <url> --shopify <url> --world <world.json>\n');
  process.exit(2);
}

/** Events a request: what `/v1/stock/movements` takes at most. */
const EVENTS_A_REQUEST = 10_000;
const PROVISION_TRIES = 20;
const PROVISION_PAUSE_MILLISECONDS = 500;

const worldFile = worldPath;
const at = { kept, shopify };
const world: WorldInput = JSON.parse(readFileSync(worldFile, 'utf8'));

await fetch(`${shopify}/admin/install`, { method: 'POST', redirect: 'manual' });
const names = await ask<NetworkNames>('/network');
if (names.counts.nodes === 0) {
  await ask('/policy', { basedOnVersion: names.version, sections: sectionsOf(world) });
  await importProducts();
  await connectSystems();
  await countOnce();
  say(`network of ${world.nodes.length} places and ${world.products.length} products given`);
  await activate();
  if (values.orders) say(`${await fillDesks(shopify, openingWishes(world))} orders placed`);
} else {
  say('the shop has a network already; it was left as it is');
  await connectSystems();
  await countOnce();
  // A local Shopify that was made anew knows nothing of the rates that an older one had.
  const { rates } = await ask<SetupView>('/setup');
  if (rates !== 'active') await activate();
}

// Links that pair a phone, for whoever starts the demo to open.
const desks = path.join(path.dirname(worldFile), 'desks.json');
writeFileSync(desks, JSON.stringify(await pairStores(at)), { mode: 0o600 });

function sectionsOf({ policy, nodes, carriers, services, lanes, zones, pickupPoints }: WorldInput) {
  return {
    network: { policy, nodes, carriers, services, lanes, zones, pickupPoints },
    surfaces: {
      locations: nodes.map((node) => ({
        locationId: String(locationIdOf(node.id)),
        nodeId: node.id,
      })),
      // For plans without calculated rates: the merchant's own rate keeps its name and gains the service's date.
      rateBindings: [
        { rateCode: 'Standard', serviceCode: 'standard' },
        { rateCode: 'Standard delivery', serviceCode: 'gb-standard' },
      ],
      sortsByDate: true,
    },
    // The ERP counts for every place: what Shopify shows is written by Kept.
    inventory: { topology: 'mirror', keptNodes: nodes.map((node) => node.id) },
    // What a warehouse cannot send best is offered to stores; the first to claim has it.
    routing: { offers: { mode: 'compete', timeOutMinutes: 60 } },
    messages: { senderName: 'Vesprana & Tidemoor', alertsTo: ['orders@vesprana.example'] },
  };
}

async function importProducts(): Promise<void> {
  const loads = world.nodes.flatMap(({ id, backlogUnits, backlogAsOf }) =>
    backlogAsOf === undefined ? [] : [{ nodeId: id, backlogUnits, backlogAsOf }],
  );
  await ask('/stock', { products: world.products, loads });
}

type NewConnection = { name: string; kind: string; scopes: readonly string[]; channel?: string };
type Connection = { connectionId: string; name: string; revokedAt: string | null };

async function connectSystems(): Promise<void> {
  const scopes = ['stock:write', 'stock:read', 'reservations:write', 'tracking:write'];
  await connect('erp', { name: 'ERP of the house', kind: 'erp', scopes });
  await connect('marketplace', {
    name: 'Marketplace',
    kind: 'marketplace',
    scopes: ['stock:read', 'reservations:write'],
    channel: 'marketplace',
  });
}

function keyFileOf(system: string): string {
  return path.join(path.dirname(worldFile), `${system}-key.txt`);
}

/** A key is said once: when its file is lost the connection gets another, as a merchant would do. */
async function connect(system: string, wanted: NewConnection): Promise<void> {
  const { connections } = await ask<{ connections: readonly Connection[] }>('/connections');
  const known = connections.find((one) => one.name === wanted.name && one.revokedAt === null);
  if (known !== undefined && existsSync(keyFileOf(system))) return;
  const { key } = await ask<{ key: string }>(
    known === undefined ? '/connections' : `/connections/${known.connectionId}/rotate`,
    known === undefined ? wanted : {},
  );
  writeFileSync(keyFileOf(system), `${key}\n`, { mode: 0o600 });
}

// An installation that was broken off goes on here; counting again what was sold since would be wrong.
async function countOnce(): Promise<void> {
  const { movements } = await askAsErp<{ movements: unknown[] }>('/v1/stock/movements?limit=1');
  if (movements.length === 0) await countStock();
}

/** The ERP says what stands where and what is on its way, through the same door as every day after. */
async function countStock(): Promise<void> {
  const { now } = (await (await fetch(`${shopify}/clock`)).json()) as { now: string };
  const events = world.stock.flatMap((row) => eventsOf(row, now));
  for (let from = 0; from < events.length; from += EVENTS_A_REQUEST) {
    const batch = { events: events.slice(from, from + EVENTS_A_REQUEST) };
    const answer = await askAsErp<Booked>('/v1/stock/movements', batch);
    if (answer.refused > 0) {
      const wrong = answer.verdicts.find(({ verdict }) => verdict === 'refused');
      throw new Error(`${answer.refused} counts were refused, as ${JSON.stringify(wrong)}`);
    }
  }
  say(`${events.length} counts of the ERP booked`);
}

function eventsOf(row: WorldInput['stock'][number], occurredAt: string): object[] {
  const { sku, nodeId, onHand, unavailable = 0, incoming = [] } = row;
  const counted = (type: string, quantity: number) => {
    const eventId = `opening ${sku} ${nodeId} ${type}`;
    return { eventId, kind: 'count', type, sku, nodeId, quantity, occurredAt };
  };
  return [
    counted('on_hand', onHand),
    ...(unavailable === 0 ? [] : [counted('quality_control', unavailable)]),
    ...incoming.map(({ quantity, expectedOn, expectedAt }, index) => {
      const reference = purchaseOrderOf(sku, nodeId, index);
      const event = {
        ...counted('incoming', quantity),
        lot: { reference, expectedOn, expectedAt },
      };
      return { ...event, eventId: `${event.eventId} ${reference}` };
    }),
  ];
}

type Booked = { refused: number; verdicts: { verdict: string }[] };

async function askAsErp<Value>(url: string, body?: unknown): Promise<Value> {
  const headers = { authorization: `Bearer ${readFileSync(keyFileOf('erp'), 'utf8').trim()}` };
  return await send<Value>(at.kept + url, { headers, body });
}

// What a merchant does on the set-up page: check, look at the checkout, activate in every zone.
async function activate(): Promise<void> {
  for (let tried = 0; tried < PROVISION_TRIES; tried += 1) {
    const { rates } = await ask<SetupView>('/setup/check', {});
    if (rates === 'unavailable') return say('this plan has no calculated rates; none activated');
    const { zones = [] } = await ask<SetupView>('/setup/preview', {});
    if (rates !== 'not_registered' && zones.length > 0) {
      const chosen = zones
        .filter((zone) => !zone.isAttached)
        .map(({ profileId, groupId, zoneId }) => ({ profileId, groupId, zoneId }));
      const after = await ask<SetupView>('/setup/attach', { zones: chosen });
      return say(`rates ${after.rates} in ${chosen.length} zones`);
    }
    await delay(PROVISION_PAUSE_MILLISECONDS);
  }
  say('the carrier could not be registered; open the set-up page to see why');
}

async function ask<Value = unknown>(url: string, body?: unknown): Promise<Value> {
  return await askAsMerchant<Value>(at, url, body);
}

function say(text: string): void {
  process.stderr.write(`demo: ${text}\n`);
}
