/**
 * Why this node and not that one, for every option offered or absent?
 *
 * Inputs: snapshot, facts, request. Output: the quote and, for each option, what every node of the shop could do
 * for it: a stable code with its facts, and when the node alone would deliver. For the date tester: nothing here
 * is on the way of a shopper's answer. `verdictText` says the same as one English sentence.
 */
import { formatDay, localDay, MINUTES_PER_DAY, NEVER } from '../base/time.ts';
import { customsAreaOf, laneCostMinor } from '../network/lanes.ts';
import { breaksParcelLimit } from '../network/limits.ts';
import { billableGrams } from '../network/prices.ts';
import type { CompiledNode, CompiledService, Snapshot } from '../network/snapshot.ts';
import type { Facts } from '../stock/stock.ts';
import { type Fact, type Quote, type QuotedOption, type QuoteRequest, quote } from './quote.ts';
import { type Ask, openAsk, readyAtSource } from './quote-ask.ts';
import { pointCode, storeCode } from './quote-option.ts';
import { nearestPoints } from './quote-points.ts';
import {
  arrivalAt,
  indexOf,
  metersTo,
  openShip,
  type Ship,
  tableOf,
  termsOf,
} from './quote-ship.ts';
import { nearestStores, planStorePickup } from './quote-stores.ts';

/** What one node could do for an option. The dates are those of the node alone, with what it has. */
export type Verdict = {
  readonly nodeId: string;
  readonly isChosen: boolean;
  readonly code: VerdictCode;
  readonly facts: Fact;
  readonly readyMinute?: number;
  readonly departsMinute?: number;
  readonly promisedOn?: string;
};

/**
 * `chosen`; what rules a node out: `takes_no_orders not_in_channel no_lane no_pickup no_stock too_heavy no_departure
 * no_opening restricted`; what it lacks: `part_only` (not every line); how it loses: `later more_incoming dearer farther
 * lower_id` (of two equal ones the lower id is taken); `not_needed` when the option is absent for another reason.
 */
export type VerdictCode =
  | 'chosen'
  | 'takes_no_orders'
  | 'not_in_channel'
  | 'no_lane'
  | 'no_pickup'
  | 'no_stock'
  | 'part_only'
  | 'too_heavy'
  | 'no_departure'
  | 'no_opening'
  | 'restricted'
  | 'later'
  | 'more_incoming'
  | 'dearer'
  | 'farther'
  | 'lower_id'
  | 'not_needed';

export type Explanation = {
  readonly quote: Quote;
  /** By service code of the option or absence; nodes by id. */
  readonly verdicts: ReadonlyMap<string, readonly Verdict[]>;
};

/** The quote and every node's verdict on each of its options and absences. */
export function explain(snapshot: Snapshot, facts: Facts, request: QuoteRequest): Explanation {
  const atMinute = request.nowMinute + request.marginMinutes;
  const ask = openAsk(snapshot, facts, { request, atMinute });
  const quoted = quote(snapshot, facts, request);
  const verdicts = new Map<string, readonly Verdict[]>();
  const put = (serviceCode: string, judge: (node: CompiledNode) => Verdict) => {
    verdicts.set(serviceCode, snapshot.nodes.map(judge));
  };
  const optionOf = (code: string) => quoted.options.find((option) => option.serviceCode === code);
  for (const service of snapshot.services) {
    if (service.method !== 'home') continue;
    const ship = shipTo(ask, service, ask.destination.zoneIndex);
    put(service.code, (node) => judgeShip(ask, node, { ship, option: optionOf(service.code) }));
  }
  for (const service of snapshot.services.filter((one) => one.method === 'pickup_point')) {
    for (const point of nearestPoints(ask, service.source.network ?? '')) {
      const code = pointCode(point.source.network, point.id);
      const option = optionOf(code);
      // The point is explained by the service that serves it, or by the first when none does.
      if (option === undefined ? verdicts.has(code) : option.service !== service.index) continue;
      const zoneIndex = point.zoneIndex;
      const ship = zoneIndex < 0 ? undefined : openShip(ask, { service, zoneIndex, point });
      put(code, (node) => judgeShip(ask, node, { ship, option }));
    }
  }
  for (const { node } of nearestStores(ask)) {
    const code = storeCode(node.id);
    verdicts.set(code, [judgeStore(ask, node, optionOf(code))]);
  }
  return { quote: quoted, verdicts };
}

function shipTo(ask: Ask, service: CompiledService, zoneIndex: number): Ship | undefined {
  return zoneIndex < 0 ? undefined : openShip(ask, { service, zoneIndex, point: undefined });
}

type Judged = { readonly ship: Ship | undefined; readonly option: QuotedOption | undefined };

