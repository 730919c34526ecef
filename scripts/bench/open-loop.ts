/**
 * How long does a server take when requests arrive at a fixed rate whatever it does?
 *
 * In: an address, ready-made request bytes and a rate. Out: latency of every answer counted from the instant the
 * request was *scheduled*, not from when a socket was free, so that a stalled server cannot hide its stall
 * ("coordinated omission"). Plain sockets with one request at a time on each: a client cheap enough to share two
 * cores with the server it measures.
 */
import net from 'node:net';

export type OpenLoopOptions = {
  readonly host: string;
  readonly port: number;
  /** Whole HTTP/1.1 requests, head and body; used in turn. */
  readonly requests: readonly Buffer[];
  readonly ratePerSecond: number;
  readonly seconds: number;
  readonly sockets: number;
  /** Reads what it needs of an answer's body; its text is handed over for a share of the answers. */
  readonly inspect?: (body: string, status: number) => void;
  /** Sorts an answer by its head (status line and headers); counted by what it returns. */
  readonly classify?: (head: string) => string;
  /** Every n-th answer is inspected; 1 inspects all. */
  readonly inspectEvery: number;
  /** How long answers may take to come after the last request; default 3 s. */
  readonly graceMilliseconds?: number;
};

export type OpenLoopResult = {
  readonly sent: number;
  readonly answered: number;
  readonly latenciesMs: Float64Array;
  readonly statusCounts: Readonly<Record<number, number>>;
  readonly classCounts: Readonly<Record<string, number>>;
  readonly connectErrors: number;
  readonly unanswered: number;
};

// After the last request answers have this long to come.
const GRACE_MS = 3_000;

/** Sends at the rate for the time, waits for the answers, and returns what was measured. */
export async function runOpenLoop(options: OpenLoopOptions): Promise<OpenLoopResult> {
  const total = Math.floor(options.ratePerSecond * options.seconds);
  const latencies = new Float64Array(total);
  const statusCounts: Record<number, number> = {};
  const classCounts: Record<string, number> = {};
  let answered = 0;
  let connectErrors = 0;
  let sent = 0;
  const due: number[] = [];
  let dueHead = 0;
  const idle: Connection[] = [];

  const onAnswer = (connection: Connection, { status, head }: Answer, body: string | undefined) => {
    latencies[answered] = performance.now() - connection.scheduledAt;
    answered += 1;
    statusCounts[status] = (statusCounts[status] ?? 0) + 1;
    if (options.classify !== undefined) {
      const name = options.classify(head);
      classCounts[name] = (classCounts[name] ?? 0) + 1;
    }
    if (body !== undefined) options.inspect?.(body, status);
    const next = due[dueHead];
    if (next === undefined) {
      idle.push(connection);
      return;
    }
    dueHead += 1;
    send(connection, next);
  };
  const send = (connection: Connection, scheduledAt: number) => {
    const request = options.requests[sent % options.requests.length];
    if (request === undefined) throw new Error('no requests were given');
    connection.wantsBody = sent % options.inspectEvery === 0;
    connection.scheduledAt = scheduledAt;
    sent += 1;
    connection.socket.write(request);
  };

  const connections = await Promise.all(
    Array.from({ length: options.sockets }, () =>
      connect(options, onAnswer, () => {
        connectErrors += 1;
      }),
    ),
  );
  idle.push(...connections);

  const startedAt = performance.now();
  let scheduled = 0;
  await new Promise<void>((resolve) => {
    const tick = () => {
      const elapsed = performance.now() - startedAt;
      const wanted = Math.min(total, Math.floor((elapsed / 1000) * options.ratePerSecond));
      for (; scheduled < wanted; scheduled += 1) {
        const at = startedAt + (scheduled / options.ratePerSecond) * 1000;
        // In turn: a server closes sockets that never ask.
        const connection = idle.shift();
        if (connection === undefined) due.push(at);
        else send(connection, at);
      }
      if (scheduled < total) setTimeout(tick, 1);
      else resolve();
    };
    tick();
  });
  const deadline = performance.now() + (options.graceMilliseconds ?? GRACE_MS);
  while (answered + connectErrors < total && performance.now() < deadline) {
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  for (const { socket } of connections) socket.destroy();
  return {
    sent,
    answered,
    latenciesMs: latencies.subarray(0, answered).slice().sort(),
    statusCounts,
    classCounts,
    connectErrors,
    unanswered: total - answered,
  };
}

type Answer = {
  readonly head: string;
  readonly status: number;
  readonly bodyFrom: number;
  readonly bodyTo: number;
};

type Connection = {
  readonly socket: net.Socket;
  scheduledAt: number;
  wantsBody: boolean;
};

async function connect(
  options: OpenLoopOptions,
  onAnswer: (connection: Connection, answer: Answer, body: string | undefined) => void,
  onError: () => void,
): Promise<Connection> {
  const socket = net.connect(options.port, options.host);
  socket.setNoDelay(true);
  const connection: Connection = { socket, scheduledAt: 0, wantsBody: false };
  let pending: Buffer = Buffer.alloc(0);
  socket.on('data', (chunk: Buffer) => {
    pending = pending.length === 0 ? chunk : Buffer.concat([pending, chunk]);
    for (;;) {
      const answer = readAnswer(pending);
      if (answer === undefined) return;
      const body = connection.wantsBody
        ? pending.toString('utf8', answer.bodyFrom, answer.bodyTo)
        : undefined;
      pending = pending.subarray(answer.bodyTo);
      onAnswer(connection, answer, body);
    }
  });
  socket.on('error', onError);
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', () => resolve());
    socket.once('error', reject);
  });
  return connection;
}

const HEAD_END = Buffer.from('\r\n\r\n');

function readAnswer(bytes: Buffer): Answer | undefined {
  const headEnd = bytes.indexOf(HEAD_END);
  if (headEnd < 0) return undefined;
  const head = bytes.toString('latin1', 0, headEnd);
  const length = Number(/content-length: *(\d+)/i.exec(head)?.[1] ?? Number.NaN);
  if (Number.isNaN(length))
    throw new Error(`an answer without content-length: ${head.slice(0, 80)}`);
  const bodyFrom = headEnd + HEAD_END.length;
  if (bytes.length < bodyFrom + length) return undefined;
  return { head, status: Number(head.slice(9, 12)), bodyFrom, bodyTo: bodyFrom + length };
}

/** The value below which `share` (0 to 1) of sorted numbers lie. */
export function percentile(sorted: Float64Array, share: number): number {
  if (sorted.length === 0) return Number.NaN;
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}
