/**
 * Writes a bulk query's result as JSON lines: every node of every connection a line, a nested one with `__parentId`.
 *
 * Connections are walked a page at a time and each page is written before the next is made, so memory holds one page
 * of each level whatever the shop holds. Without `groupObjects` a page's parents come before all their children:
 * nobody may rely on a child following its parent.
 */
import type { FileHandle } from 'node:fs/promises';
import { setImmediate as nextTurn } from 'node:timers/promises';
import {
  type FieldNode,
  type GraphQLObjectType,
  getArgumentValues,
  getNamedType,
  isObjectType,
} from 'graphql';
import { type BulkQuery, nodeSelection } from './bulk-query.ts';
import { type AdminContext, type Arguments, type Node, notSimulated } from './node.ts';
import { selectedFields } from './selection.ts';

/** Nodes of a level held at a time. */
const PAGE = 200;

export type BulkProgress = { objectCount: number; rootObjectCount: number };
export type BulkRun = {
  query: BulkQuery;
  context: AdminContext;
  /** Answers the root field. */
  ask: (field: string, args: Arguments) => unknown;
  file: FileHandle;
  groupObjects: boolean;
  progress: BulkProgress;
  /** Asked before every page; throws to end the run. */
  checkpoint: (page: number) => void;
};

/** Runs it to the end; throws what a resolver throws. */
export async function runBulk(run: BulkRun): Promise<void> {
  const { root, rootType } = run.query;
  const read = (args: Arguments): unknown => run.ask(root.name.value, args);
  const connectionType = typeOf(rootType, root);
  if (!connectionType?.name.endsWith('Connection')) {
    throw notSimulated(`a bulk query whose top-level field is no connection (${root.name.value})`);
  }
  await walk(run, { node: root, parent: rootType, connectionType, read, parentId: undefined });
}

type Walk = {
  node: FieldNode;
  /** Type the connection is a field of. */
  parent: GraphQLObjectType;
  connectionType: GraphQLObjectType;
  read: (args: Arguments) => unknown;
  parentId: unknown;
};

async function walk(run: BulkRun, step: Walk): Promise<void> {
  const inner = nodeSelection(run.query, step.node, step.connectionType);
  const field = step.parent.getFields()[step.node.name.value];
  if (!inner || !field) return;
  // What the query itself says about pages is ignored, as Shopify does.
  const {
    first: _first,
    last: _last,
    after: _after,
    before: _before,
    ...args
  } = getArgumentValues(field, step.node);
  let after: string | undefined;
  for (let page = 0; ; page += 1) {
    run.checkpoint(page);
    const paged = { ...args, first: PAGE, isBulk: true, ...(after === undefined ? {} : { after }) };
    const connection = step.read(paged) as Node;
    const made = (connection['nodes'] as readonly Node[]).map((one) =>
      project(run, one, { ...inner, parentId: step.parentId }),
    );
    await writePage(run, made, step.parentId === undefined);
    const info = connection['pageInfo'] as { hasNextPage: boolean; endCursor: string };
    if (!info.hasNextPage) return;
    after = info.endCursor;
    await nextTurn();
  }
}

type Projected = { line: Record<string, unknown>; children: readonly Walk[] };

async function writePage(run: BulkRun, made: readonly Projected[], isRoot: boolean): Promise<void> {
  const { progress } = run;
  const count = (lines: number): void => {
    progress.objectCount += lines;
    if (isRoot) progress.rootObjectCount += lines;
  };
  if (!run.groupObjects) {
    await run.file.write(made.map(({ line }) => `${JSON.stringify(line)}\n`).join(''));
    count(made.length);
  }
  for (const { line, children } of made) {
    if (run.groupObjects) {
      await run.file.write(`${JSON.stringify(line)}\n`);
      count(1);
    }
    for (const child of children) await walk(run, child);
  }
}

type Shape = {
  selectionSet: NonNullable<FieldNode['selectionSet']>;
  type: GraphQLObjectType;
  parentId: unknown;
};

/** One node's own line, and the connections below it that get lines of their own. */
function project(run: BulkRun, source: Node, shape: Shape): Projected {
  const children: Walk[] = [];
  const line = projectObject(run, source, { ...shape, children, ownerId: source['id'] });
  if (shape.parentId !== undefined) line['__parentId'] = shape.parentId;
  return { line, children };
}

type Projection = Shape & { children: Walk[]; ownerId: unknown };

function projectObject(run: BulkRun, source: Node, shape: Projection): Record<string, unknown> {
  const line: Record<string, unknown> = {};
  for (const node of selectedFields(run.query, shape.selectionSet, shape.type)) {
    const key = node.alias?.value ?? node.name.value;
    if (node.name.value === '__typename') line[key] = shape.type.name;
    else projectField(run, source, { node, key, shape, line });
  }
  return line;
}

type FieldOfLine = {
  node: FieldNode;
  key: string;
  shape: Projection;
  line: Record<string, unknown>;
};

function projectField(run: BulkRun, source: Node, { node, key, shape, line }: FieldOfLine): void {
  const field = shape.type.getFields()[node.name.value];
  const value = source[node.name.value];
  if (!field || value === undefined) throw notSimulated(`${shape.type.name}.${node.name.value}`);
  const type = getNamedType(field.type);
  const read = (args: Arguments): unknown =>
    typeof value === 'function' ? value(args, run.context) : value;
  const { selectionSet } = node;
  if (!isObjectType(type) || !selectionSet) {
    line[key] = read(getArgumentValues(field, node));
  } else if (type.name.endsWith('Connection')) {
    const { children, ownerId } = shape;
    children.push({ node, parent: shape.type, connectionType: type, read, parentId: ownerId });
  } else {
    line[key] = mapValue(read(getArgumentValues(field, node)), (one) =>
      projectObject(run, one, { ...shape, type, selectionSet }),
    );
  }
}

function mapValue(value: unknown, project: (one: Node) => object): unknown {
  if (value === null || value === undefined) return null;
  return Array.isArray(value) ? value.map((one) => project(one)) : project(value as Node);
}

function typeOf(parent: GraphQLObjectType, node: FieldNode): GraphQLObjectType | undefined {
  const type = getNamedType(parent.getFields()[node.name.value]?.type);
  return isObjectType(type) ? type : undefined;
}
