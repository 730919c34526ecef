/**
 * On what facts was this promise made, in at most 4 kB?
 *
 * Inputs: snapshot, facts, request. Output: bytes that hold everything the answer depended on besides the
 * policy: the products of the basket, units and incoming lots by node, what is spoken for, backlogs and full
 * dates. `unpackFacts` makes facts of them on which the same request gets the same quote, down to order-by.
 * What cannot matter is left out: units beyond those wanted, lots behind the last one needed, nodes of other
 * channels; sums that the figure needs (rule 16) are kept by adjusting what is spoken for by as much.
 * When the whole does not fit, nodes that cannot send or hand over go first, then nodes without which the answer
 * is proved the same (by asking again); when even that does not fit (a cart of hundreds of lines) there are no bytes at all.
 */
import { relatedSkus } from '../network/kits.ts';
import { compileLoad, fullDaysOf, type NodeLoad } from '../network/load.ts';
import type { Snapshot } from '../network/snapshot.ts';
import type { WorldProduct } from '../network/world.ts';
import { figureSums, spokenForUnits } from '../stock/figures/formula.ts';
import type { Lot } from '../stock/figures/position-table.ts';
import { emptyPackedFacts, type Facts, putFree } from '../stock/stock.ts';
import { type Quote, type QuoteRequest, quote, quoteAsk } from './quote.ts';
import { type Ask, type AskLine, closeAsk, openAsk } from './quote-ask.ts';
import { nearestPoints } from './quote-points.ts';
import { nearestStores } from './quote-stores.ts';
import {
  type ByteReader,
  type ByteWriter,
  createWriter,
  readSigned,
  readText,
  readWhole,
  writeSigned,
  writeText,
  writeWhole,
} from './receipt-facts-bytes.ts';

/** No receipt's facts take more. */
export const MAX_FACTS_BYTES = 4_096;
// 2 since loads say which pickup slots are full.
const FORMAT = 2;
const FORMAT_WITHOUT_SLOTS = 1;
// Of a product: whether stores hand it over, and whether its category follows (where a rule names categories).
const OFFERS_PICKUP = 1;
const HAS_CATEGORY = 2;
// Subsets of nodes tried when all of them are too many; each costs a quote, and few carts get here.
const SUBSETS_TRIED = 5;
// Lines × nodes beyond which no subset is tried: quotes of such carts take too long to be asked again.
const MAX_CELLS_ASKED_AGAIN = 12_000;

/** The facts considered, or no bytes when those that decide do not fit. */
export function factsConsidered(
  snapshot: Snapshot,
  facts: Facts,
  request: QuoteRequest,
): Uint8Array {
  const atMinute = request.nowMinute + request.marginMinutes;
  const ask = openAsk(snapshot, facts, { request, atMinute });
  const packed = packAsk(ask);
  closeAsk(ask);
  return packed;
}

/** A quote and its facts at once: the request is opened one time for both. */
export function quoteWithFacts(
  snapshot: Snapshot,
  facts: Facts,
  request: QuoteRequest,
): { readonly quote: Quote; readonly facts: Uint8Array } {
  const atMinute = request.nowMinute + request.marginMinutes;
  const ask = openAsk(snapshot, facts, { request, atMinute });
  const made = { quote: quoteAsk(ask), facts: packAsk(ask) };
  closeAsk(ask);
  return made;
}

function packAsk(ask: Ask): Uint8Array {
  const all = pack(ask, EVERY_NODE);
  if (all !== undefined) return all;
  const isAbsurd = ask.lines.length * ask.nodes.length > MAX_CELLS_ASKED_AGAIN;
  return isAbsurd ? new Uint8Array(0) : packFewest(ask, usefulNodes(ask));
}

const EVERY_NODE = () => true;

/** Facts on which `quote` gives the answer that was promised. The snapshot must know the packed products. */
export function unpackFacts(snapshot: Snapshot, bytes: Uint8Array): Facts {
  const facts = emptyPackedFacts(snapshot);
  const { reader, format } = openReader(bytes);
  const atMinute = readWhole(reader);
  const into = { snapshot, facts, atMinute, hasSlots: format !== FORMAT_WITHOUT_SLOTS };
  const lineCount = readWhole(reader);
  for (let line = 0; line < lineCount; line += 1) readLine(reader, into);
  readLoads(reader, into);
  return facts;
}

