/**
 * How does one write get to Shopify and back, whatever happens on the way?
 *
 * In: a call that is kept in the outbox. Out: its outcome, sooner or later. A reply that is lost, a page of HTML or a
 * hang is answered by the same key again, for which Shopify gives its first answer; so nothing is written twice.
 * Invariants: a call is asked until it has an outcome or the shop's push is stopped (then its row stays and the next
 * holder asks again); when the shop cannot be reached at all the reason is told and the calls wait.
 */
import {
  InventoryActivate,
  InventoryMoveQuantities,
  InventorySetQuantities,
} from '../../../graphql/admin/generated/documents.ts';
import type { ShopId } from '../../base/ids.ts';
import { TransientError } from '../../base/result.ts';
import type { Log } from '../../platform/log.ts';
import {
  type AdminAnswer,
  type AdminClient,
  describeRefusal,
  type UserError,
} from '../admin-client.ts';
import {
  type CallOutcome,
  isStillRunning,
  itemGid,
  locationGid,
  type PushCall,
  readOutcome,
  toMoveInput,
  toSetInput,
} from './calls.ts';
import type { OnStep } from './steps.ts';

export type SenderDeps = {
  readonly admin: AdminClient;
  readonly log: Log;
  readonly wait: (milliseconds: number) => Promise<void>;
  readonly onStep: OnStep;
  /** Why nothing gets through, or null when it does again. */
  readonly onTrouble: (shopId: ShopId, trouble: string | null) => void;
};

// The first repeat is at once: a lost reply is the usual case. Then the pauses grow.
const PAUSES_MS = [0, 500, 1_000, 2_000, 5_000, 10_000, 30_000] as const;
// A shop that is closed or disconnected comes back by a person's hand.
const SHUT_OUT_PAUSE_MS = 60_000;
const STILL_RUNNING_PAUSE_MS = 1_000;

/** Sends a call until it has an outcome; undefined: `isStopped` became true first. */
export async function sendCall(
  deps: SenderDeps,
  shopId: ShopId,
  call: PushCall,
  isStopped: () => boolean,
): Promise<CallOutcome | undefined> {
  for (let attempt = 0; !isStopped(); attempt++) {
    const answer = await ask(deps, shopId, call);
    deps.onStep('answered');
    const outcome = outcomeOf(call, answer);
    if (typeof outcome === 'object') {
      deps.onTrouble(shopId, null);
      return outcome;
    }
    if (outcome === 'shut_out' && answer !== 'lost' && !answer.ok) {
      deps.onTrouble(shopId, describeRefusal(answer.refusal));
    }
    await deps.wait(pauseOf(outcome, attempt));
  }
  return undefined;
}

function pauseOf(why: 'lost' | 'still_running' | 'shut_out', attempt: number): number {
  if (why === 'still_running') return STILL_RUNNING_PAUSE_MS;
  if (why === 'shut_out') return SHUT_OUT_PAUSE_MS;
  return PAUSES_MS[Math.min(attempt, PAUSES_MS.length - 1)] ?? 0;
}

type Answer = AdminAnswer<{ readonly changedAt: string | undefined }> | 'lost';

async function ask(deps: SenderDeps, shopId: ShopId, call: PushCall): Promise<Answer> {
  deps.onStep('sent');
  try {
    return await write(deps.admin, shopId, call);
  } catch (error) {
    if (!(error instanceof TransientError)) throw error;
    deps.log.info({ event: 'push_reply_lost', shop: shopId, requestId: call.key });
    return 'lost';
  }
}

async function write(admin: AdminClient, shopId: ShopId, call: PushCall): Promise<Answer> {
  const options = { lane: call.lane } as const;
  const { key } = call;
  switch (call.kind) {
    case 'set': {
      const variables = { input: toSetInput(call), key };
      const answer = await admin.send(shopId, InventorySetQuantities, variables, options);
      if (!answer.ok) return answer;
      const changedAt = answer.value.inventorySetQuantities?.inventoryAdjustmentGroup?.createdAt;
      return { ...answer, value: { changedAt } };
    }
    case 'move': {
      const variables = { input: toMoveInput(call), key };
      const answer = await admin.send(shopId, InventoryMoveQuantities, variables, options);
      if (!answer.ok) return answer;
      const changedAt = answer.value.inventoryMoveQuantities?.inventoryAdjustmentGroup?.createdAt;
      return { ...answer, value: { changedAt } };
    }
    case 'activate': {
      const variables = {
        inventoryItemId: itemGid(call.items[0] ?? 0),
        locationId: locationGid(call.locations[0] ?? 0),
        available: call.to[0] ?? 0,
        key,
      };
      const answer = await admin.send(shopId, InventoryActivate, variables, options);
      if (!answer.ok) return answer;
      const changedAt = answer.value.inventoryActivate?.inventoryLevel?.updatedAt;
      return { ...answer, value: { changedAt } };
    }
  }
}

function outcomeOf(
  call: PushCall,
  answer: Answer,
): CallOutcome | 'lost' | 'still_running' | 'shut_out' {
  if (answer === 'lost') return 'lost';
  if (answer.ok) return readOutcome(call, [], answer.value.changedAt);
  if (answer.refusal.code !== 'user_errors') return 'shut_out';
  const { errors, data } = answer.refusal;
  if (isStillRunning(errors)) return 'still_running';
  return readOutcome(call, errors as readonly UserError[], groupInstant(data));
}

// The adjustment group beside errors: there when Shopify applied the rows it names no error for.
function groupInstant(data: unknown): string | undefined {
  if (typeof data !== 'object' || data === null) return undefined;
  for (const payload of Object.values(data)) {
    const at: unknown = payload?.inventoryAdjustmentGroup?.createdAt;
    if (typeof at === 'string') return at;
  }
  return undefined;
}
