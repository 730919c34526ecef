// The whole system under simulation: fourteen virtual days of orders and trouble a seed.
import { afterEach, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../database.ts';
import { FAULTS } from './faults.ts';
import { runSeed } from './run.ts';

let databases: TestDatabase<unknown>[] = [];
afterEach(async () => {
  for (const database of databases) await database.close();
  databases = [];
});

async function run(seed: number) {
  const database = await createTestDatabase();
  databases.push(database);
  return await runSeed(database.db, seed);
}

test('every order settles, whatever happens on the way', { timeout: 300_000 }, async () => {
  const startedAt = performance.now();
  const result = await run(1);
  console.log(
    `${((performance.now() - startedAt) / 1000).toFixed(1)} s`,
    result.steps,
    result.jobs,
    result.virtualDays,
    JSON.stringify(result.faults),
  );
  if (result.breaches.length > 0) console.log(result.log.slice(-30).join('\n'));
  expect(result.breaches).toEqual([]);
  expect(FAULTS.filter((fault) => result.faults[fault] === 0)).toEqual([]);
});
