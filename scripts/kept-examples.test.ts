import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { instantToMinuteFloor } from '../backend/base/time.ts';
import { compileNetwork } from '../backend/network/network.ts';
import { parseRequest, parseWorld } from '../backend/network/world-parse.ts';
import { quote } from '../backend/promise/quote.ts';
import { toAnswer } from '../backend/promise/quote-answer.ts';
import { toQuoteRequest } from '../backend/promise/quote-request.ts';
import { factsOfWorld } from '../backend/stock/stock.ts';
import { routeSchema, sellableSchema } from './cli-schemas.ts';
import { answerRoute } from './kept-route.ts';
import { answerSellable } from './kept-sellable.ts';

function example(name: string): unknown {
  return JSON.parse(readFileSync(new URL(`../docs/examples/${name}`, import.meta.url), 'utf8'));
}

test.each(['home', 'pickup-point', 'store-pickup'])(
  'the worked example of %s in docs/cli.md is what the engine answers',
  (name) => {
    const world = parseWorld(example('world.json'));
    const asked = parseRequest(example(`${name}.request.json`));
    if (!world.ok || !asked.ok) throw new Error('the example is refused');
    const snapshot = compileNetwork(world.value, instantToMinuteFloor(asked.value.now));
    const request = toQuoteRequest(snapshot, asked.value);
    if (!request.ok) throw new Error('the request is refused');
    const facts = factsOfWorld(snapshot, world.value);
    expect(toAnswer(snapshot, quote(snapshot, facts, request.value))).toEqual(
      example(`${name}.answer.json`),
    );
  },
);

test('the worked example of kept sellable is what the engine answers, and as its schema says', () => {
  const world = parseWorld(example('sellable.world.json'));
  if (!world.ok) throw new Error('the example is refused');
  const at = '2026-11-30T10:00:00+01:00';
  const answer = answerSellable(world.value, { at, customerTags: [] });
  expect(answer).toEqual({ ok: true, value: example('sellable.answer.json') });
  if (answer.ok) sellableSchema.parse(answer.value);
});

test('the worked example of kept route is what the engine answers, and as its schema says', () => {
  const answer = answerRoute(example('route.instance.json'));
  expect(answer).toEqual({ ok: true, value: example('route.answer.json') });
  if (answer.ok) routeSchema.parse(answer.value);
});
