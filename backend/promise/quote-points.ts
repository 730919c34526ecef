/**
 * Which pickup points of a network are near enough to be offered (rule 12, nearest first, ties by id)?
 */
import { distanceMeters } from '../network/distance.ts';
import type { CompiledPoint } from '../network/snapshot.ts';
import type { Ask } from './quote-ask.ts';
import { placesNear, pointBelt } from './quote-memory.ts';

/** The nearest points of the network in the destination's country within the policy's reach. */
export function nearestPoints(ask: Ask, network: string): CompiledPoint[] {
  if (!ask.hasPoint) return [];
  const { maxCount, maxMeters } = ask.snapshot.policy.pickupPoints;
  const near: { readonly point: CompiledPoint; readonly meters: number }[] = [];
  const { country, lat } = ask.destination;
  const belt = ask.memory.points.get(pointBelt(network, country));
  for (const point of placesNear(belt, lat, maxMeters)) {
    const { source } = point;
    const meters = distanceMeters(source, ask.destination);
    if (meters <= maxMeters) near.push({ point, meters });
  }
  near.sort((a, b) => a.meters - b.meters || a.point.index - b.point.index);
  return near.slice(0, maxCount).map(({ point }) => point);
}
