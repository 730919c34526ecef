/**
 * The world of the hand-computed cases: one warehouse in Milan, one carrier, one service to Italy.
 *
 * Monday to Friday 08:00–18:00, cut-off 16:00, an hour of lead time, pickup at 17:00, one carrier day of transit.
 * Each case changes one or two facts. 2026-11-30 is a Monday; Rome is at +01:00 then.
 */
import {
  requestSchema,
  type WorldInput,
  type WorldRequestInput,
  worldSchema,
} from '../../backend/network/world.ts';
import type { Answer, AnswerOption } from './answer.ts';
import { quote } from './oracle.ts';

export type NodeInput = WorldInput['nodes'][number];
export type ServiceInput = WorldInput['services'][number];
export type LaneInput = WorldInput['lanes'][number];

/** The same on Monday to Friday. */
export function onWorkdays<T>(value: T): { mon: T; tue: T; wed: T; thu: T; fri: T } {
  return { mon: value, tue: value, wed: value, thu: value, fri: value };
}

/** The same on all seven days. */
export function everyDay<T>(value: T) {
  return { ...onWorkdays(value), sat: value, sun: value };
}

export function milan(change: Partial<NodeInput> = {}): NodeInput {
  return {
    id: 'milan',
    kind: 'warehouse',
    country: 'IT',
    timeZone: 'Europe/Rome',
    lat: 45,
    lng: 9,
    hours: { weekly: onWorkdays<[string, string][]>([['08:00', '18:00']]) },
    cutOffs: onWorkdays('16:00'),
    leadTimeMinutes: 60,
    carrierPickups: [{ serviceCode: 'std', weekly: onWorkdays(['17:00']) }],
    ...change,
  };
}

export function standard(change: Partial<ServiceInput> = {}): ServiceInput {
  return {
    code: 'std',
    carrierId: 'post',
    method: 'home',
    prices: [{ currency: 'EUR', tiers: [{ fromGrams: 0, toGrams: null, priceMinor: 500 }] }],
    ...change,
  };
}

export function lane(change: Partial<LaneInput> = {}): LaneInput {
  return {
    nodeIds: ['milan'],
    zoneIds: ['it'],
    serviceCode: 'std',
    transitDays: 3,
    observations: [0, 40],
    ...change,
  };
}

/** The whole world with some of its parts replaced. */
export function world(change: Partial<WorldInput> = {}): WorldInput {
  return {
    policy: { timeZone: 'Europe/Rome', currency: 'EUR' },
    policyVersion: 1,
    nodes: [milan()],
    carriers: [{ id: 'post' }],
    services: [standard()],
    lanes: [lane()],
    zones: [
      {
        id: 'it',
        country: 'IT',
        timeZone: 'Europe/Rome',
        postalPrefixes: ['2'],
        lat: 46,
        lng: 9,
      },
    ],
    pickupPoints: [],
    products: [{ sku: 'A', weightGrams: 1_000 }],
    stock: [{ sku: 'A', nodeId: 'milan', onHand: 5 }],
    ...change,
  };
}

/** One unit of A to Milan, changed as told. */
export function answer(
  input: WorldInput,
  now: string,
  change: Partial<WorldRequestInput> = {},
): Answer {
  const request = requestSchema.parse({
    now,
    lines: [{ sku: 'A', quantity: 1 }],
    destination: { country: 'IT', postalCode: '20121' },
    currency: 'EUR',
    ...change,
  });
  return quote(worldSchema.parse(input), request);
}

/** The only option of an answer, in the few words the cases speak of. */
export function only(found: Answer) {
  const [option, ...others] = found.options;
  if (option === undefined || others.length > 0) {
    throw new Error(`expected one option: ${JSON.stringify(found)}`);
  }
  return brief(option);
}

/** `11-30 17:00` of an instant on its own clock. */
export function clock(iso: string): string {
  return `${iso.slice(5, 10)} ${iso.slice(11, 16)}`;
}

export function brief(option: AnswerOption) {
  return {
    ready: option.parcels.map(({ readyAt }) => clock(readyAt)).join(', '),
    departs: option.parcels.map(({ departsAt }) => clock(departsAt)).join(', '),
    from: clock(option.window.from),
    to: clock(option.window.to),
    promised: option.promisedOn.slice(5),
    orderBy: clock(option.orderBy),
    nodes: option.parcels.map(({ nodeId }) => nodeId).join(' '),
  };
}
