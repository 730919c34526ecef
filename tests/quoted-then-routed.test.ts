// An order routed right after its quote: the same facts, no margin. Whatever was promised is kept (X33).
import { expect, test } from 'vitest';
import { instantToMinuteFloor } from '../backend/base/time.ts';
import { compileNetwork } from '../backend/network/network.ts';
import { type QuotedOption, type QuoteRequest, quote } from '../backend/promise/quote.ts';
import { toQuoteRequest } from '../backend/promise/quote-request.ts';
import { decideRoute } from '../backend/routing/decide.ts';
import type { RoutingQuestion } from '../backend/routing/decision.ts';
import { DEFAULT_ROUTING } from '../backend/routing/settings.ts';
import { factsOfWorld } from '../backend/stock/stock.ts';
import { randomCase } from './oracle/random-world.ts';

// More by hand: KEPT_SEEDS=400.
const SEEDS = Number(process.env['KEPT_SEEDS'] ?? 80);

function questionFor(request: QuoteRequest, option: QuotedOption): RoutingQuestion {
  const isStore = option.method === 'store_pickup';
  return {
    orderId: '1',
    nowMinute: request.nowMinute,
    placedMinute: request.nowMinute,
    lines: request.lines.map((line, at) => ({ ...line, lineId: `l${at}`, unitPriceMinor: 1_000 })),
    method: option.method,
    serviceCode: option.serviceCode,
    destination: request.destination,
    pickupNodeId: isStore ? option.parcels[0]?.nodeId : undefined,
    promise: { endMinute: option.window.toMinute, on: option.promisedOn },
    channel: request.channel,
    customerTags: request.customerTags,
    tags: [],
    excluded: [],
    seenAt: [],
    placedToday: {},
  };
}

test('every option quoted from stock on hand is routed, and no parcel comes after its window', {
  timeout: 120_000,
}, () => {
  const routed = new Map<string, number>();
  for (let seed = 1; seed <= SEEDS; seed += 1) {
    const drawn = randomCase(seed, 8);
    const { requests } = drawn;
    // Two numbers by the merchant's will: a routing safety stock above the selling one takes back what was sold.
    const policy = { ...drawn.world.policy, routingSafetyStock: [] };
    const world = { ...drawn.world, policy };
    const starts = requests.map(({ now }) => instantToMinuteFloor(now));
    const snapshot = compileNetwork(world, Math.min(...starts), { validDays: 40 });
    const facts = factsOfWorld(snapshot, world);
    for (const asked of requests) {
      const request = toQuoteRequest(snapshot, { ...asked, marginMinutes: 0 });
      if (!request.ok) continue;
      for (const option of quote(snapshot, facts, request.value).options) {
        const lines = option.parcels.flatMap((parcel) => parcel.lines);
        if (lines.some(({ fromIncoming }) => fromIncoming > 0)) continue;
        const question = questionFor(request.value, option);
        const decision = decideRoute(snapshot, facts, DEFAULT_ROUTING, question);
        const where = `seed ${seed}, now ${question.nowMinute}, ${option.serviceCode}`;
        expect(decision.unplaced, where).toEqual([]);
        expect(decision.lateDays, where).toBe(0);
        for (const { endMinute } of decision.parcels) {
          expect(endMinute, where).toBeLessThanOrEqual(option.window.toMinute);
        }
        routed.set(option.method, (routed.get(option.method) ?? 0) + 1);
      }
    }
  }
  for (const method of ['home', 'pickup_point', 'store_pickup']) {
    expect(routed.get(method) ?? 0, method).toBeGreaterThan(SEEDS / 4);
  }
});
