// What a reading makes of a record, without a database.
import { expect, test } from 'vitest';
import { orderRecord } from '../../../tests/worlds/order-records.ts';
import { decideRecord, localeOf, type StoredOrder } from './record.ts';

const known = (more: Partial<StoredOrder> = {}): StoredOrder => ({
  ...orderRecord('1'),
  isRedacted: false,
  takenInVersion: null,
  waivedHold: null,
  ...more,
});
const later = { version: 'v2', sourceUpdatedAt: '2026-11-30T11:00:00Z' };

test('a reading of the same version, or an older one, changes nothing', () => {
  expect(decideRecord(known(), orderRecord('1'))).toBeUndefined();
  const older = { version: 'v0', sourceUpdatedAt: '2026-11-30T09:00:00Z' };
  expect(decideRecord(known(), orderRecord('1', older))).toBeUndefined();
});

test('what an agent holds, no reading sets free; what waited for payment is free once it is paid', () => {
  const paid = orderRecord('1', later);
  expect(decideRecord(known({ holdReason: 'agent' }), paid)?.holdReason).toBe('agent');
  expect(decideRecord(known({ holdReason: 'payment' }), paid)?.holdReason).toBeNull();
});

test('a hold an agent has released does not come back, another does', () => {
  const held = (holdReason: string) => orderRecord('1', { ...later, holdReason });
  const waived = known({ waivedHold: 'fraud' });
  expect(decideRecord(waived, held('fraud'))?.holdReason).toBeNull();
  expect(decideRecord(waived, held('payment'))?.holdReason).toBe('payment');
});

test('a canceled order stays canceled, a line that is gone is canceled whole', () => {
  const after = decideRecord(
    known({ state: 'canceled' }),
    orderRecord('1', { ...later, lines: [] }),
  );
  expect(after).toMatchObject({ state: 'canceled', lines: [{ quantity: 2, canceled: 2 }] });
});

test('once the buyer was forgotten no reading brings him back', () => {
  const after = decideRecord(known({ isRedacted: true }), orderRecord('1', later));
  expect(JSON.stringify(after)).not.toMatch(/Giulia|Roma|00187|example/);
});

test.each([
  ['it-IT', 'it'],
  ['DE', 'de'],
  ['ja', null],
  [null, null],
])('a buyer of locale %s is written to in %s', (text, locale) => {
  expect(localeOf(text)).toBe(locale);
});
