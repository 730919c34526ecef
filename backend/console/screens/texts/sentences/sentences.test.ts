import { expect, test } from 'vitest';
import { SENTENCES_EN } from '../../../../routing/sentences.ts';
import { LANGUAGES } from '../languages.ts';
import { SENTENCES } from './sentences.ts';

const placeholders = (text: string) => [...new Set(text.match(/\{\w+\}/g) ?? [])].toSorted();

test.each(LANGUAGES)(
  '%s has every sentence of a decision with the same facts in it',
  (language) => {
    const facts = (templates: Readonly<Record<string, string>>) =>
      Object.entries(templates).map(([key, text]) => [key, placeholders(text)]);
    expect(facts(SENTENCES[language])).toEqual(facts(SENTENCES_EN));
  },
);
