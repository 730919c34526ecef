/**
 * How an object answers an operation: a field is a value, or a function of the field's arguments.
 *
 * A field that an object does not carry is "not simulated", an error that names type and field; so an operation that
 * this stand-in cannot answer never gets a made-up null.
 */
import { GraphQLError, type GraphQLFieldResolver, type GraphQLTypeResolver } from 'graphql';
import type { LocalShop } from '../shop.ts';
import type { AdminServices } from './services.ts';

export type Arguments = Readonly<Record<string, unknown>>;
/** Anything an operation can be answered with; `__typename` tells unions and interfaces apart. */
export type Node = { readonly __typename: string; readonly [field: string]: unknown };

export type AdminContext = {
  shop: LocalShop;
  scopes: ReadonlySet<string>;
  version: string;
  services: AdminServices;
  /** The answer is held back this long on demand; what it waits for has not happened yet. */
  pause?: () => Promise<void>;
  /** One row of an inventory write is refused on demand, with this code. */
  badRow?: { rowIndex: (rows: number) => number; code: string };
};

export const resolveField: GraphQLFieldResolver<Readonly<Record<string, unknown>>, AdminContext> = (
  source,
  args,
  context,
  info,
) => {
  const value = source[info.fieldName];
  if (value === undefined) throw notSimulated(`${info.parentType.name}.${info.fieldName}`);
  return typeof value === 'function' ? value(args, context, info) : value;
};

/** The error that names what this stand-in cannot answer. */
export function notSimulated(what: string): GraphQLError {
  return new GraphQLError(`not simulated: ${what}`, { extensions: { code: 'NOT_SIMULATED' } });
}

export const resolveType: GraphQLTypeResolver<unknown, AdminContext> = (value) => {
  const { __typename } = Object(value);
  return typeof __typename === 'string' ? __typename : undefined;
};

/** Shopify never gives more nodes at once. */
const PAGE_MAX = 250;
/** Nor will it page further into one list. */
const DEPTH_MAX = 25_000;

const badRequest = (message: string): GraphQLError =>
  new GraphQLError(message, { extensions: { code: 'BAD_REQUEST' } });

/** One page of a list as Shopify's connections give it. */
export function toConnection(typename: string, nodes: readonly Node[], args: Arguments): Node {
  return toPage(typename, { items: nodes, make: (node) => node }, args);
}

/** Things that become nodes only when their page is asked for; `isIn` leaves some out. */
export type PageSource<Item> = {
  items: readonly Item[];
  isIn?: (item: Item) => boolean;
  make: (item: Item) => Node;
};
/** Where a page ended: place among all items, and how many were listed up to there. */
type Cursor = { index: number; listed: number };

/** One page; a cursor says where in `items` it ended, so that the next one looks at nothing twice. */
export function toPage<Item>(typename: string, source: PageSource<Item>, args: Arguments): Node {
  const count = sizeOf(args);
  const from = readCursor(args['after']);
  if (from.listed + count > DEPTH_MAX && args['isBulk'] !== true) {
    throw badRequest(`Pagination is limited to ${DEPTH_MAX} objects.`);
  }
  const { isIn = () => true, make } = source;
  const items = args['reverse'] === true ? source.items.toReversed() : source.items;
  const edges: { cursor: string; node: Node }[] = [];
  let hasNextPage = false;
  for (let index = from.index; index < items.length; index += 1) {
    const item = items[index] as Item;
    if (!isIn(item)) continue;
    hasNextPage = edges.length === count;
    if (hasNextPage) break;
    const cursor = writeCursor({ index: index + 1, listed: from.listed + edges.length + 1 });
    edges.push({ cursor, node: make(item) });
  }
  return {
    __typename: typename,
    nodes: edges.map((one) => one.node),
    edges,
    pageInfo: {
      hasNextPage,
      hasPreviousPage: from.listed > 0,
      startCursor: edges[0]?.cursor ?? null,
      endCursor: edges.at(-1)?.cursor ?? null,
    },
  };
}

function sizeOf({ first, last }: Arguments): number {
  const count = typeof first === 'number' ? first : typeof last === 'number' ? last : undefined;
  if (count === undefined) throw badRequest('you must provide one of first or last');
  if (count > PAGE_MAX) throw badRequest(`first must be at most ${PAGE_MAX}`);
  return count;
}

function writeCursor({ index, listed }: Cursor): string {
  return Buffer.from(`${index} ${listed}`).toString('base64');
}

function readCursor(after: unknown): Cursor {
  if (typeof after !== 'string') return { index: 0, listed: 0 };
  const [index = 0, listed = index] = Buffer.from(after, 'base64')
    .toString()
    .split(' ')
    .map(Number);
  if (Number.isNaN(index) || Number.isNaN(listed)) throw badRequest(`Invalid cursor ${after}`);
  return { index, listed };
}

export type UserErrorFacts = { field: readonly string[] | null; message: string; code?: string };

/** A payload's `userErrors`, none by default. */
export function userErrors(typename: string, ...errors: readonly UserErrorFacts[]): Node[] {
  return errors.map((one) => ({ __typename: typename, elementIndex: null, code: null, ...one }));
}
