/**
 * What does a message say, as HTML and as its twin in plain text?
 *
 * In: facts and a language. Out: subject, HTML, text. Both say the same, sentence by sentence. One column, headings, no
 * pictures, no links but the carrier's, nothing that tells anybody that it was read.
 * Invariants: everything that is not ours is escaped; the only dates in it are those of the promise it was given.
 */
import type { MessageKind, StatedPromise } from './due.ts';
import { type Language, WORDS, type Words } from './words.ts';

/** A message ready to be sent. */
export type Composed = { readonly subject: string; readonly html: string; readonly text: string };

/** What a message to a shopper is made of. */
export type ShopperFacts = {
  readonly kind: MessageKind;
  readonly language: Language;
  readonly merchant: string;
  readonly orderName: string;
  readonly promise: StatedPromise;
  /** What had been shown, when it differs. */
  readonly before: StatedPromise | undefined;
  readonly items: readonly { readonly title: string; readonly quantity: number }[];
  /** Where it is collected. */
  readonly place: { readonly name: string; readonly addressLines: readonly string[] } | undefined;
  /** Only with `ready`. */
  readonly pickupCode: string | undefined;
  readonly trackingUrls: readonly string[];
};

/** A paragraph, a heading, a list, a link or a code, before it is written either way. */
type Block =
  | {
      readonly kind: 'title' | 'lead' | 'date' | 'heading' | 'note' | 'code';
      readonly text: string;
    }
  | { readonly kind: 'list'; readonly rows: readonly string[] }
  | { readonly kind: 'link'; readonly text: string; readonly url: string };

/** The message to a shopper. */
export function composeShopper(facts: ShopperFacts): Composed {
  const { kind, language, promise, before } = facts;
  const words = WORDS[language];
  const titles = {
    confirmed: words.confirmedTitle,
    ready: words.readyTitle,
    moved: words.movedTitle,
  };
  const leads = { confirmed: words.confirmedLead, ready: words.readyLead, moved: words.movedLead };
  const subject = fill(titles[kind], { order: facts.orderName });
  const blocks: Block[] = [
    { kind: 'title', text: subject },
    { kind: 'lead', text: leads[kind] },
  ];
  // What is ready is ready now: its date has done its work.
  if (kind !== 'ready') blocks.push({ kind: 'date', text: sayPromise(promise, language) });
  if (kind !== 'ready' && before !== undefined) {
    const text = fill(words.before, { day: dayOf(before, language) });
    blocks.push({ kind: 'note', text });
  }
  if (facts.pickupCode !== undefined) {
    blocks.push({ kind: 'heading', text: words.code });
    blocks.push({ kind: 'code', text: facts.pickupCode });
    blocks.push({ kind: 'note', text: words.codeHint });
  }
  if (facts.place !== undefined) {
    blocks.push({ kind: 'heading', text: words.place });
    blocks.push({ kind: 'list', rows: [facts.place.name, ...facts.place.addressLines] });
  }
  if (facts.items.length > 0) {
    blocks.push({ kind: 'heading', text: words.items });
    const rows = facts.items.map(({ title, quantity }) => `${quantity} × ${title}`);
    blocks.push({ kind: 'list', rows });
  }
  for (const url of facts.trackingUrls.filter(isWebAddress)) {
    blocks.push({ kind: 'link', text: words.track, url });
  }
  blocks.push({ kind: 'note', text: fill(words.why, { merchant: facts.merchant }) });
  return { subject, ...write(blocks, { language, merchant: facts.merchant, subject }) };
}

/** One line of the merchant's digest. */
export type DigestRow = {
  readonly orderName: string;
  readonly milestone: keyof Pick<
    Words,
    | 'routing'
    | 'claim'
    | 'pick_start'
    | 'departure'
    | 'delivery'
    | 'left_though_canceled'
    | 'uncollected'
  >;
  readonly level: 'before' | 'missed';
  readonly dueAt: string;
};

/** The merchant's digest of promises in danger. `count` may be more than the rows. */
export function composeDigest(digest: {
  readonly language: Language;
  readonly merchant: string;
  readonly timeZone: string;
  readonly count: number;
  readonly rows: readonly DigestRow[];
}): Composed {
  const { language, merchant } = digest;
  const words = WORDS[language];
  const subject = fill(words.digestTitle, { count: String(digest.count) });
  const rows = digest.rows.map(({ orderName, milestone, level, dueAt }) => {
    const at = whenOf(dueAt, digest.timeZone, language);
    const due = fill(level === 'missed' ? words.digestMissed : words.digestBefore, { at });
    return `${orderName}: ${words[milestone]} (${due})`;
  });
  const blocks: Block[] = [
    { kind: 'title', text: subject },
    { kind: 'lead', text: words.digestLead },
    { kind: 'list', rows },
  ];
  return { subject, ...write(blocks, { language, merchant, subject }) };
}

