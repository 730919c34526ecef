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

/** One page of a list as Shopify's connections give it; cursors are places in the list. */
export function toConnection(typename: string, nodes: readonly Node[], args: Arguments): Node {
  return toPage(typename, { items: nodes, make: (node) => node }, args);
}

/** The same over things that become nodes only when their page is asked for. */
export function toPage<Item>(
  typename: string,
  { items, make }: { items: readonly Item[]; make: (item: Item) => Node },
  args: Arguments,
): Node {
  const { first, after, last } = args;
  const count = typeof first === 'number' ? first : typeof last === 'number' ? last : undefined;
  if (count === undefined) throw badRequest('you must provide one of first or last');
  if (count > PAGE_MAX) throw badRequest(`first must be at most ${PAGE_MAX}`);
  const from = typeof after === 'string' ? Number(Buffer.from(after, 'base64').toString()) : 0;
  if (from + count > DEPTH_MAX && args['isBulk'] !== true) {
    throw badRequest(`Pagination is limited to ${DEPTH_MAX} objects.`);
  }
  const ordered = args['reverse'] === true ? items.toReversed() : items;
  const page = ordered.slice(from, from + count).map(make);
  const cursor = (place: number): string => Buffer.from(String(place)).toString('base64');
  return {
    __typename: typename,
    nodes: page,
    edges: page.map((node, i) => ({ cursor: cursor(from + i + 1), node })),
    pageInfo: {
      hasNextPage: from + page.length < items.length,
      hasPreviousPage: from > 0,
      startCursor: page.length === 0 ? null : cursor(from + 1),
      endCursor: page.length === 0 ? null : cursor(from + page.length),
    },
  };
}

export type UserErrorFacts = { field: readonly string[] | null; message: string; code?: string };

/** A payload's `userErrors`, none by default. */
export function userErrors(typename: string, ...errors: readonly UserErrorFacts[]): Node[] {
  return errors.map((one) => ({ __typename: typename, elementIndex: null, code: null, ...one }));
}
