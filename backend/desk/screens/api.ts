/**
 * How the desk asks and listens.
 *
 * In: a path below `/api/desk` and perhaps a body. Out: the value, or the problem document of the refusal; a network fault is
 * a problem like any other, with code `unreachable`. Device and person stand in headers, so events are read by `fetch` as
 * a stream (an EventSource cannot send headers); when the stream ends, the list is asked for again and again.
 */

/** What went wrong, as RFC 9457 with the facts of our refusals. */
export type Problem = {
  readonly code: string;
  readonly detail: string;
  readonly [fact: string]: unknown;
};

export type Answer<Value> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly problem: Problem };

const DEVICE = 'kept-desk-device';
const PERSON = 'kept-desk-person';

/** What this phone was given; null: nothing yet. */
export const keys = {
  device: () => localStorage.getItem(DEVICE),
  person: () => localStorage.getItem(PERSON),
  setDevice: (token: string | null) => keep(DEVICE, token),
  setPerson: (token: string | null) => keep(PERSON, token),
};

function keep(name: string, token: string | null): void {
  if (token === null) localStorage.removeItem(name);
  else localStorage.setItem(name, token);
}

function headers(): Record<string, string> {
  const device = keys.device();
  const person = keys.person();
  return {
    'content-type': 'application/json',
    ...(device === null ? {} : { 'x-kept-device': device }),
    ...(person === null ? {} : { 'x-kept-person': person }),
  };
}

const UNREACHABLE: Problem = { code: 'unreachable', detail: '' };

/** Asks; a body makes it a POST. */
export async function call<Value>(path: string, body?: object): Promise<Answer<Value>> {
  try {
    const response = await fetch(`/api/desk${path}`, {
      method: body === undefined ? 'GET' : 'POST',
      headers: headers(),
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const json = await response.json();
    if (response.ok) return { ok: true, value: json };
    const code = String(json?.type ?? '').replace('/problems/', '') || 'unreachable';
    return { ok: false, problem: { ...json, code, detail: String(json?.detail ?? '') } };
  } catch {
    return { ok: false, problem: UNREACHABLE };
  }
}

export type DeskNews = { readonly type: string; readonly [fact: string]: unknown };

type Hearing = {
  /** Nothing can be missed from now on. */
  onOpen(): void;
  onEvent(event: DeskNews): void;
};

/** Reads events until the stream ends or `signal` gives up. */
export async function listen(signal: AbortSignal, hear: Hearing): Promise<void> {
  const response = await fetch('/api/desk/events', { headers: headers(), signal });
  if (!response.ok || response.body === null) return;
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    const blocks = `${text}${value}`.split('\n\n');
    text = blocks.pop() ?? '';
    for (const block of blocks) tell(block, hear);
  }
}

function tell(block: string, hear: Hearing): void {
  const data = /^data: (.*)$/m.exec(block)?.[1];
  if (block.startsWith('event: listening')) hear.onOpen();
  else if (data !== undefined) hear.onEvent(JSON.parse(data));
}
