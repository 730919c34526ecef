/**
 * Every way to divide a basket over nodes, and rule 8 to choose among the ways that end in time.
 *
 * Inputs: units wanted per SKU, units each node can give, lanes and limits; later the end of every plan at an instant.
 * Output: the chosen plan and the criterion that decided. Nothing is pruned: all divisions are written down, then
 * compared. Source: docs/semantics.md rules 8 and 13.
 */
import type {
  WorldLane,
  WorldNode,
  WorldPolicy,
  WorldProduct,
  WorldService,
} from '../../backend/network/world.ts';
import type { Branch } from './branches.ts';
import type { Lot } from './stock.ts';

/** Code-point order. */
export function byText(a: string, b: string): number {
  if (a === b) return 0;
  const left = [...a].map((letter) => letter.codePointAt(0) ?? 0);
  const right = [...b].map((letter) => letter.codePointAt(0) ?? 0);
  for (let index = 0; index < Math.min(left.length, right.length); index += 1) {
    const difference = (left[index] ?? 0) - (right[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return left.length - right.length;
}

export type Line = { readonly product: WorldProduct; readonly quantity: number };

/** A node that may send a parcel: its lane, its distance and what it can give of each line. */
export type Sender = {
  readonly node: WorldNode;
  readonly lane: WorldLane;
  readonly meters: number;
  /** By line: rule 16's n and the usable lots. */
  readonly given: readonly { readonly units: number; readonly lots: readonly Lot[] }[];
};

export type ParcelLine = { sku: string; quantity: number; fromIncoming: number };

export type Parcel = {
  readonly sender: Sender;
  readonly service: WorldService;
  readonly lines: readonly ParcelLine[];
  readonly units: number;
  /** The last lot it needs; none when on hand suffices. */
  readonly lastLot: Lot | undefined;
  readonly grams: number;
  readonly costMinor: number;
};

export type Plan = {
  readonly service: WorldService;
  /** By node id. */
  readonly parcels: readonly Parcel[];
  readonly isDivided: boolean;
  readonly fromIncoming: number;
  readonly costMinor: number;
  readonly meters: number;
  /** By line (SKU order) and node id: units taken; the last tie-break. */
  readonly taken: readonly number[];
};

/** All ways to write `quantity` as a sum with these upper bounds. */
function divisions(quantity: number, bounds: readonly number[]): number[][] {
  const [first, ...rest] = bounds;
  if (first === undefined) return quantity === 0 ? [[]] : [];
  const found: number[][] = [];
  for (let part = Math.min(quantity, first); part >= 0; part -= 1) {
    for (const tail of divisions(quantity - part, rest)) found.push([part, ...tail]);
  }
  return found;
}

/** Every combination of one division per line. */
function combinations(choices: readonly number[][][]): number[][][] {
  let found: number[][][] = [[]];
  for (const choice of choices) {
    found = found.flatMap((head) => choice.map((division) => [...head, division]));
  }
  return found;
}

/** Rule 13: the weight that tiers and prices look at. */
export function billableGrams(service: WorldService, grams: number, cm3: number): number {
  if (service.volumetricDivisor === undefined) return grams;
  return Math.max(grams, Math.ceil((cm3 * 1_000) / service.volumetricDivisor));
}

type Tier = { readonly fromGrams: number; readonly toGrams: number | null };

/** The tier `[from, to)` of this weight. */
export function tierOf<T extends Tier>(tiers: readonly T[], grams: number): T | undefined {
  return tiers.find(
    (tier) => grams >= tier.fromGrams && (tier.toGrams === null || grams < tier.toGrams),
  );
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

/** What one node sends in this division, `undefined` when no single parcel may carry it. */
function parcelOf(
  service: WorldService,
  sender: Sender,
  order: { lines: readonly Line[]; quantities: readonly number[] },
): Parcel | undefined {
  const carried = order.lines.map(({ product }, index) => {
    const quantity = order.quantities[index] ?? 0;
    const given = sender.given[index] ?? { units: 0, lots: [] };
    const fromIncoming = Math.max(0, quantity - given.units);
    let missing = fromIncoming;
    let lastLot: Lot | undefined;
    for (const lot of given.lots) {
      if (missing <= 0) break;
      lastLot = lot;
      missing -= lot.quantity;
    }
    return { product, quantity, fromIncoming, lastLot };
  });
  const grams = sum(carried.map(({ product, quantity }) => product.weightGrams * quantity));
  const cm3 = sum(carried.map(({ product, quantity }) => product.volumeCm3 * quantity));
  if (grams > (service.maxParcelGrams ?? Number.POSITIVE_INFINITY)) return undefined;
  if (cm3 > (service.maxParcelVolumeCm3 ?? Number.POSITIVE_INFINITY)) return undefined;
  const tier = tierOf(sender.lane.costs, billableGrams(service, grams, cm3));
  if (tier === undefined) return undefined;
  const lots = carried.flatMap(({ lastLot }) => (lastLot === undefined ? [] : [lastLot]));
  return {
    sender,
    service,
    lines: carried
      .filter(({ quantity }) => quantity > 0)
      .map(({ product, quantity, fromIncoming }) => ({ sku: product.sku, quantity, fromIncoming })),
    units: sum(order.quantities),
    lastLot: lots.sort((a, b) => b.usableMinute - a.usableMinute)[0],
    grams,
    costMinor: tier.costMinor,
  };
}

export type Enumeration = {
  readonly plans: readonly Plan[];
  /** Divisions that the stock allows, whether or not their parcels may go. */
  readonly divisions: number;
};

/** Every plan of one service: all divisions of all lines (SKU order) over all senders (node id order). */
export function allPlans(
  service: WorldService,
  lines: readonly Line[],
  senders: readonly Sender[],
): Enumeration {
  const choices = lines.map((line, index) =>
    divisions(
      line.quantity,
      senders.map((sender) => {
        const given = sender.given[index];
        return (given?.units ?? 0) + sum((given?.lots ?? []).map(({ quantity }) => quantity));
      }),
    ),
  );
  const combined = combinations(choices);
  const plans: Plan[] = [];
  for (const combination of combined) {
    const parcels: Parcel[] = [];
    let canGo = true;
    const sends = senders.map((_, index) => combination.some((division) => division[index] !== 0));
    for (const [index, sender] of senders.entries()) {
      if (sends[index] !== true) continue;
      const quantities = combination.map((division) => division[index] ?? 0);
      const parcel = parcelOf(service, sender, { lines, quantities });
      if (parcel === undefined) canGo = false;
      else parcels.push(parcel);
    }
    if (!canGo) continue;
    plans.push({
      service,
      parcels,
      isDivided: combination.some((division) => division.filter((part) => part > 0).length > 1),
      fromIncoming: sum(parcels.flatMap((parcel) => parcel.lines.map((line) => line.fromIncoming))),
      costMinor: sum(parcels.map(({ costMinor }) => costMinor)),
      meters: sum(parcels.map(({ sender }) => sender.meters)),
      taken: combination.flatMap((division) => division.filter((_, index) => sends[index])),
    });
  }
  return { plans, divisions: combined.length };
}

/** A plan that can be carried out, with the end rule 8 compares and its destination-local date. */
export type EndedPlan = {
  readonly plan: Plan;
  readonly endMinute: number;
  readonly endDay: number;
};

type Criterion = { readonly branch: Branch; compare(a: EndedPlan, b: EndedPlan): number };

function byNodeIds(a: EndedPlan, b: EndedPlan): number {
  const ids = (ended: EndedPlan) => ended.plan.parcels.map(({ sender }) => sender.node.id);
  const right = ids(b);
  for (const [index, id] of ids(a).entries()) {
    const order = byText(id, right[index] ?? '');
    if (order !== 0) return order;
  }
  return 0;
}

function byTaken(a: EndedPlan, b: EndedPlan): number {
  for (const [index, units] of a.plan.taken.entries()) {
    const difference = (b.plan.taken[index] ?? 0) - units;
    if (difference !== 0) return difference;
  }
  return 0;
}

const BY_END: Criterion = {
  branch: 'rule8.windowEnd',
  compare: (a, b) => a.endMinute - b.endMinute,
};
const BY_COST: Criterion = {
  branch: 'rule8.cost',
  compare: (a, b) => a.plan.costMinor - b.plan.costMinor,
};
const UNDIVIDED: Criterion = {
  branch: 'rule8.undivided',
  compare: (a, b) => Number(a.plan.isDivided) - Number(b.plan.isDivided),
};
const PARCELS: Criterion = {
  branch: 'rule8.parcels',
  compare: (a, b) => a.plan.parcels.length - b.plan.parcels.length,
};
const INCOMING: Criterion = {
  branch: 'rule8.incoming',
  compare: (a, b) => a.plan.fromIncoming - b.plan.fromIncoming,
};
const LAST: readonly Criterion[] = [
  { branch: 'rule8.meters', compare: (a, b) => a.plan.meters - b.plan.meters },
  { branch: 'rule8.nodeIds', compare: byNodeIds },
  { branch: 'rule8.lines', compare: byTaken },
  {
    branch: 'rule8.otherService',
    compare: (a, b) => byText(a.plan.service.code, b.plan.service.code),
  },
];

function criteriaOf(policy: WorldPolicy): readonly Criterion[] {
  const isCostFirst = policy.maxDaysLaterForCost > 0;
  const rule8 = [BY_END, UNDIVIDED, PARCELS, INCOMING, BY_COST, ...LAST];
  return isCostFirst ? [BY_COST, ...rule8] : rule8;
}

/** The first criterion in which two plans differ. */
function decider(criteria: readonly Criterion[], a: EndedPlan, b: EndedPlan) {
  for (const criterion of criteria) {
    const order = criterion.compare(a, b);
    if (order !== 0) return { order, branch: criterion.branch };
  }
  return { order: 0, branch: 'rule8.lines' as const };
}

function firstOf(criteria: readonly Criterion[], plans: readonly EndedPlan[]) {
  let best: EndedPlan | undefined;
  for (const plan of plans) {
    if (best === undefined || decider(criteria, plan, best).order < 0) best = plan;
  }
  return best;
}

/** Earliest date among the plans of fewer parcels than `below`. */
function earliestDay(plans: readonly EndedPlan[], below: number): number {
  const fewer = plans.filter(({ plan }) => plan.parcels.length < below);
  return fewer.reduce((day, { endDay }) => Math.min(day, endDay), Number.POSITIVE_INFINITY);
}

/** Those `splitOnlyIfDaysEarlier` keeps: so many dates before the best of the plans each must beat. */
function worthSplitting(all: readonly EndedPlan[], days: number): readonly EndedPlan[] {
  const undivided = all.filter(({ plan }) => !plan.isDivided);
  const divided = all.filter(({ plan }) => plan.isDivided);
  const earliestUndivided = earliestDay(undivided, Number.POSITIVE_INFINITY);
  const counts = [...new Set(all.map(({ plan }) => plan.parcels.length))];
  const toBeat = new Map(
    counts.map((parcels) => [
      parcels,
      {
        undivided: earliestDay(undivided, parcels),
        divided: Math.min(earliestUndivided, earliestDay(divided, parcels)),
      },
    ]),
  );
  return all.filter(({ plan, endDay }) => {
    const best = toBeat.get(plan.parcels.length);
    if (best === undefined) return false;
    return endDay <= (plan.isDivided ? best.divided : best.undivided) - days;
  });
}

/** Rule 8 with the policy's two settings. */
export function choose(policy: WorldPolicy, plans: readonly EndedPlan[]): EndedPlan | undefined {
  const worth = worthSplitting(plans, policy.splitOnlyIfDaysEarlier);
  const earliest = earliestDay(worth, Number.POSITIVE_INFINITY);
  const kept = worth.filter(({ endDay }) => endDay <= earliest + policy.maxDaysLaterForCost);
  return firstOf(criteriaOf(policy), kept);
}

/** Names what decided for the chosen plan, against the best of all the others. */
export function decidedBy(
  policy: WorldPolicy,
  plans: readonly EndedPlan[],
  chosen: EndedPlan,
): readonly Branch[] {
  const criteria = criteriaOf(policy);
  const other = firstOf(
    criteria,
    plans.filter((plan) => plan !== chosen),
  );
  const branches: Branch[] = [];
  if (chosen.plan.parcels.length > 1) {
    branches.push(chosen.plan.isDivided ? 'rule8.dividedWins' : 'rule8.splitWins');
  }
  if (other === undefined) return [...branches, 'rule8.onlyPlan'];
  const { order, branch } = decider(criteria, chosen, other);
  if (plans.some((plan) => plan.endMinute < chosen.endMinute)) {
    const isCost = policy.maxDaysLaterForCost > 0;
    branches.push(isCost ? 'rule8.laterForCost' : 'rule8.splitDropped');
  }
  return order < 0 ? [...branches, branch] : branches;
}
