/**
 * A push in a process of its own that kills itself, as a power cut would, when it passes a named step.
 *
 *   node tests/worlds/push-process.ts '{"appUrl", "url", "token", "file", "step"}'
 *
 * Its figures rest in a file, so that the next process goes on with the same truth. Passing `sent` means that Shopify
 * has done what it was asked and nobody hears the answer.
 */
import fs from 'node:fs';
import { openDatabase } from '../../backend/platform/database.ts';
import { reconcileLevels } from '../../backend/shopify/inventory/reconcile-levels.ts';
import { createReconcileStore } from '../../backend/shopify/inventory/reconcile-store.ts';
import type { PushStep } from '../../backend/shopify/inventory/steps.ts';
import { quietLog } from './live-shop.ts';
import { type FigureState, modelFigures } from './push-figures.ts';
import { PUSH_SHOP, type PushStage, startPush } from './push-stage.ts';

export type PushProcess = {
  readonly appUrl: string;
  readonly url: string;
  readonly token: string;
  /** Where the figures rest. */
  readonly file: string;
  readonly step: PushStep;
};

/** Reads figures that `saveFigures` wrote. */
export function loadFigures(file: string): FigureState {
  return JSON.parse(fs.readFileSync(file, 'utf8'));
}

/** Writes figures whole or not at all. */
export function saveFigures(file: string, state: FigureState): void {
  fs.writeFileSync(`${file}.new`, JSON.stringify(state));
  fs.renameSync(`${file}.new`, file);
}

/** A stage whose figures rest in a file. */
export function stageOfFile(
  of: Omit<PushProcess, 'step' | 'appUrl'>,
  db: PushStage['db'],
): PushStage {
  const { url, token, file } = of;
  const figures = modelFigures(
    () => loadFigures(file),
    (state) => saveFigures(file, state),
  );
  return { db, url, token, figures };
}

/** Compares all levels once, as every night. */
export function compareLevels(
  push: ReturnType<typeof startPush>,
  db: PushStage['db'],
): Promise<number> {
  const store = createReconcileStore(db);
  const importLevel = async () => {
    throw new Error('not expected: every level here is ours');
  };
  return reconcileLevels(
    { ...push, store, log: quietLog, fetch, importLevel, wake: push.wake },
    PUSH_SHOP,
  );
}

async function main(asked: PushProcess): Promise<void> {
  const db = openDatabase<unknown>({
    url: asked.appUrl,
    assumesAppRole: false,
    maxConnections: 4,
    onIdleError: () => undefined,
  });
  const die = () => process.kill(process.pid, 'SIGKILL');
  const push = startPush({
    ...stageOfFile(asked, db),
    onStep: (step) => {
      if (step === asked.step && step !== 'sent') die();
    },
    fetch: async (input, init) => {
      const response = await fetch(input, init);
      if (asked.step === 'sent' && String(init?.body).includes('InventorySetQuantities(')) die();
      return response;
    },
  });
  if (asked.step.startsWith('bulk_')) await compareLevels(push, db);
}

if (import.meta.main) await main(JSON.parse(process.argv[2] ?? ''));
