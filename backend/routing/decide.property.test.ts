// What a routing decision always holds to, in random worlds with real calendars.
import { describe, expect, test } from 'vitest';
import { randomCase } from '../../tests/oracle/random-world.ts';
import { instantToMinuteFloor } from '../base/time.ts';
import { compileNetwork } from '../network/network.ts';
import type { Snapshot } from '../network/snapshot.ts';
import type { World } from '../network/world.ts';
import { type Facts, factsOfWorld, routableUnits } from '../stock/stock.ts';
import { decideRoute } from './decide.ts';
import type { RouteDecision, RoutingQuestion } from './decision.ts';
import { DEFAULT_ROUTING, type RoutingSettings } from './settings.ts';

type Stage = {
  readonly world: World;
  readonly snapshot: Snapshot;
  readonly facts: Facts;
  readonly questions: readonly RoutingQuestion[];
};

function stageOf(
  seed: number,
  count: number,
  change: (world: World) => World = (one) => one,
): Stage {
  const { world: drawn, requests } = randomCase(seed, count);
  const world = change(drawn);
  const starts = requests.map((request) => instantToMinuteFloor(request.now));
  const snapshot = compileNetwork(world, Math.min(...starts), { validDays: 40 });
  const questions = requests.flatMap((request, index): RoutingQuestion[] => {
    const nowMinute = instantToMinuteFloor(request.now);
    if (request.lines.some(({ sku }) => !snapshot.skuIndex.has(sku))) return [];
    return [
      {
        orderId: String(index),
        nowMinute,
        placedMinute: nowMinute,
        lines: request.lines.map((line, at) => ({
          ...line,
          lineId: `l${at}`,
          unitPriceMinor: 999,
        })),
        method: 'home',
        serviceCode: undefined,
        destination: {
          country: request.destination.country,
          postalCode: request.destination.postalCode,
        },
        pickupNodeId: undefined,
        promise: undefined,
        channel: request.channel,
        customerTags: request.customerTags,
        tags: [],
        excluded: [],
        seenAt: [],
        placedToday: {},
      },
    ];
  });
  return { world, snapshot, facts: factsOfWorld(snapshot, world), questions };
}

function seeds(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index + 1);
}

function decide(stage: Stage, question: RoutingQuestion, settings = DEFAULT_ROUTING) {
  return decideRoute(stage.snapshot, stage.facts, settings, question);
}

const unitsOf = (lines: readonly { readonly quantity: number }[]) =>
  lines.reduce((sum, { quantity }) => sum + quantity, 0);

/** Units of a SKU sent by each node, kits as their components. */
function sentByCell(stage: Stage, decision: RouteDecision): Map<string, number> {
  const sent = new Map<string, number>();
  for (const { nodeId, lines } of decision.parcels) {
    for (const { sku, quantity } of lines) {
      const index = stage.snapshot.skuIndex.get(sku) ?? -1;
      const parts = stage.snapshot.kits.get(index) ?? [{ sku: index, quantity: 1 }];
      for (const part of parts) {
        const cell = `${part.sku}/${stage.snapshot.nodeIndex.get(nodeId)}`;
        sent.set(cell, (sent.get(cell) ?? 0) + part.quantity * quantity);
      }
    }
  }
  return sent;
}

