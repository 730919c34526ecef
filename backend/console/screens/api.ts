/**
 * How the screens ask the console's endpoints.
 *
 * In: a path below `/api/admin` and perhaps a body. Out: the value, or the problem document of the refusal. Each
 * request carries a fresh session token; when the token has just expired the request is sent once more. A network
 * fault is a problem like any other, with code `unreachable`.
 */
import type { EditProblem, PolicyChangeView } from '../view.ts';
import { sessionToken } from './host.ts';

/** What went wrong, as RFC 9457 with the facts of our refusals. */
export type Problem = {
  readonly code: string;
  readonly status: number;
  readonly title: string;
  readonly detail: string;
  readonly pointer?: string;
  readonly value?: unknown;
  readonly allowed?: string;
  readonly remedy?: string;
  readonly currentVersion?: number;
  readonly problems?: readonly EditProblem[];
  readonly changes?: readonly PolicyChangeView[];
};

export type Answer<Value> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly problem: Problem };

const RETRY_HEADER = 'x-shopify-retry-invalid-session-request';

type Options = {
  readonly body?: unknown;
  readonly signal?: AbortSignal;
  /** How the answer is read; JSON unless said. */
  readonly as?: 'json' | 'blob';
};

/** Asks; a body makes it a POST: a file as it is, anything else as JSON. `signal` gives up. */
export async function call<Value>(path: string, options: Options = {}): Promise<Answer<Value>> {
  try {
    const first = await send(path, options);
    const again = first.status === 401 && first.headers.has(RETRY_HEADER);
    return await read<Value>(again ? await send(path, options) : first, options.as);
  } catch (fault) {
    if (fault instanceof DOMException && fault.name === 'AbortError') throw fault;
    return { ok: false, problem: { code: 'unreachable', status: 0, title: '', detail: '' } };
  }
}

/** Sends a file as the body of a request. */
export async function sendFile<Value>(path: string, file: File): Promise<Answer<Value>> {
  return await call<Value>(path, { body: file });
}

async function send(path: string, { body, signal }: Options): Promise<Response> {
  const isFile = body instanceof Blob;
  const token = await sessionToken();
  return await fetch(`/api/admin${path}`, {
    method: body === undefined ? 'GET' : 'POST',
    headers: {
      accept: 'application/json',
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...(body === undefined ? {} : { 'content-type': isFile ? 'text/csv' : 'application/json' }),
    },
    ...(body === undefined ? {} : { body: isFile ? body : JSON.stringify(body) }),
    ...(signal === undefined ? {} : { signal }),
  });
}

async function read<Value>(response: Response, as: Options['as'] = 'json'): Promise<Answer<Value>> {
  if (response.ok && as === 'blob') return { ok: true, value: (await response.blob()) as Value };
  // What has nothing to say answers 204.
  const json = response.status === 204 ? undefined : await response.json();
  if (response.ok) return { ok: true, value: json };
  const type = String(json?.type ?? '');
  return { ok: false, problem: { ...json, code: type.replace('/problems/', '') || 'unknown' } };
}
