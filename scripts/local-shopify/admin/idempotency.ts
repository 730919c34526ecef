/**
 * `@idempotent(key:)`: the same key with the same arguments is done once and answered alike every time.
 *
 * Without the directive a mutation that needs it is an error of the whole call. While the first try runs, a second one
 * is told so; a key with other arguments is refused; a key whose first try was refused is spent (setting `failedKey`).
 * Keys are kept a day. Source: https://shopify.dev/docs/api/usage/implementing-idempotency
 */
import { createHash } from 'node:crypto';
import { GraphQLError, type GraphQLResolveInfo, getDirectiveValues } from 'graphql';
import { type AdminContext, type Arguments, type Node, userErrors } from './node.ts';

const KEPT_MS = 86_400_000;
/** Answers of inventory writes are large; older keys than this many are forgotten before their day is over. */
const KEYS_MAX = 5_000;

type Refusal = { payload: string; empty: string; errors: string; errorType: string };
const inventoryRefusal = (name: string): Refusal => ({
  payload: `${name}Payload`,
  empty: 'inventoryAdjustmentGroup',
  errors: 'userErrors',
  errorType: `${name}UserError`,
});

/** Mutations that need a key, and how each says that it would not run. */
const NEED_KEY: Readonly<Record<string, Refusal>> = {
  inventorySetQuantities: inventoryRefusal('InventorySetQuantities'),
  inventoryAdjustQuantities: inventoryRefusal('InventoryAdjustQuantities'),
  inventoryMoveQuantities: inventoryRefusal('InventoryMoveQuantities'),
  inventoryActivate: {
    payload: 'InventoryActivatePayload',
    empty: 'inventoryLevel',
    errors: 'userErrors',
    errorType: 'UserError',
  },
  refundCreate: {
    payload: 'RefundCreatePayload',
    empty: 'refund',
    errors: 'userErrors',
    errorType: 'UserError',
  },
  locationActivate: {
    payload: 'LocationActivatePayload',
    empty: 'location',
    errors: 'locationActivateUserErrors',
    errorType: 'LocationActivateUserError',
  },
  locationDeactivate: {
    payload: 'LocationDeactivatePayload',
    empty: 'location',
    errors: 'locationDeactivateUserErrors',
    errorType: 'LocationDeactivateUserError',
  },
};

type Attempt = {
  digest: string;
  at: number;
  state: 'running' | 'failed' | 'done';
  answer: Node | null;
};
export type Idempotency = { attempts: Map<string, Attempt> };

/** An empty memory of keys. */
export function createIdempotency(): Idempotency {
  return { attempts: new Map() };
}

const MESSAGES = {
  IDEMPOTENCY_CONCURRENT_REQUEST: 'This request is currently in progress, please try again.',
  IDEMPOTENCY_KEY_PARAMETER_MISMATCH:
    'The same idempotency key cannot be used with different operation parameters.',
  IDEMPOTENCY_PREVIOUS_ATTEMPT_FAILED:
    'A previous request with this idempotency key failed. Retry with a new idempotency key.',
} as const;

/** Runs a mutation, under its key when it needs one. */
export async function runOnce(
  context: AdminContext,
  { args, info }: { args: Arguments; info: GraphQLResolveInfo },
  run: () => unknown,
): Promise<unknown> {
  const refusal = NEED_KEY[info.fieldName];
  if (!refusal) {
    await context.pause?.();
    return run();
  }
  const key = keyOf(info);
  const { attempts } = context.services.idempotency;
  forgetOld(attempts, context.shop.wireMs());
  const digest = digestOf(info.fieldName, args);
  const known = attempts.get(key);
  if (known) return answerAgain(context, { known, digest, refusal });
  const attempt: Attempt = { digest, at: context.shop.wireMs(), state: 'running', answer: null };
  attempts.set(key, attempt);
  try {
    await context.pause?.();
    const answer = run() as Node;
    const isRefused = (answer[refusal.errors] as readonly unknown[]).length > 0;
    attempt.state = isRefused ? 'failed' : 'done';
    attempt.answer = answer;
    return answer;
  } catch (error) {
    // It never ran to its effect: the key is free again.
    attempts.delete(key);
    throw error;
  }
}

function keyOf(info: GraphQLResolveInfo): string {
  const directive = info.schema.getDirective('idempotent');
  const [node] = info.fieldNodes;
  const values = directive && node && getDirectiveValues(directive, node, info.variableValues);
  const key = values?.['key'];
  if (typeof key !== 'string') {
    throw new GraphQLError(
      'The @idempotent directive is required for this mutation but was not provided.',
      { extensions: { code: 'BAD_REQUEST' } },
    );
  }
  if (key.trim() === '') {
    throw new GraphQLError('The idempotency key cannot be an empty string or whitespace only.', {
      extensions: { code: 'BAD_REQUEST' },
    });
  }
  return key;
}

function answerAgain(
  context: AdminContext,
  { known, digest, refusal }: { known: Attempt; digest: string; refusal: Refusal },
): Node {
  if (known.digest !== digest) return refuse(refusal, 'IDEMPOTENCY_KEY_PARAMETER_MISMATCH');
  if (known.state === 'running') return refuse(refusal, 'IDEMPOTENCY_CONCURRENT_REQUEST');
  const isSpent = known.state === 'failed' && context.shop.state.settings.failedKey === 'refused';
  if (isSpent || known.answer === null)
    return refuse(refusal, 'IDEMPOTENCY_PREVIOUS_ATTEMPT_FAILED');
  return known.answer;
}

function refuse(refusal: Refusal, code: keyof typeof MESSAGES): Node {
  return {
    __typename: refusal.payload,
    [refusal.empty]: null,
    [refusal.errors]: userErrors(refusal.errorType, { field: null, message: MESSAGES[code], code }),
  };
}

function forgetOld(attempts: Map<string, Attempt>, nowMs: number): void {
  for (const [key, { at }] of attempts) {
    if (nowMs - at < KEPT_MS && attempts.size < KEYS_MAX) return;
    attempts.delete(key);
  }
}

function digestOf(field: string, args: Arguments): string {
  return createHash('sha256')
    .update(`${field}${JSON.stringify(args)}`)
    .digest('base64');
}
