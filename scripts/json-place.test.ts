import { expect, test } from 'vitest';
import { jsonMistakeAt } from './json-place.ts';

test.each([
  ['{"policy": }', 1, 12],
  ['{\n  "a": [1, 2,\n  ]\n}', 3, 3],
  ['{"a": 1 "b": 2}', 1, 9],
  ['{"a"', 1, 5],
  ['[01]', 1, 3],
  ['{"a": tru}', 1, 7],
  ['{"a": 1}}', 1, 9],
  ["{'a': 1}", 1, 2],
  ['', 1, 1],
])('%j stops being JSON at line %i, column %i', (text, line, column) => {
  expect(() => JSON.parse(text)).toThrow(SyntaxError);
  expect(jsonMistakeAt(text)).toEqual({ line, column });
});
