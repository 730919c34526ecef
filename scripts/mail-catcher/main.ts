/**
 * The demo's mail box: a mail server that keeps every mail, and a page that shows them.
 *
 *   node scripts/mail-catcher/main.ts --smtp-port 2525 --port 4025
 *
 * Out: GET / lists the mails, GET /mails/:id shows one (its HTML in a sandboxed frame without scripts, beside its text),
 * GET /mails.json gives all of them to programs. Nothing is delivered and nothing outlives the process.
 */
import http from 'node:http';
import { parseArgs } from 'node:util';
import { startMailCatcher } from './catcher.ts';
import { mailBox, oneMail } from './pages.ts';

const { values } = parseArgs({
  options: {
    'smtp-port': { type: 'string', default: '2525' },
    port: { type: 'string', default: '4025' },
  },
});

const catcher = await startMailCatcher({
  port: Number(values['smtp-port']),
  nowIso: () => Temporal.Now.instant().toString(),
});

const server = http.createServer((request, response) => {
  const { pathname } = new URL(request.url ?? '/', 'http://localhost');
  const answer = answerOf(pathname);
  response.writeHead(answer.status, {
    'content-type': answer.type,
    'cache-control': 'no-store',
    'content-security-policy':
      "default-src 'none'; style-src 'unsafe-inline'; frame-src 'self'; base-uri 'none'",
  });
  response.end(answer.body);
});

function answerOf(path: string): { status: number; type: string; body: string } {
  const html = 'text/html; charset=utf-8';
  if (path === '/') return { status: 200, type: html, body: mailBox(catcher.mails()) };
  if (path === '/mails.json') {
    return { status: 200, type: 'application/json', body: JSON.stringify(catcher.mails()) };
  }
  const id = decodeURIComponent(path.replace(/^\/mails\//, ''));
  const mail = catcher.mails().find((one) => one.id === id);
  if (mail === undefined) return { status: 404, type: 'text/plain', body: 'No such mail.\n' };
  return { status: 200, type: html, body: oneMail(mail) };
}

server.listen(Number(values.port), '127.0.0.1');

const stop = async () => {
  server.close();
  await catcher.stop();
  process.exit(0);
};
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void stop());
