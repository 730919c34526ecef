import { expect, test } from 'vitest';
import { applyChange, checkChange, EMPTY_POLICY, type PolicyChange } from './policy.ts';

const parsers = {
  network: (value: unknown) =>
    value === 'good'
      ? ({ ok: true, value } as const)
      : ({
          ok: false,
          refusal: {
            code: 'invalid_input',
            pointer: '/nodes/0',
            allowed: 'good',
            remedy: 'Write good.',
          },
        } as const),
};

function change(sections: Record<string, unknown>): PolicyChange {
  return { basedOnVersion: 0, sections, author: 'a merchant' };
}

test('a change is accepted when every section is', () => {
  const good = change({ network: 'good' });
  expect(checkChange(good, parsers)).toEqual({ ok: true, value: good });
});

test('a problem inside a section is pointed at from the root of the change', () => {
  expect(checkChange(change({ network: 'bad' }), parsers)).toMatchObject({
    ok: false,
    refusal: { pointer: '/sections/network/nodes/0', remedy: 'Write good.' },
  });
});

test.each([[{}], [{ netwrok: 'good' }], [{ toString: 'good' }]])(
  '%j names no section that exists',
  (sections) => {
    expect(checkChange(change(sections), parsers)).toMatchObject({
      ok: false,
      refusal: { code: 'invalid_input' },
    });
  },
);

test('a change replaces its own sections and keeps the others', () => {
  const first = applyChange(EMPTY_POLICY, change({ network: 'one', surfaces: 'two' }), 1);
  const second = applyChange(first, change({ network: 'three' }), 2);
  expect(second.version).toBe(2);
  expect([...second.sections]).toEqual([
    ['network', 'three'],
    ['surfaces', 'two'],
  ]);
  expect([...first.sections.values()]).toEqual(['one', 'two']);
});
