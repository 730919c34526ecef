/**
 * May this query run in bulk? One root connection, at most five connections nested two deep, an `id` in every parent.
 *
 * Output: the query, read, or Shopify's reason against it. Pessimistic where the limits are stated loosely: two levels
 * count the root connection as the first.
 * Source: https://shopify.dev/docs/api/usage/bulk-operations/queries
 */
import {
  type DocumentNode,
  type FieldNode,
  type GraphQLObjectType,
  type GraphQLSchema,
  getNamedType,
  getNullableType,
  isListType,
  isObjectType,
  parse,
  type SelectionSetNode,
  validate,
} from 'graphql';
import { fragmentsOf, type SelectionScope, selectedFields } from './selection.ts';

const CONNECTIONS_MAX = 5;
const DEPTH_MAX = 2;

export type BulkQuery = SelectionScope & {
  root: FieldNode;
  rootType: GraphQLObjectType;
};

/** Reads a query for bulk, or says why it cannot run. */
export function parseBulkQuery(
  schema: GraphQLSchema,
  text: string,
): { ok: true; query: BulkQuery } | { ok: false; message: string } {
  let document: DocumentNode;
  try {
    document = parse(text);
  } catch (error) {
    return refuse(`Invalid bulk query: ${error instanceof Error ? error.message : String(error)}`);
  }
  const [invalid] = validate(schema, document);
  if (invalid) return refuse(`Invalid bulk query: ${invalid.message}`);
  const operations = document.definitions.filter((one) => one.kind === 'OperationDefinition');
  const [operation] = operations;
  if (operations.length !== 1 || operation?.operation !== 'query') {
    return refuse('Bulk queries must hold exactly one query operation.');
  }
  if ((operation.variableDefinitions?.length ?? 0) > 0) {
    return refuse('Bulk queries do not support variables.');
  }
  return checkRoot({ schema, fragments: fragmentsOf(document) }, operation.selectionSet);
}

function checkRoot(
  scope: SelectionScope,
  selections: SelectionSetNode,
): ReturnType<typeof parseBulkQuery> {
  const rootType = scope.schema.getQueryType();
  const roots = rootType ? selectedFields(scope, selections, rootType) : [];
  const [root] = roots;
  if (!rootType || !root || roots.length !== 1) {
    return refuse('Bulk queries must have a single top-level field.');
  }
  if (root.name.value === 'node' || root.name.value === 'nodes') {
    return refuse("The top-level 'node' and 'nodes' fields can't be used in a bulk query.");
  }
  const count = { connections: 0 };
  const fault = findFault(scope, [root], { type: rootType, depth: 0, inList: false, count });
  if (fault !== undefined) return refuse(fault);
  if (count.connections === 0) return refuse('Bulk queries must contain at least one connection.');
  return { ok: true, query: { ...scope, root, rootType } };
}

function refuse(message: string): { ok: false; message: string } {
  return { ok: false, message };
}

type Place = {
  type: GraphQLObjectType;
  depth: number;
  inList: boolean;
  count: { connections: number };
};

function findFault(
  scope: SelectionScope,
  fields: readonly FieldNode[],
  place: Place,
): string | undefined {
  for (const node of fields) {
    const field = place.type.getFields()[node.name.value];
    const type = field && getNamedType(field.type);
    if (!field || !isObjectType(type) || !node.selectionSet) continue;
    const fault = type.name.endsWith('Connection')
      ? connectionFault(scope, node, { ...place, type })
      : findFault(scope, selectedFields(scope, node.selectionSet, type), {
          ...place,
          type,
          inList: place.inList || isListType(getNullableType(field.type)),
        });
    if (fault !== undefined) return fault;
  }
  return undefined;
}

function connectionFault(scope: SelectionScope, node: FieldNode, place: Place): string | undefined {
  place.count.connections += 1;
  if (place.inList) return 'Bulk queries cannot contain a connection field within a list field.';
  if (place.count.connections > CONNECTIONS_MAX) {
    return `Bulk queries cannot contain more than ${CONNECTIONS_MAX} connections.`;
  }
  if (place.depth + 1 > DEPTH_MAX) {
    return `Bulk queries cannot contain connections with a nesting depth greater than ${DEPTH_MAX}.`;
  }
  const inner = nodeSelection(scope, node, place.type);
  if (!inner) return `The connection '${node.name.value}' must select its nodes.`;
  const fields = selectedFields(scope, inner.selectionSet, inner.type);
  const before = place.count.connections;
  const deeper = { ...place, type: inner.type, depth: place.depth + 1 };
  const fault = findFault(scope, fields, deeper);
  const hasNested = place.count.connections > before;
  const hasId = fields.some((one) => one.name.value === 'id' && one.alias === undefined);
  if (fault === undefined && hasNested && !hasId) {
    return "The parent 'node' field for a nested connection must select the 'id' field without an alias and must be of 'ID!' return type.";
  }
  return fault;
}

/** What is selected of a connection's nodes, under `nodes` or under `edges { node }`. */
export function nodeSelection(
  scope: SelectionScope,
  connection: FieldNode,
  connectionType: GraphQLObjectType,
): { selectionSet: SelectionSetNode; type: GraphQLObjectType } | undefined {
  for (const node of selectedFields(scope, connection.selectionSet, connectionType)) {
    const type = getNamedType(connectionType.getFields()[node.name.value]?.type);
    if (!isObjectType(type) || !node.selectionSet) continue;
    if (node.name.value === 'nodes') return { selectionSet: node.selectionSet, type };
    if (node.name.value !== 'edges') continue;
    const inner = selectedFields(scope, node.selectionSet, type).find(
      (one) => one.name.value === 'node',
    );
    const innerType = getNamedType(type.getFields()['node']?.type);
    if (inner?.selectionSet && isObjectType(innerType)) {
      return { selectionSet: inner.selectionSet, type: innerType };
    }
  }
  return undefined;
}
