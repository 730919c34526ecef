/**
 * What becomes of jobs that a process had begun when it died?
 *
 * The queue gives them up when their time is over, which is minutes. A process that starts while no other lives knows at once
 * that nobody works on what is marked as begun, and gives it back. Who lives holds a lock of Postgres that belongs to its
 * session and is lost with it; while another process holds one, jobs wait for their time as before. A job given back may have
 * been done to its end: handlers are repeatable.
 */
import type pg from 'pg';

// Any number that nothing else locks.
const LIVING = 7_310_466_021;

/** Counts this process among the living until the returned function is called; says how many jobs it gave back. */
export async function giveBackAbandoned(
  pool: pg.Pool,
  schema: string,
): Promise<{ readonly count: number; readonly leave: () => void }> {
  const client = await pool.connect();
  try {
    const alone = await client.query('select pg_try_advisory_lock($1) as alone', [LIVING]);
    const isAlone: boolean = alone.rows[0]?.alone === true;
    const given = isAlone
      ? await client.query(
          `update ${schema}.job set state = 'retry', start_after = now() where state = 'active'`,
        )
      : undefined;
    await client.query('select pg_advisory_lock_shared($1)', [LIVING]);
    if (isAlone) await client.query('select pg_advisory_unlock($1)', [LIVING]);
    // The session ends with its connection: nothing else may run on it.
    return { count: given?.rowCount ?? 0, leave: () => client.release(true) };
  } catch (error) {
    client.release(true);
    throw error;
  }
}
