/**
 * What would an action mean, before it is done?
 *
 * Asks routing without effect: the same decisions that follow the action. In: an action that the guards let through.
 * Out: dates, cost, places and what the agent should know, or why it cannot be.
 */
import type { ShopId } from '../../../base/ids.ts';
import type { Result } from '../../../base/result.ts';
import { instantOf } from '../../../base/time.ts';
import type { RouteDecision } from '../../../routing/decision.ts';
import type { MovePreview } from '../../route/route.ts';
import type { RouteService } from '../../route/service.ts';
import { isUnbegun } from '../../works/lifecycle.ts';
import type { Work } from '../../works/store.ts';
import type { Action, ActionPreview, ActionRefusal } from '../care.ts';
import type { Ground } from '../store.ts';

type Previewed = Result<ActionPreview, ActionRefusal>;

/** What previews ask. */
export type PreviewDependencies = {
  readonly route: Pick<RouteService, 'previewMove' | 'dryRun'>;
};

/** Builds the previews. */
export function createPreview(deps: PreviewDependencies) {
  return async (shopId: ShopId, ground: Ground, action: Action): Promise<Previewed> => {
    switch (action.kind) {
      case 'reallocate': {
        const work = ground.works.find(({ workId }) => workId === action.workId);
        const moved = await deps.route.previewMove(shopId, action.workId, action.nodeId);
        if (work === undefined || moved === undefined) {
          return { ok: false, refusal: { code: 'work_unknown', workId: action.workId } };
        }
        return ofMove(work, moved);
      }
      case 'address': {
        const { country, zip: postalCode } = action.address;
        const decision = await deps.route.dryRun(shopId, ground.orderId, { country, postalCode });
        if (decision === undefined) {
          return { ok: false, refusal: { code: 'order_unknown', orderId: ground.orderId } };
        }
        return ofDecision(ground.works, decision);
      }
      default:
        return { ok: true, value: { ...NOTHING, warnings: begunWarnings(ground.works) } };
    }
  };
}

const NOTHING: ActionPreview = {
  plannedEnd: null,
  promisedOn: null,
  lateDays: null,
  costDifferenceMinor: null,
  plan: [],
  warnings: [],
};

function ofMove(
  work: Work,
  { nodeId, plan, lateDays, costDifferenceMinor, refusal }: MovePreview,
): Previewed {
  if (refusal !== undefined) {
    return { ok: false, refusal: { code: 'move_refused', nodeId, why: refusal.code } };
  }
  const lines = work.lines.map(({ lineId, quantity }) => ({ lineId, quantity }));
  return {
    ok: true,
    value: {
      plannedEnd: plan === undefined ? null : instantOf(plan.endMinute),
      promisedOn: work.promisedOn,
      lateDays: lateDays ?? null,
      costDifferenceMinor: costDifferenceMinor ?? null,
      plan: [{ nodeId, lines }],
      warnings: [...begunWarnings([work]), ...lateWarning(lateDays ?? 0)],
    },
  };
}

function ofDecision(works: readonly Work[], decision: RouteDecision): Previewed {
  if (decision.unplaced.length > 0) {
    const lines = decision.unplaced.map(({ lineId, reason }) => ({ lineId, reason }));
    return { ok: false, refusal: { code: 'no_plan', lines } };
  }
  const { parcels, lateDays } = decision;
  const endMinute = Math.max(...parcels.map((parcel) => parcel.endMinute));
  const open = works.filter(({ state }) => state !== 'canceled');
  const costBefore = open.reduce((sum, { costMinor }) => sum + costMinor, 0);
  const costAfter = parcels.reduce((sum, { costMinor }) => sum + costMinor, 0);
  return {
    ok: true,
    value: {
      plannedEnd: parcels.length === 0 ? null : instantOf(endMinute),
      promisedOn: open[0]?.promisedOn ?? null,
      lateDays: open.some(({ promisedOn }) => promisedOn !== null) ? lateDays : null,
      costDifferenceMinor: costAfter - costBefore,
      plan: parcels.map(({ nodeId, lines }) => ({
        nodeId,
        lines: lines.map(({ lineId, quantity }) => ({ lineId, quantity })),
      })),
      warnings: [...begunWarnings(open), ...lateWarning(lateDays)],
    },
  };
}

function begunWarnings(works: readonly Work[]): ActionPreview['warnings'] {
  const isPacked = works.some(({ state }) => state === 'packed' || state === 'ready');
  const isBegun = isPacked || works.some(({ state }) => !isUnbegun(state) && state !== 'canceled');
  const isClaimed = works.some(({ negotiation }) => negotiation === 'claimed');
  return [
    ...(isBegun ? (['already_begun'] as const) : []),
    ...(isPacked ? (['label_printed'] as const) : []),
    ...(isClaimed ? (['store_has_it'] as const) : []),
  ];
}

function lateWarning(lateDays: number): ActionPreview['warnings'] {
  return lateDays > 0 ? ['later_than_promised'] : [];
}
