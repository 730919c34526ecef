/**
 * Hands a mail to an SMTP server and says what surely became of it.
 *
 * In: an address of a server and a mail. Out: `sent` (accepted with 250), `retry` (put off, or never begun), `failed` (refused
 * for good), `unclear` (the text was on its way and no answer came). Never throws for what a server does.
 * The text is handed over as a stream that is first read when the server has asked for it (354): until then nothing can have
 * been delivered, whatever broke. Decision record 0094; RFC 5321 §4.2.1 for the replies.
 */
import { Readable } from 'node:stream';
import MailComposer from 'nodemailer/lib/mail-composer';
import SMTPConnection from 'nodemailer/lib/smtp-connection';

/** A mail to one or several addresses, which see each other only in the merchant's digest. */
export type Mail = {
  readonly fromName: string;
  readonly to: readonly string[];
  readonly replyTo: string | undefined;
  /** With its angle brackets; the same at every try. */
  readonly messageId: string;
  readonly language: string;
  readonly subject: string;
  readonly html: string;
  readonly text: string;
};

/** What surely became of it. `reason`: the server's own words, shortened, or what broke. */
export type SendOutcome =
  | { readonly state: 'sent' }
  | { readonly state: 'retry' | 'failed' | 'unclear'; readonly reason: string };

export type MailClient = {
  readonly from: string;
  send(mail: Mail): Promise<SendOutcome>;
};

// A healthy server answers each step within a second; a slow one may scan the text.
const CONNECT_TIMEOUT_MILLISECONDS = 10_000;
const SOCKET_TIMEOUT_MILLISECONDS = 30_000;
const REASON_CHARACTERS = 200;

/** Builds the client. `url`: smtp:// or smtps://, user and password in it; `from`: the envelope's and header's address. */
export function createMailClient(options: {
  readonly url: string;
  readonly from: string;
}): MailClient {
  const { from } = options;
  return {
    from,
    send: async (mail) => {
      const bytes = await compose(mail, from);
      return await hand(options.url, { from, to: [...mail.to] }, bytes);
    },
  };
}

async function compose(mail: Mail, from: string): Promise<Buffer> {
  const composer = new MailComposer({
    from: { name: mail.fromName, address: from },
    to: [...mail.to],
    ...(mail.replyTo === undefined ? {} : { replyTo: mail.replyTo }),
    messageId: mail.messageId,
    subject: mail.subject,
    html: mail.html,
    text: mail.text,
    headers: { 'Auto-Submitted': 'auto-generated', 'Content-Language': mail.language },
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  return await composer.compile().build();
}

function hand(
  url: string,
  envelope: { from: string; to: string[] },
  bytes: Buffer,
): Promise<SendOutcome> {
  const server = new URL(url);
  const isSecure = server.protocol === 'smtps:';
  const connection = new SMTPConnection({
    host: server.hostname,
    port: Number(server.port) || (isSecure ? 465 : 587),
    secure: isSecure,
    connectionTimeout: CONNECT_TIMEOUT_MILLISECONDS,
    greetingTimeout: CONNECT_TIMEOUT_MILLISECONDS,
    socketTimeout: SOCKET_TIMEOUT_MILLISECONDS,
    // A password never travels in the clear, unless the server is this very machine.
    requireTLS: !isSecure && server.username !== '' && !isLocal(server.hostname),
  });
  let isUnderWay = false;
  const stream = new Readable({
    read() {
      isUnderWay = true;
      this.push(bytes);
      this.push(null);
    },
  });
  return new Promise((resolve) => {
    const end = (outcome: SendOutcome) => {
      // The first outcome counts; closing tells of an end of its own.
      resolve(outcome);
      connection.close();
    };
    const fail = (error: unknown) => end(outcomeOf(error, isUnderWay));
    const send = () =>
      connection.send(envelope, stream, (error) => (error ? fail(error) : end({ state: 'sent' })));
    connection.on('error', fail);
    connection.on('end', () => fail(new Error('The server closed the connection')));
    connection.connect((error) => {
      if (error) return fail(error);
      if (server.username === '') return send();
      const user = decodeURIComponent(server.username);
      const pass = decodeURIComponent(server.password);
      connection.login({ credentials: { user, pass } }, (refused) =>
        refused ? fail(refused) : send(),
      );
    });
  });
}

function isLocal(host: string): boolean {
  return host === 'localhost' || host === '127.0.0.1' || host === '[::1]';
}

// A reply is an answer: 4xx later, 5xx never. Without one it depends on whether the text was asked for.
function outcomeOf(error: unknown, isUnderWay: boolean): SendOutcome {
  const reply = replyOf(error);
  const reason = reasonOf(error);
  // A wrong password is the operator's to correct; the message is not to blame.
  if (codeOf(error) === 'EAUTH') return { state: 'retry', reason };
  if (reply >= 500 && reply < 600) return { state: 'failed', reason };
  if (reply >= 400 && reply < 500) return { state: 'retry', reason };
  return { state: isUnderWay ? 'unclear' : 'retry', reason };
}

function replyOf(error: unknown): number {
  if (!(error instanceof Error) || !('responseCode' in error)) return 0;
  return typeof error.responseCode === 'number' ? error.responseCode : 0;
}

function codeOf(error: unknown): string {
  if (!(error instanceof Error) || !('code' in error)) return '';
  return typeof error.code === 'string' ? error.code : '';
}

// A server may repeat the address in its reply: no personal data is kept.
function reasonOf(error: unknown): string {
  const text = error instanceof Error ? error.message : 'unknown';
  return text
    .replace(/[^\s<>]+@[^\s<>]+/g, '(address)')
    .replace(/\s+/g, ' ')
    .slice(0, REASON_CHARACTERS);
}
