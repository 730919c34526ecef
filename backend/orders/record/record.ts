/**
 * What is kept of an order for the people and rules that work on it: who, where to, what, and whether it may be worked on.
 *
 * In: an order as its source states it now. Out: the record after, and whether anything changed. Personal data stands
 * here and nowhere else; without it (protected data withheld, or the buyer forgotten) everything works on.
 * Invariants: an older reading never replaces a newer one; an order that was canceled stays so; what an agent holds no
 * reading sets free; no reading brings back what was redacted. Pure.
 */

/** Where a parcel goes, as far as it was told. */
export type OrderAddress = {
  readonly name: string | null;
  readonly address1: string | null;
  readonly address2: string | null;
  readonly city: string | null;
  readonly province: string | null;
  readonly zip: string | null;
  readonly country: string | null;
};

/** One line as it was sold. `canceled`: units that will not be sent any more. */
export type OrderRecordLine = {
  readonly lineId: string;
  readonly sku: string;
  readonly variantId: string | null;
  readonly title: string;
  readonly quantity: number;
  readonly canceled: number;
  readonly unitPriceMinor: number;
  readonly needsShipping: boolean;
};

/** Why nobody may work on an order, as far as a reading says it (the last two: timed-hold.ts); the others are set by people. */
export const HOLDS_OF_SOURCE = ['payment', 'fraud', 'gift_date', 'edit_window'] as const;

/** Languages messages are written in. */
export const ORDER_LOCALES = ['it', 'fr', 'en', 'de', 'es'] as const;
export type OrderLocale = (typeof ORDER_LOCALES)[number];

/** An order as its source states it. Instants ISO. */
export type OrderRecord = {
  readonly orderId: string;
  readonly source: 'shopify' | 'api';
  readonly channel: string;
  /** What people call it: #1001. */
  readonly name: string;
  readonly placedAt: string;
  readonly state: 'open' | 'canceled' | 'closed';
  readonly currency: string;
  readonly totalMinor: number;
  readonly customerName: string | null;
  readonly email: string | null;
  readonly phone: string | null;
  readonly address: OrderAddress | null;
  readonly country: string | null;
  readonly postalCode: string | null;
  readonly locale: OrderLocale | null;
  readonly method: 'ship' | 'pickup' | 'none';
  readonly serviceCode: string | null;
  readonly pickupNodeId: string | null;
  readonly tags: readonly string[];
  readonly holdReason: string | null;
  /** When a hold ends by itself; absent or null: it does not. */
  readonly holdUntil?: string | null;
  readonly isTest: boolean;
  /** The date the system that sent it promised; null: nobody did. */
  readonly promisedOn: string | null;
  /** The reservation it came from, as claims know it; null: none, or its source says it with each reading. */
  readonly reservationKey: string | null;
  /** What it was read as: equal text, equal order. */
  readonly version: string;
  /** The source's own time of change. */
  readonly sourceUpdatedAt: string;
  readonly lines: readonly OrderRecordLine[];
};

/** An order as it is stored. */
export type StoredOrder = OrderRecord & {
  readonly isRedacted: boolean;
  /** A hold of the source that an agent has released. */
  readonly waivedHold: string | null;
  /** The version of which claims, promise and routing are done; null: none yet. */
  readonly takenInVersion: string | null;
};

/** What becomes of a reading: the record to store, or nothing when what is stored is as new. */
export function decideRecord(
  known: StoredOrder | undefined,
  read: OrderRecord,
): OrderRecord | undefined {
  if (known === undefined) return read;
  if (known.version === read.version) return undefined;
  if (isBefore(read.sourceUpdatedAt, known.sourceUpdatedAt)) return undefined;
  const kept = {
    ...read,
    state: known.state === 'canceled' ? ('canceled' as const) : read.state,
    holdReason: holdAfter(known, read.holdReason),
    // Units given up stay so: a source that says less of them told an older state of that line.
    lines: mergeLines(known, read),
  };
  return known.isRedacted ? withoutPerson(kept) : kept;
}

/** The record without anything that names or reaches a person; country and postal code go as well. */
export function withoutPerson(record: OrderRecord): OrderRecord {
  return {
    ...record,
    customerName: null,
    email: null,
    phone: null,
    address: null,
    country: null,
    postalCode: null,
  };
}

/** The language of a locale such as `it-IT`; null: one we do not write. */
export function localeOf(text: string | null | undefined): OrderLocale | null {
  const language = (text ?? '').slice(0, 2).toLowerCase();
  return ORDER_LOCALES.find((one) => one === language) ?? null;
}

/** Units of a line that are still to be sent or were sent. */
export function wantedUnits({ quantity, canceled }: OrderRecordLine): number {
  return quantity - canceled;
}

function holdAfter({ holdReason, waivedHold }: StoredOrder, read: string | null): string | null {
  const isOfSource = holdReason === null || HOLDS_OF_SOURCE.some((one) => one === holdReason);
  if (!isOfSource) return holdReason;
  return read === waivedHold ? null : read;
}

// A line that is no longer named was removed from the order: it stays, all of it canceled.
function mergeLines(known: StoredOrder, read: OrderRecord): readonly OrderRecordLine[] {
  const before = new Map(known.lines.map((line) => [line.lineId, line]));
  const named = new Set(read.lines.map(({ lineId }) => lineId));
  const gone = known.lines
    .filter(({ lineId }) => !named.has(lineId))
    .map((line) => ({ ...line, canceled: line.quantity }));
  const stays = read.lines.map((line) =>
    read.source === 'api' ? asOrdered(before.get(line.lineId), line) : line,
  );
  return [...stays, ...gone];
}

// A system says what it wants now; claims know units ever ordered and units canceled, and both only grow.
function asOrdered(before: OrderRecordLine | undefined, line: OrderRecordLine): OrderRecordLine {
  if (before === undefined) return line;
  const wanted = wantedUnits(line);
  const quantity = Math.max(before.quantity, line.quantity, before.canceled + wanted);
  return { ...line, quantity, canceled: quantity - wanted };
}

function isBefore(a: string, b: string): boolean {
  return Temporal.Instant.compare(Temporal.Instant.from(a), Temporal.Instant.from(b)) < 0;
}