/** The products of the basket as they were: with them and the network of the policy version a replay needs no catalogue. */
export function packedProducts(bytes: Uint8Array): WorldProduct[] {
  const { reader } = openReader(bytes);
  readWhole(reader);
  const lineCount = readWhole(reader);
  return Array.from({ length: lineCount }, () => {
    const product = readProduct(reader);
    readStock(reader, 0);
    return product;
  });
}

function openReader(bytes: Uint8Array) {
  const reader: ByteReader = { bytes, at: 0 };
  const format = readWhole(reader);
  if (format !== FORMAT && format !== FORMAT_WITHOUT_SLOTS) {
    throw new RangeError(`facts of format ${format}, expected up to ${FORMAT}`);
  }
  return { reader, format };
}

/** Those nodes' facts, or `undefined` when they do not fit. */
function pack(ask: Ask, keeps: (node: number) => boolean): Uint8Array | undefined {
  const writer = createWriter(MAX_FACTS_BYTES);
  writeWhole(writer, FORMAT);
  writeWhole(writer, ask.atMinute);
  writeWhole(writer, ask.lines.length);
  for (const line of ask.lines) {
    writeProduct(writer, ask, line.product);
    writeStock(writer, ask, { line, keeps });
    if (writer.length > MAX_FACTS_BYTES) return undefined;
  }
  writeLoads(writer, ask, keeps);
  return writer.length > MAX_FACTS_BYTES ? undefined : writer.bytes.slice(0, writer.length);
}

function writeProduct(writer: ByteWriter, ask: Ask, product: WorldProduct): void {
  const deciding = product.tags.length === 0 ? [] : decidingTags(ask.snapshot, product.tags);
  writeText(writer, product.sku);
  writeWhole(writer, product.weightGrams);
  writeWhole(writer, product.volumeCm3);
  writeWhole(writer, product.longestCm);
  const category = ask.snapshot.policy.storePickup.rules.some((rule) => rule.category !== undefined)
    ? product.category
    : undefined;
  writeWhole(
    writer,
    (product.offersStorePickup ? OFFERS_PICKUP : 0) + (category === undefined ? 0 : HAS_CATEGORY),
  );
  if (category !== undefined) writeText(writer, category);
  writeWhole(writer, deciding.length);
  for (const tag of deciding) writeText(writer, tag);
}

/** Of the tags those that some service restricts or a rule of store pickup names. */
function decidingTags(snapshot: Snapshot, tags: readonly string[]): string[] {
  return tags.filter(
    (tag) =>
      snapshot.policy.storePickup.rules.some((rule) => rule.productTag === tag) ||
      snapshot.services.some(({ source }) =>
        source.restrictions.some((restriction) => restriction.productTag === tag),
      ),
  );
}

function readProduct(reader: ByteReader): WorldProduct {
  const sku = readText(reader);
  const weightGrams = readWhole(reader);
  const volumeCm3 = readWhole(reader);
  const longestCm = readWhole(reader);
  const flags = readWhole(reader);
  const offersStorePickup = (flags & OFFERS_PICKUP) !== 0;
  const category = (flags & HAS_CATEGORY) === 0 ? undefined : readText(reader);
  const tags = Array.from({ length: readWhole(reader) }, () => readText(reader));
  return {
    sku,
    weightGrams,
    volumeCm3,
    longestCm,
    offersStorePickup,
    tags,
    ...(category === undefined ? {} : { category }),
  };
}

type Selected = { readonly line: AskLine; readonly keeps: (node: number) => boolean };

