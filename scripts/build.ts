// Builds what runs in other people's places: the extensions' bundles, the admin app's and the stores' pages.
//
//   npm run build
import { spawn } from 'node:child_process';
import path from 'node:path';

const BUILDERS = ['build-extensions.ts', 'build-console.ts', 'build-desk.ts'];

const codes = await Promise.all(
  BUILDERS.map(
    (script) =>
      new Promise<number>((resolve, reject) => {
        const child = spawn(process.execPath, [path.join(import.meta.dirname, script)], {
          // What builders print is chatter of whoever asked for the build.
          stdio: ['ignore', 2, 2],
        });
        child.once('error', reject);
        child.once('exit', (code) => resolve(code ?? 1));
      }),
  ),
);
for (const [index, code] of codes.entries()) {
  if (code !== 0) process.stderr.write(`scripts/${BUILDERS[index]} failed (exit ${code}).\n`);
}
process.exitCode = codes.every((code) => code === 0) ? 0 : 1;
