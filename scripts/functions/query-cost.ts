/**
 * What Shopify counts of a Function's input query, counted before Shopify does: bytes and cost.
 * Limits: 3,000 bytes without comments, cost 30. Costs: a field that returns a metafield 3 (what is read of it 0),
 * `hasAnyTag`, `hasTags`, `inAnyCollection` and `inCollections` 3, `__typename` 0, every other leaf 1.
 * Source: Shopify's page on input queries; which leaves are free is nowhere in the schema.
 */
import { type FieldNode, parse, print, type SelectionSetNode, visit } from 'graphql';

export const QUERY_LIMITS = { bytes: 3_000, cost: 30 } as const;

const COSTLY_LEAVES = new Set(['hasAnyTag', 'hasTags', 'inAnyCollection', 'inCollections']);
const COST_OF_LOOKUP = 3;

/** Bytes of the query without comments, as Shopify counts them: as written. */
export function queryBytes(query: string): number {
  return Buffer.byteLength(query.replace(/^\s*#.*\n?/gm, ''));
}

/** The calculated cost of the query. */
export function queryCost(query: string): number {
  let cost = 0;
  visit(parse(query), {
    OperationDefinition: ({ selectionSet }) => {
      cost += costOf(selectionSet);
      return false;
    },
  });
  return cost;
}

function costOf({ selections }: SelectionSetNode): number {
  let cost = 0;
  for (const selection of selections) {
    if (selection.kind === 'Field') cost += costOfField(selection);
    else if (selection.kind === 'InlineFragment') cost += costOf(selection.selectionSet);
    else throw new Error(`Named fragments are not counted: ${print(selection)}`);
  }
  return cost;
}

function costOfField({ name, selectionSet }: FieldNode): number {
  if (name.value === 'metafield') return COST_OF_LOOKUP;
  if (selectionSet) return costOf(selectionSet);
  if (name.value === '__typename') return 0;
  return COSTLY_LEAVES.has(name.value) ? COST_OF_LOOKUP : 1;
}
