/**
 * The demo's stock: what each warehouse and store has, and the few SKUs whose stock tells a story.
 *
 * Warehouses carry most of the range (a Union warehouse about four of five SKUs, Daventry the whole range for Great
 * Britain), stores a third of it, one to four pieces. `STORY_SKUS` are set by hand afterwards and are exact.
 */
import type { WorldInput } from '../../backend/network/world.ts';
import { type DemoVariant, demoVariants } from './catalogue.ts';
import { demoStores, HUBS } from './places.ts';
import { type Random, randomOf } from './random.ts';

type StockInput = WorldInput['stock'][number];

/** SKUs with a stock of their own. */
export const STORY_SKUS = {
  /** On hand at Piacenza alone: its cut-off decides. */
  cutOff: 'V-BG01-COG-U',
  /** At Piacenza and in four stores; the story empties the warehouse. */
  runsDry: 'V-KN01-SAN-M',
  /** Nowhere on hand in the Union: the next delivery is due at Piacenza. */
  incoming: 'V-CT01-CAM-M',
  /** The same, for the story in which nobody books the lorry in. */
  overdue: 'V-CT01-CAM-L',
  /** One piece, in one store. */
  lastUnit: 'V-DR02-BOR-40',
  /** Only in Milan’s flagship and Piacenza. */
  pickup: 'V-LF01-BOR-42',
  /** At Piacenza alone; with `splitOrleans` a basket in two parcels. */
  splitPiacenza: 'V-BZ01-INK-50',
  /** At Orléans alone. */
  splitOrleans: 'T-PK01-OLI-L',
  perfume: 'V-PF01-GOL-U',
  umbrella: 'V-UM01-INK-U',
  british: 'T-RC01-MUS-M',
  /** One at Piacenza, which a marketplace takes, and one in a store. */
  wantedTwice: 'V-TR01-SAN-M',
  /** Ten at Piacenza alone: the marketplace sees eight. */
  shared: 'T-KN03-INK-M',
  /** Eight at Piacenza alone, six of them kept for regular customers (the policy's quota). */
  forRegulars: 'V-BG02-IVO-U',
  /** Thirty at Piacenza, sold elsewhere while Shopify throttles. */
  throttled: 'V-SC01-SKY-U',
  /** In two stores of Rome and in no warehouse of the Union: they race for it. */
  raced: 'T-SN01-SLA-42',
  /** One in the flagship of Rome, which does not find it, and two across the river. */
  misplaced: 'V-GL01-COG-85',
} as const;

/** The day the camel coats are due at Piacenza. */
export const COATS_DUE_ON = '2026-11-27';
/** And the day the haulier names when they slip. */
export const COATS_SLIP_TO = '2026-12-03';
export const COATS_DUE = 120;

/** What the ERP calls a lot on its way: the same words later move it instead of adding another. */
export function purchaseOrderOf(sku: string, nodeId: string, index: number): string {
  return `PO-${nodeId}-${sku}-${index + 1}`;
}

const HUB_SHARE: Readonly<Record<string, number>> = {
  'WH-PIACENZA': 0.94,
  'WH-ORLEANS': 0.82,
  'WH-DAVENTRY': 0.97,
  '3PL-LEIPZIG': 0.78,
};

/** All positions, by SKU then node. */
export function demoStock(): StockInput[] {
  const variants = demoVariants();
  const stories = storyRows();
  const told = new Set(stories.map((row) => row.sku));
  return [...variants.filter(({ sku }) => !told.has(sku)).flatMap(rowsOf), ...stories].toSorted(
    (a, b) => compare(a.sku, b.sku) || compare(a.nodeId, b.nodeId),
  );
}

function rowsOf(variant: DemoVariant): StockInput[] {
  const random = randomOf(`stock ${variant.sku}`);
  const hubs = HUBS.flatMap((hub) => hubRows(variant, hub.id, random));
  const stores = demoStores().flatMap((store) => {
    if (!random.chance(store.isFlagship ? 0.55 : 0.28)) return [];
    const onHand = random.whole(1, store.isFlagship ? 5 : 3);
    return [{ sku: variant.sku, nodeId: store.id, onHand }];
  });
  return [...hubs, ...stores];
}

