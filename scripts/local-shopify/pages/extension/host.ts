/**
 * The page's side of one extension: starts its sandbox and draws what it sends, if the target's types allow it.
 *
 * Every element, property and literal value is checked against Shopify's own types; what is outside is refused, logged
 * as an error and not drawn. A failing extension leaves its place empty, as in Shopify's checkout.
 */
import type { RemoteMutationRecord } from '@remote-dom/core';
import { type DOMRemoteElementPolicy, DOMRemoteReceiver } from '@remote-dom/core/receivers';
import {
  type ElementRules,
  isFunctionReference,
  type StartMessage,
  type ToPage,
  type ToSandbox,
} from './protocol.ts';

export type HostMethod = (...args: readonly unknown[]) => unknown;
export type ExtensionSetup = {
  target: string;
  bundleUrl: string;
  language: string;
  timeZone: string;
  currency: string;
  appUrl?: string | undefined;
  words: Record<string, unknown>;
  constants: Readonly<Record<string, unknown>>;
  signals: Readonly<Record<string, unknown>>;
  methods: Readonly<Record<string, HostMethod>>;
};

export type RunningExtension = {
  /** Settles when the first drawing is there or the bundle has failed. */
  done: Promise<void>;
  set(path: string, value: unknown): void;
  stop(): void;
  readonly log: readonly { level: string; text: string }[];
};

const texts = new Map<string, Promise<string>>();
function fetchText(url: string): Promise<string> {
  let text = texts.get(url);
  if (!text) {
    text = fetch(url).then((response) => {
      if (!response.ok) throw new Error(`${url}: status ${response.status}`);
      return response.text();
    });
    texts.set(url, text);
  }
  return text;
}

/** An opaque origin: a sandboxed frame without `allow-same-origin` that starts a worker from a blob. */
async function openSandbox(code: string): Promise<{ port: MessagePort; frame: HTMLIFrameElement }> {
  const frame = document.createElement('iframe');
  frame.setAttribute('sandbox', 'allow-scripts');
  frame.setAttribute('aria-hidden', 'true');
  frame.hidden = true;
  frame.title = 'Extension sandbox';
  frame.srcdoc = `<script>addEventListener('message',(event)=>{const [port]=event.ports;const worker=new Worker(URL.createObjectURL(new Blob([event.data],{type:'text/javascript'})));worker.onmessage=(message)=>port.postMessage(message.data);worker.onerror=(error)=>port.postMessage({type:'error',message:error.message});port.onmessage=(message)=>worker.postMessage(message.data)},{once:true})</script>`;
  await new Promise<void>((resolve) => {
    frame.addEventListener('load', () => resolve(), { once: true });
    document.body.append(frame);
  });
  const channel = new MessageChannel();
  frame.contentWindow?.postMessage(code, '*', [channel.port2]);
  return { port: channel.port1, frame };
}

function policyOf(elements: ElementRules): Record<string, DOMRemoteElementPolicy> {
  return Object.fromEntries(
    Object.entries(elements).map(([tag, rules]) => [
      tag,
      {
        properties: Object.fromEntries(
          Object.entries(rules.properties).map(([name, { type }]) => [
            name,
            type === 'mixed' ? {} : { type },
          ]),
        ),
        attributes: ['slot', 'id'],
        events: Object.fromEntries(rules.events.map((type) => [type, {}])),
      },
    ]),
  );
}

type Serialized = {
  id: string;
  element: string;
  properties?: Record<string, unknown>;
  children?: unknown[];
};
const isElement = (node: unknown): node is Serialized =>
  node !== null && typeof node === 'object' && 'element' in node;

/** Why an element or its values may not be drawn; undefined when they may. Literal unions are enforced. */
export function refuseNode(elements: ElementRules, node: unknown): string | undefined {
  if (!isElement(node)) return undefined;
  if (!elements[node.element]) return `<${node.element}> is not available to this target`;
  for (const [name, value] of Object.entries(node.properties ?? {})) {
    const reason = refuseValue(elements, node.element, { name, value });
    if (reason !== undefined) return reason;
  }
  for (const child of node.children ?? []) {
    const reason = refuseNode(elements, child);
    if (reason !== undefined) return reason;
  }
  return undefined;
}

/** Why a property may not have a value: unknown to the target, or outside the literals of its type. */
export function refuseValue(
  elements: ElementRules,
  tag: string,
  { name, value }: { name: string; value: unknown },
): string | undefined {
  const rule = elements[tag]?.properties[name];
  if (!rule) return `<${tag}> has no property ${name}`;
  if (value == null || !rule.values || rule.values.includes(String(value))) return undefined;
  return `<${tag} ${name}="${String(value)}"> is none of ${rule.values.join(', ')}`;
}

/** Remembers which tag has which id, so that later changes of a value can be checked too. */
function rememberTags(tags: Map<string, string>, node: unknown): void {
  if (!isElement(node)) return;
  tags.set(node.id, node.element);
  for (const child of node.children ?? []) rememberTags(tags, child);
}

