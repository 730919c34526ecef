/**
 * The answer as `kept quote` prints it (docs/cli.md), made from what the oracle chose.
 */

import type { WorldNode } from '../../backend/network/world.ts';
import { type Count, SILENT } from './branches.ts';
import { pointHandOver } from './carriage.ts';
import type { Network, Target } from './network.ts';
import { customsArea, meters } from './places.ts';
import { byText, type Parcel } from './plans.ts';
import { parcelCo2, type Question } from './question.ts';
import { type Chosen, legOf, priceOf, type ShippedOption } from './shipped.ts';
import { isoDay, isoInstant, zoneTable } from './zone-table.ts';

export type AnswerParcel = {
  nodeId: string;
  serviceCode: string;
  lines: { sku: string; quantity: number; fromIncoming: number }[];
  readyAt: string;
  departsAt: string;
  deliveryOn: string;
  costMinor: number;
  distanceMeters: number;
};

export type AnswerOption = {
  method: 'home' | 'pickup_point' | 'store_pickup';
  serviceCode: string;
  window: { from: string; to: string };
  timeZone: string;
  promisedOn: string;
  orderBy: string;
  parcels: AnswerParcel[];
  priceMinor: number;
  costMinor: number;
  co2Grams: number;
  greenest: boolean;
  confidence: number | null;
  quality: 'full' | 'estimate';
  withinTwoHours: boolean;
};

export type AnswerAbsent = {
  method: AnswerOption['method'];
  serviceCode: string;
  code: string;
  facts: { why?: string };
};

export type Answer = { evaluatedAt: string; options: AnswerOption[]; absent: AnswerAbsent[] };

/** An option with what the list is sorted by. */
export type Placed = { option: AnswerOption; toMinute: number };

/** By method, end of the window, service code. */
export function byPlace(a: Placed, b: Placed): number {
  return (
    byText(a.option.method, b.option.method) ||
    a.toMinute - b.toMinute ||
    byText(a.option.serviceCode, b.option.serviceCode)
  );
}

/** F(n) of all parcels multiplied in whole numbers, floored to hundredths. */
function confidenceOf(network: Network, parcels: readonly Parcel[]): number | null {
  let arrived = 100n;
  let observed = 1n;
  for (const { sender } of parcels) {
    const transit = network.transit(sender.lane);
    if (transit.isThin) return null;
    arrived *= BigInt(transit.arrived);
    observed *= BigInt(transit.observed);
  }
  return Number(arrived / observed) / 100;
}

export type Moment = { readonly at: number; readonly orderByMinute: number };

function answerParcel(
  network: Network,
  facts: { parcel: Parcel; target: Target; at: number; count: Count },
): AnswerParcel {
  const { parcel, target, at, count } = facts;
  const leg = legOf(parcel, target);
  const trace = network.trace(leg, at, count);
  if (count !== SILENT && parcel.lastLot !== undefined) {
    if (parcel.lastLot.usableMinute <= trace.ownStart) count('rule1.incomingPast');
    else count(parcel.lastLot.isDated ? 'rule1.incomingOn' : 'rule1.incomingAt');
  }
  const window = network.window(leg, trace.departureMinute);
  if (window === undefined) throw new Error('a chosen parcel has no window');
  const zone = network.hours(parcel.sender.node).zone;
  return {
    nodeId: parcel.sender.node.id,
    serviceCode: parcel.service.code,
    lines: parcel.lines.map((line) => ({ ...line })),
    readyAt: isoInstant(trace.readyMinute, zone),
    departsAt: isoInstant(trace.departureMinute, zone),
    deliveryOn: isoDay(window.deliveryDay),
    costMinor: parcel.costMinor,
    distanceMeters: parcel.sender.meters,
  };
}

/** A shipped option that can be done. */
export function answerShipped(
  question: Question,
  shown: { option: ShippedOption; chosen: Chosen; moment: Moment },
  count: Count,
): Placed {
  const { option, chosen, moment } = shown;
  const { network } = question;
  const { plan } = chosen.ended;
  const { target, zone } = option;
  const price = zone && priceOf(question, plan.service, zone);
  if (target === undefined || zone === undefined || price === undefined) {
    throw new Error(`${option.code} was chosen without target, zone or price`);
  }
  const isThin = plan.parcels.some(({ sender }) => network.transit(sender.lane).isThin);
  const co2 = plan.parcels.map((parcel) => parcelCo2(question, parcel, target));
  if (count !== SILENT)
    countShipped(question, { ...shown, target, at: moment.at, price, isThin }, count);
  return {
    toMinute: chosen.window.toMinute,
    option: {
      method: option.method,
      serviceCode: option.code,
      window: {
        from: isoInstant(chosen.window.fromMinute, target.clock),
        to: isoInstant(chosen.window.toMinute, target.clock),
      },
      timeZone: target.clock.timeZone,
      promisedOn: isoDay(chosen.ended.endDay),
      orderBy: isoInstant(moment.orderByMinute, target.clock),
      parcels: plan.parcels.map((parcel) =>
        answerParcel(network, { parcel, target, at: moment.at, count }),
      ),
      priceMinor: price.priceMinor,
      costMinor: plan.costMinor,
      co2Grams: Math.floor(co2.reduce((sum, grams) => sum + grams, 0) + 0.5),
      greenest: false,
      confidence: confidenceOf(network, plan.parcels),
      quality: zone.isEstimate || isThin ? 'estimate' : 'full',
      withinTwoHours: false,
    },
  };
}

