/**
 * The built admin app, read once at start.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ConsoleBundle } from './page.ts';

const DIST = join(import.meta.dirname, 'dist');

/** What `scripts/build-console.ts` wrote; throws with the command to run when it has not been run. */
export function loadConsoleBundle(): ConsoleBundle {
  try {
    return {
      script: readFileSync(join(DIST, 'console.js'), 'utf8'),
      styles: readFileSync(join(DIST, 'console.css'), 'utf8'),
    };
  } catch (cause) {
    throw new Error('The admin app is not built: run "npm run build" first.', { cause });
  }
}
