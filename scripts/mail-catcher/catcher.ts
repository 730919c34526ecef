/**
 * A mail server that delivers nothing: it keeps what it is handed, in memory, for the demo's page and for tests.
 *
 * In: SMTP on a port of this machine. Out: mails as they came, newest first, each with its HTML and its text. `onMail` may
 * refuse a mail, or break the line before it answers, so that tests can play a server's bad days.
 */
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { SMTPServer } from 'smtp-server';
import { type CaughtMail, readMail } from './read-mail.ts';

/** What becomes of a mail instead of being kept. */
export type Mishap =
  | { readonly kind: 'reply'; readonly code: number; readonly isKept?: boolean }
  | { readonly kind: 'drop'; readonly isKept: boolean };

export type MailCatcher = {
  readonly url: string;
  /** Newest first. */
  mails(): readonly CaughtMail[];
  clear(): void;
  stop(): Promise<void>;
};

const MOST_MAILS = 1_000;
const MOST_BYTES = 5 * 1024 * 1024;

/** Starts it; port 0 takes any free one. */
export async function startMailCatcher(options: {
  readonly port: number;
  readonly nowIso: () => string;
  readonly onMail?: (mail: CaughtMail) => Mishap | undefined;
}): Promise<MailCatcher> {
  const mails: CaughtMail[] = [];
  const keep = (mail: CaughtMail) => {
    mails.unshift(mail);
    mails.splice(MOST_MAILS);
  };
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS', 'AUTH'],
    disableReverseLookup: true,
    size: MOST_BYTES,
    banner: 'Kept mail catcher: delivers nothing',
    onData: (stream, session, callback) => {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        const to = session.envelope.rcptTo.map(({ address }) => address);
        const mail = readMail(Buffer.concat(chunks).toString('utf8'), { to, at: options.nowIso() });
        const mishap = options.onMail?.(mail);
        if (mishap === undefined || mishap.isKept === true) keep(mail);
        if (mishap === undefined) return callback();
        if (mishap.kind === 'drop') return hangUp(server);
        callback(Object.assign(new Error('Not today'), { responseCode: mishap.code }));
      });
    },
  });
  // A line that breaks is the caller's business.
  server.on('error', () => undefined);
  const listening = server.listen(options.port, '127.0.0.1');
  if (!listening.listening) await once(listening, 'listening');
  const { port } = listening.address() as AddressInfo;
  return {
    url: `smtp://127.0.0.1:${port}`,
    mails: () => mails,
    clear: () => void mails.splice(0),
    stop: async () => {
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
        hangUp(server);
      });
    },
  };
}

function hangUp(server: SMTPServer): void {
  for (const connection of server.connections) connection._socket.destroy();
}