function judgeShip(ask: Ask, node: CompiledNode, judged: Judged): Verdict {
  const { ship, option } = judged;
  const no = (code: VerdictCode, facts: Omit<Fact, 'code'> = {}): Verdict => ({
    nodeId: node.id,
    isChosen: false,
    code,
    facts: { code, ...facts },
  });
  if (!node.takesOrders) return no('takes_no_orders');
  if (ask.channel.hasNode[node.index] !== 1) {
    return no('not_in_channel', { channel: ask.request.channel });
  }
  if (ship === undefined || !hasLane(ship, node)) {
    const other = ship !== undefined && isAbroad(ask, ship, node);
    return no('no_lane', other ? { otherCustomsArea: true } : {});
  }
  const pickups = ask.snapshot.departures[slotOf(ship, node)];
  if (pickups === undefined || pickups.length === 0) return no('no_pickup');
  const source = ask.nodes.indexOf(node.index);
  if (source < 0) return no('no_stock');
  const dated = datesOf(ask, ship, source);
  const parcel = option?.parcels.find(({ nodeId }) => nodeId === node.id);
  if (parcel !== undefined) {
    const facts = { code: 'chosen', costMinor: parcel.costMinor };
    return {
      nodeId: node.id,
      isChosen: true,
      code: 'chosen',
      facts,
      readyMinute: parcel.readyMinute,
      departsMinute: parcel.departsMinute,
      promisedOn: parcel.deliveryOn,
    };
  }
  const { code, facts } = loses(ask, { ship, option, source, dated });
  return { ...no(code, facts), ...shownDates(dated) };
}

function slotOf(ship: Ship, node: CompiledNode): number {
  return node.index * ship.ask.snapshot.services.length + ship.service.index;
}

function hasLane(ship: Ship, node: CompiledNode): boolean {
  return (ship.ask.snapshot.laneRows[slotOf(ship, node)]?.[ship.zoneIndex] ?? 0) > 0;
}

function isAbroad(ask: Ask, ship: Ship, node: CompiledNode): boolean {
  const zone = ask.snapshot.zones[ship.zoneIndex]?.source;
  return zone !== undefined && customsAreaOf(zone) !== node.customsArea;
}

type Dated = {
  /** Units of the wanted ones that the node could send, and how many of them are incoming. */
  readonly units: number;
  readonly incomingUnits: number;
  readonly missingSku: string | undefined;
  readonly grams: number;
  readonly cm3: number;
  readonly readyMinute: number;
  readonly departsMinute: number;
  readonly endMinute: number;
  readonly promisedOn: string;
};

/** When everything the node has of the order would arrive. */
function datesOf(ask: Ask, ship: Ship, source: number): Dated {
  const { supply } = ask;
  let units = 0;
  let incomingUnits = 0;
  let usableMinute = 0;
  let grams = 0;
  let cm3 = 0;
  let missingSku: string | undefined;
  for (const [line, { product, quantity }] of ask.lines.entries()) {
    const cell = source * supply.lineCount + line;
    const available = supply.available[cell] ?? 0;
    if (available < quantity) missingSku ??= product.sku;
    const incoming = available - (supply.onHand[cell] ?? 0);
    units += available;
    incomingUnits += incoming;
    grams += available * product.weightGrams;
    cm3 += available * product.volumeCm3;
    if (incoming > 0) {
      usableMinute = Math.max(usableMinute, supply.usableMinute(source, line, available));
    }
  }
  const readyMinute = readyAtSource(ask, source, { units, usableMinute });
  const index = indexOf(ship, source, { units, usableMinute });
  const departsMinute = tableOf(ship, source)?.minutes[index] ?? NEVER;
  const hasLaneTerms = (ship.terms[source] ?? -1) >= 0;
  const endMinute = hasLaneTerms ? arrivalAt(ship, source, index) : NEVER;
  const promisedOn = endMinute >= NEVER ? '' : formatDay(dateOf(ship, endMinute));
  return {
    units,
    incomingUnits,
    missingSku,
    grams,
    cm3,
    readyMinute,
    departsMinute,
    endMinute,
    promisedOn,
  };
}

function dateOf(ship: Ship, endMinute: number): number {
  return ship.point === undefined
    ? Math.floor(endMinute / MINUTES_PER_DAY)
    : localDay(ship.zone, endMinute);
}

function shownDates(dated: Dated) {
  return {
    ...(dated.readyMinute < NEVER ? { readyMinute: dated.readyMinute } : {}),
    ...(dated.departsMinute < NEVER ? { departsMinute: dated.departsMinute } : {}),
    ...(dated.promisedOn === '' ? {} : { promisedOn: dated.promisedOn }),
  };
}

type Loser = {
  readonly ship: Ship;
  readonly option: QuotedOption | undefined;
  readonly source: number;
  readonly dated: Dated;
};

