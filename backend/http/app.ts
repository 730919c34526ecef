/**
 * What do all HTTP answers of this service have in common?
 *
 * In: routers with the path they answer under and the way their body is read. Out: an Express app in
 * which every request has an id, every body a limit, every refusal a problem document, and nothing
 * internal (stack, SQL, personal data) leaves the process.
 * Invariants: an outage answers 503, a bug 500, both logged with the request's id; the log names the
 * mount, never the address asked for, which may hold a token or a postal code.
 */
import { randomUUID } from 'node:crypto';
import express, {
  type ErrorRequestHandler,
  type Express,
  type Request,
  type RequestHandler,
  type Response,
  type Router,
} from 'express';
import { TransientError } from '../base/result.ts';
import { isStorableText } from '../base/stored-text.ts';
import type { Log } from '../platform/log.ts';
import { type HttpRefusal, requestIdOf, sendRefusal } from './problem.ts';

/** One router and where it answers. */
export type Mount = {
  readonly path: string;
  readonly router: Router;
  /**
   * `json`: parsed into `request.body`. `raw`: `request.body` is the bytes as sent, for signatures.
   * `own`: the router reads the body itself.
   */
  readonly body: 'json' | 'raw' | 'own';
  /** Thousands of requests per second are counted, not logged one by one. */
  readonly isQuiet?: boolean;
};

/** What the app is built from. `checkReady` names what is missing; empty means ready. */
export type AppOptions = {
  readonly log: Log;
  readonly mounts: readonly Mount[];
  readonly checkReady: () => Promise<readonly string[]>;
};

// A cart of 500 lines with long titles is about 150 kB.
const JSON_LIMIT_BYTES = 512 * 1024;
// Shopify's order webhooks carry every line and property of an order; 500 lines reach 2 MB.
const RAW_LIMIT_BYTES = 4 * 1024 * 1024;
const REQUEST_ID = /^[\w-]{8,64}$/;

/** Builds the app. */
export function createApp({ log, mounts, checkReady }: AppOptions): Express {
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  // One proxy of ours (or Shopify's tunnel) stands in front; its X-Forwarded-For names the caller.
  app.set('trust proxy', 1);
  app.use(identifyRequest);
  app.use(refuseZeroCharacter);
  app.get('/healthz', (_request, response) => {
    response.json({ status: 'ok' });
  });
  app.get('/readyz', async (_request, response) => {
    const missing = await checkReady();
    response
      .status(missing.length === 0 ? 200 : 503)
      .json({ status: missing.length === 0 ? 'ready' : 'not_ready', missing });
  });
  for (const mount of mounts) {
    const handlers: RequestHandler[] = mount.isQuiet ? [] : [logRequest(log, mount.path)];
    if (mount.body === 'json') handlers.push(parseJson);
    if (mount.body === 'raw') handlers.push(readRawBody);
    app.use(mount.path, ...handlers, mount.router);
  }
  app.use((_request, response) => sendRefusal(response, { code: 'not_found' }));
  app.use(answerFault(log));
  return app;
}

const UNSTORABLE = 'a text holds U+0000 or half of a surrogate pair';

const parseJson = express.json({
  limit: JSON_LIMIT_BYTES,
  // No database keeps such a text; said here it costs no endpoint a fault.
  reviver: (_key: string, value: unknown) => {
    if (typeof value === 'string' && !isStorableText(value)) throw new Error(UNSTORABLE);
    return value;
  },
});

const identifyRequest: RequestHandler = (request, response, next) => {
  const given = request.get('x-request-id');
  const id = given !== undefined && REQUEST_ID.test(given) ? given : randomUUID();
  response.locals['requestId'] = id;
  response.set({ 'x-request-id': id, 'x-content-type-options': 'nosniff' });
  next();
};

// No name in any database holds one; said here no endpoint has to.
const refuseZeroCharacter: RequestHandler = (request, response, next) => {
  if (!request.url.includes('%00')) return next();
  sendRefusal(response, { code: 'malformed_request', reason: 'a zero character in the address' });
};

