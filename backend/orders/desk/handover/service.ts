/**
 * How do goods get from a store into the hands of the one who bought them?
 *
 * Ready has the shopper told, with a code; the code opens the hand-over. A wrong one is counted with its refusal, the fifth
 * locks the code until a manager of the store has looked (platform decision 19).
 */
import { fulfillmentFollowJob, orderMessageJob } from '../../jobs.ts';
import { MOST_WRONG_TRIES } from '../access/access.ts';
import {
  type ActIn,
  type ActPart,
  changeAndTell,
  type DeskDependencies,
  DONE,
  tell,
} from '../act/service.ts';
import { checkIn, checkStep } from '../desk.ts';
import { forgetCodeTries, readCodeTries, saveCodeTry } from '../store.ts';

/** Everything lies at the counter. */
export function ready(deps: DeskDependencies): ActPart {
  return async (of) => {
    const { trx, desk, work, at } = of;
    const state = checkIn(work, 'picking');
    const step = state.ok ? checkStep(work, 'ready') : state;
    if (!step.ok) return step;
    await changeAndTell(of, { state: 'ready', readyAt: at }, { kind: 'ready' });
    await deps.enqueue(trx, fulfillmentFollowJob(desk.shopId, work.orderId));
    await deps.enqueue(trx, orderMessageJob(desk.shopId, work.orderId));
    deps.onStep('desk.ready');
    return DONE;
  };
}

/** Somebody showed a code and takes the goods. */
export function handOver(deps: DeskDependencies, code: string): ActPart {
  return async (of) => {
    const { trx, desk, work, at, isOwnOrder } = of;
    const { shopId, nodeId } = desk;
    const { workId, orderId } = work;
    const state = checkIn(work, 'ready');
    if (!state.ok) return state;
    const wrongTries = await readCodeTries(trx, shopId, workId);
    if (wrongTries >= MOST_WRONG_TRIES) {
      return { ok: false, refusal: { code: 'pickup_code_locked', wrongTries } };
    }
    if (!deps.isPickupCode(shopId, workId, code)) return await countWrong(deps, of, wrongTries + 1);
    await forgetCodeTries(trx, shopId, workId);
    await changeAndTell(of, { state: 'handed_over', leftAt: at }, { kind: 'handed_over' });
    await deps.enqueue(trx, fulfillmentFollowJob(shopId, orderId));
    deps.onStep('desk.handed_over');
    if (!isOwnOrder) return DONE;
    const left = { orderId, parcelId: `handed-${workId}`, nodeId, at, lines: work.lines };
    return { ok: true, value: { stockVersion: await deps.settleShipped(trx, shopId, left) } };
  };
}

async function countWrong(
  deps: DeskDependencies,
  of: ActIn,
  wrongTries: number,
): ReturnType<ActPart> {
  const { trx, desk, work, at } = of;
  const { workId } = work;
  const triesLeft = MOST_WRONG_TRIES - wrongTries;
  const lockedAt = triesLeft === 0 ? at : null;
  await saveCodeTry(trx, desk.shopId, { workId, wrongTries, lockedAt });
  const mark = String(wrongTries);
  await tell(of, { kind: 'pickup_code_wrong', facts: { triesLeft }, mark });
  if (triesLeft === 0) await tell(of, { kind: 'pickup_code_locked', mark });
  deps.onStep('desk.code_counted');
  return triesLeft === 0
    ? { ok: false, refusal: { code: 'pickup_code_locked', wrongTries } }
    : { ok: false, refusal: { code: 'pickup_code_wrong', triesLeft } };
}

/** A manager has looked who is asking: the code may be shown again. */
export function unlockCode(deps: DeskDependencies): ActPart {
  return async (of) => {
    const { trx, desk, work } = of;
    const { role, name } = desk.person;
    const state = checkIn(work, 'ready');
    if (!state.ok) return state;
    if (role !== 'manager') return { ok: false, refusal: { code: 'not_a_manager', name } };
    await forgetCodeTries(trx, desk.shopId, work.workId);
    // The version rises, so that tries which follow are events of their own.
    await changeAndTell(of, {}, { kind: 'pickup_code_unlocked' });
    deps.onStep('desk.code_unlocked');
    return DONE;
  };
}
