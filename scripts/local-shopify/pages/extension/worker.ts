/**
 * The sandbox of one extension: runs a built bundle, unchanged, inside a worker of an opaque origin.
 *
 * The bundle sees what Shopify's worker gives it: `shopify` with `extend`, the target's API (signals where the types say
 * so) and `document.body`, a remote root whose mutations go to the page. It has no storage, no cookies and `Origin: null`.
 */
import '@remote-dom/core/polyfill';
import {
  BatchingRemoteConnection,
  connectRemoteNode,
  createRemoteElement,
  setRemoteId,
} from '@remote-dom/core/elements';
import { createI18n } from './i18n.ts';
import type { ElementRules, StartMessage, ToPage, ToSandbox } from './protocol.ts';

/** Of a classic worker; the page's types do not know it. */
declare function importScripts(url: string): void;

type AnyFunction = (...args: readonly unknown[]) => unknown;
type SignalClass = new (value: unknown) => { value: unknown };

const post = (message: ToPage): void => globalThis.postMessage(message);

const functions = new Map<number, AnyFunction>();
const functionIds = new WeakMap<AnyFunction, number>();
const waiting = new Map<number, { resolve(value: unknown): void; reject(error: Error): void }>();
let nextId = 1;

/** Replaces functions by numbers the page can call back. */
function encode(value: unknown): unknown {
  if (typeof value === 'function') return { __function: idOfFunction(value as AnyFunction) };
  if (Array.isArray(value)) return value.map(encode);
  if (value !== null && typeof value === 'object') {
    return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, encode(one)]));
  }
  return value;
}

function idOfFunction(one: AnyFunction): number {
  const known = functionIds.get(one);
  if (known !== undefined) return known;
  const id = nextId++;
  functionIds.set(one, id);
  functions.set(id, one);
  return id;
}

function ask(method: string, args: readonly unknown[]): Promise<unknown> {
  const id = nextId++;
  post({ type: 'ask', id, method, args: args.map(encode) });
  return new Promise((resolve, reject) => waiting.set(id, { resolve, reject }));
}

/** A value the bundle subscribes to, until it hands over its own Signal class. */
type Cell = { value: unknown; subscribe(listener: (value: unknown) => void): () => void };

function createCell(initial: unknown): Cell {
  const listeners = new Set<(value: unknown) => void>();
  let current = initial;
  return {
    get value() {
      return current;
    },
    set value(next) {
      current = next;
      for (const listener of listeners) listener(next);
    },
    subscribe(listener) {
      listeners.add(listener);
      listener(current);
      return () => listeners.delete(listener);
    },
  };
}

type Tree = { [key: string]: unknown };

function setPath(root: Tree, path: string, value: unknown): void {
  const keys = path.split('.');
  const last = keys.pop();
  let at = root;
  for (const key of keys) {
    const next = at[key];
    if (next === null || typeof next !== 'object') at[key] = {};
    at = at[key] as Tree;
  }
  if (last !== undefined) at[last] = value;
}

const cells = new Map<string, { value: unknown }>();

function createApi(start: StartMessage): { api: Tree; callbacks: Map<string, AnyFunction> } {
  const api: Tree = {};
  const callbacks = new Map<string, AnyFunction>();
  for (const [path, value] of Object.entries(start.constants)) setPath(api, path, value);
  for (const [path, value] of Object.entries(start.signals)) {
    const cell = createCell(value);
    cells.set(path, cell);
    setPath(api, path, cell);
  }
  for (const path of start.methods) setPath(api, path, (...args: unknown[]) => ask(path, args));
  api['i18n'] = createI18n(start, (key) => {
    post({ type: 'console', level: 'error', text: `i18n has no text for ${key}` });
  });
  api['extend'] = (target: string, callback: AnyFunction) => callbacks.set(target, callback);
  // The bundle's own Signal class, so that a change redraws its components.
  api['setSignals'] = (Signal: SignalClass) => {
    for (const [path, cell] of cells) {
      const signal = new Signal(cell.value);
      Object.defineProperty(signal, 'current', { get: () => signal.value });
      cells.set(path, signal);
      setPath(api, path, signal);
    }
  };
  return { api, callbacks };
}

function defineElements(elements: ElementRules): void {
  for (const [tag, rules] of Object.entries(elements)) {
    if (customElements.get(tag)) continue;
    const events = Object.fromEntries(
      rules.events.map((type) => [
        type,
        {
          // The page tells value, checked and so on before the listeners run.
          dispatchEvent(this: Tree, sent: { state?: Tree; detail?: unknown } | undefined) {
            Object.assign(this, sent?.state ?? {});
            return new CustomEvent(type, { detail: sent?.detail });
          },
        },
      ]),
    );
    const properties = Object.fromEntries(
      Object.entries(rules.properties).map(([name, property]) => [
        name,
        { type: TYPES[property.type] },
      ]),
    );
    const methods = ['focus', 'blur', 'showOverlay', 'hideOverlay', 'toggleOverlay'];
    customElements.define(tag, createRemoteElement({ properties, events, methods } as object));
  }
}

