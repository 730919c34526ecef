/**
 * What would this address be promised for this basket at this instant, and why is the rest not offered?
 *
 * In: a merchant's question, the shop's network at its current version, its products, stock and backlogs. Out: the
 * options with their parcels, what is absent, and for each of both what every node could do. The question goes
 * through the same quote as a checkout's, with the margins of the shop's surfaces; nothing is stored or reserved.
 * A network is compiled for the instant asked about (a merchant asks about Black Friday in June), and the last few are
 * kept, because a tester asks many questions about one day.
 */
import { LRUCache } from 'lru-cache';
import type { ShopId } from '../base/ids.ts';
import type { Result } from '../base/result.ts';
import { formatMinute, instantToMinuteFloor, MINUTES_PER_DAY } from '../base/time.ts';
import { resolveDestination } from '../network/destination.ts';
import { type GeocodedPoint, geocode, type PostalPlaces } from '../network/geo/geocode.ts';
import { createHolidayBook } from '../network/holidays.ts';
import { compileNetwork } from '../network/network.ts';
import type { Snapshot } from '../network/snapshot.ts';
import type {
  NetworkSection,
  WorldProduct,
  WorldRequest,
  WorldStockRow,
} from '../network/world.ts';
import { explain, type Verdict } from '../promise/explain.ts';
import { type AnswerOption, toAnswer } from '../promise/quote-answer.ts';
import { toQuoteRequest } from '../promise/quote-request.ts';
import { compileFacts, type Facts, type LoadRow } from '../stock/stock.ts';
import type {
  DateTestRequest,
  DateTestView,
  NodeVerdict,
  TestedAbsence,
  TestedOption,
} from './view.ts';

/** All a quote of a shop needs, as it is now. */
export type TesterInputs = {
  readonly version: number;
  readonly network: NetworkSection;
  readonly products: readonly WorldProduct[];
  readonly stock: readonly WorldStockRow[];
  readonly loads: readonly LoadRow[];
};

/** How long a shop's surfaces allow between answer and order (docs/semantics.md, Time). */
export type TesterMargins = { readonly shipped: number; readonly storePickup: number };

export type DateTesterDependencies = {
  readonly loadInputs: (shopId: ShopId) => Promise<TesterInputs>;
  readonly readMargins: (shopId: ShopId) => Promise<TesterMargins>;
  readonly places: readonly PostalPlaces[];
};

/** Answers the date tester. */
export type DateTester = (
  shopId: ShopId,
  request: DateTestRequest,
) => Promise<Result<DateTestView>>;

// One compiled network is a few megabytes; a merchant tests one or two days at a time.
const SNAPSHOTS_KEPT = 6;

/** Builds the tester. */
export function createDateTester(dependencies: DateTesterDependencies): DateTester {
  const holidays = createHolidayBook();
  const snapshots = new LRUCache<string, Snapshot>({ max: SNAPSHOTS_KEPT });
  return async (shopId, request) => {
    const [inputs, margins] = await Promise.all([
      dependencies.loadInputs(shopId),
      dependencies.readMargins(shopId),
    ]);
    const day = Math.floor(instantToMinuteFloor(request.now) / MINUTES_PER_DAY);
    const key = `${shopId} ${inputs.version} ${inputs.products.length} ${day}`;
    const known = snapshots.get(key);
    const snapshot = known ?? compileFor(inputs, day, holidays);
    if (known === undefined) snapshots.set(key, snapshot);
    return answer({ inputs, margins, snapshot, request, dependencies });
  };
}

function compileFor(
  { network, version, products }: TesterInputs,
  day: number,
  holidays: ReturnType<typeof createHolidayBook>,
): Snapshot {
  const world = { ...network, policyVersion: version, products: [...products] };
  // The day itself, the week of looking ahead for order-by, and a day to spare.
  return compileNetwork(world, day * MINUTES_PER_DAY, { validDays: 9, holidays });
}

type Asked = {
  readonly inputs: TesterInputs;
  readonly margins: TesterMargins;
  readonly snapshot: Snapshot;
  readonly request: DateTestRequest;
  readonly dependencies: DateTesterDependencies;
};

function answer(asked: Asked): Result<DateTestView> {
  const { inputs, margins, snapshot, request, dependencies } = asked;
  const { policy } = inputs.network;
  const facts = compileFacts(snapshot, {
    stock: inputs.stock,
    loads: inputs.loads,
    waiting: policy.waiting,
    reservations: policy.reservations,
  });
  const point = geocode(dependencies.places, request.destination);
  const shipped = ask(asked, { facts, point, marginMinutes: margins.shipped });
  if (!shipped.ok) return shipped;
  const pickup = ask(asked, { facts, point, marginMinutes: margins.storePickup });
  if (!pickup.ok) return pickup;
  const isPickup = ({ method }: { readonly method: string }) => method === 'store_pickup';
  return {
    ok: true,
    value: {
      version: inputs.version,
      now: formatMinute(instantToMinuteFloor(request.now), policy.timeZone),
      timeZone: policy.timeZone,
      marginMinutes: margins,
      destination: destinationView(snapshot, request, point),
      currency: request.currency,
      costCurrency: policy.currency,
      options: [
        ...shipped.value.options.filter((option) => !isPickup(option)),
        ...pickup.value.options.filter(isPickup),
      ],
      absent: [
        ...shipped.value.absent.filter((absent) => !isPickup(absent)),
        ...pickup.value.absent.filter(isPickup),
      ],
    },
  };
}

