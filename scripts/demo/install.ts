/**
 * Installs the app in the demo shop and gives it the demo's network, through the doors a merchant uses.
 *
 * Usage: node scripts/demo/install.ts --kept <url> --shopify <url> --world <world.json>
 *
 * The shop's admin installs the app; the first authenticated request exchanges the token and provisions the shop; then the
 * network, products, stock and backlogs go in through the admin endpoints, as an import would, and the rates are switched
 * on in every zone, as a merchant would click. Run again it leaves the network as its merchant left it and switches rates
 * on where they are off.
 */
import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import type { SetupView } from '../../backend/console/setup-view.ts';
import type { NetworkNames } from '../../backend/console/view.ts';
import type { World } from '../../backend/network/world.ts';
import { locationIdOf } from './locations.ts';

const { values } = parseArgs({
  options: { kept: { type: 'string' }, shopify: { type: 'string' }, world: { type: 'string' } },
});
const { kept, shopify, world: worldPath } = values;
if (kept === undefined || shopify === undefined || worldPath === undefined) {
  process.stderr.write('usage: install.ts --kept <url> --shopify <url> --world <world.json>\n');
  process.exit(2);
}

/** Rows a request; a row of stock is about 80 bytes, a body at most half a megabyte. */
const ROWS_A_REQUEST = 2_000;
const BUSY_TRIES = 10;
const PROVISION_TRIES = 20;
const PROVISION_PAUSE_MILLISECONDS = 500;

const world: World = JSON.parse(readFileSync(worldPath, 'utf8'));

await fetch(`${shopify}/admin/install`, { method: 'POST', redirect: 'manual' });
const names = await ask<NetworkNames>('/network');
if (names.counts.nodes === 0) {
  await ask('/policy', { basedOnVersion: names.version, sections: sectionsOf(world) });
  await importRows();
  say(`network of ${world.nodes.length} places and ${world.products.length} products given`);
  await activate();
} else {
  say('the shop has a network already; it was left as it is');
  // A local Shopify that was made anew knows nothing of the rates that an older one had.
  const { rates } = await ask<SetupView>('/setup');
  if (rates !== 'active') await activate();
}

function sectionsOf({ policy, nodes, carriers, services, lanes, zones, pickupPoints }: World) {
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
  };
}

async function importRows(): Promise<void> {
  const loads = world.nodes.flatMap(({ id, backlogUnits, backlogAsOf }) =>
    backlogAsOf === undefined ? [] : [{ nodeId: id, backlogUnits, backlogAsOf }],
  );
  await ask('/stock', { products: world.products, loads });
  for (let from = 0; from < world.stock.length; from += ROWS_A_REQUEST) {
    await ask('/stock', { stock: world.stock.slice(from, from + ROWS_A_REQUEST) });
  }
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

// Kept says 503 while something it stands on is still coming up; asking again is all there is to do.
async function ask<Value = unknown>(
  path: string,
  body?: unknown,
  tries = BUSY_TRIES,
): Promise<Value> {
  const session = (await (await fetch(`${shopify}/admin/id-token`)).json()) as { token: string };
  const response = await fetch(`${kept}/api/admin${path}`, {
    method: body === undefined ? 'GET' : 'POST',
    headers: { authorization: `Bearer ${session.token}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  if (response.status === 503 && tries > 1) {
    await delay(Number(response.headers.get('retry-after') ?? 2) * 1_000);
    return await ask<Value>(path, body, tries - 1);
  }
  if (!response.ok) {
    throw new Error(
      `${path} answered ${response.status}: ${(await response.text()).slice(0, 600)}`,
    );
  }
  return (await response.json()) as Value;
}

function say(text: string): void {
  process.stderr.write(`demo: ${text}\n`);
}
