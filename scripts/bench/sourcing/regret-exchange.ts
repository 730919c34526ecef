/**
 * The method to compare with: regret insertion with exchange, as it was measured when the goal was set.
 *
 * Orders are fixed one by one, always the one that would lose most if its first choice went away; then
 * single orders are taken out and put back, and pairs are swapped where one blocks what the other wants.
 * A plain rendering with its own exact search of one order (dynamic programming over subsets of lines),
 * kept apart from the product so that a faster product does not speed up what it is compared with.
 */
import { type Assignments, costsOf } from './cost.ts';
import type { Instance } from './instance.ts';

const ROUNDS = 4;
const MOST_REPEATS = 6;

type Choice = number[];
type Work = {
  readonly parcel: readonly Int32Array[];
  readonly line: readonly (readonly Int32Array[])[];
  readonly wanted: readonly (readonly { readonly sku: number; readonly units: number }[])[];
  readonly stock: readonly Int32Array[];
  readonly room: Int32Array;
  readonly unfilled: number;
};

/** Assigns an instance. */
export function regretExchange(instance: Instance): { readonly assignments: Assignments } {
  const work = workOf(instance);
  const whole = { ...work, stock: work.stock.map((of) => of.slice()), room: work.room.slice() };
  const chosen = insertByRegret(work);
  exchange(work, whole, chosen);
  return {
    assignments: Object.fromEntries(
      instance.orders.map((order, at) => [
        order.id,
        (chosen[at] ?? []).map((place) => instance.locations[place]?.id ?? null),
      ]),
    ),
  };
}

function workOf(instance: Instance): Work {
  const skuIndex = new Map(instance.skus.map((sku, at) => [sku, at]));
  const costs = instance.orders.map((order) => costsOf(instance, order));
  return {
    parcel: costs.map((of) => of.parcelCents),
    line: costs.map((of) => of.lineCents),
    wanted: instance.orders.map((order) =>
      order.lines.map(({ sku, qty }) => ({ sku: skuIndex.get(sku) ?? 0, units: qty })),
    ),
    stock: instance.locations.map((location) =>
      Int32Array.from(instance.skus, (sku) => location.stock[sku] ?? 0),
    ),
    room: Int32Array.from(instance.locations, (location) => location.capacityUnits),
    unfilled: instance.unfilledLineCents,
  };
}

// The best of one order on what is left; writes it into `out` and returns its cost.
function best(work: Work, order: number, out: Choice): number {
  const wanted = work.wanted[order] ?? [];
  const sets = 1 << wanted.length;
  const groupCost = new Float64Array(sets).fill(Infinity);
  const groupPlace = new Int32Array(sets).fill(-1);
  for (const [place, room] of work.room.entries()) {
    if (room > 0) offerPlace(work, { order, place, room }, { groupCost, groupPlace });
  }
  const cost = new Float64Array(sets);
  const group = new Int32Array(sets);
  for (let set = 1; set < sets; set += 1) {
    const low = set & -set;
    const rest = set ^ low;
    cost[set] = work.unfilled + (cost[rest] ?? 0);
    for (let sub = rest; ; sub = (sub - 1) & rest) {
      const points = (groupCost[low | sub] ?? 0) + (cost[rest ^ sub] ?? 0);
      if (points < (cost[set] ?? 0)) {
        cost[set] = points;
        group[set] = low | sub;
      }
      if (sub === 0) break;
    }
  }
  out.fill(-1);
  for (let set = sets - 1; set !== 0; ) {
    const taken = group[set] ?? 0;
    for (const line of wanted.keys()) if ((taken >> line) & 1) out[line] = groupPlace[taken] ?? -1;
    set ^= taken === 0 ? set & -set : taken;
  }
  return cost[sets - 1] ?? 0;
}

function offerPlace(
  work: Work,
  at: { readonly order: number; readonly place: number; readonly room: number },
  into: { readonly groupCost: Float64Array; readonly groupPlace: Int32Array },
): void {
  const { order, place, room } = at;
  const wanted = work.wanted[order] ?? [];
  let able = 0;
  for (const [line, { sku, units }] of wanted.entries()) {
    if ((work.stock[place]?.[sku] ?? 0) >= units && room >= units) able |= 1 << line;
  }
  for (let set = able; set !== 0; set = (set - 1) & able) {
    let cost = work.parcel[order]?.[place] ?? 0;
    let units = 0;
    for (const [line, want] of wanted.entries()) {
      if (((set >> line) & 1) === 0) continue;
      cost += work.line[order]?.[line]?.[place] ?? 0;
      units += want.units;
    }
    if (units > room || cost >= (into.groupCost[set] ?? 0)) continue;
    into.groupCost[set] = cost;
    into.groupPlace[set] = place;
  }
}

// The same, with a place left out whose groups together exceed its room.
function choose(work: Work, order: number, out: Choice): number {
  let cost = best(work, order, out);
  const closed: [number, number][] = [];
  for (let repeat = 0; repeat < MOST_REPEATS; repeat += 1) {
    const over = overfull(work, order, out);
    if (over < 0) break;
    closed.push([over, work.room[over] ?? 0]);
    work.room[over] = 0;
    cost = best(work, order, out);
  }
  for (const [place, room] of closed) work.room[place] = room;
  return cost;
}

function overfull(work: Work, order: number, choice: Choice): number {
  const units = new Map<number, number>();
  for (const [line, place] of choice.entries()) {
    if (place < 0) continue;
    const want = work.wanted[order]?.[line];
    if (want === undefined || (work.stock[place]?.[want.sku] ?? 0) < want.units) return place;
    units.set(place, (units.get(place) ?? 0) + want.units);
  }
  for (const [place, sum] of units) if ((work.room[place] ?? 0) < sum) return place;
  return -1;
}

