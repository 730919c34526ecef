/**
 * What does an operation cost in points, before it runs (as requested) and after (as answered)?
 *
 * Shopify documents: a scalar or enum 0, an object 1, an interface or union the dearest of its selections, a mutation
 * 10, a connection by `first` or `last`. How a size counts it does not say; measured costs of a published audit all fit
 * 2 + floor(2 ln size) nodes, money free. The setting `connectionCost` counts sizes in full instead, as until 2024.
 * Edges, nodes and pageInfo are part of their connection; an answer costs at most what was requested.
 * Source: https://shopify.dev/docs/apps/build/apis/graphql-admin/rate-limits, github.com/microsoft/BCApps pull 5926
 */
import {
  type DocumentNode,
  type FieldNode,
  type GraphQLCompositeType,
  type GraphQLObjectType,
  type GraphQLSchema,
  getArgumentValues,
  getNamedType,
  getOperationAST,
  isAbstractType,
  isCompositeType,
  isInterfaceType,
  isObjectType,
  Kind,
  type SelectionSetNode,
} from 'graphql';
import { fragmentsOf, type SelectionScope, selectedFields } from './selection.ts';

/** A mutation's own points; the objects of its payload are in them, connections inside are not. */
const MUTATION_POINTS = 10;

const EMPTY: SelectionSetNode = { kind: Kind.SELECTION_SET, selections: [] };

/** How the size of a connection counts. */
export type Sizing = 'measured' | 'in full';
/** What a measured connection costs besides its nodes. */
const CONNECTION_POINTS = 2;
/** An object that the audit shows to be free. */
const FREE_TYPE = 'MoneyV2';

type Ask = {
  schema: GraphQLSchema;
  document: DocumentNode;
  operationName: string | undefined;
  variables: Readonly<Record<string, unknown>>;
  sizing: Sizing;
};
type Scope = SelectionScope & {
  variables: Readonly<Record<string, unknown>>;
  sizing: Sizing;
  /** Points of one object here: 0 in a mutation's payload until a connection opens. */
  objectPoints: number;
};

/** Points of an operation; with `data`, of what it was answered. */
export function costOf(ask: Ask, data?: Readonly<Record<string, unknown>> | null): number {
  const operation = getOperationAST(ask.document, ask.operationName);
  const root = operation && ask.schema.getRootType(operation.operation);
  if (!operation || !root) return 0;
  const isMutation = operation.operation === 'mutation';
  const scope: Scope = {
    schema: ask.schema,
    fragments: fragmentsOf(ask.document),
    variables: ask.variables,
    sizing: ask.sizing,
    objectPoints: isMutation ? 0 : 1,
  };
  const inside = selectionCost(scope, operation.selectionSet, { type: root, value: data });
  const fields = selectedFields(scope, operation.selectionSet, root);
  return inside + (isMutation ? MUTATION_POINTS * fields.length : 0);
}

/** `value` undefined: not answered yet, so the ceiling; null: answered with nothing. */
type Place = { type: GraphQLCompositeType; value: unknown };

function selectionCost(scope: Scope, selections: SelectionSetNode, place: Place): number {
  if (!isAbstractType(place.type)) return objectCost(scope, selections, place);
  const concrete = concreteTypes(scope, selections, place.type);
  const costs = concrete.map((type) => objectCost(scope, selections, { ...place, type }));
  return Math.max(0, ...costs);
}

function objectCost(scope: Scope, selections: SelectionSetNode, place: Place): number {
  return selectedFields(scope, selections, place.type).reduce(
    (sum, node) => sum + fieldCost(scope, node, place),
    0,
  );
}

function fieldCost(scope: Scope, node: FieldNode, { type, value }: Place): number {
  const hasFields = isObjectType(type) || isInterfaceType(type);
  const field = hasFields ? type.getFields()[node.name.value] : undefined;
  const inner = field && getNamedType(field.type);
  if (!field || !node.selectionSet || !isCompositeType(inner)) return 0;
  const own = value === undefined ? undefined : Object(value)[node.alias?.value ?? node.name.value];
  const args = getArgumentValues(field, node, scope.variables);
  const place = { type: inner, value: own };
  if (inner.name.endsWith('Connection')) {
    return connectionCost(scope, node.selectionSet, { ...place, size: sizeOf(args) ?? 0 });
  }
  const { ids } = args;
  if (!Array.isArray(ids)) return valueCost(scope, node.selectionSet, { ...place, args });
  // `nodes(ids:)` is as large as the list of ids it is given.
  const found = Array.isArray(own) ? own : ids.map(() => undefined);
  return found.reduce<number>(
    (sum, one) =>
      sum + valueCost(scope, node.selectionSet ?? EMPTY, { type: inner, value: one, args: {} }),
    0,
  );
}

type FieldArguments = Readonly<Record<string, unknown>>;

