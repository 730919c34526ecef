import { expect, test } from 'vitest';
import { parsed, twoStoresOneWarehouse } from '../../tests/worlds/worlds.ts';
import { instantToMinuteFloor } from '../base/time.ts';
import { compileNetwork } from '../network/network.ts';
import { networkSectionSchema } from '../network/world.ts';
import { factsOfWorld } from '../stock/stock.ts';
import { type QuoteRequest, quote } from './quote.ts';
import { factsConsidered } from './receipt-facts.ts';
import { type ExportedReceipt, exportReceipt, replayReceipt } from './receipt-facts-replay.ts';
import { toPromisedOptions } from './service.ts';

const NOW = instantToMinuteFloor('2026-11-30T10:20:00+01:00');

function exported(): ExportedReceipt {
  const world = parsed(twoStoresOneWarehouse());
  const snapshot = compileNetwork(world, NOW);
  const facts = factsOfWorld(snapshot, world);
  const request: QuoteRequest = {
    nowMinute: NOW,
    marginMinutes: 30,
    lines: [{ sku: 'SHIRT', quantity: 2 }],
    destination: { country: 'IT', postalCode: '20121' },
    currency: 'EUR',
    locale: 'it',
    channel: 'online',
    customerTags: [],
  };
  const { options } = quote(snapshot, facts, request);
  const { products: _, stock: __, policyVersion, ...network } = world;
  const receipt = {
    receiptId: 'r1',
    madeAt: '2026-11-30T09:20:00Z',
    surface: 'rate_callback' as const,
    kind: 'live' as const,
    fingerprint: 'f',
    country: 'IT',
    postalCode: '20121',
    origin: '',
    checkoutToken: null,
    cartToken: null,
    policyVersion,
    engineVersion: snapshot.engineVersion,
    request: JSON.stringify(request),
    answer: JSON.stringify(toPromisedOptions(snapshot, request, options)),
    facts: factsConsidered(snapshot, facts, request),
    signature: 's',
  };
  return exportReceipt('shop.myshopify.com', receipt, networkSectionSchema.parse(network));
}

test('a receipt gives its own dates again, without the shop it came from', () => {
  const file: ExportedReceipt = JSON.parse(JSON.stringify(exported()));
  const replay = replayReceipt(file, toPromisedOptions);
  expect(replay).toMatchObject({ ok: true, value: { isEqual: true, differences: [] } });
  if (replay.ok) expect(replay.value.options.length).toBeGreaterThan(0);
});

test('a stored date that was altered is named with both dates', () => {
  const file = exported();
  const answer = file.receipt.answer.replaceAll('2026-12-01', '2026-11-30');
  const replay = replayReceipt(
    { ...file, receipt: { ...file.receipt, answer } },
    toPromisedOptions,
  );
  expect(replay).toMatchObject({
    ok: true,
    value: {
      isEqual: false,
      differences: [
        {
          serviceCode: 'standard',
          stored: { promisedOn: '2026-11-30' },
          replayed: { promisedOn: '2026-12-01' },
        },
      ],
    },
  });
});

test('a later cut-off in the network makes another answer', () => {
  const file = exported();
  const nodes = file.network.nodes.map((node) => ({ ...node, leadTimeMinutes: 900 }));
  const replay = replayReceipt({ ...file, network: { ...file.network, nodes } }, toPromisedOptions);
  expect(replay).toMatchObject({ ok: true, value: { isEqual: false } });
});

test.each([
  ['no facts', { facts: '' }, '/receipt/facts'],
  ['facts cut short', { facts: 'AQE=' }, '/receipt/facts'],
  ['another kind', { kind: 'padded' as const }, '/receipt/facts'],
  ['a request that is no JSON', { request: '{' }, '/receipt/request'],
  ['an answer of another shape', { answer: '{}' }, '/receipt/answer'],
])('a receipt with %s is refused with its place', (_, change, pointer) => {
  const file = exported();
  const receipt = { ...file.receipt, ...change };
  expect(replayReceipt({ ...file, receipt }, toPromisedOptions)).toMatchObject({
    ok: false,
    refusal: { code: 'invalid_input', pointer },
  });
});