function writeStock(writer: ByteWriter, ask: Ask, selected: Selected): void {
  const { line, keeps } = selected;
  const { positions, quantity } = line;
  const everyLot = ask.channel.incomingHorizonMinutes !== null;
  let spokenFor = spokenForOf(ask, line);
  const rows: number[] = [];
  for (let cursor = 0; cursor < (positions?.count ?? 0); cursor += 1) {
    const node = positions?.nodes[cursor] ?? 0;
    if (ask.channel.hasNode[node] !== 1) continue;
    const free = positions?.free[cursor] ?? 0;
    const lots = positions?.lots[cursor] ?? [];
    const isKept = keeps(node) && (free > 0 || lots.length > 0);
    const keptFree = isKept ? Math.min(free, quantity) : 0;
    const keptLots = isKept ? neededLots(lots, quantity - keptFree, everyLot) : 0;
    spokenFor -= free - keptFree;
    // With a horizon the lots left out of reach never count; those of nodes left out are in `spokenFor`.
    for (let lot = keptLots; lot < lots.length; lot += 1) spokenFor -= countedUnits(ask, lots[lot]);
    if (isKept) rows.push(cursor, keptFree, keptLots);
  }
  writeSigned(writer, spokenFor);
  writeWhole(writer, nextExpiry(ask, line));
  writeWhole(writer, rows.length / 3);
  let before = 0;
  for (let at = 0; at < rows.length; at += 3) {
    const cursor = rows[at] ?? 0;
    const node = positions?.nodes[cursor] ?? 0;
    const keptLots = rows[at + 2] ?? 0;
    writeWhole(writer, node - before);
    before = node;
    writeWhole(writer, (rows[at + 1] ?? 0) * 2 + (keptLots > 0 ? 1 : 0));
    if (keptLots > 0) writeLots(writer, ask, (positions?.lots[cursor] ?? []).slice(0, keptLots));
  }
}

/** How many of the lots, which come by usable instant, an answer can depend on. */
function neededLots(lots: readonly Lot[], wanted: number, everyLot: boolean): number {
  if (everyLot) return lots.length;
  let units = 0;
  let count = 0;
  while (count < lots.length && units < wanted) {
    units += lots[count]?.quantity ?? 0;
    count += 1;
  }
  return count;
}

function countedUnits(ask: Ask, lot: Lot | undefined): number {
  const horizon = ask.channel.incomingHorizonMinutes;
  if (lot === undefined || horizon === 0) return 0;
  return horizon === null || lot.usableMinute <= ask.atMinute + horizon ? lot.quantity : 0;
}

function writeLots(writer: ByteWriter, ask: Ask, lots: readonly Lot[]): void {
  writeWhole(writer, lots.length);
  for (const lot of lots) {
    writeSigned(writer, lot.usableMinute - ask.atMinute);
    writeWhole(writer, lot.quantity);
  }
}

/** Units of waiting orders and of live reservations of other channels, those of kits and components included. */
function spokenForOf(ask: Ask, line: AskLine): number {
  const { facts, channel, buyer } = ask;
  const question = { sku: line.sku, ...buyer };
  const units = spokenForUnits(facts, { channel, question });
  if (line.isShared !== true || isShortTogether(line)) return units;
  // What was divided between lines is packed as each line's own: the rest is not there for it.
  const { onHand, incoming } = figureSums(facts, { channel, question });
  let given = 0;
  for (let row = 0; row < (line.positions?.count ?? 0); row += 1) {
    given += line.positions?.free[row] ?? 0;
  }
  return units - (onHand + incoming - given);
}

/** Nothing was divided, because the lines together want too much: alone each is short of all it wants. */
function isShortTogether(line: AskLine): boolean {
  return line.positions === undefined || line.positions.count === 0;
}

/** When the next live reservation ends, 0 for none. Only an answer without stock depends on it. */
function nextExpiry(ask: Ask, line: AskLine): number {
  if (ask.shortSku === undefined) return 0;
  let next = 0;
  for (const sku of relatedSkus(ask.snapshot, line.sku)) {
    for (const { expiresMinute } of ask.facts.reservations.get(sku) ?? []) {
      if (expiresMinute <= ask.request.nowMinute) continue;
      next = next === 0 ? expiresMinute : Math.min(next, expiresMinute);
    }
  }
  return next;
}

