// The built-in Postgres of this clone.
//
//   node scripts/postgres.ts start [--purpose postgres]   starts or reuses it, prints one JSON line
//   node scripts/postgres.ts stop  [--purpose postgres]   stops it unless somebody is connected
import path from 'node:path';
import { parseArgs } from 'node:util';
import { startPostgresServer } from '../backend/platform/postgres-server.ts';

const { values, positionals } = parseArgs({
  options: { purpose: { type: 'string', default: 'postgres' } },
  allowPositionals: true,
});
const [command] = positionals;
const cloneDir = path.resolve(import.meta.dirname, '..');

if (command === 'start') {
  const server = await startPostgresServer(cloneDir, values.purpose);
  const { ownerUrl, appUrl, dataDir, isReused, port } = server;
  process.stdout.write(`${JSON.stringify({ ownerUrl, appUrl, dataDir, isReused, port })}\n`);
} else if (command === 'stop') {
  const server = await startPostgresServer(cloneDir, values.purpose);
  const isStopped = await server.stopIfUnused();
  process.stdout.write(isStopped ? 'Stopped.\n' : 'Somebody is connected: left running.\n');
} else {
  process.stderr.write('Say start or stop; see the header of scripts/postgres.ts.\n');
  process.exitCode = 2;
}
