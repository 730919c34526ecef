// Brings a database up to date: the numbered SQL files, then the job queue's own tables.
//
//   npm run migrate                     DATABASE_OWNER_URL, else DATABASE_URL, else the built-in server
import path from 'node:path';
import { prepareJobs } from '../backend/jobs/queue.ts';
import { describeProblems, parseConfig } from '../backend/platform/config.ts';
import { migrateDatabase } from '../backend/platform/migrations.ts';
import { startPostgresServer } from '../backend/platform/postgres-server.ts';

const config = parseConfig(process.env);
if (!config.ok) {
  process.stderr.write(`${describeProblems(config.refusal)}\n`);
  process.exit(2);
}
const given = config.value.databaseOwnerUrl ?? config.value.databaseUrl;
const ownerUrl = given ?? (await startBuiltIn());
const applied = await migrateDatabase(ownerUrl);
await prepareJobs(ownerUrl);
process.stderr.write(
  applied.length === 0 ? 'The database is up to date.\n' : `Applied: ${applied.join(', ')}.\n`,
);

async function startBuiltIn(): Promise<string> {
  const server = await startPostgresServer(path.resolve(import.meta.dirname, '..'), 'postgres');
  return server.ownerUrl;
}