type Unpacking = {
  readonly snapshot: Snapshot;
  readonly facts: Facts;
  readonly atMinute: number;
  readonly hasSlots: boolean;
};

function readLine(reader: ByteReader, into: Unpacking): void {
  const { sku } = readProduct(reader);
  const index = into.snapshot.skuIndex.get(sku);
  if (index === undefined) throw new RangeError(`the snapshot has no product ${sku}`);
  const stock = readStock(reader, into.atMinute);
  into.facts.waiting.set(index, stock.spokenFor);
  if (stock.nextExpiry > 0) {
    // No units: it only says when the answer may be another.
    const reservation = { quantity: 0, channel: '', expiresMinute: stock.nextExpiry };
    into.facts.reservations.set(index, [reservation]);
  }
  for (const [row, node] of stock.nodes.entries()) {
    const held = { free: stock.free[row] ?? 0, lots: stock.lots[row] };
    putFree(into.facts, { sku: index, node }, held);
  }
}

function readStock(reader: ByteReader, atMinute: number) {
  const spokenFor = readSigned(reader);
  const nextExpiry = readWhole(reader);
  const count = readWhole(reader);
  const nodes: number[] = [];
  const free: number[] = [];
  const lots: (Lot[] | undefined)[] = [];
  let node = 0;
  for (let row = 0; row < count; row += 1) {
    node += readWhole(reader);
    const packed = readWhole(reader);
    nodes.push(node);
    free.push(Math.floor(packed / 2));
    lots.push(packed % 2 === 1 ? readLots(reader, atMinute) : undefined);
  }
  return { spokenFor, nextExpiry, nodes, free, lots };
}

function readLots(reader: ByteReader, atMinute: number): Lot[] {
  return Array.from({ length: readWhole(reader) }, () => {
    const usableMinute = readSigned(reader) + atMinute;
    return { usableMinute, quantity: readWhole(reader) };
  });
}

function writeLoads(writer: ByteWriter, ask: Ask, keeps: (node: number) => boolean): void {
  const loads: {
    readonly node: number;
    readonly load: NodeLoad;
    readonly full: readonly number[];
    readonly slots: readonly number[];
  }[] = [];
  for (const node of ask.nodes) {
    const load = ask.facts.nodeLoads[node];
    if (load === undefined || !keeps(node)) continue;
    const full = fullDays(ask, node, load);
    const takesTime = hasLimitedRate(ask.snapshot, node) && load.backlogUnits > 0;
    const slots = fullSlots(ask, load);
    if (!takesTime && full.length + slots.length === 0) continue;
    loads.push({ node, load: takesTime ? load : { ...load, backlogUnits: 0 }, full, slots });
  }
  writeWhole(writer, loads.length);
  let before = 0;
  for (const { node, load, full, slots } of loads) {
    writeWhole(writer, node - before);
    before = node;
    writeWhole(writer, load.backlogUnits);
    if (load.backlogUnits > 0) writeSigned(writer, (load.backlogAsOfMinute ?? 0) - ask.atMinute);
    writeWhole(writer, full.length);
    for (const day of full) writeSigned(writer, day - Math.floor(ask.atMinute / 1_440));
    writeWhole(writer, slots.length);
    let last = ask.atMinute;
    for (const slot of slots) {
      writeWhole(writer, slot - last);
      last = slot;
    }
  }
}

/** Full pickup slots from now on, ascending; only an answer with store pickup depends on them. */
function fullSlots(ask: Ask, load: NodeLoad): readonly number[] {
  if (!methodsOf(ask).includes('store_pickup')) return [];
  const coming = (load.fullSlots ?? []).filter((minute) => minute >= ask.atMinute);
  return coming.toSorted((a, b) => a - b);
}

function methodsOf({ request }: Ask): readonly Method[] {
  return request.methods ?? ['home', 'pickup_point', 'store_pickup'];
}

type Method = NonNullable<QuoteRequest['methods']>[number];

function hasLimitedRate(snapshot: Snapshot, node: number): boolean {
  const compiled = snapshot.nodes[node];
  return compiled !== undefined && (compiled.unitsPerHour > 0 || compiled.unitsPerDay > 0);
}

