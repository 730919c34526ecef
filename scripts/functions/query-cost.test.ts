import { expect, test } from 'vitest';
import { queryBytes, queryCost } from './query-cost.ts';

test.each([
  ['{ shop { localTime { date } } }', 1],
  ['{ shop { a: metafield(key: "a") { value jsonValue type } } }', 3],
  ['{ cart { lines { __typename quantity } } }', 1],
  [
    '{ cart { lines { merchandise { ... on ProductVariant { id product { hasAnyTag(tags: []) } } } } } }',
    4,
  ],
  ['{ shop { localTime { a: timeAfter(time: "1") b: timeAfter(time: "2") } } }', 2],
])('%s costs %i', (query, cost) => {
  expect(queryCost(query)).toBe(cost);
});

test('comments are not counted, everything else is', () => {
  expect(queryBytes('# why\n{ shop }\n  # more\n')).toBe('{ shop }\n'.length);
});

test('a named fragment is refused, for its cost would be missed', () => {
  expect(() => queryCost('{ shop { ...F } } fragment F on Shop { id }')).toThrow('Named fragments');
});
