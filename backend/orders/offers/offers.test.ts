// What a store is told that asks for an offer, case by case; what a refusal means for stock.
import { expect, test } from 'vitest';
import { decideClaim, type Offer, type OfferedWork } from './offers.ts';

const OFFER: Offer = {
  offerId: 'o1',
  workId: 'w1',
  orderId: '1001',
  nodeId: 'rome',
  wave: 1,
  state: 'open',
  sentAt: '2026-11-25T10:00:00.000000Z',
  expiresAt: '2026-11-25T10:30:00.000000Z',
  reason: null,
  answeredAt: null,
  actor: '',
};
const WORK: OfferedWork['work'] = {
  workId: 'w1',
  state: 'placed',
  negotiation: 'offered',
  nodeId: 'milan',
  claimedAt: null,
  holdReason: null,
  version: 3,
};
const ANSWERED = '2026-11-25T10:12:00.000000Z';
const ask = { offerId: 'o1', nodeId: 'rome', at: '2026-11-25T10:29:59.999Z' };

const seen = (offer: Partial<Offer>, work: Partial<OfferedWork['work']> = {}): OfferedWork => ({
  offer: { ...OFFER, ...offer },
  work: { ...WORK, ...work },
});

test('an open offer is to be had until its instant', () => {
  expect(decideClaim(seen({}), ask)).toEqual({ ok: true, value: 'open' });
  expect(decideClaim(seen({}), { ...ask, at: '2026-11-25T10:30:00Z' })).toEqual({
    ok: false,
    refusal: { code: 'expired', offerId: 'o1', at: OFFER.expiresAt },
  });
});

test('a foreign store’s offer looks like one that does not exist', () => {
  const refused = { ok: false, refusal: { code: 'not_your_offer', offerId: 'o1' } };
  expect(decideClaim(undefined, ask)).toEqual(refused);
  expect(decideClaim(seen({}), { ...ask, nodeId: 'turin' })).toEqual(refused);
});

test.each([
  ['lost', { reason: 'turin' }, { code: 'already_claimed', wonBy: 'turin', at: ANSWERED }],
  ['timed_out', {}, { code: 'expired', at: OFFER.expiresAt }],
  ['withdrawn', { reason: 'canceled' }, { code: 'withdrawn', at: ANSWERED }],
  ['refused', { reason: 'too_busy' }, { code: 'refused_before', at: ANSWERED }],
  ['refused', { reason: 'no_stock' }, { code: 'no_stock', skus: [] }],
] as const)('an offer that was %s is refused with %o as %o', (state, more, refusal) => {
  const offer = { state, answeredAt: ANSWERED, ...more };
  expect(decideClaim(seen(offer), ask)).toEqual({
    ok: false,
    refusal: { ...refusal, offerId: 'o1' },
  });
});

test('who has won is told so again, as long as the work is his', () => {
  const won = { state: 'won', answeredAt: ANSWERED } as const;
  const his = { negotiation: 'claimed', nodeId: 'rome' } as const;
  expect(decideClaim(seen(won, his), ask)).toEqual({ ok: true, value: 'again' });
  expect(decideClaim(seen(won, { ...his, nodeId: 'turin' }), ask)).toMatchObject({
    refusal: { code: 'withdrawn' },
  });
});

test('a work on hold is not to be had', () => {
  expect(decideClaim(seen({}, { holdReason: 'fraud' }), ask)).toMatchObject({
    refusal: { code: 'withdrawn' },
  });
});
