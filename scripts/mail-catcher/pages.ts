/** The pages of the demo's mail box, as HTML text. Mails are shown, never trusted: everything of them is escaped. */
import type { CaughtMail } from './read-mail.ts';

const STYLE = `
  body { font: 16px/1.5 system-ui, sans-serif; margin: 0 auto; max-width: 960px; padding: 24px 16px; color: #1a1a1a }
  table { width: 100%; border-collapse: collapse } th, td { text-align: left; padding: 8px; border-bottom: 1px solid #ccc }
  iframe { width: 100%; height: 560px; border: 1px solid #767676 } pre { white-space: pre-wrap; border: 1px solid #767676; padding: 16px }
  a { color: #0b4a8f } h2 { font-size: 18px }`;

/** All mails, newest first. */
export function mailBox(mails: readonly CaughtMail[]): string {
  const rows = mails.map(
    ({ id, at, to, subject }) =>
      `<tr><td><time datetime="${escapeHtml(at)}">${escapeHtml(at.slice(0, 16).replace('T', ' '))}</time></td>` +
      `<td>${escapeHtml(to.join(', '))}</td><td><a href="/mails/${encodeURIComponent(id)}">${escapeHtml(subject)}</a></td></tr>`,
  );
  const table =
    rows.length === 0
      ? '<p>No mail yet. Place an order in the shop.</p>'
      : `<table><thead><tr><th scope="col">When</th><th scope="col">To</th><th scope="col">Subject</th></tr></thead><tbody>${rows.join('')}</tbody></table>`;
  return page('Mail box of the demo', `<h1>Mail box of the demo</h1>${table}`);
}

/** One mail: its HTML, sandboxed, and its text. */
export function oneMail({ subject, from, to, html, text }: CaughtMail): string {
  return page(
    subject,
    `<p><a href="/">All mails</a></p><h1>${escapeHtml(subject)}</h1>
    <p>From ${escapeHtml(from)}<br>To ${escapeHtml(to.join(', '))}</p>
    <h2>As a mail program shows it</h2>
    <iframe sandbox="" title="The mail" srcdoc="${escapeHtml(html)}"></iframe>
    <h2>As plain text</h2><pre>${escapeHtml(text)}</pre>`,
  );
}

function page(title: string, body: string): string {
  return `<!doctype html><html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1"><title>${escapeHtml(title)}</title>
<style>${STYLE}</style></head><body><main>${body}</main></body></html>`;
}

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
};

function escapeHtml(text: string): string {
  return text.replace(/[&<>"]/g, (sign) => ESCAPES[sign] ?? sign);
}
