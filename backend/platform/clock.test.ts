import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import fc from 'fast-check';
import { afterEach, expect, test } from 'vitest';
import { TransientError } from '../base/result.ts';
import { type Clock, fixedClock, followClock, readLine, systemClock } from './clock.ts';
import { createLog } from './log.ts';

const SILENT = createLog('silent', { write: () => undefined });
const at = (text: string) => Temporal.Instant.from(text);

const servers: Server[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  }
});

type Reading = { now: string; speed: number };

async function clockServer(line: unknown) {
  const streams = new Set<ServerResponse>();
  const shown = { line };
  const server = createServer((request, response) => {
    if (request.url === '/clock/stream') {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write(': hello\n\n');
      streams.add(response);
    } else {
      response.end(JSON.stringify(shown.line));
    }
  });
  servers.push(server.listen(0, '127.0.0.1'));
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/clock`,
    set: (next: Reading) => {
      shown.line = next;
      for (const stream of streams) stream.write(`data: ${JSON.stringify(next)}\n\n`);
    },
    breakStreams: (next: Reading) => {
      shown.line = next;
      for (const stream of streams) stream.destroy();
      streams.clear();
    },
  };
}

const STILL: Reading = { now: '2026-11-27T14:59:00Z', speed: 0 };
const JUMPED: Reading = { now: '2026-12-07T23:59:00Z', speed: 0 };

function untilShows(clock: Clock, instant: string): Promise<void> {
  return new Promise((resolve) => {
    clock.onSet(() => {
      if (String(clock.now()) === instant) resolve();
    });
  });
}

test('a line shows its instant when it was heard and runs at its speed from there', () => {
  const line = { now: at('2026-11-27T15:00:00Z'), speed: 60, heardAt: at('2026-11-23T10:00:00Z') };
  expect(String(readLine(line, line.heardAt))).toBe('2026-11-27T15:00:00Z');
  expect(String(readLine(line, at('2026-11-23T10:00:30Z')))).toBe('2026-11-27T15:30:00Z');
  expect(String(readLine({ ...line, speed: 0 }, at('2026-11-24T00:00:00Z')))).toBe(
    '2026-11-27T15:00:00Z',
  );
});

test('a line never runs backwards', () => {
  const nanoseconds = fc.bigInt({ min: 0n, max: 10n ** 15n });
  const speed = fc.double({ min: 0, max: 100_000, noNaN: true });
  fc.assert(
    fc.property(nanoseconds, nanoseconds, speed, (first, later, given) => {
      const line = { now: at('2026-01-01T00:00Z'), speed: given, heardAt: at('1970-01-01T00:00Z') };
      const [a, b] = [first, first + later].map((moment) =>
        readLine(line, Temporal.Instant.fromEpochNanoseconds(moment)),
      );
      expect(Temporal.Instant.compare(a ?? line.heardAt, b ?? line.heardAt)).toBeLessThanOrEqual(0);
    }),
  );
});

test('a followed clock shows what its server shows and hears a jump', async () => {
  const server = await clockServer(STILL);
  const clock = await followClock(server.url, SILENT);
  expect(String(clock.now())).toBe(STILL.now);
  const heard = untilShows(clock, JUMPED.now);
  // The stream may not be open yet: set again until somebody listened.
  const repeat = setInterval(() => server.set(JUMPED), 20);
  await heard;
  clearInterval(repeat);
  expect(String(clock.now())).toBe(JUMPED.now);
  clock.stop();
});

test('a jump made while the stream was broken is seen when it is back', async () => {
  const server = await clockServer(STILL);
  const clock = await followClock(server.url, SILENT);
  const heard = untilShows(clock, JUMPED.now);
  server.breakStreams(JUMPED);
  await heard;
  expect(String(clock.now())).toBe(JUMPED.now);
  clock.stop();
});

test('an address where nothing answers stops the start with the variable’s name', async () => {
  const follow = () => followClock('http://127.0.0.1:9/clock', SILENT, 0);
  await expect(follow()).rejects.toThrow(/KEPT_CLOCK_URL/);
  await expect(follow()).rejects.toThrow(TransientError);
});

test('an answer that is no clock stops the start', async () => {
  const server = await clockServer({ now: 'tomorrow', speed: 1 });
  await expect(followClock(server.url, SILENT, 0)).rejects.toThrow(/unusable answer/);
});

test('a clock that is started a moment later is waited for', async () => {
  const server = await clockServer({ now: 'starting', speed: 1 });
  const following = followClock(server.url, SILENT);
  server.set(JUMPED);
  const clock = await following;
  expect(String(clock.now())).toBe(JUMPED.now);
  clock.stop();
});

test('the system clock goes forward and a fixed one stands until it is set', () => {
  const system = systemClock();
  const first = system.now();
  expect(Temporal.Instant.compare(first, system.now())).toBeLessThanOrEqual(0);
  const fixed = fixedClock(at('2026-11-23T00:00Z'));
  let calls = 0;
  const stop = fixed.onSet(() => {
    calls += 1;
  });
  fixed.set(at('2026-11-24T00:00Z'));
  stop();
  fixed.set(at('2026-11-25T00:00Z'));
  expect([calls, String(fixed.now())]).toEqual([1, '2026-11-25T00:00:00Z']);
});
