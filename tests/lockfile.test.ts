// `npm ci` refuses a lock file that lacks packages of other platforms, and npm leaves them out when the
// registry it asked did not have them. So a lock made behind a mirror can break every fresh clone.
import fs from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { z } from 'zod';

const ROOT = path.resolve(import.meta.dirname, '..');

const namesSchema = z.record(z.string(), z.string()).optional();
const lockSchema = z.object({
  packages: z.record(
    z.string(),
    z.object({
      version: z.string().optional(),
      link: z.boolean().optional(),
      dependencies: namesSchema,
      optionalDependencies: namesSchema,
      devDependencies: namesSchema,
    }),
  ),
});

function readLock(folder: string) {
  const file = path.join(ROOT, folder, 'package-lock.json');
  return lockSchema.parse(JSON.parse(fs.readFileSync(file, 'utf8'))).packages;
}

/** Where Node would find a package, asked from the place of another. */
function isLocked(packages: Record<string, unknown>, from: string, name: string): boolean {
  for (let place = from; ; place = place.slice(0, Math.max(0, place.lastIndexOf('/')))) {
    const candidate = place === '' ? `node_modules/${name}` : `${place}/node_modules/${name}`;
    if (Object.hasOwn(packages, candidate)) return true;
    if (place === '') return false;
  }
}

test.each(['', 'scripts/runtime'])(
  'every dependency named in %j/package-lock.json is locked',
  (folder) => {
    const packages = readLock(folder);
    const missing = Object.entries(packages).flatMap(([where, entry]) =>
      Object.keys({
        ...entry.dependencies,
        ...entry.optionalDependencies,
        ...entry.devDependencies,
      })
        .filter((name) => !isLocked(packages, where, name))
        .map((name) => `${where} → ${name}`),
    );
    expect(missing).toEqual([]);
  },
);

test('every package of ours pins its dependencies exactly', () => {
  const loose = Object.entries(readLock(''))
    .filter(([where]) => !where.includes('node_modules/'))
    .flatMap(([where, entry]) =>
      Object.entries({
        ...entry.dependencies,
        ...entry.optionalDependencies,
        ...entry.devDependencies,
      })
        .filter(([, range]) => !/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(range))
        .map(([name, range]) => `${where}: ${name} ${range}`),
    );
  expect(loose).toEqual([]);
});

test('there is one graphql and one preact, or values of one would not be known to the other', () => {
  const copies = Object.keys(readLock('')).filter((where) =>
    /node_modules\/(graphql|preact|@preact\/signals-core)$/.test(where),
  );
  expect(copies.toSorted()).toEqual([
    'node_modules/@preact/signals-core',
    'node_modules/graphql',
    'node_modules/preact',
  ]);
});
