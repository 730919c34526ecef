/**
 * The built page of the stores' desks, read once at start.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { DeskBundle } from './page.ts';

const DIST = join(import.meta.dirname, 'dist');

/** What `scripts/build-desk.ts` wrote; throws with the command to run when it has not been run. */
export function loadDeskBundle(): DeskBundle {
  try {
    return {
      script: readFileSync(join(DIST, 'desk.js'), 'utf8'),
      styles: readFileSync(join(DIST, 'desk.css'), 'utf8'),
    };
  } catch (cause) {
    throw new Error('The stores’ page is not built: run "npm run build" first.', { cause });
  }
}