// Worlds are compiled with all their calendars: seconds each dozen.
describe('every decision', { timeout: 60_000 }, () => {
  test('accounts for every unit, takes from no node more than it has, and adds its rows up', () => {
    let placed = 0;
    for (const seed of seeds(30)) {
      const stage = stageOf(seed, 10);
      for (const question of stage.questions) {
        const decision = decide(stage, question);
        const where = `seed ${seed}, order ${question.orderId}`;
        const sum = unitsOf(decision.parcels.flatMap(({ lines }) => lines));
        expect(sum + unitsOf(decision.unplaced), where).toBe(unitsOf(question.lines));
        for (const [cell, units] of sentByCell(stage, decision)) {
          const [sku = 0, node = 0] = cell.split('/').map(Number);
          expect(units, where).toBeLessThanOrEqual(routableUnits(stage.facts, { sku, node }));
        }
        const rows = decision.parcels.flatMap(({ points }) => points);
        expect(
          rows.reduce((all, { points }) => all + points, 0),
          where,
        ).toBe(decision.points);
        placed += decision.parcels.length;
        for (const candidate of decision.candidates) {
          if (candidate.verdict === 'fenced') expect(candidate.fence, where).toBeDefined();
        }
      }
    }
    expect(placed).toBeGreaterThan(100);
  });

  test('is the same whatever the order of lines, nodes, products and stock rows', () => {
    for (const seed of seeds(16)) {
      const stage = stageOf(seed, 6);
      const turned = stageOf(seed, 6, (world) => ({
        ...world,
        nodes: world.nodes.toReversed(),
        stock: world.stock.toReversed(),
        products: world.products.toReversed(),
        services: world.services.toReversed(),
        lanes: world.lanes.toReversed(),
      }));
      for (const [at, question] of stage.questions.entries()) {
        const other = turned.questions[at];
        if (other === undefined) throw new Error('a question less');
        const lines = other.lines.toReversed();
        const decision = decide(turned, { ...other, lines });
        expect(decision, `seed ${seed}, order ${at}`).toEqual(decide(stage, question));
      }
    }
  });

  test('never places less when the ladder goes further, and keeps the promise when it can', () => {
    for (const seed of seeds(24)) {
      const stage = stageOf(seed, 6);
      for (const free of stage.questions) {
        const [first] = decide(stage, free).parcels;
        if (first === undefined) continue;
        const on = Temporal.Instant.fromEpochMilliseconds((first.endMinute - 1) * 60_000)
          .toZonedDateTimeISO('UTC')
          .toPlainDate();
        for (const days of [-2, 0, 1]) {
          const promise = {
            endMinute: first.endMinute + days * 1_440,
            on: on.add({ days }).toString(),
          };
          let before = -1;
          for (const ladderDays of [[0], [0, 1], [0, 1, 4], [0, 1, 4, 30]]) {
            const settings: RoutingSettings = { ...DEFAULT_ROUTING, ladderDays };
            const decision = decide(stage, { ...free, promise }, settings);
            const placed = unitsOf(decision.parcels.flatMap(({ lines }) => lines));
            expect(placed).toBeGreaterThanOrEqual(before);
            before = placed;
            if (decision.lateDays > 0 || decision.parcels.length === 0) continue;
            for (const { endMinute } of decision.parcels) {
              expect(endMinute).toBeLessThanOrEqual(promise.endMinute);
            }
          }
        }
      }
    }
  });

  test('gives a start that still makes it: asked the minute before, the parcel is in time', () => {
    let asked = 0;
    for (const seed of seeds(30)) {
      const stage = stageOf(seed, 4);
      for (const free of stage.questions) {
        const first = decide(stage, free).parcels[0];
        if (first === undefined) continue;
        const day = Math.floor((first.endMinute - 1) / 1_440);
        const on = Temporal.PlainDate.from('1970-01-01').add({ days: day }).toString();
        const promise = { endMinute: first.endMinute, on };
        const question = { ...free, promise };
        const kept = decide(stage, question);
        if (kept.lateDays > 0) continue;
        for (const parcel of kept.parcels) {
          const lines = parcel.lines.map((line) => ({ ...line, unitPriceMinor: 999 }));
          const nowMinute = parcel.startByMinute - 1;
          const alone = {
            ...question,
            lines,
            nowMinute,
            serviceCode: parcel.serviceCode ?? undefined,
            excluded: stage.snapshot.nodes
              .filter(({ id }) => id !== parcel.nodeId)
              .map(({ id }) => ({ nodeId: id, why: 'agent' as const })),
          };
          const later = decide(stage, alone, { ...DEFAULT_ROUTING, ladderDays: [0] });
          expect(later.parcels, `seed ${seed}`).toMatchObject([{ nodeId: parcel.nodeId }]);
          asked += 1;
        }
      }
    }
    expect(asked).toBeGreaterThan(40);
  });
});