/** Why a node that could send something is not in the plan: rule 8 from the top. */
function loses(
  ask: Ask,
  { ship, option, source, dated }: Loser,
): { readonly code: VerdictCode; readonly facts: Omit<Fact, 'code'> } {
  const terms = termsOf(ship, source);
  const billable = billableGrams(ship.service.source, dated.grams, dated.cm3);
  const costMinor = laneCostMinor(terms, billable);
  const { grams, missingSku } = dated;
  if (breaksParcelLimit(ship.service.source, grams, dated.cm3) || costMinor < 0) {
    return { code: 'too_heavy', facts: { grams } };
  }
  if (dated.endMinute >= NEVER) return { code: 'no_departure', facts: {} };
  if (option === undefined) return { code: 'not_needed', facts: {} };
  const chosenEnd = Math.max(...option.parcels.map((parcel) => arrivalOfParcel(ask, ship, parcel)));
  if (dated.endMinute > chosenEnd)
    return { code: 'later', facts: { promisedOn: dated.promisedOn } };
  if (missingSku !== undefined) return { code: 'part_only', facts: { missingSku } };
  const chosenIncoming = option.parcels
    .flatMap((parcel) => parcel.lines)
    .reduce((units, line) => units + line.fromIncoming, 0);
  if (dated.incomingUnits > chosenIncoming) {
    return { code: 'more_incoming', facts: { units: dated.incomingUnits } };
  }
  if (costMinor > option.costMinor) return { code: 'dearer', facts: { costMinor } };
  const chosenMeters = option.parcels.reduce((sum, parcel) => sum + parcel.distanceMeters, 0);
  const meters = metersTo(ship, source);
  if (meters > chosenMeters) return { code: 'farther', facts: { meters } };
  return { code: 'lower_id', facts: {} };
}

function arrivalOfParcel(ask: Ask, ship: Ship, parcel: QuotedOption['parcels'][number]): number {
  const source = ask.nodes.indexOf(parcel.node);
  const index = tableOf(ship, source)?.minutes.indexOf(parcel.departsMinute) ?? -1;
  return arrivalAt(ship, source, index);
}

function judgeStore(ask: Ask, node: CompiledNode, option: QuotedOption | undefined): Verdict {
  const pickup = planStorePickup(ask, node);
  if ('code' in pickup || option === undefined) {
    const code = 'code' in pickup ? storeCodes[pickup.code] : 'not_needed';
    const facts = 'code' in pickup ? pickup.facts : {};
    return {
      nodeId: node.id,
      isChosen: false,
      code: code ?? 'not_needed',
      facts: { code: code ?? 'not_needed', ...facts },
    };
  }
  return {
    nodeId: node.id,
    isChosen: true,
    code: 'chosen',
    facts: { code: 'chosen', costMinor: 0 },
    readyMinute: pickup.readyMinute,
    departsMinute: pickup.handOver.fromMinute,
    promisedOn: option.promisedOn,
  };
}

const storeCodes: { readonly [code: string]: VerdictCode } = {
  restricted: 'restricted',
  no_stock: 'no_stock',
  no_opening: 'no_opening',
};

/** The verdict in one English sentence. */
export function verdictText(verdict: Pick<Verdict, 'nodeId' | 'code' | 'facts'>): string {
  const { nodeId, facts } = verdict;
  const fact = (name: string) => String(facts[name] ?? '');
  switch (verdict.code) {
    case 'chosen':
      return `${nodeId} sends this.`;
    case 'takes_no_orders':
      return `${nodeId} takes no orders.`;
    case 'not_in_channel':
      return `${nodeId} does not belong to the channel ${fact('channel')}.`;
    case 'no_lane':
      return facts['otherCustomsArea'] === true
        ? `${nodeId} has no lane of this service to the address that may cross customs.`
        : `${nodeId} has no lane of this service to the address.`;
    case 'no_pickup':
      return `The carrier never picks up at ${nodeId} for this service.`;
    case 'no_stock':
      return facts['sku'] === undefined
        ? `${nodeId} has none of the items, now or incoming.`
        : `${nodeId} does not have enough of ${fact('sku')}.`;
    case 'part_only':
      return `${nodeId} does not have all of it: ${fact('missingSku')} is missing.`;
    case 'too_heavy':
      return `${fact('grams')} g from ${nodeId} is more than the service or its lane takes in one parcel.`;
    case 'no_departure':
      return `Nothing leaves ${nodeId} with this service within 60 days after it would be ready.`;
    case 'no_opening':
      return `${nodeId} does not open within 60 days with time left to hand over.`;
    case 'restricted':
      return `${fact('sku')} may not be collected at a store.`;
    case 'later':
      return `${nodeId} would deliver later, on ${fact('promisedOn')}.`;
    case 'more_incoming':
      return `${nodeId} would have to wait for ${fact('units')} incoming units.`;
    case 'dearer':
      return `${nodeId} would deliver on the same date at a higher cost.`;
    case 'farther':
      return `${nodeId} would deliver on the same date at the same cost from farther away.`;
    case 'lower_id':
      return `${nodeId} is as good; of equals the first by id is taken.`;
    case 'not_needed':
      return `${nodeId} could send this, but the option is not offered for another reason.`;
  }
}
