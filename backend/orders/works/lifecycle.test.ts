// The tables of a work's life, checked as tables.
import { expect, test } from 'vitest';
import {
  breachOf,
  checkChange,
  isOpen,
  STATE_CHANGES,
  statesAfter,
  WORK_STATES,
} from './lifecycle.ts';

const KINDS = ['ship', 'pickup'] as const;

test.each(KINDS)('a %s work reaches every state of its kind from the start', (kind) => {
  const reached = new Set<string>(['unplaced']);
  for (const state of reached) {
    for (const next of statesAfter(state as 'unplaced', kind)) reached.add(next);
  }
  const ofKind = WORK_STATES.filter((state) => (STATE_CHANGES[state].only ?? kind) === kind);
  expect([...reached].toSorted()).toEqual([...ofKind].toSorted());
});

test('what is open can be canceled, nothing follows a cancellation, and what was delivered can only be sent anew', () => {
  for (const kind of KINDS) {
    for (const state of WORK_STATES.filter(isOpen)) {
      expect(statesAfter(state, kind)).toContain('canceled');
    }
    expect(statesAfter('canceled', kind)).toEqual([]);
    expect(statesAfter('delivered', kind)).toEqual(['placed', 'unplaced']);
  }
});

test.each([
  ['placed', 'handed_over', 'ship', false],
  ['placed', 'handed_over', 'pickup', true],
  ['placed', 'shipped', 'pickup', false],
  ['shipped', 'picking', 'ship', false],
  ['unplaced', 'picking', 'ship', false],
] as const)('%s → %s of a %s work: %s', (from, to, kind, isAllowed) => {
  expect(checkChange(from, to, kind).ok).toBe(isAllowed);
});

test('a change of state that the table does not list is a breach, whatever is said beside it', () => {
  const from = { kind: 'ship', state: 'placed', negotiation: 'none' } as const;
  expect(breachOf(from, { negotiation: 'offered' })).toBeUndefined();
  expect(breachOf(from, { state: 'handed_over' })).toBe('ship work from placed to handed_over');
  expect(breachOf(from, {})).toBeUndefined();
});
