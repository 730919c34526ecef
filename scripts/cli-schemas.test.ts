import { execFileSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { twoStoresOneWarehouse } from '../tests/worlds/worlds.ts';
import { answerSchema, committedSchema, problemSchema, schemaFiles } from './cli-schemas.ts';

test.each([...schemaFiles()])('docs/schemas/%s is what the code says', (name, text) => {
  expect(committedSchema(name)).toBe(text);
});

const REQUEST = {
  now: '2026-11-30T10:00:00+01:00',
  lines: [{ sku: 'SHIRT', quantity: 2 }],
  destination: { country: 'IT', postalCode: '00187', lat: 41.9, lng: 12.49 },
  currency: 'EUR',
};

/** Runs the command on a world and a request; its standard output, whatever the exit code. */
function kept(world: unknown, request: unknown): unknown {
  const folder = mkdtempSync(join(tmpdir(), 'kept-cli-'));
  const write = (name: string, json: unknown) => {
    const file = join(folder, name);
    writeFileSync(file, JSON.stringify(json));
    return file;
  };
  const args = ['--world', write('world.json', world), '--request', write('request.json', request)];
  try {
    const script = join(import.meta.dirname, 'kept.ts');
    return JSON.parse(
      execFileSync(process.execPath, [script, 'quote', ...args], { encoding: 'utf8' }),
    );
  } catch (error) {
    if (error instanceof Error && 'stdout' in error) return JSON.parse(String(error.stdout));
    throw error;
  }
}

test('an answer with every method is as its schema says', { timeout: 60_000 }, () => {
  const answer = answerSchema.parse(kept(twoStoresOneWarehouse(), REQUEST));
  const methods = [...answer.options, ...answer.absent].map(({ method }) => method);
  expect(new Set(methods)).toEqual(new Set(['home', 'pickup_point', 'store_pickup']));
});

test('so is the problem of an input that cannot be used', { timeout: 60_000 }, () => {
  const problem = problemSchema.parse(kept(twoStoresOneWarehouse(), { ...REQUEST, lines: [] }));
  expect(problem.errors.map(({ pointer }) => pointer)).toEqual(['/lines']);
});
