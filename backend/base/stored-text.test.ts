import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isStorableText, toStorableJson } from './stored-text.ts';

test.each([
  ['a pair of surrogates', '😀', true],
  ['its first half', '\ud83d', false],
  ['its second half', 'x\ude00', false],
  ['a zero character', 'a\0b', false],
  ['a text that only looks like one', '\\u0000 \\ud83d', true],
  ['nothing', '', true],
])('%s: can the database keep it?', (_, text, isKept) => {
  expect(isStorableText(text)).toBe(isKept);
});

test('what cannot be kept is replaced, everything else stays to the letter', () => {
  expect(JSON.parse(toStorableJson({ a: 'x\0y', b: ['\ud83d', '😀'], '\udc00': 1 }))).toEqual({
    a: 'x\ufffdy',
    b: ['\ufffd', '😀'],
    '\ufffd': 1,
  });
  const units = fc.array(fc.constantFrom('\\', 'u', '0000', 'd83d', '\0', '\ud83d', '\ude00', '"'));
  fc.assert(
    fc.property(units, (parts) => {
      const text = parts.join('');
      const kept: unknown = JSON.parse(toStorableJson(text));
      expect(kept).toBe(text.toWellFormed().replaceAll('\0', '\ufffd'));
    }),
  );
});
