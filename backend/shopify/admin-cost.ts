/**
 * What will Shopify charge for an operation, before it is asked?
 *
 * In: a document and its variables. Out: points, never fewer than Shopify takes as far as its public rules say: an
 * object is 1, a mutation 10, a connection what its `first` lets through. The real number comes with each answer and
 * is remembered by document and by the sizes in its variables, so an estimate is used once.
 * Source: https://shopify.dev/docs/api/usage/limits
 */
import {
  type DocumentNode,
  type FieldNode,
  getOperationAST,
  Kind,
  type SelectionSetNode,
  type ValueNode,
} from 'graphql';

type Variables = Readonly<Record<string, unknown>>;

const MUTATION_POINTS = 10;
const CONNECTION_POINTS = 2;
// Parts of an answer that Shopify does not count.
const UNCOUNTED = new Set(['pageInfo', 'userErrors']);

/** Remembers what documents really cost. */
export function createCostBook() {
  const learned = new WeakMap<DocumentNode, Map<string, number>>();
  return {
    /** Points to hold ready before sending. */
    expect: (document: DocumentNode, variables: Variables): number =>
      learned.get(document)?.get(sizesOf(variables)) ?? estimateCost(document, variables),
    /** What Shopify said it asked for. */
    learn: (document: DocumentNode, variables: Variables, requested: number): void => {
      const bySize = learned.get(document) ?? new Map<string, number>();
      learned.set(document, bySize.set(sizesOf(variables), requested));
    },
  };
}

/** What `createCostBook` returns. */
export type CostBook = ReturnType<typeof createCostBook>;

// Numbers and list lengths are what a cost depends on; ids and texts are not.
function sizesOf(variables: Variables): string {
  return Object.values(variables)
    .map((value) => {
      if (typeof value === 'number') return value;
      return Array.isArray(value) ? `[${value.length}]` : '';
    })
    .join(',');
}

/** Points by the public rules alone; an upper bound where the rules leave a choice. */
export function estimateCost(document: DocumentNode, variables: Variables): number {
  const operation = getOperationAST(document);
  if (!operation) return MUTATION_POINTS;
  const scope = { document, variables };
  if (operation.operation !== 'mutation') {
    return Math.max(1, sumOf(operation.selectionSet, scope));
  }
  return operation.selectionSet.selections.length * MUTATION_POINTS;
}

type Scope = { readonly document: DocumentNode; readonly variables: Variables };

function sumOf(set: SelectionSetNode | undefined, scope: Scope): number {
  let points = 0;
  for (const selection of set?.selections ?? []) {
    if (selection.kind === Kind.FIELD) points += costOf(selection, scope);
    else if (selection.kind === Kind.INLINE_FRAGMENT)
      points += sumOf(selection.selectionSet, scope);
    else {
      const named = scope.document.definitions.find(
        (one) => one.kind === Kind.FRAGMENT_DEFINITION && one.name.value === selection.name.value,
      );
      if (named?.kind === Kind.FRAGMENT_DEFINITION) points += sumOf(named.selectionSet, scope);
    }
  }
  return points;
}

function costOf(field: FieldNode, scope: Scope): number {
  const name = field.name.value;
  if (field.selectionSet === undefined || UNCOUNTED.has(name)) return 0;
  const inner = sumOf(field.selectionSet, scope);
  const pageSize = argument(field, ['first', 'last'], scope.variables);
  // The page's items carry their own point by `nodes` or `edges`.
  if (typeof pageSize === 'number') return CONNECTION_POINTS + pageSize * Math.max(1, inner);
  // `edges { node { … } }` is one object an item, not two.
  if (name === 'edges') return inner;
  const listed = argument(field, ['ids', 'names'], scope.variables);
  return (Array.isArray(listed) ? listed.length : 1) * (1 + inner);
}

function argument(field: FieldNode, names: readonly string[], variables: Variables): unknown {
  const found = field.arguments?.find((one) => names.includes(one.name.value));
  return found && constantOf(found.value, variables);
}

function constantOf(node: ValueNode, variables: Variables): unknown {
  if (node.kind === Kind.VARIABLE) return variables[node.name.value];
  if (node.kind === Kind.INT) return Number(node.value);
  return node.kind === Kind.LIST ? node.values.map((one) => constantOf(one, variables)) : undefined;
}
