import { expect, test } from 'vitest';
import { randomCase } from '../../tests/oracle/random-world.ts';
import { parsed, twoStoresOneWarehouse } from '../../tests/worlds/worlds.ts';
import { instantToMinuteFloor } from '../base/time.ts';
import { compileNetwork } from '../network/network.ts';
import { factsOfWorld } from '../stock/stock.ts';
import { explain, verdictText } from './explain.ts';
import { toQuoteRequest } from './quote-request.ts';

function explained(now: string) {
  const world = parsed(twoStoresOneWarehouse());
  const snapshot = compileNetwork(world, instantToMinuteFloor(now));
  return explain(snapshot, factsOfWorld(snapshot, world), {
    nowMinute: instantToMinuteFloor(now),
    marginMinutes: 0,
    lines: [{ sku: 'SHIRT', quantity: 1 }],
    destination: { country: 'IT', postalCode: '20121' },
    currency: 'EUR',
    locale: 'en',
    channel: 'online',
    customerTags: [],
  });
}

test('a minute before the cut-off the near warehouse is chosen and the store is merely dearer or farther', () => {
  const verdicts = explained('2026-11-30T15:59:00+01:00').verdicts.get('standard') ?? [];
  expect(verdicts.map(({ nodeId, code }) => [nodeId, code])).toEqual([
    ['london', 'no_lane'],
    ['milan', 'chosen'],
    ['rome', 'farther'],
  ]);
});

test('at the cut-off the store still makes the day and the warehouse would deliver later', () => {
  const verdicts = explained('2026-11-30T16:00:00+01:00').verdicts.get('standard') ?? [];
  const milan = verdicts.find(({ nodeId }) => nodeId === 'milan');
  expect(milan).toMatchObject({ code: 'later', promisedOn: '2026-12-02' });
  expect(milan && verdictText(milan)).toBe('milan would deliver later, on 2026-12-02.');
  expect(verdicts.find(({ isChosen }) => isChosen)?.nodeId).toBe('rome');
});

test('every node has one verdict on every home service, the chosen ones being those that send', () => {
  let judged = 0;
  for (let seed = 1; seed <= 60; seed += 1) {
    const { world, requests } = randomCase(seed, 3);
    for (const asked of requests) {
      const snapshot = compileNetwork(world, instantToMinuteFloor(asked.now));
      const request = toQuoteRequest(snapshot, asked);
      if (!request.ok) continue;
      const { quote, verdicts } = explain(snapshot, factsOfWorld(snapshot, world), request.value);
      for (const { code, method } of snapshot.services) {
        if (method !== 'home') continue;
        const nodes = verdicts.get(code) ?? [];
        expect(nodes.map(({ nodeId }) => nodeId)).toEqual(snapshot.nodes.map(({ id }) => id));
        const option = quote.options.find(({ serviceCode }) => serviceCode === code);
        const chosen = nodes.filter(({ isChosen }) => isChosen).map(({ nodeId }) => nodeId);
        expect(chosen).toEqual(option?.parcels.map(({ nodeId }) => nodeId) ?? []);
        for (const verdict of nodes) expect(verdictText(verdict)).toMatch(/^\S.*\S\.$/);
        judged += nodes.length;
      }
      const places = [...quote.options, ...quote.absent].filter(({ serviceCode }) =>
        /^(store|pp):/.test(serviceCode),
      );
      for (const { serviceCode } of places) expect(verdicts.has(serviceCode)).toBe(true);
    }
  }
  expect(judged).toBeGreaterThan(500);
});
