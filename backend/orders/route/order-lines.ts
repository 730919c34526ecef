/**
 * What do an order's claims say of its lines, as they were sold?
 *
 * Works carry the lines that were sold; claims of a kit are lines of its components (`lineId/sku`,
 * stock/reservations/order-claims/following.ts). In: lines and claims. Out: lines in sold units, each with how many units
 * of which claims one of them takes, and back: units of works as units of claims.
 */
import type { Snapshot } from '../../network/snapshot.ts';

/** A line as it was sold. */
export type SoldLine = {
  readonly lineId: string;
  readonly sku: string;
  readonly quantity: number;
  readonly canceled: number;
  readonly unitPriceMinor: number;
  readonly needsShipping: boolean;
};

/** A line as it is claimed (order_claim), with where it is allocated and from where units left. */
export type ClaimedLine = {
  readonly lineId: string;
  readonly sku: string;
  readonly quantity: number;
  readonly waiting: number;
  readonly canceled: number;
  readonly allocations: readonly { readonly nodeId: string; readonly quantity: number }[];
  readonly left: readonly { readonly nodeId: string; readonly quantity: number }[];
  /** Units that were said to have left and did not: their fulfillment was canceled, `at` last of all (ISO instant). */
  readonly unshipped: readonly Unshipped[];
};

type Unshipped = { readonly nodeId: string; readonly quantity: number; readonly at: string };

/** One unit of a sold line is `need` units of this claim. */
export type LinePart = { readonly claim: ClaimedLine; readonly need: number };

/** A line for routing, in sold units. */
export type RoutedLine = Pick<SoldLine, 'lineId' | 'sku' | 'unitPriceMinor'> & {
  /** Ordered and not canceled, wherever they are now. */
  readonly units: number;
  /** Canceled of it, as far as what left allows. */
  readonly canceled: number;
  /** Units that wait. */
  readonly waiting: number;
  /** By node: units allocated there, and units that left from there. */
  readonly allocated: ReadonlyMap<string, number>;
  readonly left: ReadonlyMap<string, number>;
  /** By node: units whose fulfillment was canceled, the last of them at that instant. */
  readonly unshipped: ReadonlyMap<string, { readonly units: number; readonly at: string }>;
  /** Empty: nobody has claimed it, its SKU is not known. */
  readonly parts: readonly LinePart[];
};

/** The lines that are sent or handed over. */
export function routedLines(
  snapshot: Snapshot,
  sold: readonly SoldLine[],
  claims: readonly ClaimedLine[],
): readonly RoutedLine[] {
  return sold
    .filter(({ needsShipping }) => needsShipping)
    .map((line) => {
      const parts = partsOf(snapshot, line, claims);
      const whole = (read: (claim: ClaimedLine) => number) =>
        parts.reduce(
          (least, { claim, need }) => Math.min(least, Math.floor(read(claim) / need)),
          Number.POSITIVE_INFINITY,
        );
      const isClaimed = parts.length > 0;
      return {
        ...{ lineId: line.lineId, sku: line.sku, unitPriceMinor: line.unitPriceMinor, parts },
        units: isClaimed
          ? whole(({ quantity, canceled }) => quantity - canceled)
          : line.quantity - line.canceled,
        canceled: isClaimed ? whole(({ canceled }) => canceled) : line.canceled,
        waiting: isClaimed ? whole(({ waiting }) => waiting) : 0,
        allocated: byNode(parts, (claim) => claim.allocations),
        left: byNode(parts, (claim) => claim.left),
        unshipped: unshippedOf(parts),
      };
    });
}

function partsOf(
  snapshot: Snapshot,
  line: SoldLine,
  claims: readonly ClaimedLine[],
): readonly LinePart[] {
  const whole = claims.find(({ lineId }) => lineId === line.lineId);
  if (whole !== undefined) return [{ claim: whole, need: 1 }];
  const kit = snapshot.kits.get(snapshot.skuIndex.get(line.sku) ?? -1);
  return claims
    .filter(({ lineId, sku }) => lineId === `${line.lineId}/${sku}`)
    .map((claim) => {
      // What the claim says holds: the kit may be made of something else by now.
      const ratio = claim.quantity / line.quantity;
      const stated = kit?.find(({ sku }) => snapshot.products[sku]?.sku === claim.sku)?.quantity;
      return { claim, need: Number.isInteger(ratio) && ratio > 0 ? ratio : (stated ?? 1) };
    });
}

/** Whole units at each node: as many as every part has there. */
function byNode(
  parts: readonly LinePart[],
  rows: (claim: ClaimedLine) => readonly { readonly nodeId: string; readonly quantity: number }[],
): ReadonlyMap<string, number> {
  const nodes = new Set(parts.flatMap(({ claim }) => rows(claim).map(({ nodeId }) => nodeId)));
  const units = new Map<string, number>();
  for (const nodeId of nodes) {
    const least = parts.map(({ claim, need }) => {
      const found = rows(claim).filter((row) => row.nodeId === nodeId);
      return Math.floor(found.reduce((sum, { quantity }) => sum + quantity, 0) / need);
    });
    const whole = Math.min(...least);
    if (whole > 0) units.set(nodeId, whole);
  }
  return units;
}

function unshippedOf(parts: readonly LinePart[]): RoutedLine['unshipped'] {
  const rows = parts.flatMap(({ claim }) => claim.unshipped);
  const units = byNode(parts, (claim) => claim.unshipped);
  return new Map(
    [...units].map(([nodeId, whole]) => {
      const times = rows.filter((row) => row.nodeId === nodeId).map(({ at }) => at);
      return [nodeId, { units: whole, at: times.toSorted().at(-1) ?? '' }];
    }),
  );
}

/** Units of one sold line at one node. */
export type PlacedUnits = {
  readonly lineId: string;
  readonly nodeId: string;
  readonly quantity: number;
};

/** What allocations lack and have too many to stand exactly where the units are placed; lines that nobody claimed are left out. */
export function allocationChange(lines: readonly RoutedLine[], placed: readonly PlacedUnits[]) {
  const given: PlacedUnits[] = [];
  const asked: PlacedUnits[] = [];
  for (const { lineId, parts } of lines) {
    const ofLine = placed.filter((row) => row.lineId === lineId);
    const rows = parts.flatMap((part) => differences(part, ofLine));
    for (const { more, ...row } of rows) {
      if (more < 0) given.push({ ...row, quantity: -more });
      if (more > 0) asked.push({ ...row, quantity: more });
    }
  }
  return { given, asked };
}

function differences({ claim, need }: LinePart, placed: readonly PlacedUnits[]) {
  const byNode = new Map<string, number>();
  const add = (nodeId: string, units: number) =>
    byNode.set(nodeId, (byNode.get(nodeId) ?? 0) + units);
  for (const { nodeId, quantity } of claim.allocations) add(nodeId, -quantity);
  for (const { nodeId, quantity } of placed) add(nodeId, quantity * need);
  return [...byNode].map(([nodeId, more]) => ({ lineId: claim.lineId, nodeId, more }));
}