function take(work: Work, order: number, by: { choice: Choice; sign: 1 | -1 }): void {
  for (const [line, place] of by.choice.entries()) {
    const want = work.wanted[order]?.[line];
    const stock = work.stock[place];
    if (want === undefined || stock === undefined) continue;
    stock[want.sku] = (stock[want.sku] ?? 0) - by.sign * want.units;
    work.room[place] = (work.room[place] ?? 0) - by.sign * want.units;
  }
}

function emptyChoice(work: Work, order: number): Choice {
  return new Array((work.wanted[order] ?? []).length).fill(-1);
}

type Wish = { readonly choice: Choice; readonly regret: number };

function wishOf(work: Work, order: number): Wish {
  const choice = emptyChoice(work, order);
  const cost = choose(work, order, choice);
  let regret = 0;
  for (const place of new Set(choice)) {
    if (place < 0) continue;
    const room = work.room[place] ?? 0;
    work.room[place] = 0;
    regret = Math.max(regret, best(work, order, emptyChoice(work, order)) - cost);
    work.room[place] = room;
  }
  return { choice, regret };
}

function insertByRegret(work: Work): Choice[] {
  const chosen: Choice[] = [];
  const todo = new Map(work.wanted.map((_, order) => [order, wishOf(work, order)]));
  while (todo.size > 0) {
    let next = -1;
    for (const [order, { regret }] of todo) {
      if (next < 0 || regret > (todo.get(next)?.regret ?? 0)) next = order;
    }
    const wish = todo.get(next) ?? wishOf(work, next);
    if (overfull(work, next, wish.choice) >= 0) {
      const again = wishOf(work, next);
      if (overfull(work, next, again.choice) < 0) {
        todo.set(next, again);
        continue;
      }
      wish.choice.fill(-1);
    }
    chosen[next] = wish.choice;
    take(work, next, { choice: wish.choice, sign: 1 });
    todo.delete(next);
    for (const [order, other] of todo) {
      if (overfull(work, order, other.choice) >= 0) todo.set(order, wishOf(work, order));
    }
  }
  return chosen;
}

function costOf(work: Work, order: number, choice: Choice): number {
  let cost = 0;
  for (const [line, place] of choice.entries()) {
    if (place < 0) {
      cost += work.unfilled;
      continue;
    }
    cost += work.line[order]?.[line]?.[place] ?? 0;
    if (choice.indexOf(place) === line) cost += work.parcel[order]?.[place] ?? 0;
  }
  return cost;
}

function exchange(work: Work, whole: Work, chosen: Choice[]): void {
  const costs = chosen.map((choice, order) => costOf(work, order, choice));
  const dreams = chosen.map((_, order) => {
    const choice = emptyChoice(work, order);
    return { cost: best(whole, order, choice), choice };
  });
  for (let round = 0; round < ROUNDS; round += 1) {
    let moved = 0;
    for (const order of chosen.keys()) {
      if ((costs[order] ?? 0) <= (dreams[order]?.cost ?? 0)) continue;
      if (reinsert(work, chosen, { order, costs })) moved += 1;
    }
    for (const order of chosen.keys()) {
      if ((costs[order] ?? 0) <= (dreams[order]?.cost ?? 0)) continue;
      const wanted = new Set(dreams[order]?.choice.filter((place) => place >= 0));
      if (swapWithAny(work, chosen, { order, costs, wanted })) moved += 1;
    }
    if (moved === 0) break;
  }
}

function reinsert(work: Work, chosen: Choice[], of: { order: number; costs: number[] }): boolean {
  const { order, costs } = of;
  const old = chosen[order] ?? [];
  take(work, order, { choice: old, sign: -1 });
  const choice = emptyChoice(work, order);
  const cost = choose(work, order, choice);
  const isBetter = cost < (costs[order] ?? 0) && overfull(work, order, choice) < 0;
  take(work, order, { choice: isBetter ? choice : old, sign: 1 });
  if (!isBetter) return false;
  chosen[order] = choice;
  costs[order] = costOf(work, order, choice);
  return true;
}

function swapWithAny(
  work: Work,
  chosen: Choice[],
  of: { order: number; costs: number[]; wanted: ReadonlySet<number> },
): boolean {
  for (const place of of.wanted) {
    for (const [other, choice] of chosen.entries()) {
      if (other === of.order || !choice.includes(place)) continue;
      if (swap(work, chosen, { ...of, other })) return true;
    }
  }
  return false;
}

function swap(
  work: Work,
  chosen: Choice[],
  of: { order: number; other: number; costs: number[] },
): boolean {
  const { order, other, costs } = of;
  const before = (costs[order] ?? 0) + (costs[other] ?? 0);
  const [oldOne = [], oldTwo = []] = [chosen[order], chosen[other]];
  take(work, order, { choice: oldOne, sign: -1 });
  take(work, other, { choice: oldTwo, sign: -1 });
  const one = emptyChoice(work, order);
  const costOne = choose(work, order, one);
  if (costOne < (costs[order] ?? 0) && overfull(work, order, one) < 0) {
    take(work, order, { choice: one, sign: 1 });
    const two = emptyChoice(work, other);
    const costTwo = choose(work, other, two);
    if (costOne + costTwo < before && overfull(work, other, two) < 0) {
      take(work, other, { choice: two, sign: 1 });
      chosen[order] = one;
      chosen[other] = two;
      costs[order] = costOf(work, order, one);
      costs[other] = costOf(work, other, two);
      return true;
    }
    take(work, order, { choice: one, sign: -1 });
  }
  take(work, order, { choice: oldOne, sign: 1 });
  take(work, other, { choice: oldTwo, sign: 1 });
  return false;
}
