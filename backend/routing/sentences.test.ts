// A decision in plain sentences.
import { expect, test } from 'vitest';
import {
  order,
  promiseOn,
  routingSettings,
  type TownNode,
  town,
} from '../../tests/worlds/routing-town.ts';
import { formatMinute } from '../base/time.ts';
import { decideRoute } from './decide.ts';
import { FENCES, PENALTIES, type RoutingQuestion } from './decision.ts';
import { SENTENCES_EN, type SentenceWords, sentencesOf, writeSentences } from './sentences.ts';

const WORDS: SentenceWords = {
  templates: SENTENCES_EN,
  nodeName: (nodeId) => nodeId.toUpperCase(),
  instant: (minute) => formatMinute(minute, 'Europe/Rome').slice(0, 16),
  money: (minor) => `${(minor / 100).toFixed(2)} EUR`,
};

function written(nodes: Readonly<Record<string, TownNode>>, question: RoutingQuestion): string[] {
  const { snapshot, facts } = town(nodes);
  const decision = decideRoute(snapshot, facts, routingSettings(), question);
  return writeSentences(sentencesOf(decision), WORDS);
}

test('who sends what and when, what it costs, and why each other place does not', () => {
  const sentences = written(
    {
      near: { stock: { A: 100 }, costMinor: 700 },
      far: { stock: { A: 100 }, costMinor: 900 },
      slow: { stock: { A: 100 }, days: 4 },
      empty: { stock: {} },
    },
    order({ A: 2 }, { promise: promiseOn('2026-11-17') }),
  );
  expect(sentences).toEqual([
    'NEAR sends 2 × A with standard, at a cost of 7.00 EUR.',
    'Ready 2026-11-16T12:00, leaves 2026-11-16T17:00, there before 2026-11-18T00:00.',
    'Work begun there before 2026-11-16T17:01 still keeps this.',
    '700 points: 7.00 EUR for standard.',
    '2 points: it takes 2 % of what is there.',
    '60 points: packing in a place of kind warehouse.',
    'No plan that sends as much has fewer points than this one: 762.',
    'FAR could have sent it, with 200 points more.',
    '900 points: 9.00 EUR for standard.',
    '2 points: it takes 2 % of what is there.',
    '60 points: packing in a place of kind warehouse.',
    'EMPTY has none of the goods free.',
    'SLOW would be later than promised.',
  ]);
});

test('what waits says why and what may be done', () => {
  expect(written({ a: { stock: { A: 1 } } }, order({ A: 1, X: 2 }, { destination: null }))).toEqual(
    [
      '2 × X wait: nobody knows this SKU. Add it, or correct the order.',
      '1 × A wait: the order has no address. Add one.',
    ],
  );
});

test('every rule and every fence has its sentence, and no fact is left unfilled', () => {
  for (const rule of PENALTIES)
    expect(SENTENCES_EN[`points_${rule}`]).toMatch(/^\{points\} points: /);
  for (const fence of FENCES) {
    expect(SENTENCES_EN[`fenced_${fence}`]).toContain('{nodeId}');
    expect(SENTENCES_EN[`unplaced_${fence}`]).toMatch(/^\{quantity\} × \{sku\} wait: /);
  }
});
