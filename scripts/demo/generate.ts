/**
 * The demo retailer, written by a seeded generator: the network Kept is given, the shop Shopify is given, the stories.
 *
 * An invented fashion house with two brands, 40 styles in 392 SKUs, three warehouses, a logistics partner, 43 stores
 * in five countries, six carriers, two pickup networks and sixty days of deliveries. The same files on every machine:
 * nothing here reads a clock, a network or the host's random numbers.
 *
 * Usage: node scripts/demo/generate.ts <folder>   writes world.json, shop-seed.json, history.csv and pictures/*.svg
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { WorldInput } from '../../backend/network/world.ts';
import { demoCarriers, demoServices } from './carriers.ts';
import { demoProducts } from './catalogue.ts';
import { demoHistory, demoLanes } from './lanes.ts';
import { demoNodes } from './nodes.ts';
import { demoPickupPoints } from './pickup-points.ts';
import { pictureOf } from './pictures/picture.ts';
import { demoShopSeed } from './shop.ts';
import { demoStock, STORY_SKUS } from './stock.ts';
import { demoStyles } from './styles.ts';
import { demoZones } from './zones.ts';

/** The demo's world: everything `kept quote` needs and what the demo installation writes into the policy. */
export function demoWorld(): WorldInput {
  const zones = demoZones();
  return {
    policy: demoPolicy(),
    policyVersion: 1,
    nodes: demoNodes(),
    carriers: demoCarriers(),
    services: demoServices(zones),
    lanes: demoLanes(zones),
    zones: zones.map((entry) => entry.zone),
    pickupPoints: demoPickupPoints(),
    products: demoProducts(),
    stock: demoStock(),
  };
}

function demoPolicy(): WorldInput['policy'] {
  return {
    timeZone: 'Europe/Rome',
    currency: 'EUR',
    serviceLevel: 0.95,
    splitOnlyIfDaysEarlier: 1,
    maxDaysLaterForCost: 0,
    pickupPoints: { maxCount: 3, maxMeters: 15_000 },
    storePickup: { maxCount: 6, maxMeters: 40_000 },
    channels: [
      { code: 'online' },
      // The tills sell what lies in the stores.
      { code: 'pos', kinds: ['store'], incomingHorizonDays: 0 },
      {
        // A marketplace sees four fifths of the warehouses and nothing that is still to arrive.
        code: 'marketplace',
        kinds: ['warehouse', '3pl'],
        shareBasisPoints: 8_000,
        threshold: 3,
        incomingHorizonDays: 0,
      },
    ],
    // One bottle everywhere stays as the tester.
    safetyStock: [{ category: 'Fragrance', units: 1 }],
    quotas: [{ sku: STORY_SKUS.forRegulars, quantity: 6, customerTag: 'vip' }],
  };
}

/** Writes the files and names them on stderr. */
export function writeDemo(folder: string): void {
  mkdirSync(join(folder, 'pictures'), { recursive: true });
  const files: Record<string, string> = {
    'world.json': JSON.stringify(demoWorld(), undefined, 1),
    'shop-seed.json': JSON.stringify(demoShopSeed(), undefined, 1),
    'history.csv': [
      'lane,departedOn,carrierDays',
      ...demoHistory(demoZones()).map(
        ({ laneKey, departedOn, carrierDays }) => `${laneKey},${departedOn},${carrierDays}`,
      ),
    ].join('\n'),
  };
  for (const style of demoStyles()) files[`pictures/${style.code}.svg`] = pictureOf(style);
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
  process.stderr.write(`${Object.keys(files).length} files written to ${folder}\n`);
}

if (import.meta.main) {
  const folder = process.argv[2];
  if (folder === undefined) {
    process.stderr.write('usage: node scripts/demo/generate.ts <folder>\n');
    process.exit(2);
  }
  writeDemo(folder);
}