const parseRaw = express.raw({ type: () => true, limit: RAW_LIMIT_BYTES });

// A request without a body leaves `body` undefined; a signature is over bytes, also over none.
const readRawBody: RequestHandler = (request, response, next) => {
  parseRaw(request, response, (fault?: unknown) => {
    if (fault === undefined && !Buffer.isBuffer(request.body)) request.body = Buffer.alloc(0);
    next(fault);
  });
};

function logRequest(log: Log, route: string): RequestHandler {
  return (request, response, next) => {
    const startedAt = performance.now();
    response.once('finish', () => {
      const facts = {
        event: 'request',
        requestId: requestIdOf(response),
        method: request.method,
        route,
        status: response.statusCode,
        durationMs: Math.round((performance.now() - startedAt) * 10) / 10,
      };
      if (response.statusCode >= 500) log.warn(facts);
      else log.info(facts);
    });
    next();
  };
}

function answerFault(log: Log): ErrorRequestHandler {
  return (fault: unknown, request: Request, response: Response, next) => {
    const refusal = refusalOf(fault);
    if (refusal.code === 'internal_error' || refusal.code === 'unavailable') {
      const facts = { requestId: requestIdOf(response), method: request.method, error: fault };
      if (refusal.code === 'unavailable') log.warn({ event: 'outage', ...facts });
      else log.error({ event: 'bug', ...facts });
    }
    if (response.headersSent) next(fault);
    else sendRefusal(response, refusal);
  };
}

// The body parsers and the router of Express throw errors with a `type` or `status`; what else is
// thrown is an outage or a bug of ours.
function refusalOf(fault: unknown): HttpRefusal {
  if (fault instanceof TransientError) return { code: 'unavailable' };
  if (!(fault instanceof Error)) return { code: 'internal_error' };
  if (fault instanceof URIError)
    return { code: 'malformed_request', reason: 'bad escape in the address' };
  const type = 'type' in fault ? fault.type : undefined;
  if (isUnpacking(fault)) {
    return {
      code: 'malformed_request',
      reason: 'the body is damaged, or not packed as Content-Encoding says',
    };
  }
  switch (type) {
    case 'entity.parse.failed':
      return { code: 'malformed_json', reason: withoutContent(fault.message) };
    case 'entity.too.deep':
      return { code: 'malformed_json', reason: 'lists and objects are nested too deeply' };
    case 'entity.too.large':
      return { code: 'body_too_large', limitBytes: limitOf(fault) };
    case 'encoding.unsupported':
    case 'charset.unsupported':
      return { code: 'unsupported_media_type', reason: 'unknown encoding' };
    case 'encoding.error':
    case 'request.aborted':
    case 'request.size.invalid':
    case 'stream.encoding.set':
      return { code: 'malformed_request', reason: 'the body ended early or is damaged' };
    default:
      return { code: 'internal_error' };
  }
}

// The parsers hand on what zlib throws while it unpacks a body, as it is.
function isUnpacking(fault: Error): boolean {
  const code = 'code' in fault ? fault.code : undefined;
  return typeof code === 'string' && UNPACKING.test(code);
}

// Of gzip and deflate, of Brotli, of Zstandard.
const UNPACKING = /^(Z_|ERR__ERROR_|ERR_BROTLI|ZSTD_error_)/;

// V8 quotes the text around the fault, which may be somebody's address; only the place is kept.
function withoutContent(message: string): string {
  if (message === UNSTORABLE) return message;
  const place = /at position \d+(?: \(line \d+ column \d+\))?/.exec(message);
  return place === null ? 'it ends early or is no JSON' : `unexpected character ${place[0]}`;
}

function limitOf(fault: Error): number {
  return 'limit' in fault && typeof fault.limit === 'number' ? fault.limit : JSON_LIMIT_BYTES;
}
