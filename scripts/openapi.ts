/**
 * Writes docs/openapi.json, the contract of `/v1`, from the code that serves it.
 *
 * Usage: node scripts/openapi.ts
 *
 * A test holds the committed file against the code (backend/connect/openapi.test.ts).
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openApiText } from '../backend/connect/openapi.ts';

writeFileSync(join(import.meta.dirname, '..', 'docs', 'openapi.json'), openApiText());
