/**
 * Takes one step: written down, sent, and what came of it written down.
 *
 * Out: `done`; `again` when the answer is unclear or a refusal was new (Shopify is read and asked anew); why it is stuck when
 * the same step was refused twice. A courtesy that is refused is left out from now on. A place that does not stock an item
 * is learned, so that it is stocked before the next try.
 */
import { TransientError } from '../../base/result.ts';
import type { OrderStep } from '../../orders/steps.ts';
import { withShop } from '../../platform/database.ts';
import { type AdminAnswer, AdminRefusedError, describeRefusal } from '../admin-client.ts';
import { addPrepared, beginStep, endStep } from './follow-store.ts';
import type { FollowDependencies, Look, Run } from './run.ts';
import { readUnstocked, sendStep } from './send.ts';
import { isCourtesy, type Step, type Stuck, stepKey } from './step.ts';

// Unclear this often in a run: Shopify is not well, the job comes back later.
const MOST_UNCLEAR = 3;

export async function takeStep(
  deps: FollowDependencies,
  run: Run,
  { look, step }: { readonly look: Look; readonly step: Step },
): Promise<'done' | 'again' | Stuck> {
  const { shopId, orderId } = run;
  const before = look.observed.parts;
  const stepNo = await withShop(deps.db, shopId, (trx) =>
    beginStep(trx, shopId, { orderId, step, before, at: deps.clock.now().toString() }),
  );
  deps.onStep('follow.intent');
  run.steps += 1;
  const key = `follow-${shopId}-${orderId}-${stepNo}`;
  const { notifiesShopper } = run.settings;
  let answer: AdminAnswer<unknown>;
  try {
    answer = await sendStep(deps.admin, step, { shopId, key, notifiesShopper });
  } catch (error) {
    if (!(error instanceof TransientError)) throw error;
    await end(deps, run, { stepNo, outcome: 'unclear', answer: error.message });
    run.unclear += 1;
    if (run.unclear >= MOST_UNCLEAR) throw error;
    return 'again';
  }
  deps.onStep(sentName(step));
  if (answer.ok) return await endDone(deps, run, { stepNo, step });
  const { refusal } = answer;
  await end(deps, run, { stepNo, outcome: 'refused', answer: describeRefusal(refusal) });
  // A shop that cannot be reached is no refusal of this step: the job comes back.
  if (refusal.code === 'not_connected' || refusal.code === 'shop_unavailable') {
    throw new AdminRefusedError(refusal);
  }
  return await learnRefusal(deps, run, { look, step, words: describeRefusal(refusal) });
}

// Points to be cut off at, by what is at stake: units left, a hold, a place, a division, or only words.
function sentName(step: Step): OrderStep {
  switch (step.kind) {
    case 'fulfill':
      return 'follow.fulfill_sent';
    case 'hold':
    case 'release':
    case 'open':
      return 'follow.hold_sent';
    case 'move':
      return step.lines === undefined ? 'follow.move_sent' : 'follow.split_sent';
    case 'split':
      return 'follow.split_sent';
    default:
      return 'follow.told_sent';
  }
}

async function endDone(
  deps: FollowDependencies,
  run: Run,
  { stepNo, step }: { readonly stepNo: number; readonly step: Step },
): Promise<'done'> {
  const { shopId, orderId } = run;
  await end(deps, run, { stepNo, outcome: 'done', answer: null });
  if (step.kind === 'prepared') {
    await withShop(deps.db, shopId, (trx) =>
      addPrepared(trx, shopId, { orderId, partId: step.partId }),
    );
  }
  // Stocked, or found not to be by the next refusal.
  if (step.kind === 'activate') run.learned = { ...run.learned, unstocked: [] };
  run.refusedKey = undefined;
  deps.onStep('follow.answered');
  return 'done';
}

async function end(
  deps: FollowDependencies,
  { shopId, orderId }: Run,
  ended: {
    readonly stepNo: number;
    readonly outcome: 'done' | 'refused' | 'unclear';
    readonly answer: string | null;
  },
): Promise<void> {
  const at = deps.clock.now().toString();
  await withShop(deps.db, shopId, (trx) => endStep(trx, shopId, { orderId, at, ...ended }));
}

async function learnRefusal(
  deps: FollowDependencies,
  run: Run,
  refused: { readonly look: Look; readonly step: Step; readonly words: string },
): Promise<'again' | Stuck> {
  const { look, step, words } = refused;
  const key = stepKey(step);
  if (isCourtesy(step)) {
    run.learned = { ...run.learned, refused: new Set([...run.learned.refused, key]) };
    return 'again';
  }
  if (step.kind === 'move') {
    const itemIds = itemsOf(look, step);
    const { locationId } = step;
    const unstocked = await readUnstocked(deps.admin, run.shopId, { locationId, itemIds });
    if (unstocked.length > 0) {
      run.learned = { ...run.learned, unstocked };
      return 'again';
    }
  }
  if (run.refusedKey === key) {
    return { reason: 'refused', facts: { step: step.kind, words: words.slice(0, 300) } };
  }
  run.refusedKey = key;
  return 'again';
}

function itemsOf({ observed }: Look, step: Extract<Step, { kind: 'move' }>): readonly string[] {
  const part = observed.parts.find(({ id }) => id === step.partId);
  const moved = (part?.lines ?? []).filter(
    ({ id, remaining }) =>
      remaining > 0 && (step.lines === undefined || step.lines.some((line) => line.id === id)),
  );
  return moved.flatMap(({ itemId }) => (itemId === null ? [] : [itemId]));
}