/** Local dates with as many orders as the node takes, ascending; earlier ones than two days ago cannot matter. */
function fullDays(ask: Ask, node: number, load: NodeLoad): number[] {
  const compiled = ask.snapshot.nodes[node];
  if (compiled === undefined) return [];
  const earliest = Math.floor(ask.atMinute / 1_440) - 2;
  const days = [...fullDaysOf(compiled, load)].filter((day) => day >= earliest);
  return days.sort((a, b) => a - b);
}

function readLoads(reader: ByteReader, into: Unpacking): void {
  const count = readWhole(reader);
  const today = Math.floor(into.atMinute / 1_440);
  let node = 0;
  for (let row = 0; row < count; row += 1) {
    node += readWhole(reader);
    const backlogUnits = readWhole(reader);
    const backlogAsOfMinute = backlogUnits > 0 ? readSigned(reader) + into.atMinute : undefined;
    const fullDays = Array.from({ length: readWhole(reader) }, () => readSigned(reader) + today);
    const fullSlots = into.hasSlots ? readSlots(reader, into.atMinute) : [];
    const load: NodeLoad = {
      ...{ backlogUnits, backlogAsOfMinute, fullDays, fullSlots },
      ordersByDate: {},
    };
    into.facts.nodeLoads[node] = load;
    into.facts.loads[node] = compileLoad(into.snapshot, node, load);
  }
}

function readSlots(reader: ByteReader, atMinute: number): number[] {
  let minute = atMinute;
  return Array.from({ length: readWhole(reader) }, () => {
    minute += readWhole(reader);
    return minute;
  });
}

/** Nodes that could send by a service asked for, or hand over: only their stock can be in an answer. */
function usefulNodes(ask: Ask): Set<number> {
  const { snapshot } = ask;
  const methods = methodsOf(ask);
  const useful = new Set<number>();
  if (methods.includes('store_pickup')) {
    for (const { node } of nearestStores(ask)) useful.add(node.index);
  }
  for (const service of snapshot.services) {
    if (!methods.includes(service.method)) continue;
    const zones =
      service.method === 'home'
        ? [ask.destination.zoneIndex]
        : nearestPoints(ask, service.source.network ?? '').map((point) => point.zoneIndex);
    for (const node of ask.nodes) {
      const row = snapshot.laneRows[node * snapshot.services.length + service.index];
      if (row !== undefined && zones.some((zone) => (row[zone] ?? 0) > 0)) useful.add(node);
    }
  }
  return useful;
}

/** The useful nodes, then half of them and so on, those of the plans first, until one fits and is proved to give the same answer. */
function packFewest(ask: Ask, useful: ReadonlySet<number>): Uint8Array {
  const { snapshot, facts, request } = ask;
  const answer = quote(snapshot, facts, request);
  const order = orderByUse(ask, answer, useful);
  let count = order.length * 2;
  for (let tried = 0; tried < SUBSETS_TRIED && count > 1; tried += 1) {
    count = Math.floor(count / 2);
    const kept = new Set(order.slice(0, count));
    const bytes = pack(ask, (node) => kept.has(node));
    if (bytes === undefined) continue;
    const again = quote(snapshot, unpackFacts(snapshot, bytes), request);
    if (JSON.stringify(again) === JSON.stringify(answer)) return bytes;
  }
  return new Uint8Array(0);
}

function orderByUse(ask: Ask, answer: Quote, useful: ReadonlySet<number>): number[] {
  const used = new Set<number>();
  for (const option of answer.options) for (const parcel of option.parcels) used.add(parcel.node);
  const linesHeld = (source: number) => ask.supply.wholeLines[source] ?? 0;
  const others = [...ask.nodes.keys()]
    .filter((source) => useful.has(ask.nodes[source] ?? -1))
    .sort((a, b) => linesHeld(b) - linesHeld(a) || a - b)
    .map((source) => ask.nodes[source] ?? -1)
    .filter((node) => !used.has(node));
  return [...used, ...others];
}
