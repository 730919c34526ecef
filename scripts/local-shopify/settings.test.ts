import { describe, expect, test } from 'vitest';
import {
  changeSettings,
  drawsCheckoutExtensions,
  hasCarrierRates,
  initialSettings,
  readSettings,
  SETTING_NAMES,
  SETTINGS,
} from './settings.ts';

/** Where the worst case would leave nothing to see or refuse what Shopify takes; each has its reason beside it in `settings.ts`. */
const FRIENDLIER_THAN_WORST = new Set([
  'plan',
  'carrierNamePrefix',
  'connectionCost',
  'orderRouting',
]);

test.each(SETTING_NAMES)('%s starts at its pessimistic value, or is a known exception', (name) => {
  const { initial, values } = SETTINGS[name];
  expect(initial === values[0]).toBe(!FRIENDLIER_THAN_WORST.has(name));
  expect(initialSettings()[name]).toBe(initial);
});

describe('a change', () => {
  test('takes every value on the list', () => {
    for (const name of SETTING_NAMES) {
      for (const value of SETTINGS[name].values) {
        expect(changeSettings(initialSettings(), { [name]: value })[name]).toBe(value);
      }
    }
  });

  test('to an unknown value or of an unknown name is refused with what is allowed', () => {
    expect(() => changeSettings(initialSettings(), { plan: 'gold' })).toThrow(
      'plan cannot be "gold"; it is one of basic, advanced, plus.',
    );
    expect(() => changeSettings(initialSettings(), { luck: 'on' })).toThrow(
      'There is no setting luck',
    );
  });
});

test('saved settings of another program keep what is still known', () => {
  const read = readSettings({ plan: 'basic', webhooks: 'by pigeon', luck: 'on' });
  expect(read).toEqual({ ...initialSettings(), plan: 'basic' });
});

test.each([
  ['basic', 'off', { rates: false, draws: false }],
  ['advanced', 'off', { rates: true, draws: false }],
  ['plus', 'off', { rates: true, draws: true }],
  ['plus', 'on', { rates: true, draws: false }],
] as const)('plan %s with wallet %s allows %o', (plan, wallet, allowed) => {
  const settings = { ...initialSettings(), plan, wallet };
  expect(hasCarrierRates(settings)).toBe(allowed.rates);
  expect(drawsCheckoutExtensions(settings)).toBe(allowed.draws);
});
