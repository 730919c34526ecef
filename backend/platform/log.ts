/**
 * What may be written down about what happened?
 *
 * In: an event with facts. Out: one JSON line on stdout. Only the field names below are written and
 * every other field is dropped, so a name, an address, a token or a body cannot slip in through a
 * spread object; errors are reduced to name, message, code and our own stack.
 * Invariants: no personal data in a field by construction; messages of errors are scrubbed of
 * e-mail addresses, long digit runs, URLs' credentials and bearer tokens.
 */
import { pino } from 'pino';

/** The facts a line may carry. `event` is what happened, in snake_case. */
export type LogFacts = {
  readonly event: string;
  readonly error?: unknown;
  readonly shop?: string;
  readonly requestId?: string;
  readonly method?: string;
  readonly route?: string;
  readonly status?: number;
  readonly code?: string;
  readonly durationMs?: number;
  readonly count?: number;
  readonly job?: string;
  readonly jobId?: string;
  readonly topic?: string;
  readonly deliveryId?: string;
  readonly operation?: string;
  readonly version?: number;
  readonly service?: string;
  readonly nodeId?: string;
  readonly receiptId?: string;
  readonly port?: number;
  readonly url?: string;
  readonly names?: readonly string[];
  readonly reason?: string;
};

/** Three levels: what happened, what needs a look, what is broken. */
export type Log = {
  info(facts: LogFacts): void;
  warn(facts: LogFacts): void;
  error(facts: LogFacts): void;
};

const ALLOWED_NAMES = {
  event: true,
  shop: true,
  requestId: true,
  method: true,
  route: true,
  status: true,
  code: true,
  durationMs: true,
  count: true,
  job: true,
  jobId: true,
  topic: true,
  deliveryId: true,
  operation: true,
  version: true,
  service: true,
  nodeId: true,
  receiptId: true,
  port: true,
  url: true,
  names: true,
  reason: true,
} satisfies Record<Exclude<keyof LogFacts, 'error'>, true>;
const ALLOWED: ReadonlySet<string> = new Set(Object.keys(ALLOWED_NAMES));

// The others are ids, codes and names of ours; an id may look like a telephone number.
const FREE_TEXT: ReadonlySet<string> = new Set(['reason', 'url', 'operation']);

/** Where lines go; `process.stdout` in `main.ts`, a collector in tests. */
export type LogDestination = { write(line: string): void };

/** Builds the log. `level` is the least that is written: `info`, `warn`, `error` or `silent`. */
export function createLog(
  level: 'info' | 'warn' | 'error' | 'silent',
  destination: LogDestination,
): Log {
  const logger = pino({ level, base: null, messageKey: 'message' }, destination);
  return {
    info: (facts) => logger.info(pickAllowed(facts)),
    warn: (facts) => logger.warn(pickAllowed(facts)),
    error: (facts) => logger.error(pickAllowed(facts)),
  };
}

function pickAllowed(facts: LogFacts): Record<string, unknown> {
  const line: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(facts)) {
    if (!ALLOWED.has(name) || value === undefined) continue;
    line[name] = typeof value === 'string' && FREE_TEXT.has(name) ? scrub(value) : value;
  }
  if (facts.error !== undefined) line['error'] = describeError(facts.error);
  return line;
}

// Causes are followed this deep: a service's fault, the client's, the socket's.
const MAX_CAUSES = 3;

function describeError(error: unknown, depth = 0): Record<string, unknown> {
  if (!(error instanceof Error)) return { name: 'NotAnError', message: scrub(String(error)) };
  const described: Record<string, unknown> = { name: error.name, message: scrub(error.message) };
  if ('code' in error && typeof error.code === 'string') described['code'] = error.code;
  if (depth === 0 && error.stack !== undefined) described['stack'] = ownFrames(error.stack);
  if (error.cause !== undefined && depth < MAX_CAUSES) {
    described['cause'] = describeError(error.cause, depth + 1);
  }
  return described;
}

// Frames name files and lines, never values; the first line (the message) is scrubbed apart.
function ownFrames(stack: string): string[] {
  return stack
    .split('\n')
    .filter((line) => line.trimStart().startsWith('at ') && !line.includes('node_modules'))
    .slice(0, 8)
    .map((line) => line.trim());
}

const SECRETS: readonly (readonly [RegExp, string])[] = [
  [/[\w.+-]+@[\w-]+\.[\w.-]+/g, '[email]'],
  [/\/\/[^/\s:@]+:[^/\s@]+@/g, '//[credentials]@'],
  [/\b(?:Bearer\s+)?eyJ[\w-]+\.[\w-]+\.[\w-]*/g, '[token]'],
  [/\bshp(?:at|ca|pa|ss|ua)_[\w-]+/g, '[token]'],
  [/\+?\d[\d\s()/-]{7,}\d/g, '[number]'],
];

function scrub(text: string): string {
  return SECRETS.reduce((clean, [pattern, name]) => clean.replace(pattern, name), text);
}
