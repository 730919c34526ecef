/** What page and sandbox say to each other: plain data, functions replaced by numbers. */
import type { RemoteMutationRecord } from '@remote-dom/core';

export type ElementRules = Readonly<
  Record<
    string,
    {
      properties: Readonly<
        Record<
          string,
          { type: 'string' | 'number' | 'boolean' | 'mixed'; values?: readonly string[] }
        >
      >;
      events: readonly string[];
    }
  >
>;

/** Everything a bundle needs to run once. */
export type StartMessage = {
  type: 'start';
  target: string;
  bundle: string;
  elements: ElementRules;
  /** Language of the texts and of dates and numbers. */
  language: string;
  timeZone: string;
  words: Record<string, unknown>;
  currency: string;
  /** What an address without a host is asked of; absent: nothing, such a request fails. */
  appUrl?: string | undefined;
  /** Values that never change, by dotted path. */
  constants: Readonly<Record<string, unknown>>;
  /** Values the bundle may subscribe to, by dotted path. */
  signals: Readonly<Record<string, unknown>>;
  /** Functions the page answers, by dotted path. */
  methods: readonly string[];
};

export type ToSandbox =
  | StartMessage
  | { type: 'call'; functionId: number; args: readonly unknown[] }
  | { type: 'set'; path: string; value: unknown }
  | { type: 'result'; id: number; value?: unknown; error?: string };

export type ToPage =
  | { type: 'ready' }
  | { type: 'mutate'; records: readonly RemoteMutationRecord[] }
  | { type: 'rendered'; tookMs: number; targets: readonly string[] }
  | { type: 'error'; message: string }
  | { type: 'console'; level: 'error' | 'warn'; text: string }
  | { type: 'ask'; id: number; method: string; args: readonly unknown[] };

/** A function on its way over the wire. */
export type FunctionReference = { __function: number };

export function isFunctionReference(value: object): value is FunctionReference {
  return '__function' in value && typeof value.__function === 'number';
}
