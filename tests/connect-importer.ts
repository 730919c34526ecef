/**
 * Books a stock file in a process of its own, for tests that end it at a named step with kill -9.
 *
 * Started with DATABASE_URL, SHOP, FILE and, to die, KILL_AT=<step> and KILL_COUNT=<which time>. Without an import in the
 * shop it uploads FILE and starts it; then it books what was started, to the end. Prints `done`.
 */
import { createReadStream } from 'node:fs';
import type { ShopId } from '../backend/base/ids.ts';
import type { ImportStep } from '../backend/connect/import-file.ts';
import { connectStand } from './connect-stand.ts';

/** What the process is told, as environment variables. */
export type ImporterEnvironment = {
  readonly DATABASE_URL: string;
  readonly SHOP: string;
  readonly FILE: string;
  readonly IS_FULL: 'yes' | 'no';
  readonly KILL_AT?: string;
  readonly KILL_COUNT?: string;
};

const env = (name: keyof ImporterEnvironment): string => {
  const value = process.env[name];
  if (value === undefined) throw new Error(`${name} is not set`);
  return value;
};

let times = Number(process.env['KILL_COUNT'] ?? '1');
const atStep = (step: ImportStep) => {
  if (step !== process.env['KILL_AT']) return;
  times -= 1;
  if (times === 0) process.kill(process.pid, 'SIGKILL');
};

const shopId = env('SHOP') as ShopId;
const stand = connectStand(env('DATABASE_URL'), { atStep, skus: 20_000 });

async function upload(): Promise<void> {
  const pieces = createReadStream(env('FILE'), { highWaterMark: 64 * 1024 });
  const uploaded = await stand.imports.upload(shopId, { fileName: 'f.csv', author: 'ada', pieces });
  if (!uploaded.ok) throw new Error(JSON.stringify(uploaded.refusal));
}

async function start(): Promise<void> {
  const ready = (await stand.imports.list(shopId)).find((row) => row.state === 'ready');
  if (ready === undefined) return;
  const looked = await stand.imports.preview(shopId, ready.importId);
  if (!looked.ok) throw new Error(JSON.stringify(looked.refusal));
  const { separator, linesBefore, mapping } = looked.value.layout;
  const isFull = process.env['IS_FULL'] === 'yes';
  const options = {
    separator,
    linesBefore,
    mapping,
    kind: 'count',
    type: 'on_hand',
    isFull,
  } as const;
  const started = await stand.imports.start(shopId, ready.importId, options);
  if (!started.ok) throw new Error(JSON.stringify(started.refusal));
}

const known = await stand.imports.list(shopId);
if (!known.some((row) => row.state !== 'uploading')) await upload();
await start();
while (await stand.imports.bookStarted(shopId));
await stand.close();
process.stdout.write('done\n');
