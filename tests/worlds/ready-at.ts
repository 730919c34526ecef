/**
 * When one parcel is ready at a world's only node: the question most calendar tests ask.
 */
import { expect } from 'vitest';
import { formatMinute, instantToMinuteFloor } from '../../backend/base/time.ts';
import { compileLoad } from '../../backend/network/load.ts';
import { compileNetwork } from '../../backend/network/network.ts';
import { latestAtMinute, type ReadyQuestion, readyMinute } from '../../backend/network/ready.ts';
import { type NodeInput, oneWarehouse, parsed } from './worlds.ts';

/** What is asked: at which instant, how many units, from when incoming stock is usable. */
export type Asked = {
  readonly at: string;
  readonly units?: number;
  readonly usable?: string;
  readonly kind?: ReadyQuestion['kind'];
};

/** When one parcel asked for at `at` is ready at a node, as the node's own wall clock shows it. */
export function readyAt(node: Partial<NodeInput>, asked: Asked): string {
  const world = parsed(oneWarehouse(node));
  const [source] = world.nodes;
  if (source === undefined) throw new Error('a world of one node');
  const atMinute = instantToMinuteFloor(asked.at);
  const snapshot = compileNetwork(world, atMinute);
  const load = compileLoad(snapshot, 0, {
    backlogUnits: source.backlogUnits,
    backlogAsOfMinute: source.backlogAsOf ? instantToMinuteFloor(source.backlogAsOf) : undefined,
    ordersByDate: source.ordersByDate,
  });
  const question: Omit<ReadyQuestion, 'atMinute'> = {
    node: 0,
    load,
    units: asked.units ?? 1,
    usableMinute: asked.usable ? instantToMinuteFloor(asked.usable) : 0,
    kind: asked.kind ?? 'ship',
  };
  const ready = readyMinute(snapshot, { ...question, atMinute });
  // The inverse agrees: asked then it is ready by then, and the last moment is not before it.
  const latest = latestAtMinute(snapshot, { ...question, departureMinute: ready });
  expect(latest).toBeGreaterThanOrEqual(atMinute);
  expect(readyMinute(snapshot, { ...question, atMinute: latest })).toBe(ready);
  expect(readyMinute(snapshot, { ...question, atMinute: latest + 1 })).toBeGreaterThan(ready);
  return formatMinute(ready, source.timeZone).slice(0, 16);
}
