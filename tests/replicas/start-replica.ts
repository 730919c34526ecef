/**
 * Starts a replica (`replica.ts`) as a process of its own and asks it.
 *
 * In: where its database is, its Redis if it has one, and what time it believes it is. Out: its process, and `ask`.
 */
import { type ChildProcess, fork } from 'node:child_process';
import path from 'node:path';
import type { ReplicaAnswer, ReplicaQuestion } from './replica.ts';

/** A running replica. */
export type Replica = {
  readonly child: ChildProcess;
  ask(question: ReplicaQuestion): Promise<ReplicaAnswer>;
};

/** Starts one; without `redisUrl` it hears nobody and asks the database once a second. */
export async function startReplica(at: {
  readonly databaseUrl: string;
  readonly redisUrl?: string;
  readonly now: string;
}): Promise<Replica> {
  const { REDIS_URL: _, ...env } = process.env;
  const redis = at.redisUrl === undefined ? {} : { REDIS_URL: at.redisUrl };
  const child = fork(path.join(import.meta.dirname, 'replica.ts'), [], {
    env: { ...env, ...redis, DATABASE_URL: at.databaseUrl, NOW: at.now },
    execArgv: [],
  });
  const waiting = new Map<number, (message: { answer?: ReplicaAnswer; error?: string }) => void>();
  const answer = (id: number) =>
    new Promise<ReplicaAnswer>((resolve, reject) => {
      waiting.set(id, (message) => {
        if (message.answer === undefined && message.error !== undefined) reject(message.error);
        else resolve(message.answer as ReplicaAnswer);
      });
    });
  child.on('message', (message: { id: number; answer?: ReplicaAnswer; error?: string }) => {
    waiting.get(message.id)?.(message);
    waiting.delete(message.id);
  });
  await answer(0);
  let lastId = 0;
  return {
    child,
    ask: (question) => {
      lastId += 1;
      const answered = answer(lastId);
      child.send({ id: lastId, question });
      return answered;
    },
  };
}
