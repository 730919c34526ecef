/**
 * The part of Shopify's search language this stand-in understands: terms `field:value`, `field:>=value` and the like,
 * joined by spaces or AND. Anything else (OR, NOT, free text, an unknown field) is "not simulated", never ignored.
 */
import { notSimulated } from './node.ts';

export type Term = { field: string; operator: '=' | '>' | '>=' | '<' | '<='; value: string };

const TERM = /^(\w+):(>=|<=|>|<)?\s*(?:'([^']*)'|"([^"]*)"|(\S+))$/;
// A term may quote its value, and the value may hold spaces.
const TERMS = /\w+:(?:>=|<=|>|<)?\s*(?:'[^']*'|"[^"]*"|\S+)|\S+/g;

/** The terms of a query; `known` are the fields this list can be searched by. */
export function parseSearch(query: unknown, known: readonly string[]): Term[] {
  const text = typeof query === 'string' ? query.trim() : '';
  return (text.match(TERMS) ?? [])
    .filter((part) => part !== 'AND')
    .map((part) => {
      const [, field = '', operator, single, double, bare] = TERM.exec(part) ?? [];
      if (!known.includes(field)) throw notSimulated(`the search ${JSON.stringify(text)}`);
      const value = single ?? double ?? bare ?? '';
      return { field, operator: (operator ?? '=') as Term['operator'], value };
    });
}

/** Whether a thing fits all terms; `read` gives its instant (ISO), number or text for a field. */
export function fits(terms: readonly Term[], read: (field: string) => string | number): boolean {
  return terms.every((term) => {
    const own = read(term.field);
    if (typeof own === 'number') return compare(own, Number(term.value), term.operator);
    if (term.field.endsWith('_at')) {
      return compare(Date.parse(own), Date.parse(term.value), term.operator);
    }
    const wanted = term.value.toLowerCase();
    return wanted.endsWith('*')
      ? own.toLowerCase().startsWith(wanted.slice(0, -1))
      : own.toLowerCase() === wanted;
  });
}

function compare(own: number, wanted: number, operator: Term['operator']): boolean {
  switch (operator) {
    case '=':
      return own === wanted;
    case '>':
      return own > wanted;
    case '>=':
      return own >= wanted;
    case '<':
      return own < wanted;
    case '<=':
      return own <= wanted;
  }
}
