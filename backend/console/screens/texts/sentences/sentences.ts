/**
 * The sentences of routing decisions in the languages of the admin app; English stands with the decisions.
 */
import { SENTENCES_EN, type SentenceTemplates } from '../../../../routing/sentences.ts';
import type { Language } from '../languages.ts';
import { SENTENCES_DE } from './de.ts';
import { SENTENCES_ES } from './es.ts';
import { SENTENCES_FR } from './fr.ts';
import { SENTENCES_IT } from './it.ts';

export const SENTENCES: Readonly<Record<Language, SentenceTemplates>> = {
  en: SENTENCES_EN,
  it: SENTENCES_IT,
  fr: SENTENCES_FR,
  de: SENTENCES_DE,
  es: SENTENCES_ES,
};
