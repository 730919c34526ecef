/**
 * How an object answers an operation: a field is a value, or a function of the field's arguments.
 *
 * A field that an object does not carry is "not simulated", an error that names type and field; so an operation that
 * this stand-in cannot answer never gets a made-up null.
 */
import { GraphQLError, type GraphQLFieldResolver, type GraphQLTypeResolver } from 'graphql';
import type { LocalShop } from '../shop.ts';

export type Arguments = Readonly<Record<string, unknown>>;
/** Anything an operation can be answered with; `__typename` tells unions and interfaces apart. */
export type Node = { readonly __typename: string; readonly [field: string]: unknown };

export type AdminContext = { shop: LocalShop; scopes: ReadonlySet<string>; version: string };

export const resolveField: GraphQLFieldResolver<Readonly<Record<string, unknown>>, AdminContext> = (
  source,
  args,
  context,
  info,
) => {
  const value = source[info.fieldName];
  if (value === undefined) {
    throw new GraphQLError(`not simulated: ${info.parentType.name}.${info.fieldName}`, {
      extensions: { code: 'NOT_SIMULATED' },
    });
  }
  return typeof value === 'function' ? value(args, context) : value;
};

export const resolveType: GraphQLTypeResolver<unknown, AdminContext> = (value) => {
  const { __typename } = Object(value);
  return typeof __typename === 'string' ? __typename : undefined;
};

/** Shopify never gives more nodes at once. */
const PAGE_MAX = 250;

/** One page of a list as Shopify's connections give it; cursors are places in the list. */
export function toConnection(typename: string, nodes: readonly Node[], args: Arguments): Node {
  const { first, after, last } = args;
  const count = typeof first === 'number' ? first : typeof last === 'number' ? last : undefined;
  if (count === undefined) {
    throw new GraphQLError('you must provide one of first or last', {
      extensions: { code: 'BAD_REQUEST' },
    });
  }
  if (count > PAGE_MAX) {
    throw new GraphQLError(`first must be at most ${PAGE_MAX}`, {
      extensions: { code: 'BAD_REQUEST' },
    });
  }
  const from = typeof after === 'string' ? Number(Buffer.from(after, 'base64').toString()) : 0;
  const page = nodes.slice(from, from + count);
  const cursor = (place: number): string => Buffer.from(String(place)).toString('base64');
  return {
    __typename: typename,
    nodes: page,
    edges: page.map((node, i) => ({ cursor: cursor(from + i + 1), node })),
    pageInfo: {
      hasNextPage: from + page.length < nodes.length,
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
