/**
 * Keeps the shop's state over restarts: one JSON file, written a moment after a change, whole or not at all.
 *
 * No path: the state lives in memory only, as tests want it.
 */
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { ShopState } from './state.ts';

/** Changes come in bursts (one checkout step makes several); one write covers them. */
const SETTLE_MS = 250;

export type StateFile = {
  /** Says that the state changed; it is written soon. */
  touch(): void;
  /** Writes now what is still waiting. */
  flush(): void;
};

/** The saved state; undefined when there is none, or when it is of another format or of another seed's shop. */
export function loadState(path: string | undefined, seedDigest: string): ShopState | undefined {
  if (path === undefined || !existsSync(path)) return undefined;
  const saved: ShopState = JSON.parse(readFileSync(path, 'utf8'));
  return saved.format === 1 && saved.seedDigest === seedDigest ? saved : undefined;
}

/** Follows one state object; `prepare` brings it up to date just before it is written. */
export function createStateFile(
  path: string | undefined,
  state: ShopState,
  prepare: () => void = () => {},
): StateFile {
  let timer: NodeJS.Timeout | undefined;
  const write = (): void => {
    if (path === undefined) return;
    prepare();
    mkdirSync(dirname(path), { recursive: true });
    // Written beside and renamed, so that a crash leaves the old file or the new one.
    writeFileSync(`${path}.new`, JSON.stringify(state));
    renameSync(`${path}.new`, path);
  };
  return {
    touch() {
      if (path === undefined || timer) return;
      timer = setTimeout(() => {
        timer = undefined;
        write();
      }, SETTLE_MS);
    },
    flush() {
      if (!timer) return;
      clearTimeout(timer);
      timer = undefined;
      write();
    },
  };
}
