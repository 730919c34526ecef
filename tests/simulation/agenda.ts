/**
 * What happens when in a simulation: virtual time, and jobs that wait in it.
 *
 * In: things to do at an instant. Out: they are done in order of time, one after the other; what is due at once is done in
 * the order in which it was told. Jobs have the queue's rules: one waits per key, a `TransientError` is tried again with
 * doubling waits. Same calls, same order.
 */
import { TransientError } from '../../backend/base/result.ts';
import type { fixedClock } from '../../backend/platform/clock.ts';
import type { Job } from '../../backend/platform/outbox.ts';
import type { Random } from '../oracle/random.ts';

type Entry = { readonly at: number; readonly number: number; readonly run: () => Promise<void> };

export type Agenda = ReturnType<typeof createAgenda>;

/** Builds it; times are minutes after its clock's first instant. */
export function createAgenda(clock: ReturnType<typeof fixedClock>) {
  const start = clock.now();
  const entries: Entry[] = [];
  let number = 0;
  let minute = 0;
  return {
    minute: () => minute,
    instantAt: (at: number) => start.add({ seconds: Math.round(at * 60) }),
    waiting: () => entries.length,
    /** Has something done so many minutes from now. */
    after: (minutes: number, run: () => Promise<void>): void => {
      const at = minute + Math.max(0, minutes);
      number += 1;
      let low = 0;
      let high = entries.length;
      while (low < high) {
        const middle = (low + high) >> 1;
        if ((entries[middle]?.at ?? 0) <= at) low = middle + 1;
        else high = middle;
      }
      entries.splice(low, 0, { at, number, run });
    },
    /** Does what is next, unless that is later than `until`; false: nothing was done. */
    next: async (until: number): Promise<boolean> => {
      const [first] = entries;
      if (first === undefined || first.at > until) return false;
      entries.shift();
      minute = first.at;
      clock.set(start.add({ seconds: Math.round(minute * 60) }));
      await first.run();
      return true;
    },
  };
}

/** What runs a job of a name. */
export type Handlers = Readonly<Record<string, (data: unknown) => Promise<void>>>;

const MOST_TRIES = 11;

/** Jobs over an agenda. Each begins some seconds after it was enqueued, now and then minutes. */
export function createJobs(
  agenda: Agenda,
  random: Random,
  told: {
    readonly ran: (name: string) => void;
    readonly gaveUp: (name: string) => void;
    /** It threw what no outage throws; it is tried again all the same, as the queue does. */
    readonly threw: (error: unknown) => void;
  },
) {
  const waiting = new Set<string>();
  let handlers: Handlers = {};
  const run = async (job: Job, tries: number): Promise<void> => {
    const handle = handlers[job.name];
    if (handle === undefined) throw new Error(`nobody handles ${job.name}`);
    told.ran(job.name);
    try {
      await handle(job.data);
    } catch (error) {
      if (!(error instanceof TransientError)) told.threw(error);
      if (tries >= MOST_TRIES) told.gaveUp(job.name);
      else agenda.after(2 ** tries / 30, () => run(job, tries + 1));
    }
  };
  return {
    handle: (all: Handlers): void => {
      handlers = all;
    },
    enqueue: async (_trx: unknown, job: Job): Promise<void> => {
      const key = job.key === undefined ? undefined : `${job.name} ${job.key}`;
      if (key !== undefined && waiting.has(key)) return;
      if (key !== undefined) waiting.add(key);
      const dawdles = random.chance(0.03) ? random.int(2, 12) : 0;
      agenda.after((job.delaySeconds ?? 0) / 60 + random.int(0, 20) / 60 + dawdles, async () => {
        if (key !== undefined) waiting.delete(key);
        await run(job, 1);
      });
    },
  };
}