const TYPES = { string: String, number: Number, boolean: Boolean, mixed: String } as const;

function closeDoors(): void {
  for (const name of ['localStorage', 'sessionStorage', 'indexedDB', 'caches', 'importScripts']) {
    Object.defineProperty(globalThis, name, {
      configurable: true,
      get() {
        throw new Error(`${name} is not available to an extension`);
      },
    });
  }
}

type Entry = { key: string; url: string | null; getState(): unknown };
type Moved = (event: { from: Entry }) => void;

/** The screens of a POS modal: a history of addresses of its own, told to whoever listens. */
function createNavigation(): Tree {
  const listeners = new Set<Moved>();
  const entryOf = (url: string | null, state: unknown): Entry => ({
    key: String(nextId++),
    url,
    getState: () => state,
  });
  const past: Entry[] = [];
  const navigation = { currentEntry: entryOf(null, undefined) };
  const go = (next: Entry): void => {
    const from = navigation.currentEntry;
    navigation.currentEntry = next;
    for (const listener of listeners) listener({ from });
  };
  return Object.assign(navigation, {
    async navigate(url: string, options: { state?: unknown } = {}) {
      past.push(navigation.currentEntry);
      go(entryOf(url, options.state));
    },
    back() {
      const before = past.pop();
      if (before) go(before);
    },
    addEventListener: (_type: string, listener: Moved) => listeners.add(listener),
    removeEventListener: (_type: string, listener: Moved) => listeners.delete(listener),
  });
}

/** POS gives its modals a history and a window that closes. */
function openPosWindow(): void {
  Object.defineProperty(globalThis, 'navigation', {
    configurable: true,
    value: createNavigation(),
  });
  Object.defineProperty(globalThis, 'close', {
    configurable: true,
    value: () => void ask('window.close', []),
  });
}

/** POS asks the app itself for an address without a host; it adds no token. */
function resolveAgainst(appUrl: string): void {
  const original = globalThis.fetch;
  globalThis.fetch = (input, init) =>
    original(typeof input === 'string' && input.startsWith('/') ? appUrl + input : input, init);
}

async function run(start: StartMessage): Promise<void> {
  const startedMs = performance.now();
  defineElements(start.elements);
  const { api, callbacks } = createApi(start);
  if (start.methods.includes('window.close')) openPosWindow();
  if (start.appUrl !== undefined) resolveAgainst(start.appUrl);
  Object.assign(globalThis, { shopify: api });
  setRemoteId(document.body, '~');
  connectRemoteNode(
    document.body,
    new BatchingRemoteConnection({
      mutate: (records) => post({ type: 'mutate', records: encode(records) as typeof records }),
      call: (id, method, ...args) => ask('element', [id, method, ...args]),
    }),
  );
  const load = importScripts;
  closeDoors();
  // A classic script in the global scope, as built bundles expect.
  load(URL.createObjectURL(new Blob([start.bundle], { type: 'text/javascript' })));
  const callback = callbacks.get(start.target);
  if (!callback) throw new Error(`the bundle does not extend ${start.target}`);
  await callback(api);
  await new Promise((resolve) => setTimeout(resolve, 0));
  const tookMs = Math.round((performance.now() - startedMs) * 10) / 10;
  post({ type: 'rendered', tookMs, targets: [...callbacks.keys()] });
}

const textOf = (error: unknown): string =>
  error instanceof Error ? (error.stack ?? error.message) : String(error);
const fail = (error: unknown): void => post({ type: 'error', message: textOf(error) });

function settle(message: Extract<ToSandbox, { type: 'result' }>): void {
  const one = waiting.get(message.id);
  waiting.delete(message.id);
  if (message.error === undefined) one?.resolve(message.value);
  else one?.reject(new Error(message.error));
}

function receive(message: ToSandbox): void {
  switch (message.type) {
    case 'start':
      void run(message).catch(fail);
      break;
    case 'call':
      try {
        functions.get(message.functionId)?.(...message.args);
      } catch (error) {
        fail(error);
      }
      break;
    case 'set': {
      const cell = cells.get(message.path);
      if (cell) cell.value = message.value;
      break;
    }
    case 'result':
      settle(message);
  }
}

self.onmessage = ({ data }: MessageEvent<ToSandbox>) => receive(data);
self.onerror = (event) =>
  fail(event instanceof ErrorEvent ? (event.error ?? event.message) : event);
self.onunhandledrejection = (event) => fail(event.reason);
for (const level of ['error', 'warn'] as const) {
  const original = console[level];
  console[level] = (...args: unknown[]) => {
    post({ type: 'console', level, text: args.map(String).join(' ') });
    original.apply(console, args);
  };
}
post({ type: 'ready' });
