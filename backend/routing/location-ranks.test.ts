// Ranks for Shopify's own routing, on the small town.
import { expect, test } from 'vitest';
import { parsed, twoStoresOneWarehouse } from '../../tests/worlds/worlds.ts';
import { instantToMinuteFloor } from '../base/time.ts';
import { compileNetwork } from '../network/network.ts';
import { rankNodes } from './location-ranks.ts';
import { DEFAULT_ROUTING, parseRoutingSettings } from './settings.ts';

const now = instantToMinuteFloor('2026-11-30T09:00:00Z');
const snapshot = compileNetwork(parsed(twoStoresOneWarehouse()), now);

test('who sends at less cost comes first, and who does not go there is left out', () => {
  const ranks = rankNodes(snapshot, DEFAULT_ROUTING, snapshot.nodes);
  const listed = (ranks.get('IT') ?? []).flat();
  expect(listed).toEqual(['milan', 'rome']);
});

test('the merchant’s priority decides over cost', () => {
  const settings = parseRoutingSettings({
    priority: [{ nodeKind: 'store' }, { nodeKind: 'warehouse' }],
    rates: { priorityMinorPerRank: 100_000 },
  });
  if (!settings.ok) throw new Error('not routing settings');
  expect(rankNodes(snapshot, settings.value, snapshot.nodes).get('IT')).toEqual([
    ['rome'],
    ['milan'],
  ]);
});
