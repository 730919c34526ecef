/**
 * The chosen plan written out as an option: window, parcels, price, CO2, confidence, quality, reasons.
 */
import { localDay, MINUTES_PER_DAY, NEVER, writeDay } from '../base/time.ts';
import { deliveryWindow } from '../network/delivery.ts';
import { co2Grams, distanceKm, distanceMeters, type Haul } from '../network/distance.ts';
import { pointHandOver } from '../network/hand-over.ts';
import { promiseConfidence } from '../network/lanes.ts';
import type { CompiledNode, LaneTerms } from '../network/snapshot.ts';
import type { PlanParcel } from '../routing/routing.ts';
import { priceOf } from './absent.ts';
import { lastingOf } from './order-by.ts';
import type { Planned } from './order-by-changes.ts';
import type { Fact, QuotedLine, QuotedOption, QuotedParcel } from './quote.ts';
import { type Ask, readyAtSource } from './quote-ask.ts';
import { arrivalDay, indexOf, metersTo, type Ship, tableOf, termsOf } from './quote-ship.ts';
import type { NearStore, StorePickup } from './quote-stores.ts';

/** An option and until when it stays as it is (`at`, exclusive). */
export type Dated = { readonly option: QuotedOption; readonly unchangedUntil: number };

/** "Within 2 hours" is said up to here, counted from `now` (rule 11). */
export const WITHIN_TWO_HOURS_MINUTES = 120;

/** A home delivery or pickup point, from its plan. */
export function shippedOption(planned: Planned): Dated {
  const ship = planned.ships[planned.plan.problem];
  if (ship === undefined) throw new Error(`Bug: no ship ${planned.plan.problem}`);
  const { ask, service, point } = ship;
  const { plan } = planned;
  const parcels = plan.parcels.map((parcel) => parcelOf(ship, parcel));
  const window = windowOf(ship, plan.endMinute);
  const lasting = lastingOf(planned);
  const { marginMinutes } = ask.request;
  const terms = plan.parcels.map((parcel) => termsOf(ship, parcel.source));
  const isRough = point?.isEstimate ?? ask.destination.isEstimate;
  const option: QuotedOption = {
    method: service.method,
    serviceCode: point === undefined ? service.code : pointCode(point.source.network, point.id),
    service: service.index,
    point: point?.index ?? -1,
    window: { fromMinute: window.fromMinute, toMinute: window.toMinute },
    timeZone: ship.zone.name,
    promisedOn: writeDay(window.promisedOn),
    orderByMinute: lasting.windowUntil - marginMinutes,
    parcels: parcels.map(({ quoted }) => quoted),
    priceMinor: priceOf(ask, ship),
    costMinor: plan.costMinor,
    co2Grams: co2Grams(
      parcels.map(({ haul }) => haul),
      ask.snapshot.policy.distanceFactor,
    ),
    isGreenest: false,
    confidence: confidenceOf(terms),
    quality: isRough || terms.some((lane) => lane.isThin) ? 'estimate' : 'full',
    withinTwoHours: false,
    reasons: reasonsOf(planned, ship, isRough),
  };
  return { option, unchangedUntil: lasting.unchangedUntil };
}

/** `promiseConfidence`; one lane's share is exact in plain numbers. */
function confidenceOf(terms: readonly LaneTerms[]): number | null {
  const [lane] = terms;
  if (terms.length !== 1 || lane === undefined || lane.isThin) return promiseConfidence(terms);
  const hundredfold = lane.onTimeCount * 100;
  return (hundredfold - (hundredfold % lane.observationCount)) / lane.observationCount / 100;
}

/** How a pickup point is named as an option. */
export function pointCode(network: string, pointId: string): string {
  return `pp:${network}:${pointId}`;
}

/** How a store is named as an option. */
export function storeCode(nodeId: string): string {
  return `store:${nodeId}`;
}

type Window = {
  readonly fromMinute: number;
  readonly toMinute: number;
  readonly promisedOn: number;
};

function windowOf(ship: Ship, endMinute: number): Window {
  const { ask, point, service, zone } = ship;
  if (point === undefined) return deliveryWindow(service, zone, endMinute / MINUTES_PER_DAY);
  // Asked again at its own instant, the hand-over is itself: that minute is open.
  const handOver = pointHandOver(ask.snapshot, {
    point: point.index,
    toMinute: endMinute,
    atMinute: ask.atMinute,
  });
  if (handOver === undefined) throw new Error(`Bug: point ${point.id} is closed at ${endMinute}`);
  return { ...handOver, promisedOn: localDay(zone, handOver.fromMinute) };
}

