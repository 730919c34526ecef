// What one event of the timeline says to each store.
import { expect, test } from 'vitest';
import { deskEvents } from './desk-events.ts';

const at = '2026-11-25T10:00:00Z';
const base = { at, workId: 'w1', nodeId: null };

test('each store that is asked hears of its own offer', () => {
  const facts = { offers: { rome: 'o1', turin: 'o2' }, expiresAt: { rome: 'r', turin: 't' } };
  expect(deskEvents({ ...base, kind: 'offered', facts })).toEqual([
    ['rome', { type: 'offer', offerId: 'o1', workId: 'w1', expiresAt: 'r' }],
    ['turin', { type: 'offer', offerId: 'o2', workId: 'w1', expiresAt: 't' }],
  ]);
});

test('a claim tells the winner, and each loser by whom and when', () => {
  const facts = { offerId: 'o1', lost: { turin: 'o2' } };
  expect(deskEvents({ ...base, kind: 'claimed', nodeId: 'rome', facts })).toEqual([
    ['rome', { type: 'offer_won', offerId: 'o1', workId: 'w1', at }],
    ['turin', { type: 'offer_lost', offerId: 'o2', workId: 'w1', wonBy: 'rome', at }],
  ]);
});

test('offers that end are told to their stores only', () => {
  const gone = {
    facts: { offers: { rome: 'o1' }, why: 'canceled' },
    kind: 'offers_withdrawn',
  } as const;
  expect(deskEvents({ ...base, ...gone })).toEqual([
    ['rome', { type: 'offer_ended', offerId: 'o1', workId: 'w1', why: 'withdrawn', at }],
  ]);
  const late = { kind: 'offer_timed_out', nodeId: 'turin', facts: { offerId: 'o2' } } as const;
  expect(deskEvents({ ...base, ...late })).toEqual([
    ['turin', { type: 'offer_ended', offerId: 'o2', workId: 'w1', why: 'timed_out', at }],
  ]);
});

test('anything else of a store’s work says to look again; what has no store says nothing', () => {
  expect(deskEvents({ ...base, kind: 'canceled', nodeId: 'rome', facts: {} })).toEqual([
    ['rome', { type: 'work', workId: 'w1', kind: 'canceled', at }],
  ]);
  expect(deskEvents({ ...base, kind: 'unplaced', facts: {} })).toEqual([]);
});
