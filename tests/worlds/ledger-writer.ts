/**
 * A process that books the batches of `ledger-batches.ts` and kills itself (-9) before its KILL_AT-th statement.
 *
 * Started by `fork` with DATABASE_URL, SHOP and KILL_AT; ends with 0 when it was through before that.
 */
import type { KyselyPlugin } from 'kysely';
import type { ShopId } from '../../backend/base/ids.ts';
import { fixedClock } from '../../backend/platform/clock.ts';
import { openDatabase } from '../../backend/platform/database.ts';
import { createLedgerService } from '../../backend/stock/ledger/service.ts';
import { LEDGER_BATCHES } from './ledger-batches.ts';

/** What it is started with. */
export type WriterEnvironment = Readonly<Record<'DATABASE_URL' | 'SHOP' | 'KILL_AT', string>>;

const { DATABASE_URL: url = '', SHOP: shopId = '', KILL_AT: killAt = '' } = process.env;
let statements = 0;
const step = () => {
  statements += 1;
  if (statements === Number(killAt)) process.kill(process.pid, 'SIGKILL');
};
const killer: KyselyPlugin = {
  transformQuery: ({ node }) => {
    step();
    return node;
  },
  transformResult: async ({ result }) => result,
};
const db = openDatabase<unknown>({
  url,
  assumesAppRole: false,
  maxConnections: 1,
  onIdleError: () => undefined,
}).withPlugin(killer);
const { ingest } = createLedgerService({
  db,
  clock: fixedClock(Temporal.Instant.from('2026-11-25T09:00:00Z')),
  knownNodes: async () => new Set(['milan', 'rome']),
  // Committed, and nobody was told yet.
  announce: async () => step(),
});
for (const events of LEDGER_BATCHES) {
  const booked = await ingest(shopId as ShopId, { source: 'wms', actor: 'test', events });
  if (!booked.ok) throw new Error(JSON.stringify(booked.refusal));
}
await db.destroy();
