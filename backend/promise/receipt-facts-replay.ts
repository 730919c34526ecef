/**
 * Does a receipt, taken on its own, still give the dates that were promised?
 *
 * Inputs: an exported receipt (docs/cli.md: the receipt as stored, the network section of its policy version).
 * Output: the options computed again, and every stored option that differs. Nothing of the shop as it is now is
 * read: the products and stock are those packed in the receipt. Only receipts of live answers can be replayed.
 * Source: docs/semantics.md rule 7 and "Receipt"; the shape of the stored answer is receipt.ts.
 */
import { z } from 'zod';
import { type Result, refuseInput } from '../base/result.ts';
import { MINUTES_PER_DAY } from '../base/time.ts';
import { compileNetwork } from '../network/network.ts';
import { ENGINE_VERSION, type Snapshot } from '../network/snapshot.ts';
import { type NetworkSection, networkSectionSchema, requestSchema } from '../network/world.ts';
import { METHODS, type QuotedOption, type QuoteRequest, quote } from './quote.ts';
import type { PromisedOption, SignedReceipt } from './receipt.ts';
import { packedProducts, unpackFacts } from './receipt-facts.ts';

const FORMAT = 'kept-receipt-1';

const text = z.string().max(200_000);
/** A receipt file: everything a replay reads. `receipt.facts` is base64. */
export const exportedReceiptSchema = z.strictObject({
  format: z.literal(FORMAT),
  shopId: text,
  receipt: z.strictObject({
    receiptId: text,
    madeAt: text,
    surface: text,
    kind: z.enum(['live', 'padded', 'undated']),
    fingerprint: text,
    country: text,
    postalCode: text,
    origin: text,
    checkoutToken: text.nullable(),
    cartToken: text.nullable(),
    policyVersion: z.int().min(1),
    engineVersion: text,
    request: text,
    answer: text,
    facts: z.base64(),
    signature: text,
  }),
  network: networkSectionSchema,
});

export type ExportedReceipt = z.infer<typeof exportedReceiptSchema>;

/** The file of a stored receipt; `network` is the section of the receipt's policy version. */
export function exportReceipt(
  shopId: string,
  receipt: SignedReceipt,
  network: NetworkSection,
): ExportedReceipt {
  return {
    format: FORMAT,
    shopId,
    receipt: { ...receipt, facts: receipt.facts.toBase64() },
    network,
  };
}

/** What a stored option is compared with: the caller's own way of writing quoted options down. */
export type WriteOptions = (
  snapshot: Snapshot,
  request: QuoteRequest,
  options: readonly QuotedOption[],
) => readonly PromisedOption[];

export type Replay = {
  readonly receiptId: string;
  readonly isEqual: boolean;
  /** The engine that made the receipt and the one that replayed it. */
  readonly engineVersion: string;
  readonly replayedBy: string;
  /** All options computed again. */
  readonly options: readonly PromisedOption[];
  /** Stored options that were not computed the same; `replayed` null: not offered this time. */
  readonly differences: readonly {
    readonly serviceCode: string;
    readonly stored: PromisedOption;
    readonly replayed: PromisedOption | null;
  }[];
};

/** Replays an exported receipt; refuses one without facts, or whose facts or request cannot be read. */
export function replayReceipt(file: ExportedReceipt, write: WriteOptions): Result<Replay> {
  const { receipt, network } = file;
  const bytes = Uint8Array.fromBase64(receipt.facts);
  if (receipt.kind !== 'live' || bytes.length === 0) {
    return refuseInput({
      pointer: '/receipt/facts',
      allowed: 'the packed facts of a live answer',
      remedy: 'Only receipts of live answers can be replayed; this one holds no facts.',
    });
  }
  const request = parseJson(storedRequest, receipt.request);
  const stored = parseJson(storedAnswer, receipt.answer);
  if (request === undefined) return unreadable('/receipt/request', 'the JSON of a request');
  if (stored === undefined) return unreadable('/receipt/answer', 'the JSON of the options shown');
  try {
    const quoted = quoteAgain({ network, policyVersion: receipt.policyVersion, bytes, request });
    const options = write(quoted.snapshot, request, quoted.options);
    const differences = stored.flatMap((option) => differenceOf(option, options));
    return {
      ok: true,
      value: {
        receiptId: receipt.receiptId,
        isEqual: differences.length === 0,
        engineVersion: receipt.engineVersion,
        replayedBy: ENGINE_VERSION,
        options,
        differences,
      },
    };
  } catch (error) {
    // The reader of the facts says so when they end early or name what the network lacks.
    if (error instanceof RangeError) return unreadable('/receipt/facts', error.message);
    throw error;
  }
}

function unreadable(pointer: string, allowed: string) {
  return refuseInput({ pointer, allowed, remedy: 'Export the receipt again.' });
}

function quoteAgain(made: {
  readonly network: NetworkSection;
  readonly policyVersion: number;
  readonly bytes: Uint8Array;
  readonly request: QuoteRequest;
}) {
  const { network, policyVersion, bytes, request } = made;
  const fromMinute = Math.floor(request.nowMinute / MINUTES_PER_DAY) * MINUTES_PER_DAY;
  const world = { ...network, policyVersion, products: packedProducts(bytes) };
  const snapshot = compileNetwork(world, fromMinute);
  const { options } = quote(snapshot, unpackFacts(snapshot, bytes), request);
  return { snapshot, options };
}

/** A stored option with a date must come again exactly; one shown without a date must not get one. */
function differenceOf(stored: PromisedOption, replayed: readonly PromisedOption[]) {
  const again = replayed.find(({ serviceCode }) => serviceCode === stored.serviceCode) ?? null;
  const isSame =
    stored.window === null ? again === null : JSON.stringify(again) === JSON.stringify(stored);
  return isSame ? [] : [{ serviceCode: stored.serviceCode, stored, replayed: again }];
}

const { lines, destination } = requestSchema.shape;
const storedRequest = z.object({
  nowMinute: z.int(),
  marginMinutes: z.int().min(0),
  lines,
  destination,
  currency: z.string(),
  locale: z.string(),
  channel: z.string(),
  customerTags: z.array(z.string()),
  methods: z.array(z.enum(METHODS)).optional(),
});

const storedAnswer = z.array(
  z.looseObject({
    serviceCode: z.string(),
    window: z.object({ from: z.string(), to: z.string() }).nullable(),
  }),
);

function parseJson(schema: typeof storedRequest, json: string): QuoteRequest | undefined;
function parseJson(schema: typeof storedAnswer, json: string): PromisedOption[] | undefined;
/** The value as it stands in the text (not as the schema would rebuild it: what is compared must keep its form). */
function parseJson(schema: z.ZodType, json: string): unknown {
  try {
    const value: unknown = JSON.parse(json);
    return schema.safeParse(value).success ? value : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
