/**
 * How is a large JSON body read without letting it hurt anybody?
 *
 * In: a request whose caller is known and has a slot. Out: the parsed JSON and a hash of its bytes; or what is wrong with
 * it. Bodies nested deeper than anything we read are refused before they are parsed. Packed bodies (gzip, deflate, br) are unpacked up to the limit and no further, so a bomb costs what a full batch
 * costs; a body that does not end in time is given up.
 */
import { createHash } from 'node:crypto';
import express, { type Request, type Response } from 'express';
import type { Result } from '../base/result.ts';
import type { KnownRefusal } from '../http/problem.ts';
import { BODY_LIMIT_BYTES } from './stock-schemas.ts';

/** A body as it was read. */
export type JsonBody = { readonly json: unknown; readonly hash: string };

// 8 MiB in this time is half a megabyte a second, a slow office line.
const BODY_SECONDS = 15;

const readRaw = express.raw({ type: () => true, limit: BODY_LIMIT_BYTES });

/** Reads it. Throws what Express's parsers throw; the app answers those (too large, unknown encoding, cut off). */
export async function readJsonBody(
  request: Request,
  response: Response,
): Promise<Result<JsonBody, KnownRefusal>> {
  if (request.is('application/json') === false) {
    return {
      ok: false,
      refusal: { code: 'unsupported_media_type', reason: 'Content-Type is not application/json' },
    };
  }
  const bytes = await readBytes(request, response);
  if (bytes === undefined) {
    response.set('connection', 'close');
    return { ok: false, refusal: { code: 'body_too_slow', limitSeconds: BODY_SECONDS } };
  }
  const hash = createHash('sha256').update(request.path).update('\n').update(bytes).digest('hex');
  return { ok: true, value: { json: parseJson(bytes), hash } };
}

function readBytes(request: Request, response: Response): Promise<Buffer | undefined> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => resolve(undefined), BODY_SECONDS * 1_000);
    readRaw(request, response, (fault?: unknown) => {
      clearTimeout(timer);
      if (fault !== undefined) reject(fault);
      else resolve(Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0));
    });
  });
}

// Far deeper than any shape of ours; what recurses over rows later on needs no stack of its own.
const MOST_LEVELS = 64;

/** Lists and objects within each other, at most, outside of texts. */
function levelsOf(text: string): number {
  let [levels, most] = [0, 0];
  let isText = false;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) isText = !isText;
    else if (isText) at += code === BACKSLASH ? 1 : 0;
    else if (code === LIST || code === OBJECT) most = Math.max(most, ++levels);
    else if (code === LIST_END || code === OBJECT_END) levels -= 1;
  }
  return most;
}

const [QUOTE, BACKSLASH, LIST, LIST_END, OBJECT, OBJECT_END] = [0x22, 0x5c, 0x5b, 0x5d, 0x7b, 0x7d];

const decoder = new TextDecoder('utf-8', { fatal: true });

// The app knows these faults by their `type`, as Express's own JSON parser throws them.
function parseJson(bytes: Buffer): unknown {
  let text: string;
  try {
    text = decoder.decode(bytes);
  } catch (cause) {
    throw Object.assign(new Error('not UTF-8', { cause }), { type: 'charset.unsupported' });
  }
  if (levelsOf(text) > MOST_LEVELS) {
    throw Object.assign(new Error('nested too deeply'), { type: 'entity.too.deep' });
  }
  try {
    return JSON.parse(text);
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : '';
    throw Object.assign(new Error(message, { cause }), { type: 'entity.parse.failed' });
  }
}
