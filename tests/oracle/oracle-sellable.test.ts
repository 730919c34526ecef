/**
 * Figures against rules 16 to 18 written a second time: every SKU of 3,000 random worlds, four channels, with and
 * without a customer's tag; the figure, its lines, the level of every location and what is parked there.
 */
import { expect, test } from 'vitest';
import { instantToMinuteFloor } from '../../backend/base/time.ts';
import { createHolidayBook } from '../../backend/network/holidays.ts';
import { compileNetwork } from '../../backend/network/network.ts';
import type { World } from '../../backend/network/world.ts';
import { checkWorld } from '../../backend/network/world-check.ts';
import { aggregateUnits, levelUnits, parkedLevels } from '../../backend/stock/figures/levels.ts';
import { explainFigure, factsOfWorld, routableUnits } from '../../backend/stock/stock.ts';
import { randomSellable, SELLABLE_AT, SELLABLE_CHANNELS } from './random-sellable.ts';
import { naiveFigure, naiveLevels, naiveRoutable } from './sellable.ts';

const WORLDS = 3_000;
const LEAST_PER_BRANCH = 100;
const MINUTE = instantToMinuteFloor(SELLABLE_AT);
const HOLIDAYS = createHolidayBook();

/** What the text decides by, each at least so many times. */
const BRANCHES_OF: Readonly<Record<string, string>> = {
  '16': `closed, ids, kinds, countries, tags, below nothing at a node, lot due, lot too late,
    lot of another source, waiting,
    reservation own, reservation live, reservation expired, claims above stock, quota used up, quota own,
    quota of others, share, threshold`,
  '17': `row, units, percent, weeks, equal rank, sku+node, sku+region, sku, category+node,
    category+region, category, node, region, shop`,
  '18': 'built, not built, built from incoming, components claimed',
  levels: 'claims off the largest, own quota, quota of others, remainder, threshold, parked',
};
const BRANCHES = Object.entries(BRANCHES_OF).flatMap(([rule, names]) =>
  names.split(/,\s+/).map((name) => `${rule}.${name}`),
);

type Said = {
  readonly figures: unknown[];
  readonly levels: unknown[];
  readonly routable: number[];
};

function productOf(world: World): Said {
  const snapshot = compileNetwork(world, MINUTE, { validDays: 1, holidays: HOLIDAYS });
  const facts = factsOfWorld(snapshot, world);
  const nodes = Int32Array.from(snapshot.nodes, ({ index }) => index);
  const said: Said = { figures: [], levels: [], routable: [] };
  for (const { sku } of world.products) {
    const index = snapshot.skuIndex.get(sku) ?? -1;
    for (const channel of SELLABLE_CHANNELS) {
      const when = { sku: index, channel, nowMinute: MINUTE, atMinute: MINUTE };
      for (const customerTags of [[], ['vip']]) {
        const { units, free, pool, visible, lines } = explainFigure(snapshot, facts, {
          ...when,
          customerTags,
        });
        const ofLines = lines.reduce((sum, line) => sum + line.units, 0);
        said.figures.push([sku, channel, customerTags, units, free, pool, visible, ofLines]);
      }
      const { available, parked } = parkedLevels(snapshot, facts, { ...when, nodes });
      const shown = levelUnits(snapshot, facts, { ...when, nodes });
      said.levels.push([sku, channel, [...shown], [...available], [...parked]]);
      said.figures.push([sku, channel, 'aggregate', aggregateUnits(snapshot, facts, when)]);
    }
  }
  for (const { sku } of world.products) {
    for (const node of snapshot.nodes) {
      const at = { sku: snapshot.skuIndex.get(sku) ?? -1, node: node.index };
      said.routable.push(routableUnits(facts, at));
    }
  }
  return said;
}

function oracleOf(world: World, note: (branch: string) => void): Said {
  const said: Said = { figures: [], levels: [], routable: [] };
  for (const { sku } of world.products) {
    for (const channel of SELLABLE_CHANNELS) {
      const when = { sku, channel, minute: MINUTE };
      for (const customerTags of [[], ['vip']]) {
        const { units, free, pool, visible } = naiveFigure(world, { ...when, customerTags }, note);
        said.figures.push([sku, channel, customerTags, units, free, pool, visible, units]);
      }
      const levels = [...naiveLevels(world, when, note).values()];
      const shown = levels.map((level) => level.shown);
      const parked = levels.map((level) => level.parked);
      said.levels.push([sku, channel, shown, shown, parked]);
      const { units } = naiveFigure(world, { ...when, customerTags: [] }, () => {});
      said.figures.push([sku, channel, 'aggregate', units]);
    }
  }
  for (const { sku } of world.products) {
    for (const { id } of world.nodes) said.routable.push(naiveRoutable(world, sku, id));
  }
  return said;
}

test(`the figures, lines and levels of ${WORLDS} random worlds are those of the rules`, {
  timeout: 15 * 60_000,
}, () => {
  const counts = new Map(BRANCHES.map((branch) => [branch, 0]));
  const note = (branch: string) => counts.set(branch, (counts.get(branch) ?? 0) + 1);
  let compared = 0;
  for (let seed = 1; seed <= WORLDS; seed += 1) {
    const world = randomSellable(seed);
    expect(checkWorld(world), `seed ${seed}`).toEqual([]);
    const expected = oracleOf(world, note);
    const got = productOf(world);
    expect(got, `seed ${seed}: ${JSON.stringify(world)}`).toEqual(expected);
    compared += expected.figures.length + expected.levels.length + expected.routable.length;
  }
  console.log(
    `${compared} answers\n${[...counts].map(([name, count]) => `  ${name} ${count}`).join('\n')}`,
  );
  expect([...counts].filter(([, count]) => count < LEAST_PER_BRANCH)).toEqual([]);
});
