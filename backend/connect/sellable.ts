/**
 * What may a channel sell of each SKU, and which figures changed since it last asked?
 *
 * In: a shop as this replica holds it, a channel, and where the last answer ended. Out: figures by SKU, and where to go
 * on. A first reading walks all SKUs; later ones name those whose stock changed (numbers of the shop's stock clock,
 * the same on every replica) and those whose figure moved with the clock on the wall (a lot came within the horizon, a
 * reservation expired). A new policy version starts the reading anew, because every figure may differ.
 * Invariant: a figure that changed after it was listed is listed again; none is left out, on whichever replica one asks.
 */
import { type Result, refuseInput } from '../base/result.ts';
import { relatedSkus } from '../network/kits.ts';
import type { LiveShop } from '../stock/service.ts';
import { explainFigure, positionsOf } from '../stock/stock.ts';
import type { ChangedSkus } from './movement-reader.ts';
import type { SellableAnswer, SellableQuery } from './stock-schemas.ts';

/** A reading: what it starts from, what it ends at, and the last SKU listed. */
type Reading = {
  readonly policyVersion: number;
  readonly channel: string;
  /** Changes up to here were listed by the reading before; -1: none was. */
  readonly sinceVersion: number;
  readonly sinceMinute: number;
  /** Changes up to here are this reading's; later ones are the next one's. */
  readonly untilVersion: number;
  readonly untilMinute: number;
  readonly afterSku: string | null;
};

/**
 * The figures a query asks for. Refuses an unknown channel and a cursor that is not ours. `changedSkus` is asked what
 * changed between two numbers of the shop's stock clock.
 */
export async function listSellable(
  live: LiveShop,
  asked: { readonly query: SellableQuery; readonly nowMinute: number },
  changedSkus: ChangedSkus,
): Promise<Result<SellableAnswer>> {
  const { query, nowMinute } = asked;
  const { snapshot } = live;
  if (!snapshot.channelIndex.has(query.channel)) {
    const known = [...snapshot.channelIndex.keys()].join(', ');
    return refuseInput({
      pointer: '/channel',
      value: query.channel,
      allowed: known === '' ? 'no channel yet: the policy names none' : `one of ${known}`,
      remedy: 'Use the channel’s code, or add the channel in Kept.',
    });
  }
  const begun = readingOf(live, query, nowMinute);
  if (!begun.ok) return begun;
  const { reading, changed } = await changesOf(live, begun.value, { nowMinute, changedSkus });
  const skus = query.sku ?? nextSkus(live, { reading, changed, limit: query.limit });
  const figures = skus.flatMap((sku) => figureOf(live, { sku, query, nowMinute }) ?? []);
  return {
    ok: true,
    value: { channel: query.channel, figures, ...nextOf(reading, skus, query) },
  };
}

type Changes = { readonly reading: Reading; readonly changed: ReadonlySet<number> | 'all' };

// What changed so long ago that it is no longer told is read anew, whole.
async function changesOf(
  live: LiveShop,
  reading: Reading,
  { nowMinute, changedSkus }: { readonly nowMinute: number; readonly changedSkus: ChangedSkus },
): Promise<Changes> {
  const { sinceVersion, untilVersion } = reading;
  if (sinceVersion < 0) return { reading, changed: 'all' };
  if (sinceVersion >= untilVersion) return { reading, changed: new Set() };
  const span = { after: sinceVersion, until: untilVersion };
  const names = await changedSkus(live.shopId, span);
  if (names === 'too_old') {
    return { reading: freshReading(live, reading.channel, nowMinute), changed: 'all' };
  }
  const changed = new Set<number>();
  for (const name of names) {
    const sku = live.snapshot.skuIndex.get(name);
    if (sku === undefined) continue;
    // A kit's figure moves with its parts.
    for (const related of relatedSkus(live.snapshot, sku)) changed.add(related);
  }
  return { reading, changed };
}

function figureOf(
  { snapshot, facts }: LiveShop,
  ask: { readonly sku: string; readonly query: SellableQuery; readonly nowMinute: number },
): SellableAnswer['figures'][number] | undefined {
  const index = snapshot.skuIndex.get(ask.sku);
  if (index === undefined) return undefined;
  const figure = explainFigure(
    snapshot,
    facts,
    questionOf(index, ask.query.channel, ask.nowMinute),
  );
  const said = { sku: ask.sku, units: figure.units };
  return ask.query.explain ? { ...said, explanation: { ...figure } } : said;
}

function questionOf(sku: number, channel: string, minute: number) {
  return { sku, channel, customerTags: [], nowMinute: minute, atMinute: minute };
}