type Part = Pick<DateTestView, 'options' | 'absent'>;

function ask(
  { snapshot, request }: Asked,
  how: {
    readonly facts: Facts;
    readonly point: GeocodedPoint | undefined;
    readonly marginMinutes: number;
  },
): Result<Part> {
  const { point, marginMinutes, facts } = how;
  const worldRequest: WorldRequest = {
    now: request.now,
    lines: request.lines.map((line) => ({ ...line })),
    destination: {
      ...request.destination,
      ...(point === undefined ? {} : { lat: point.lat, lng: point.lng }),
    },
    currency: request.currency,
    locale: 'en',
    channel: request.channel,
    customerTags: [...request.customerTags],
    marginMinutes,
  };
  const ready = toQuoteRequest(snapshot, worldRequest);
  if (!ready.ok) return ready;
  const { quote, verdicts } = explain(snapshot, facts, ready.value);
  const nodesOf = (serviceCode: string) =>
    (verdicts.get(serviceCode) ?? []).map((verdict) => verdictView(snapshot, verdict));
  const { options, absent } = toAnswer(snapshot, quote);
  return {
    ok: true,
    value: {
      options: options.map((option) => optionView(snapshot, option, nodesOf(option.serviceCode))),
      absent: absent.map(
        (entry): TestedAbsence => ({
          ...entry,
          ...nameOf(snapshot, entry.serviceCode),
          nodes: nodesOf(entry.serviceCode),
        }),
      ),
    },
  };
}

function destinationView(
  snapshot: Snapshot,
  request: DateTestRequest,
  point: GeocodedPoint | undefined,
): DateTestView['destination'] {
  const { zoneIndex } = resolveDestination(snapshot, request.destination);
  const zone = snapshot.zones[zoneIndex]?.source;
  return {
    zoneId: zone?.id ?? null,
    precision: point?.precision ?? 'zone',
    lat: point?.lat ?? zone?.lat ?? null,
    lng: point?.lng ?? zone?.lng ?? null,
  };
}

function optionView(
  snapshot: Snapshot,
  option: AnswerOption,
  nodes: readonly NodeVerdict[],
): TestedOption {
  const { greenest, parcels, ...rest } = option;
  return {
    ...rest,
    ...nameOf(snapshot, option.serviceCode),
    isGreenest: greenest,
    nodes,
    parcels: parcels.map((parcel) => {
      const node = snapshot.nodes[snapshot.nodeIndex.get(parcel.nodeId) ?? -1]?.source;
      return {
        ...parcel,
        nodeName: node?.name ?? parcel.nodeId,
        timeZone: node?.timeZone ?? snapshot.policy.timeZone,
      };
    }),
  };
}

function verdictView(snapshot: Snapshot, verdict: Verdict): NodeVerdict {
  const { nodeId, isChosen, code, readyMinute, departsMinute, promisedOn } = verdict;
  const node = snapshot.nodes[snapshot.nodeIndex.get(nodeId) ?? -1]?.source;
  const timeZone = node?.timeZone ?? snapshot.policy.timeZone;
  const { code: _, ...facts } = verdict.facts;
  return {
    nodeId,
    nodeName: node?.name ?? nodeId,
    isChosen,
    code,
    facts,
    ...(readyMinute === undefined ? {} : { readyAt: formatMinute(readyMinute, timeZone) }),
    ...(departsMinute === undefined ? {} : { departsAt: formatMinute(departsMinute, timeZone) }),
    ...(promisedOn === undefined ? {} : { promisedOn }),
  };
}

/** The shopper's words for a service code: its own name, its point's or its store's, and where that is. */
function nameOf(snapshot: Snapshot, serviceCode: string): { name: string; place?: string } {
  const [kind, ...rest] = serviceCode.split(':');
  if (kind === 'pp' && rest.length > 1) {
    const id = rest.slice(1).join(':');
    const point = snapshot.points.find((candidate) => candidate.id === id)?.source;
    if (point !== undefined) return { name: point.name, place: placeOf(point) };
  }
  if (kind === 'store' && rest.length > 0) {
    const index = snapshot.nodeIndex.get(rest.join(':')) ?? -1;
    const node = snapshot.nodes[index]?.source;
    if (node !== undefined) return { name: node.name ?? node.id, place: placeOf(node) };
  }
  const service = snapshot.services.find((candidate) => candidate.source.code === serviceCode);
  return { name: service?.source.name ?? serviceCode };
}

function placeOf(place: {
  readonly address1?: string | undefined;
  readonly city?: string | undefined;
}): string {
  return [place.address1, place.city].filter(Boolean).join(', ');
}