function sizeOf({ first, last }: FieldArguments): number | undefined {
  return typeof first === 'number' ? first : typeof last === 'number' ? last : undefined;
}

/** How many nodes' worth of points so many nodes are. */
function sized({ sizing }: Scope, nodes: number): number {
  if (sizing === 'in full' || nodes === 0) return nodes;
  return Math.max(1, Math.floor(2 * Math.log(nodes)));
}

/** Points of answered nodes: their mean as often as their number counts. */
function answeredCost(scope: Scope, costs: readonly number[]): number {
  if (costs.length === 0) return 0;
  const sum = costs.reduce((all, one) => all + one, 0);
  return Math.ceil((sum / costs.length) * sized(scope, costs.length));
}

/** One object, or a list of them: a list without a size is one object, as dear as its dearest element. */
function valueCost(
  scope: Scope,
  selections: SelectionSetNode,
  { type, value, args }: Place & { args: FieldArguments },
): number {
  if (value === null) return 0;
  const isFree = scope.sizing === 'measured' && type.name === FREE_TYPE;
  const own = isFree ? 0 : scope.objectPoints;
  const costOfOne = (one: unknown): number =>
    own + selectionCost(scope, selections, { type, value: one });
  if (Array.isArray(value)) {
    const costs = value.map(costOfOne);
    return sizeOf(args) === undefined ? Math.max(own, ...costs) : answeredCost(scope, costs);
  }
  return sized(scope, sizeOf(args) ?? 1) * costOfOne(value);
}

function connectionCost(
  scope: Scope,
  selections: SelectionSetNode,
  { type, value, size }: Place & { size: number },
): number {
  if (value === null) return 0;
  const inside = { ...scope, objectPoints: 1 };
  const own = scope.sizing === 'measured' ? CONNECTION_POINTS : 0;
  const picks = nodePicks(inside, selections, type);
  if (picks.length === 0) return own + (value === undefined ? sized(scope, size) : 0);
  const costs = picks.map(({ selectionSet, type: nodeType, read }) => {
    const costOfNode = (node: unknown): number =>
      1 + selectionCost(inside, selectionSet, { type: nodeType, value: node });
    return value === undefined
      ? sized(scope, size) * costOfNode(undefined)
      : answeredCost(scope, read(value).map(costOfNode));
  });
  return own + Math.max(...costs);
}

type NodePick = {
  selectionSet: SelectionSetNode;
  type: GraphQLCompositeType;
  read: (connection: unknown) => readonly unknown[];
};

/** Where a connection's nodes are selected: under `nodes`, or under `edges { node }`. */
function nodePicks(
  scope: Scope,
  selections: SelectionSetNode,
  type: GraphQLCompositeType,
): NodePick[] {
  const asList = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
  return selectedFields(scope, selections, type).flatMap((node): NodePick[] => {
    const key = node.alias?.value ?? node.name.value;
    const inner = innerType(type, node);
    if (!node.selectionSet || !inner) return [];
    if (node.name.value === 'nodes') {
      const read = (value: unknown) => asList(Object(value)[key]);
      return [{ selectionSet: node.selectionSet, type: inner, read }];
    }
    if (node.name.value !== 'edges') return [];
    return nodeFieldPicks(scope, node.selectionSet, inner).map((pick) => ({
      selectionSet: pick.selectionSet,
      type: pick.type,
      read: (value) => asList(Object(value)[key]).map((edge) => Object(edge)[pick.key]),
    }));
  });
}

function nodeFieldPicks(
  scope: Scope,
  selections: SelectionSetNode,
  edgeType: GraphQLCompositeType,
): { key: string; selectionSet: SelectionSetNode; type: GraphQLCompositeType }[] {
  return selectedFields(scope, selections, edgeType).flatMap((node) => {
    const type = innerType(edgeType, node);
    if (node.name.value !== 'node' || !node.selectionSet || !type) return [];
    return [{ key: node.alias?.value ?? 'node', selectionSet: node.selectionSet, type }];
  });
}

function innerType(type: GraphQLCompositeType, node: FieldNode): GraphQLCompositeType | undefined {
  const field = isObjectType(type) ? type.getFields()[node.name.value] : undefined;
  const inner = field && getNamedType(field.type);
  return inner && isCompositeType(inner) ? inner : undefined;
}

/** The concrete types a selection on an abstract one speaks of; the abstract one itself when it names none. */
function concreteTypes(
  scope: Scope,
  selections: SelectionSetNode,
  type: GraphQLCompositeType,
): readonly (GraphQLCompositeType | GraphQLObjectType)[] {
  const named = selections.selections.flatMap((one) => {
    if (one.kind === 'Field') return [];
    const fragment = one.kind === 'InlineFragment' ? one : scope.fragments.get(one.name.value);
    const found = scope.schema.getType(fragment?.typeCondition?.name.value ?? '');
    return isObjectType(found) ? [found] : [];
  });
  return named.length === 0 ? [type] : named;
}
