/**
 * A real Redis of its own for one test file.
 *
 * Uses Debian's `redis-server`; where it is missing the test fails and says what to install, because
 * a test that hides itself proves nothing. Ports stay at or under 55535, so that the same start serves
 * a cluster (its bus is the port + 10000).
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

export type TestRedis = {
  readonly url: string;
  /** kill -9, as a crash. */
  kill(): Promise<void>;
  /** Stops answering without closing connections, as a machine that hangs. */
  pause(): void;
  resume(): void;
  /** Starts again on the same port, empty. */
  restart(): Promise<void>;
  stop(): Promise<void>;
};

const START_ATTEMPTS = 5;
const READY_ATTEMPTS = 100;

export async function startRedis(): Promise<TestRedis> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'kept-redis-'));
  for (let attempt = 0; attempt < START_ATTEMPTS; attempt += 1) {
    const port = await freePort();
    const child = await launch(port, folder);
    if (child !== undefined) return controlled(child, port, folder);
  }
  throw new Error('redis-server did not start on any free port.');
}

function controlled(first: ChildProcess, port: number, folder: string): TestRedis {
  let child = first;
  const kill = async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGKILL');
    await once(child, 'exit');
  };
  return {
    url: `redis://127.0.0.1:${port}`,
    kill,
    pause: () => void child.kill('SIGSTOP'),
    resume: () => void child.kill('SIGCONT'),
    restart: async () => {
      await kill();
      const next = await launch(port, folder);
      if (next === undefined) throw new Error(`redis-server did not start again on port ${port}.`);
      child = next;
    },
    stop: async () => {
      await kill();
      fs.rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function launch(port: number, folder: string): Promise<ChildProcess | undefined> {
  const flags = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--dir', folder];
  const child = spawn('redis-server', flags, { stdio: 'ignore' });
  let fault: Error | undefined;
  child.once('error', (error) => {
    fault = error;
  });
  for (let attempt = 0; attempt < READY_ATTEMPTS; attempt += 1) {
    if (fault !== undefined) {
      throw new Error(
        'redis-server is missing; install it: apt-get install --no-install-recommends redis-server',
        { cause: fault },
      );
    }
    if (child.exitCode !== null) return undefined;
    if (await answers(port)) return child;
    await delay(50);
  }
  child.kill('SIGKILL');
  return undefined;
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = net.connect(port, '127.0.0.1', () => socket.write('PING\r\n'));
    socket.once('data', (data) => {
      socket.destroy();
      resolve(data.toString().startsWith('+PONG'));
    });
    socket.once('error', () => resolve(false));
  });
}

const LOWEST_PORT = 20_000;
const HIGHEST_PORT = 55_535;

function freePort(): Promise<number> {
  const port = LOWEST_PORT + Math.floor(Math.random() * (HIGHEST_PORT - LOWEST_PORT));
  return new Promise((resolve) => {
    const server = net.createServer();
    server.once('error', () => resolve(freePort()));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(port)));
  });
}
