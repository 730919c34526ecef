/** A place on a page where an extension draws; its signals follow the page's data. */
import { useEffect, useRef } from 'preact/hooks';
import type { ExtensionMount } from '../../checkout/view.ts';
import { type RunningExtension, runExtension } from './host.ts';
import type { TargetApi } from './target-api.ts';

export type SlotFacts = {
  language: string;
  timeZone: string;
  currency: string;
  /** Where addresses without a host go, at targets where Shopify resolves them. */
  appUrl?: string;
};

export function ExtensionSlot({
  mount,
  api,
  facts,
}: {
  mount: ExtensionMount;
  api: TargetApi;
  facts: SlotFacts;
}) {
  const root = useRef<HTMLDivElement>(null);
  const running = useRef<RunningExtension>(null);
  const sent = useRef<Record<string, string>>({});
  const latest = useRef(api);
  latest.current = api;
  useEffect(() => {
    if (!root.current) return;
    const methods = Object.fromEntries(
      Object.keys(api.methods).map((name) => [
        name,
        // The page may have moved on; a call uses what it shows now.
        (...args: readonly unknown[]) => latest.current.methods[name]?.(...args),
      ]),
    );
    running.current = runExtension(root.current, {
      target: mount.target,
      bundleUrl: mount.bundleUrl,
      words: mount.words,
      ...facts,
      constants: api.constants,
      signals: api.signals,
      methods,
    });
    sent.current = written(api);
    return () => running.current?.stop();
  }, [mount.handle, mount.target, facts.language]);

  useEffect(() => {
    for (const [path, text] of Object.entries(written(api))) {
      if (sent.current[path] === text) continue;
      sent.current[path] = text;
      running.current?.set(path, api.signals[path]);
    }
  });
  return (
    <div class="extension-slot" data-target={mount.target} data-handle={mount.handle} ref={root} />
  );
}

function written(api: TargetApi): Record<string, string> {
  const entries = Object.entries(api.signals).map(([path, value]) => [
    path,
    String(JSON.stringify(value)),
  ]);
  return Object.fromEntries(entries);
}