function parcelOf(
  ship: Ship,
  parcel: PlanParcel,
): { readonly quoted: QuotedParcel; readonly haul: Haul } {
  const { ask } = ship;
  const node = nodeOf(ask, parcel.source);
  const readyMinute = readyAtSource(ask, parcel.source, parcel);
  const index = indexOf(ship, parcel.source, parcel);
  const departsMinute = tableOf(ship, parcel.source)?.minutes[index] ?? NEVER;
  const haul: Haul = {
    grams: gramsOf(ask, parcel),
    km: distanceKm(node.source, ship.to),
    kgPerTonneKm: ship.service.source.co2KgPerTonneKm,
  };
  const quoted: QuotedParcel = {
    node: node.index,
    nodeId: node.id,
    serviceCode: ship.service.code,
    lines: linesOf(ask, parcel),
    readyMinute,
    departsMinute,
    deliveryOn: writeDay(arrivalDay(ship, parcel.source, index)),
    costMinor: parcel.costMinor,
    co2Grams: co2Grams([haul], ask.snapshot.policy.distanceFactor),
    distanceMeters: metersTo(ship, parcel.source),
  };
  return { quoted, haul };
}

function nodeOf(ask: Ask, source: number): CompiledNode {
  const node = ask.snapshot.nodes[ask.nodes[source] ?? 0];
  if (node === undefined) throw new Error(`Bug: no node of source ${source}`);
  return node;
}

function gramsOf(ask: Ask, parcel: PlanParcel): number {
  let grams = 0;
  for (const [line, quantity] of parcel.quantities.entries()) {
    grams += quantity * (ask.lines[line]?.product.weightGrams ?? 0);
  }
  return grams;
}

function linesOf(ask: Ask, parcel: PlanParcel): QuotedLine[] {
  const { supply } = ask;
  const lines: QuotedLine[] = [];
  for (const [line, { product }] of ask.lines.entries()) {
    const quantity = parcel.quantities[line] ?? 0;
    if (quantity === 0) continue;
    const onHand = supply.onHand[parcel.source * supply.lineCount + line] ?? 0;
    lines.push({ sku: product.sku, quantity, fromIncoming: Math.max(0, quantity - onHand) });
  }
  return lines;
}

function reasonsOf(planned: Planned, ship: Ship, isRough: boolean): Fact[] {
  const { plan } = planned;
  const { ask } = ship;
  const reasons: Fact[] = [];
  const [first] = plan.parcels;
  if (plan.parcels.length === 1 && first !== undefined) {
    reasons.push({ code: 'from_one_node', nodeId: nodeOf(ask, first.source).id });
  } else {
    reasons.push({ code: 'split', parcels: plan.parcels.length });
    if (plan.isDivided) reasons.push({ code: 'line_divided' });
  }
  if (plan.incomingUnits > 0) reasons.push({ code: 'from_incoming', units: plan.incomingUnits });
  if (isRough) reasons.push({ code: 'postal_code_unknown' });
  for (const { source } of plan.parcels) {
    const lane = termsOf(ship, source);
    const nodeId = nodeOf(ask, source).id;
    if (lane.isThin) {
      reasons.push({ code: 'thin_lane', nodeId, observations: lane.observationCount });
    }
  }
  if (!plan.isExact) reasons.push({ code: 'large_order' });
  return reasons;
}

/** Collecting everything at one of our stores. */
export function storeOption(ask: Ask, store: NearStore, pickup: StorePickup): Dated {
  const { nowMinute, marginMinutes } = ask.request;
  const { node } = store;
  const { fromMinute, toMinute } = pickup.handOver;
  const promisedOn = writeDay(pickup.promisedOn);
  const withinTwoHours = fromMinute <= nowMinute + WITHIN_TWO_HOURS_MINUTES;
  const cap = ask.atMinute + 7 * MINUTES_PER_DAY;
  const windowUntil = Math.min(cap, pickup.windowUntil);
  const becomesSoon = fromMinute - WITHIN_TWO_HOURS_MINUTES + marginMinutes;
  const serviceCode = storeCode(node.id);
  const option: QuotedOption = {
    method: 'store_pickup',
    serviceCode,
    service: -1,
    point: -1,
    window: { fromMinute, toMinute },
    timeZone: node.calendar.zone.name,
    promisedOn,
    orderByMinute: windowUntil - marginMinutes,
    parcels: [
      {
        node: node.index,
        nodeId: node.id,
        serviceCode,
        lines: ask.lines.map(({ product, quantity }) => ({
          sku: product.sku,
          quantity,
          fromIncoming: 0,
        })),
        readyMinute: pickup.readyMinute,
        departsMinute: fromMinute,
        deliveryOn: promisedOn,
        costMinor: 0,
        co2Grams: 0,
        distanceMeters: distanceMeters(node.source, ask.destination),
      },
    ],
    priceMinor: 0,
    costMinor: 0,
    co2Grams: 0,
    isGreenest: false,
    confidence: 1,
    quality: 'full',
    withinTwoHours,
    reasons: [
      { code: 'from_own_stock', nodeId: node.id },
      ...(withinTwoHours ? [{ code: 'within_two_hours' }] : []),
    ],
  };
  const unchangedUntil = withinTwoHours ? windowUntil : Math.min(windowUntil, becomesSoon);
  return { option, unchangedUntil };
}