// What a warehouse lacks is often on its way.
function hubRows({ sku, style }: DemoVariant, nodeId: string, random: Random): StockInput[] {
  if (random.chance(HUB_SHARE[nodeId] ?? 0)) {
    const onHand = random.whole(6, style.priceMinor > 25_000 ? 40 : 120);
    return [{ sku, nodeId, onHand, unavailable: random.chance(0.1) ? 1 : 0 }];
  }
  return random.chance(0.4) ? [incomingRow(sku, nodeId, random.whole(2, 16))] : [];
}

function incomingRow(sku: string, nodeId: string, days: number): StockInput {
  const expectedOn = Temporal.PlainDate.from('2026-11-24').add({ days }).toString();
  return { sku, nodeId, onHand: 0, incoming: [{ quantity: 40, expectedOn }] };
}

function storyRows(): StockInput[] {
  const at = (sku: string, nodeId: string, onHand: number): StockInput => ({ sku, nodeId, onHand });
  return [
    at(STORY_SKUS.cutOff, 'WH-PIACENZA', 24),
    at(STORY_SKUS.cutOff, 'WH-DAVENTRY', 9),
    at(STORY_SKUS.runsDry, 'WH-PIACENZA', 18),
    at(STORY_SKUS.runsDry, 'WH-DAVENTRY', 12),
    at(STORY_SKUS.runsDry, 'ST-MILANO-VERCELLI', 2),
    at(STORY_SKUS.runsDry, 'ST-ROMA-CONDOTTI', 3),
    at(STORY_SKUS.runsDry, 'ST-FIRENZE-TORNABUONI', 1),
    at(STORY_SKUS.runsDry, 'ST-TORINO-ROMA', 2),
    ...[STORY_SKUS.incoming, STORY_SKUS.overdue].flatMap((sku) => [
      {
        ...at(sku, 'WH-PIACENZA', 0),
        incoming: [{ quantity: COATS_DUE, expectedOn: COATS_DUE_ON }],
      },
      at(sku, 'WH-DAVENTRY', 5),
    ]),
    at(STORY_SKUS.lastUnit, 'ST-FIRENZE-TORNABUONI', 1),
    at(STORY_SKUS.pickup, 'ST-MILANO-MONTENAPOLEONE', 2),
    at(STORY_SKUS.pickup, 'WH-PIACENZA', 14),
    at(STORY_SKUS.pickup, 'WH-DAVENTRY', 6),
    at(STORY_SKUS.splitPiacenza, 'WH-PIACENZA', 11),
    at(STORY_SKUS.splitOrleans, 'WH-ORLEANS', 13),
    ...HUBS.map((hub) => at(STORY_SKUS.perfume, hub.id, 80)),
    at(STORY_SKUS.perfume, 'ST-MILANO-MONTENAPOLEONE', 6),
    at(STORY_SKUS.perfume, 'ST-PARIS-SAINTHONORE', 4),
    ...HUBS.map((hub) => at(STORY_SKUS.umbrella, hub.id, 60)),
    at(STORY_SKUS.wantedTwice, 'WH-PIACENZA', 1),
    at(STORY_SKUS.wantedTwice, 'ST-TORINO-ROMA', 1),
    at(STORY_SKUS.shared, 'WH-PIACENZA', 10),
    at(STORY_SKUS.forRegulars, 'WH-PIACENZA', 8),
    at(STORY_SKUS.throttled, 'WH-PIACENZA', 30),
    at(STORY_SKUS.raced, 'ST-ROMA-CONDOTTI', 6),
    at(STORY_SKUS.raced, 'ST-ROMA-COLADIRIENZO', 6),
    at(STORY_SKUS.raced, 'WH-DAVENTRY', 8),
    at(STORY_SKUS.misplaced, 'ST-ROMA-CONDOTTI', 1),
    at(STORY_SKUS.misplaced, 'ST-ROMA-COLADIRIENZO', 2),
    at(STORY_SKUS.british, 'WH-DAVENTRY', 22),
    at(STORY_SKUS.british, 'WH-PIACENZA', 31),
    at(STORY_SKUS.british, 'ST-LONDON-REGENT', 3),
    at(STORY_SKUS.british, 'ST-LONDON-SPITALFIELDS', 1),
  ];
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