type Shown = {
  readonly option: ShippedOption;
  readonly chosen: Chosen;
  readonly price: { isNamed: boolean; isFirst: boolean; isVolumetric: boolean };
  readonly isThin: boolean;
  readonly target: Target;
  readonly at: number;
};

function countShipped(question: Question, shown: Shown, count: Count): void {
  const { parcels } = shown.chosen.ended.plan;
  for (const parcel of parcels) {
    countLane(question, shown, parcel, count);
    countStock(question, parcel, count);
  }
  countTerms(shown, count);
  countArrival(question, shown, count);
}

function countLane({ network }: Question, { option }: Shown, { sender }: Parcel, count: Count) {
  const extra = network.world.policy.thinLaneExtraDay ? 'rule5.thinExtraDay' : 'rule5.thin';
  count(network.transit(sender.lane).isThin ? extra : 'rule5.quantile');
  const isAbroad = option.zone && customsArea(sender.node) !== customsArea(option.zone.zone);
  count(isAbroad === true ? 'rule9.customsCrossed' : 'rule9.sameArea');
}

function countTerms({ option, chosen, price, isThin }: Shown, count: Count): void {
  const { deliverFrom, deliverBy } = chosen.ended.plan.service;
  const isEstimate = option.zone?.isEstimate === true;
  if (deliverFrom !== undefined) count('rule6.deliverFrom');
  if (deliverBy !== undefined) count('rule6.deliverBy');
  if ((deliverFrom ?? deliverBy) === undefined) count('rule6.wholeDay');
  count(price.isVolumetric ? 'rule13.volumetric' : 'rule13.actual');
  count(price.isFirst ? 'rule13.firstTier' : 'rule13.laterTier');
  count(price.isNamed ? 'rule13.namedZonePrice' : 'rule13.anyZonePrice');
  if (isEstimate) count('rule10.estimateCode');
  if (isThin) count('rule10.estimateLane');
  if (!isEstimate && !isThin) count('rule10.full');
  count(isThin ? 'rule10.confidenceNull' : 'rule10.confidence');
}

function countArrival({ network }: Question, { chosen, target, at }: Shown, count: Count): void {
  if (target.pickupPoint === undefined) return;
  const arrivals = chosen.ended.plan.parcels.map((parcel) => {
    const leg = legOf(parcel, target);
    const { departureMinute } = network.trace(leg, at, SILENT);
    return network.window(leg, departureMinute)?.toMinute ?? 0;
  });
  pointHandOver(network.pointHours(target.pickupPoint), Math.max(...arrivals), count);
}

function countStock(question: Question, parcel: Parcel, count: Count): void {
  for (const { sku } of parcel.lines) {
    const { safety } = question.network.position(parcel.sender.node.id, sku);
    if (safety === 'row') count('rule17.stockRow');
    if (safety === 'policy') count('rule17.policy');
  }
}

/** "Within 2 hours", in elapsed minutes after `now`. */
const WITHIN_MINUTES = 120;

/** Store pickup that can be done. */
export function answerStore(
  question: Question,
  shown: {
    node: WorldNode;
    window: { fromMinute: number; toMinute: number };
    readyMinute: number;
    orderByMinute: number;
  },
): Placed {
  const { node, window } = shown;
  const clock = zoneTable(node.timeZone);
  const code = `store:${node.id}`;
  const promisedOn = isoDay(clock.dayAt(window.fromMinute));
  const from = isoInstant(window.fromMinute, clock);
  const parcel: AnswerParcel = {
    nodeId: node.id,
    serviceCode: code,
    lines: question.lines.map(({ product, quantity }) => ({
      sku: product.sku,
      quantity,
      fromIncoming: 0,
    })),
    readyAt: isoInstant(shown.readyMinute, clock),
    departsAt: from,
    deliveryOn: promisedOn,
    costMinor: 0,
    distanceMeters: question.point === undefined ? 0 : meters(node, question.point),
  };
  return {
    toMinute: window.toMinute,
    option: {
      method: 'store_pickup',
      serviceCode: code,
      window: { from, to: isoInstant(window.toMinute, clock) },
      timeZone: clock.timeZone,
      promisedOn,
      orderBy: isoInstant(shown.orderByMinute, clock),
      parcels: [parcel],
      priceMinor: 0,
      costMinor: 0,
      co2Grams: 0,
      greenest: false,
      confidence: 1,
      quality: 'full',
      withinTwoHours: window.fromMinute - question.nowMinute <= WITHIN_MINUTES,
    },
  };
}

/** Rule 14: the least CO2 is the greenest, all ties. */
export function markGreenest(options: readonly AnswerOption[], count: Count): void {
  const least = Math.min(...options.map(({ co2Grams }) => co2Grams));
  const greenest = options.filter(({ co2Grams }) => co2Grams === least);
  for (const option of options) {
    option.greenest = option.co2Grams === least;
    if (!option.greenest) count('rule14.notGreenest');
    else count(greenest.length > 1 ? 'rule14.tie' : 'rule14.single');
  }
}