/** Runs an extension in `root`. */
export function runExtension(root: Element, setup: ExtensionSetup): RunningExtension {
  const log: { level: string; text: string }[] = [];
  const fail = (text: string): void => {
    log.push({ level: 'error', text });
    console.error(`[extension ${setup.target}] ${text}`);
  };
  let post: (message: ToSandbox) => void = () => {};
  let frame: HTMLIFrameElement | undefined;
  let isStopped = false;
  const queued: ToSandbox[] = [];

  const start = async (): Promise<void> => {
    const [code, bundle, catalog] = await Promise.all([
      fetchText('/assets/extension-worker.js'),
      fetchText(setup.bundleUrl),
      fetchText(`/local/elements/${setup.target}`),
    ]);
    const elements: ElementRules = JSON.parse(catalog);
    const sandbox = await openSandbox(code);
    frame = sandbox.frame;
    if (isStopped) frame.remove();
    post = (message) => sandbox.port.postMessage(message);
    const receiver = new DOMRemoteReceiver({ root, elements: policyOf(elements) });
    const message: StartMessage = {
      type: 'start',
      target: setup.target,
      bundle,
      elements,
      language: setup.language,
      timeZone: setup.timeZone,
      words: setup.words,
      currency: setup.currency,
      appUrl: setup.appUrl,
      constants: setup.constants,
      signals: setup.signals,
      methods: Object.keys(setup.methods),
    };
    await listen(sandbox.port, { setup, receiver, elements, tags: new Map(), fail, log, message });
    for (const waiting of queued.splice(0)) post(waiting);
  };
  let isRunning = false;
  const done = start()
    .catch((error: unknown) => fail(String(error)))
    .then(() => {
      isRunning = true;
      root.setAttribute(
        'data-extension',
        log.some((one) => one.level === 'error') ? 'failed' : 'drawn',
      );
    });
  return {
    done,
    log,
    set(path, value) {
      const message: ToSandbox = { type: 'set', path, value };
      if (isRunning) post(message);
      else queued.push(message);
    },
    stop() {
      isStopped = true;
      frame?.remove();
      root.replaceChildren();
    },
  };
}

type Session = {
  setup: ExtensionSetup;
  receiver: DOMRemoteReceiver;
  elements: ElementRules;
  tags: Map<string, string>;
  fail(text: string): void;
  log: { level: string; text: string }[];
  message: StartMessage;
};

/** Serves one sandbox; settles with its first drawing or its first error. */
function listen(port: MessagePort, session: Session): Promise<void> {
  const send = (message: ToSandbox): void => port.postMessage(message);
  return new Promise((resolve) => {
    port.onmessage = ({ data }: MessageEvent<ToPage>) => {
      switch (data.type) {
        case 'ready':
          send(session.message);
          break;
        case 'mutate':
          draw(session, data.records, send);
          break;
        case 'rendered':
          resolve();
          break;
        case 'error':
          session.fail(data.message);
          resolve();
          break;
        case 'console':
          session.log.push({ level: data.level, text: data.text });
          break;
        case 'ask':
          void answer(session, data, send);
      }
    };
  });
}

function draw(
  session: Session,
  records: readonly RemoteMutationRecord[],
  send: (message: ToSandbox) => void,
): void {
  for (const record of records) {
    const decoded = decode(record, send) as RemoteMutationRecord;
    const reason = refuseRecord(session, decoded);
    if (reason !== undefined) {
      session.fail(reason);
      continue;
    }
    try {
      session.receiver.connection.mutate([decoded]);
    } catch (error) {
      session.fail(error instanceof Error ? error.message : String(error));
    }
  }
}

// Numbers of remote-dom's wire format: an inserted node, a changed property of the property kind.
const INSERTS = 0;
const CHANGES = 3;
const KIND_PROPERTY = 1;

function refuseRecord(session: Session, record: RemoteMutationRecord): string | undefined {
  if (record[0] === INSERTS) {
    const reason = refuseNode(session.elements, record[2]);
    if (reason === undefined) rememberTags(session.tags, record[2]);
    return reason;
  }
  const tag = session.tags.get(record[1]);
  if (record[0] !== CHANGES || tag === undefined) return undefined;
  const [, , name, value, kind = KIND_PROPERTY] = record;
  return kind === KIND_PROPERTY
    ? refuseValue(session.elements, tag, { name: String(name), value })
    : undefined;
}

function decode(value: unknown, send: (message: ToSandbox) => void): unknown {
  if (Array.isArray(value)) return value.map((one) => decode(one, send));
  if (value === null || typeof value !== 'object') return value;
  if (isFunctionReference(value)) {
    const functionId = value.__function;
    return (detail: unknown) => {
      const sent = detail !== null && typeof detail === 'object' ? detail : { detail: null };
      send({ type: 'call', functionId, args: [JSON.parse(JSON.stringify(sent))] });
    };
  }
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, decode(one, send)]));
}

async function answer(
  session: Session,
  asked: Extract<ToPage, { type: 'ask' }>,
  send: (message: ToSandbox) => void,
): Promise<void> {
  try {
    const value =
      asked.method === 'element'
        ? callElement(session, asked.args)
        : await session.setup.methods[asked.method]?.(...asked.args);
    send({ type: 'result', id: asked.id, value });
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    send({ type: 'result', id: asked.id, error: text });
  }
}

function callElement(session: Session, [id, method, ...args]: readonly unknown[]): unknown {
  return session.receiver.connection.call(String(id), String(method), ...args);
}
