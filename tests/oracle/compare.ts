/**
 * Does the product answer what the oracle answers?
 *
 * Inputs: random cases by seed. Outputs: the branch counts of the oracle and every request whose two answers differ.
 * What is compared: everything docs/cli.md states but `reasons`, the CO2 of single parcels, and the facts of an absent
 * option other than why nothing departs.
 */
import { compileNetwork } from '../../backend/network/network.ts';
import type { World, WorldRequest } from '../../backend/network/world.ts';
import { parseRequest, parseWorld } from '../../backend/network/world-parse.ts';
import { quote } from '../../backend/promise/quote.ts';
import { toAnswer } from '../../backend/promise/quote-answer.ts';
import { toQuoteRequest } from '../../backend/promise/quote-request.ts';
import { factsOfWorld } from '../../backend/stock/stock.ts';
import type { Answer, AnswerParcel } from './answer.ts';
import { type Count, SILENT } from './branches.ts';
import { createOracle } from './oracle.ts';
import type { Case } from './random-world.ts';
import { instantMinutes } from './zone-table.ts';

export type Difference = {
  readonly world: World;
  readonly request: WorldRequest;
  readonly expected: Answer;
  /** The product's answer, or the text of what it threw or refused. */
  readonly got: Answer | string;
};

/** The instant at which a request is evaluated. */
export function evaluatedMinute(request: WorldRequest): number {
  return Math.floor(instantMinutes(request.now)) + request.marginMinutes;
}

function comparedParcel(parcel: AnswerParcel): AnswerParcel {
  const { nodeId, serviceCode, readyAt, departsAt, deliveryOn, costMinor, distanceMeters } = parcel;
  const lines = parcel.lines.map(({ sku, quantity, fromIncoming }) => ({
    sku,
    quantity,
    fromIncoming,
  }));
  return {
    nodeId,
    serviceCode,
    lines,
    readyAt,
    departsAt,
    deliveryOn,
    costMinor,
    distanceMeters,
  };
}

/** The compared part of a product's answer, fields in the oracle's order. */
function compared(answer: ReturnType<typeof toAnswer>): Answer {
  return {
    evaluatedAt: answer.evaluatedAt,
    options: answer.options.map((option) => ({
      method: option.method,
      serviceCode: option.serviceCode,
      window: { from: option.window.from, to: option.window.to },
      timeZone: option.timeZone,
      promisedOn: option.promisedOn,
      orderBy: option.orderBy,
      parcels: option.parcels.map((parcel) =>
        comparedParcel({ ...parcel, lines: [...parcel.lines] }),
      ),
      priceMinor: option.priceMinor,
      costMinor: option.costMinor,
      co2Grams: option.co2Grams,
      greenest: option.greenest,
      confidence: option.confidence,
      quality: option.quality,
      withinTwoHours: option.withinTwoHours,
    })),
    absent: answer.absent.map(({ method, serviceCode, code, facts }) => ({
      method,
      serviceCode,
      code,
      facts: code === 'no_departure' ? { why: String(facts['why']) } : {},
    })),
  };
}

/** The product on one world: what `kept quote` answers. */
export function productOf(json: unknown, fromMinute: number) {
  const world = parseWorld(json);
  if (!world.ok) throw new Error(`world refused: ${JSON.stringify(world.refusal.problems)}`);
  const snapshot = compileNetwork(world.value, fromMinute);
  const facts = factsOfWorld(snapshot, world.value);
  return (request: WorldRequest): Answer => {
    const asked = parseRequest(request);
    if (!asked.ok) throw new Error(`request refused: ${JSON.stringify(asked.refusal)}`);
    const ready = toQuoteRequest(snapshot, asked.value);
    if (!ready.ok) throw new Error(`request refused: ${JSON.stringify(ready.refusal)}`);
    return compared(toAnswer(snapshot, quote(snapshot, facts, ready.value)));
  };
}

/** Asks both sides every request; the first difference, and how much was compared. */
export function compareCase({ world, requests }: Omit<Case, 'seed'>, count: Count = SILENT) {
  const minutes = requests.map(evaluatedMinute);
  const fromMinute = Math.min(...minutes);
  const oracle = createOracle(world, { fromMinute, toMinute: Math.max(...minutes) + 1 });
  const product = attempt(() => productOf(world, fromMinute));
  let first: Difference | undefined;
  let options = 0;
  for (const request of requests) {
    const expected = oracle.quote(request, count);
    options += expected.options.length;
    const got = typeof product === 'string' ? product : attempt(() => product(request));
    if (first === undefined && JSON.stringify(expected) !== JSON.stringify(got)) {
      first = { world, request, expected, got };
    }
  }
  return { first, quotes: requests.length, options };
}

function attempt<T>(run: () => T): T | string {
  try {
    return run();
  } catch (error) {
    return error instanceof Error ? (error.stack ?? error.message) : String(error);
  }
}

/** The differing parts of two answers, one line each. */
export function differingLines(expected: unknown, got: unknown, path = ''): readonly string[] {
  if (JSON.stringify(expected) === JSON.stringify(got)) return [];
  if (isObject(expected) && isObject(got)) {
    return [...new Set([...Object.keys(expected), ...Object.keys(got)])].flatMap((key) =>
      differingLines(expected[key], got[key], `${path}/${key}`),
    );
  }
  return [`${path}: expected ${JSON.stringify(expected)}, got ${JSON.stringify(got)}`];
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
