/**
 * How do replicas tell each other that something changed?
 *
 * In: a topic and a short text (ids and versions, never data). Out: every subscriber of the topic on
 * every replica hears it, usually within milliseconds; with Redis across machines, without it in this
 * process. A message may be lost or doubled, so it only ever says "look again": whoever depends on
 * one also polls. Redis never decides anything; while it is away publishing fails fast and silently.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { Log } from './log.ts';
import { connectRedis, type RedisConnection } from './redis.ts';

/** Publish and subscribe by topic. */
export type Bus = {
  /** Never throws and never waits long: a lost message is found by polling. */
  publish(topic: string, message: string): Promise<void>;
  /** Returns how to stop hearing. */
  subscribe(topic: string, listener: (message: string) => void): () => void;
  stop(): Promise<void>;
};

/** A bus inside this process; deliveries happen after the publisher's turn. */
export function createLocalBus(): Bus {
  const listeners = new Map<string, Set<(message: string) => void>>();
  return {
    publish: async (topic, message) => {
      for (const listener of listeners.get(topic) ?? []) queueMicrotask(() => listener(message));
    },
    subscribe: (topic, listener) => {
      const ofTopic = listeners.get(topic) ?? new Set();
      listeners.set(topic, ofTopic.add(listener));
      return () => ofTopic.delete(listener);
    },
    stop: async () => undefined,
  };
}

/** A bus over Redis. Starts even while Redis is away and subscribes when it comes back. */
export async function createRedisBus(url: string, log: Log): Promise<Bus> {
  const [sender, receiver] = await Promise.all([
    connectRedis(url, log),
    connectRedis(url, log, { canWait: true }),
  ]);
  const local = createLocalBus();
  const topics = new Set<string>();
  const stopping = new AbortController();
  return {
    publish: async (topic, message) => {
      await sender.attempt((client) => client.publish(channelOf(topic), message));
    },
    subscribe: (topic, listener) => {
      if (!topics.has(topic)) {
        topics.add(topic);
        void listenOn({ receiver, topic, local, signal: stopping.signal });
      }
      return local.subscribe(topic, listener);
    },
    stop: async () => {
      stopping.abort();
      await Promise.all([sender.stop(), receiver.stop()]);
    },
  };
}

function channelOf(topic: string): string {
  return `kept:${topic}`;
}

const RETRY_MILLISECONDS = 200;

// Once it stands, the client renews a subscription after each reconnection by itself; one that was
// cut off while it was being made is made again here.
async function listenOn(listening: {
  readonly receiver: RedisConnection;
  readonly topic: string;
  readonly local: Bus;
  readonly signal: AbortSignal;
}): Promise<void> {
  const { receiver, topic, local, signal } = listening;
  while (!signal.aborted) {
    const stands = await receiver.attempt(async (client) => {
      await client.subscribe(channelOf(topic), (message) => void local.publish(topic, message));
      return true;
    });
    if (stands) return;
    await delay(RETRY_MILLISECONDS, undefined, { signal }).catch(() => undefined);
  }
}
