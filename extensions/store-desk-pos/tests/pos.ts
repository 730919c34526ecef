/**
 * POS for tests: a session, storage in memory, our texts, and a backend that answers by path and remembers what it was asked.
 */
import { configure } from '@testing-library/preact';
import { options } from 'preact';
import { vi } from 'vitest';
import { speak } from '../../promise-checkout/tests/speech.ts';

// A busy machine may take its time; nothing here is about speed.
configure({ asyncUtilTimeout: 4_000 });

// Preact's own scheduling leaves a timer that outlives jsdom and misses its cancelAnimationFrame.
options.requestAnimationFrame = (flush) => void setTimeout(flush);

const FOLDER = `${process.cwd()}/extensions/store-desk-pos`;
export const speakDesk = (language: Parameters<typeof speak>[1]) => speak(FOLDER, language);

export const me = {
  node: { id: 's01', name: 'Milano Brera' },
  people: [{ personId: 'per_1', name: 'Giulia', role: 'staff' }],
  nodes: { s01: 'Milano Brera', s02: 'Roma Condotti' },
  tile: { offers: 2, prepare: 3, ready: 1 },
};

export const work = {
  ...{ workId: '1001-1', orderName: '#1001', kind: 'ship', state: 'picking', version: 4 },
  ...{ holdReason: null, customerName: 'Ada Rossi', isCodeLocked: false },
  lines: [{ lineId: 'l1', sku: 'SHIRT', title: 'Shirt', quantity: 2, picked: 1 }],
};

export const offer = {
  ...{ offerId: 'o1', workId: '1002-1', orderId: '1002', expiresAt: '2026-11-27T12:05:00Z' },
  work: { kind: 'ship', lines: [{ sku: 'SHIRT', quantity: 1 }] },
};

export type Asked = {
  readonly method: string;
  readonly path: string;
  readonly body: unknown;
  readonly headers: Readonly<Record<string, string>>;
};
export type Reply = { readonly status?: number; readonly body: unknown };

/** What the tester's extension has that tests set. */
type Extension = {
  shopify: {
    readonly i18n: object;
    readonly toast: { show: (text: string) => void };
    session: object;
    storage: object;
  };
  fetch: typeof globalThis.fetch;
};

/** Makes POS answer; `replies` by `METHOD path`, what is not there is not found. */
export function setUpPos(
  extension: Extension,
  replies: Readonly<Record<string, Reply>>,
  stored: Readonly<Record<string, string>> = {},
) {
  const asked: Asked[] = [];
  const kept = new Map(Object.entries(stored));
  const said: string[] = [];
  let tokens = 0;
  const { shopify } = extension;
  Object.assign(shopify.i18n, speakDesk('en'));
  Object.assign(shopify.session, {
    currentSession: { shopDomain: 'demo.myshopify.com', locationId: 71 },
    getSessionToken: async () => `token-${++tokens}`,
  });
  Object.assign(shopify.storage, {
    get: async (key: string) => kept.get(key),
    set: async (key: string, value: string) => void kept.set(key, value),
    delete: async (key: string) => kept.delete(key),
  });
  shopify.toast.show = (text) => void said.push(text);
  extension.fetch = vi.fn(async (input, init) => {
    const path = String(input).replace('/api/desk', '');
    const method = init?.method ?? 'GET';
    const headers = Object.fromEntries(new Headers(init?.headers));
    const body = init?.body === undefined ? undefined : JSON.parse(String(init.body));
    asked.push({ method, path, body, headers });
    const reply = replies[`${method} ${path}`] ?? {
      status: 404,
      body: { type: '/problems/not_found' },
    };
    return Response.json(reply.body, { status: reply.status ?? 200 });
  });
  /** Nothing was asked any more for a while: what an act caused is over. */
  const settle = async () => {
    for (let seen = -1; seen !== asked.length; ) {
      seen = asked.length;
      for (let turn = 0; turn < 5; turn += 1) await new Promise((done) => setTimeout(done));
    }
  };
  return { asked, kept, said, settle };
}

/** The button with this text. */
export function button(text: string): Element {
  const found = [...document.body.querySelectorAll('s-button')].find(
    ({ textContent }) => textContent === text,
  );
  if (found === undefined) throw new Error(`no button ${text} in: ${document.body.textContent}`);
  return found;
}