function nextSkus(
  live: LiveShop,
  { reading, changed, limit }: Changes & { readonly limit: number },
): string[] {
  const { products } = live.snapshot;
  const start = reading.afterSku === null ? 0 : firstAfter(products, reading.afterSku);
  const found: string[] = [];
  for (let index = start; index < products.length && found.length < limit; index += 1) {
    const isListed = changed === 'all' || changed.has(index) || hasMoved(live, index, reading);
    const sku = products[index]?.sku;
    if (isListed && sku !== undefined) found.push(sku);
  }
  return found;
}

// Products stand in order of their SKU; one that was deleted meanwhile still has its place.
function firstAfter(products: readonly { readonly sku: string }[], sku: string): number {
  let [low, high] = [0, products.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((products[middle]?.sku ?? '') <= sku) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Whether the figure differs although nothing was booked: only lots and reservations know the time. */
function hasMoved(
  { snapshot, facts }: LiveShop,
  sku: number,
  { sinceMinute, untilMinute, channel }: Reading,
): boolean {
  if (sinceMinute === untilMinute) return false;
  const hasLots = positionsOf(facts, sku)?.lots.some((lots) => lots !== undefined) ?? false;
  if (!hasLots && !facts.reservations.has(sku)) return false;
  const at = (minute: number) =>
    explainFigure(snapshot, facts, questionOf(sku, channel, minute)).units;
  return at(sinceMinute) !== at(untilMinute);
}

function nextOf(
  reading: Reading,
  skus: readonly string[],
  query: SellableQuery,
): Pick<SellableAnswer, 'cursor' | 'hasMore'> {
  const last = skus.at(-1);
  if (query.sku === undefined && skus.length === query.limit && last !== undefined) {
    return { cursor: writeCursor({ ...reading, afterSku: last }), hasMore: true };
  }
  // Named SKUs say nothing of the others: their cursor goes on where it was.
  if (query.sku !== undefined) return { cursor: query.cursor ?? '', hasMore: false };
  const { untilVersion, untilMinute } = reading;
  const next = { sinceVersion: untilVersion, sinceMinute: untilMinute, afterSku: null };
  return { cursor: writeCursor({ ...reading, ...next }), hasMore: false };
}

function readingOf(live: LiveShop, query: SellableQuery, nowMinute: number): Result<Reading> {
  const given = query.cursor === undefined || query.cursor === '' ? undefined : query.cursor;
  const known = given === undefined ? undefined : readCursor(given);
  if (given !== undefined && (known === undefined || known.channel !== query.channel)) {
    return refuseInput({
      pointer: '/cursor',
      value: given,
      allowed: 'the cursor of an earlier answer for the same channel',
      remedy: 'Leave it out to read every figure.',
    });
  }
  const { policyVersion } = live.snapshot;
  if (known === undefined || known.policyVersion !== policyVersion) {
    return { ok: true, value: freshReading(live, query.channel, nowMinute) };
  }
  // A replica that is behind neither lists what it does not know yet nor lets the reading pass it by.
  const { stockVersion } = live;
  if (known.afterSku !== null) {
    const untilVersion = Math.min(known.untilVersion, stockVersion);
    return { ok: true, value: { ...known, untilVersion } };
  }
  const untilVersion = Math.max(known.sinceVersion, stockVersion);
  const untilMinute = Math.max(known.sinceMinute, nowMinute);
  return { ok: true, value: { ...known, untilVersion, untilMinute } };
}

function freshReading(live: LiveShop, channel: string, nowMinute: number): Reading {
  return {
    policyVersion: live.snapshot.policyVersion,
    channel,
    sinceVersion: -1,
    sinceMinute: nowMinute,
    untilVersion: live.stockVersion,
    untilMinute: nowMinute,
    afterSku: null,
  };
}

function writeCursor(reading: Reading): string {
  const { policyVersion, channel, sinceVersion, sinceMinute, untilVersion, untilMinute } = reading;
  const parts = [policyVersion, channel, sinceVersion, sinceMinute, untilVersion, untilMinute];
  return Buffer.from(JSON.stringify([...parts, reading.afterSku])).toString('base64url');
}

function readCursor(text: string): Reading | undefined {
  let parts: unknown;
  try {
    parts = JSON.parse(Buffer.from(text, 'base64url').toString('utf8'));
  } catch {
    return undefined;
  }
  if (!Array.isArray(parts) || parts.length !== 7) return undefined;
  const [policyVersion, channel, sinceVersion, sinceMinute, untilVersion, untilMinute, afterSku] =
    parts;
  const numbers = [policyVersion, sinceVersion, sinceMinute, untilVersion, untilMinute];
  if (!numbers.every(Number.isSafeInteger) || typeof channel !== 'string') return undefined;
  if (afterSku !== null && typeof afterSku !== 'string') return undefined;
  return { policyVersion, channel, sinceVersion, sinceMinute, untilVersion, untilMinute, afterSku };
}
