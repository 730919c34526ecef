/**
 * Unknown JSON in, a checked world or request out, or every problem found (the first 50).
 *
 * Each problem names the place (RFC 6901 JSON pointer), the value that stood there, what may stand
 * there and what to do. First every field on its own (world.ts), then what crosses fields
 * (world-check.ts); the second only once the first is clean, so that no problem is reported twice.
 */
import type { InvalidInput, Result } from '../base/result.ts';
import { fieldProblems } from './field-problems.ts';
import { MAX_PROBLEMS } from './problems.ts';
import {
  type NetworkSection,
  networkSectionSchema,
  requestSchema,
  type World,
  type WorldRequest,
  worldSchema,
} from './world.ts';
import { checkRequest, checkWorld } from './world-check.ts';

/** The first problem, and with it all that were found, at most `MAX_PROBLEMS`. */
export type WorldRefusal = InvalidInput & { readonly problems: readonly InvalidInput[] };

/** A whole world, as `kept quote --world` reads it. */
export function parseWorld(json: unknown): Result<World, WorldRefusal> {
  const parsed = worldSchema.safeParse(json);
  if (!parsed.success) return refuse(fieldProblems(parsed.error, json));
  return settle(parsed.data, checkWorld(parsed.data));
}

/** A shop's network section: a world without products and stock, which live in tables of their own. */
export function parseNetworkSection(json: unknown): Result<NetworkSection, WorldRefusal> {
  const parsed = networkSectionSchema.safeParse(json);
  if (!parsed.success) return refuse(fieldProblems(parsed.error, json));
  return settle(parsed.data, checkWorld(parsed.data));
}

/** A shopper's question. Whether its SKUs exist is for the engine to say, which knows them. */
export function parseRequest(json: unknown): Result<WorldRequest, WorldRefusal> {
  const parsed = requestSchema.safeParse(json);
  if (!parsed.success) return refuse(fieldProblems(parsed.error, json));
  return settle(parsed.data, checkRequest(parsed.data));
}

function settle<Value>(
  value: Value,
  problems: readonly InvalidInput[],
): Result<Value, WorldRefusal> {
  return problems.length === 0 ? { ok: true, value } : refuse(problems);
}

function refuse<Value>(problems: readonly InvalidInput[]): Result<Value, WorldRefusal> {
  const [first] = problems;
  if (first === undefined) throw new Error('Bug: refused without a problem');
  return { ok: false, refusal: { ...first, problems: problems.slice(0, MAX_PROBLEMS) } };
}