/** The promise in a sentence, as the order's page says it. */
export function sayPromise(promise: StatedPromise, language: Language): string {
  const words = WORDS[language];
  const { window, timeZone, method } = promise;
  const from = zoned(window.from, timeZone);
  const to = zoned(window.to, timeZone);
  const day = dayOf(promise, language);
  if (method !== 'home') {
    const isSameDay = from.toPlainDate().equals(to.toPlainDate());
    const sentence = isSameDay ? words.collectUntil : words.collect;
    return fill(sentence, { day, time: clock(from, language), until: clock(to, language) });
  }
  if (isMidnight(to)) return fill(words.arrives, { day });
  if (isMidnight(from)) return fill(words.arrivesBy, { day, time: clock(to, language) });
  return fill(words.arrivesBetween, { day, from: clock(from, language), to: clock(to, language) });
}

// Days before months in every language, and clocks of 24 hours: the shops are European.
const LOCALES: Readonly<Record<Language, string>> = {
  it: 'it',
  fr: 'fr',
  en: 'en-GB',
  de: 'de',
  es: 'es',
};

// The promised date itself: never computed anew from an instant.
function dayOf({ promisedOn }: StatedPromise, language: Language): string {
  return Temporal.PlainDate.from(promisedOn).toLocaleString(LOCALES[language], {
    weekday: 'long',
    day: 'numeric',
    month: 'long',
  });
}

function whenOf(at: string, timeZone: string, language: Language): string {
  return zoned(at, timeZone).toLocaleString(LOCALES[language], {
    day: 'numeric',
    month: 'short',
    hour: '2-digit',
    minute: '2-digit',
  });
}

function zoned(at: string, timeZone: string): Temporal.ZonedDateTime {
  return Temporal.Instant.from(at).toZonedDateTimeISO(timeZone);
}

function clock(at: Temporal.ZonedDateTime, language: Language): string {
  return at.toPlainTime().toLocaleString(LOCALES[language], { hour: 'numeric', minute: '2-digit' });
}

function isMidnight(at: Temporal.ZonedDateTime): boolean {
  return at.hour === 0 && at.minute === 0;
}

function fill(sentence: string, values: Readonly<Record<string, string>>): string {
  return sentence.replace(/\{(\w+)\}/g, (_whole, name: string) => values[name] ?? '');
}

function isWebAddress(url: string): boolean {
  return /^https?:\/\/[^\s"'<>]+$/.test(url) && url.length <= 2_000;
}

type Frame = { readonly language: Language; readonly merchant: string; readonly subject: string };

function write(
  blocks: readonly Block[],
  frame: Frame,
): { readonly html: string; readonly text: string } {
  const text = [...blocks.map(asText), '', `— ${frame.merchant}`].join('\n');
  return { html: page(blocks.map(asHtml).join('\n'), frame), text: `${text}\n` };
}

function asText(block: Block): string {
  switch (block.kind) {
    case 'list':
      return block.rows.map((row) => `  ${row}`).join('\n');
    case 'link':
      return `${block.text}: ${block.url}`;
    case 'heading':
      return `\n${block.text}`;
    case 'title':
      return `${block.text}\n`;
    default:
      return block.text;
  }
}

// Contrast at least 7:1 on white; sizes a phone shows without zoom. Mail readers drop style sheets, so styles stand here.
const STYLES = {
  title: 'margin:0 0 16px;font-size:24px;line-height:1.3',
  lead: 'margin:0 0 12px;font-size:16px;line-height:1.5',
  date: 'margin:0 0 12px;font-size:20px;line-height:1.4;font-weight:bold',
  heading: 'margin:24px 0 8px;font-size:16px;line-height:1.4',
  note: 'margin:0 0 12px;font-size:14px;line-height:1.5;color:#3d3d3d',
  code: 'margin:0 0 8px;font-size:32px;line-height:1.2;font-weight:bold;letter-spacing:4px',
} as const;

function asHtml(block: Block): string {
  switch (block.kind) {
    case 'list':
      return `<ul style="margin:0 0 12px;padding:0;list-style:none;font-size:16px;line-height:1.5">${block.rows
        .map((row) => `<li>${escapeHtml(row)}</li>`)
        .join('')}</ul>`;
    case 'link':
      return `<p style="${STYLES.lead}"><a href="${escapeHtml(block.url)}" style="color:#0b4a8f">${escapeHtml(block.text)}</a></p>`;
    case 'title':
      return `<h1 style="${STYLES.title}">${escapeHtml(block.text)}</h1>`;
    case 'heading':
      return `<h2 style="${STYLES.heading}">${escapeHtml(block.text)}</h2>`;
    default:
      return `<p style="${STYLES[block.kind]}">${escapeHtml(block.text)}</p>`;
  }
}

function page(body: string, { language, merchant, subject }: Frame): string {
  return `<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(subject)}</title>
</head>
<body style="margin:0;background:#ffffff;color:#1a1a1a;font-family:Arial,Helvetica,sans-serif">
<main style="max-width:560px;margin:0 auto;padding:24px 16px">
<p style="margin:0 0 24px;font-size:16px;font-weight:bold">${escapeHtml(merchant)}</p>
${body}
</main>
</body>
</html>
`;
}

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (sign) => ESCAPES[sign] ?? sign);
}
