/**
 * Starts the fake Shopify of the bench `push` and speaks with it, as a transport of the Admin client.
 */
import { type ChildProcess, fork } from 'node:child_process';
import path from 'node:path';
import type { FakeReply, FakeReport, FakeRequest, FakeSettings } from './push-shopify.ts';

/** The fake, from here. */
export type Fake = {
  fetch: typeof fetch;
  watch(index: number, units: number): Promise<number>;
  report(): Promise<FakeReport>;
  stop(): void;
};

/** Starts it; it ends with `stop`. */
export function startFake(settings: FakeSettings): Fake {
  const child: ChildProcess = fork(
    path.join(import.meta.dirname, 'push-shopify.ts'),
    [JSON.stringify(settings)],
    { serialization: 'advanced' },
  );
  const waiting = new Map<number, (text: string | null) => void>();
  const watching = new Map<number, (atMs: number) => void>();
  let reported: (report: FakeReport) => void = () => {};
  let id = 0;
  child.on('message', (reply: FakeReply) => {
    if (reply.kind === 'reply') {
      waiting.get(reply.id)?.(reply.text);
      waiting.delete(reply.id);
    } else if (reply.kind === 'visible') watching.get(reply.id)?.(reply.atMs);
    else reported(reply.report);
  });
  const ask = (request: FakeRequest) => child.send(request);
  return {
    fetch: async (_url, init) => {
      const mine = ++id;
      const answered = new Promise<string | null>((resolve) => waiting.set(mine, resolve));
      ask({ kind: 'call', id: mine, body: String(init?.body) });
      const text = await answered;
      if (text === null) throw new TypeError('fetch failed: the reply was lost');
      return new Response(text, { status: 200, headers: { 'Content-Type': 'application/json' } });
    },
    watch: (index, units) => {
      const mine = ++id;
      ask({ kind: 'watch', index, units, id: mine });
      return new Promise((resolve) => watching.set(mine, resolve));
    },
    report: () => {
      ask({ kind: 'report' });
      return new Promise((resolve) => {
        reported = resolve;
      });
    },
    stop: () => child.kill(),
  };
}
