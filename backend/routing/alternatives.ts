/**
 * Who else could take a parcel as it is and keep the promise?
 *
 * In: a case, its parcels, one of them. Out: other nodes, the fewest points first, each with the last minute at which it may
 * begin: whom stores compete against, and who comes next. Nodes that send another parcel of the order are not among them.
 */
import type { Case } from './case.ts';
import type { Alternative } from './decision.ts';
import { isInTime, type Parcel, parcelOf } from './parcels.ts';
import { startByMinute } from './ways.ts';

// Of the kinds of nodes that do not compete, and where nobody does.
const OTHERS_MAX = 3;

/** The alternatives of a parcel, best first. */
export function alternativesOf(
  opened: Case,
  parcels: readonly Parcel[],
  parcel: Parcel,
): Alternative[] {
  if (opened.route.kind === 'collect') return [];
  const { mode, nodeKinds, candidates, waves } = opened.rules.offers;
  const chosen = new Set(parcels.map(({ source }) => source.node.index));
  const rivals: Parcel[] = [];
  for (const source of opened.sources) {
    if (chosen.has(source.node.index) || !hasAll(source.able, parcel.quantities)) continue;
    const rival = parcelOf(opened, source, parcel.quantities);
    if (typeof rival !== 'string') rivals.push(rival);
  }
  rivals.sort((a, b) => a.points - b.points || a.source.node.index - b.source.node.index);
  let competing = mode === 'compete' ? candidates * waves : 0;
  let others = OTHERS_MAX;
  const kept = rivals.filter(({ source }) => {
    if (competing > 0 && nodeKinds.includes(source.node.source.kind)) {
      competing -= 1;
      return true;
    }
    others -= 1;
    return others >= 0;
  });
  return kept.map((rival) => alternative(opened, rival));
}

function hasAll(able: Int32Array, quantities: ArrayLike<number>): boolean {
  for (let line = 0; line < able.length; line += 1) {
    if ((able[line] ?? 0) < (quantities[line] ?? 0)) return false;
  }
  return true;
}

function alternative(opened: Case, { source, way, timing, load, ...rival }: Parcel): Alternative {
  const { snapshot, facts, route, question } = opened;
  return {
    nodeId: source.node.id,
    points: rival.points,
    endMinute: timing.endMinute,
    departureMinute: timing.departureMinute,
    costMinor: rival.costMinor,
    startByMinute: startByMinute(snapshot, facts, {
      ...{ route, node: source.node.index, way, timing, units: load.units },
      atMinute: question.nowMinute,
      isInTime: (arrival) => question.promise !== undefined && isInTime(opened, arrival),
    }),
  };
}
