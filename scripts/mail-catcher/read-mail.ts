/**
 * What does a mail say? Reads what nodemailer writes: headers, and one text and one HTML part in any of its encodings.
 *
 * In: a message of RFC 5322 as text. Out: subject, HTML, text, headers that matter. Whatever is not understood is left out.
 */

/** A mail that was caught. */
export type CaughtMail = {
  readonly id: string;
  readonly at: string;
  readonly from: string;
  readonly to: readonly string[];
  readonly subject: string;
  readonly language: string;
  readonly html: string;
  readonly text: string;
  readonly raw: string;
};

/** Reads a message. */
export function readMail(
  raw: string,
  envelope: { readonly to: readonly string[]; readonly at: string },
): CaughtMail {
  const root = readPart(raw);
  const parts = leavesOf(root);
  const bodyOf = (type: string) => parts.find((part) => part.type === type)?.body ?? '';
  return {
    ...envelope,
    id: (root.headers.get('message-id') ?? '').replace(/[<>]/g, ''),
    from: decodeWords(root.headers.get('from') ?? ''),
    subject: decodeWords(root.headers.get('subject') ?? ''),
    language: root.headers.get('content-language') ?? '',
    html: bodyOf('text/html'),
    text: bodyOf('text/plain'),
    raw,
  };
}

type Part = {
  readonly headers: ReadonlyMap<string, string>;
  readonly type: string;
  readonly body: string;
  readonly boundary: string | undefined;
};

function readPart(raw: string): Part {
  const end = raw.search(/\r?\n\r?\n/);
  const head = end < 0 ? raw : raw.slice(0, end);
  const rest = end < 0 ? '' : raw.slice(end).replace(/^\r?\n\r?\n/, '');
  const lines = head.replace(/\r?\n[ \t]+/g, ' ').split(/\r?\n/);
  const headers = new Map(
    lines.map((line): [string, string] => {
      const colon = line.indexOf(':');
      return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
    }),
  );
  const contentType = headers.get('content-type') ?? 'text/plain';
  return {
    headers,
    type: (contentType.split(';')[0] ?? '').trim().toLowerCase(),
    body: decodeBody(rest, headers.get('content-transfer-encoding')?.toLowerCase() ?? '7bit'),
    boundary: /boundary="?([^";]+)"?/i.exec(contentType)?.[1],
  };
}

function leavesOf(part: Part): readonly Part[] {
  const { boundary } = part;
  if (!part.type.startsWith('multipart/') || boundary === undefined) return [part];
  const pieces = part.body.split(`--${boundary}`).slice(1, -1);
  return pieces.flatMap((piece) => leavesOf(readPart(piece.replace(/^\r?\n/, ''))));
}

function decodeBody(body: string, encoding: string): string {
  if (encoding === 'base64') return Buffer.from(body, 'base64').toString('utf8');
  if (encoding === 'quoted-printable') return decodeQuoted(body.replace(/=\r?\n/g, ''));
  return body;
}

function decodeQuoted(text: string): string {
  const bytes = text.replace(/=([0-9A-F]{2})/gi, (_whole, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
  return Buffer.from(bytes, 'latin1').toString('utf8');
}

// RFC 2047; blanks between two encoded words are none.
function decodeWords(text: string): string {
  return text
    .replace(/\?=\s+=\?/g, '?==?')
    .replace(/=\?utf-8\?([QB])\?([^?]*)\?=/gi, (_whole, kind: string, word: string) =>
      kind.toUpperCase() === 'B'
        ? Buffer.from(word, 'base64').toString('utf8')
        : decodeQuoted(word.replaceAll('_', ' ')),
    );
}
