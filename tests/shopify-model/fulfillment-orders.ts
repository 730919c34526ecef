/**
 * A model of Shopify's rules for fulfillment orders, for tests and the simulation: no network, no clock of its own.
 *
 * In: the steps Kept sends, and what people do in the admin. Out: what Shopify would show afterwards. Pessimistic where the
 * rules are unsure (fact sheet §10, §14): every partial move, merge and split gives new ids and closes the old; progress
 * forbids moving; whether a held one may be moved is a switch. It counts what must never happen: units that left twice,
 * a hold of the merchant released by the app.
 */
import {
  type Observed,
  type ObservedFulfillment,
  type ObservedPart,
  type PartUnits,
  sumByLine,
  type Tracking,
  type Units,
} from '../../backend/shopify/fulfillment/observed.ts';
import type { Step } from '../../backend/shopify/fulfillment/step.ts';

export type ModelSettings = {
  /** MOVE is among the actions of a held fulfillment order. */
  readonly movesHeld: boolean;
  /** The shop may report progress. */
  readonly takesProgress: boolean;
  /** A move to a location with an open fulfillment order joins it. */
  readonly joins: boolean;
};

export const PLAIN_MODEL: ModelSettings = { movesHeld: false, takesProgress: true, joins: true };

type ModelLine = {
  readonly id: string;
  readonly lineId: string;
  readonly itemId: string;
  remaining: number;
};
type ModelHold = { readonly id: string; readonly handle: string | null; readonly isOurs: boolean };
type ModelPart = {
  readonly id: string;
  status: 'OPEN' | 'IN_PROGRESS' | 'ON_HOLD' | 'SCHEDULED' | 'CLOSED';
  requestStatus: string;
  readonly method: string;
  locationId: string;
  fulfillBy: string | null;
  holds: ModelHold[];
  readonly lines: ModelLine[];
};
type ModelFulfillment = {
  readonly id: string;
  isCanceled: boolean;
  displayStatus: string;
  readonly locationId: string;
  tracking: Tracking | null;
  readonly createdAt: string;
  readonly lines: readonly Units[];
};

/** What came of a step: done, or Shopify's words. */
export type ModelAnswer = { readonly ok: true } | { readonly ok: false; readonly message: string };

const DONE: ModelAnswer = { ok: true };
const refuse = (message: string): ModelAnswer => ({ ok: false, message });

/** A first fulfillment order. */
export type FirstPart = {
  readonly locationId: string;
  readonly method?: string;
  readonly lines: readonly Units[];
};

type State = {
  nextId: number;
  readonly settings: ModelSettings;
  readonly parts: ModelPart[];
  readonly fulfillments: ModelFulfillment[];
  /** `<location> <item>` of what is not stocked. */
  readonly unstocked: Set<string>;
  readonly counts: { mutations: number; prepared: number; foreignHolds: number; refused: number };
};

export type FulfillmentModel = ReturnType<typeof createFulfillmentModel>;

const AT = '2026-11-23T09:00:00Z';

/** One order at Shopify. Ids begin at `firstId`, so that several orders share none. */
export function createFulfillmentModel(
  first: readonly FirstPart[],
  settings: ModelSettings = PLAIN_MODEL,
  firstId = 1,
) {
  const state: State = {
    ...{ nextId: firstId, settings, parts: [], fulfillments: [], unstocked: new Set() },
    counts: { mutations: 0, prepared: 0, foreignHolds: 0, refused: 0 },
  };
  for (const { locationId, method, lines } of first) {
    create(state, { locationId, method: method ?? 'SHIPPING' }, lines);
  }
  return {
    counts: state.counts,
    /** Does what Kept sends. */
    apply: (step: Step, at = AT): ModelAnswer => {
      state.counts.mutations += 1;
      const answer = carryOut(state, step, at);
      if (!answer.ok) state.counts.refused += 1;
      return answer;
    },
    /** What Shopify shows. */
    observe: (): Observed => ({
      parts: state.parts.map((part) => toObserved(part, settings)),
      fulfillments: state.fulfillments.map((one): ObservedFulfillment => ({ ...one })),
    }),
    isStocked: (locationId: string, itemId: string) =>
      !state.unstocked.has(`${locationId} ${itemId}`),
    byHand: byHand(state),
  };
}

// What people do in Shopify's admin, and what happens there.
function byHand(state: State) {
  const { parts, fulfillments } = state;
  return {
    unstock: (locationId: string, itemId: string) => {
      state.unstocked.add(`${locationId} ${itemId}`);
    },
    hold: (partId: string) => {
      const part = find(state, partId);
      if (part === undefined || part.status === 'CLOSED') return;
      part.holds = [...part.holds, { id: newId(state), handle: null, isOurs: false }];
      part.status = 'ON_HOLD';
    },
    release: (partId: string) => {
      const part = find(state, partId);
      if (part?.status !== 'ON_HOLD') return;
      part.holds = part.holds.filter(({ isOurs }) => isOurs);
      if (part.holds.length === 0) part.status = 'OPEN';
    },
    move: (partId: string, locationId: string, lines?: readonly PartUnits[]) =>
      move(state, { kind: 'move', partId, locationId, ...(lines === undefined ? {} : { lines }) }),
    fulfill: (partId: string, number: string | null, at = AT) => {
      const part = find(state, partId);
      if (part === undefined) return refuse('There is none.');
      const lines = part.lines.map(({ id, remaining }) => ({ id, quantity: remaining }));
      const tracking = number === null ? null : { company: null, number, url: null };
      const about = { shipmentId: '', units: [], locationId: part.locationId, tracking };
      return fulfill(state, { kind: 'fulfill', parts: [{ partId, lines }], ...about }, at);
    },
    cancelFulfillment: (id: string) => {
      const fulfillment = fulfillments.find((one) => one.id === id && !one.isCanceled);
      if (fulfillment === undefined) return;
      fulfillment.isCanceled = true;
      const { locationId, lines } = fulfillment;
      create(state, { method: 'SHIPPING', locationId }, lines);
    },
    /** The shopper or an agent takes units off the order; says how many there were. */
    cancelUnits: (lineId: string, quantity: number) => {
      let left = quantity;
      for (const line of parts.flatMap(({ lines }) => lines)) {
        if (line.lineId !== lineId) continue;
        const taken = Math.min(left, line.remaining);
        line.remaining -= taken;
        left -= taken;
      }
      for (const part of parts) {
        if (part.lines.every(({ remaining }) => remaining === 0)) part.status = 'CLOSED';
      }
      return quantity - left;
    },
    submit: (partId: string) => {
      const part = find(state, partId);
      if (part !== undefined) part.requestStatus = 'SUBMITTED';
    },
  };
}

function newId(state: State): string {
  return String(state.nextId++);
}

function find({ parts }: State, id: string): ModelPart | undefined {
  return parts.find((part) => part.id === id);
}

function create(
  state: State,
  like: Pick<ModelPart, 'method' | 'locationId'>,
  units: readonly Units[],
): ModelPart {
  const part: ModelPart = {
    id: newId(state),
    status: 'OPEN',
    requestStatus: 'UNSUBMITTED',
    method: like.method,
    locationId: like.locationId,
    fulfillBy: null,
    holds: [],
    lines: sumByLine(units).map(({ lineId, quantity }) => ({
      id: newId(state),
      lineId,
      itemId: `9${lineId}`,
      remaining: quantity,
    })),
  };
  state.parts.push(part);
  return part;
}

function close(part: ModelPart): void {
  part.status = 'CLOSED';
  part.holds = [];
  for (const line of part.lines) line.remaining = 0;
}

// Takes units out into one of its own; what stays gets a new id too.
function cutOut(
  state: State,
  part: ModelPart,
  { units, locationId }: { readonly units: readonly PartUnits[]; readonly locationId: string },
): ModelPart {
  const takenOf = (line: ModelLine) => units.find(({ id }) => id === line.id)?.quantity ?? 0;
  const taken = part.lines.map((line) => ({ lineId: line.lineId, quantity: takenOf(line) }));
  const rest = part.lines.map((line) => ({
    lineId: line.lineId,
    quantity: line.remaining - takenOf(line),
  }));
  const { fulfillBy } = part;
  close(part);
  if (rest.some(({ quantity }) => quantity > 0)) create(state, part, rest).fulfillBy = fulfillBy;
  return create(state, { method: part.method, locationId }, taken);
}

function lacksUnits(part: ModelPart, units: readonly PartUnits[]): boolean {
  return units.some(({ id, quantity }) => {
    const line = part.lines.find((one) => one.id === id);
    return line === undefined || quantity <= 0 || quantity > line.remaining;
  });
}

function move(state: State, step: Extract<Step, { kind: 'move' }>): ModelAnswer {
  const { partId, locationId, lines } = step;
  const part = find(state, partId);
  if (part === undefined) return refuse('Fulfillment order does not exist.');
  if (!actionsOf(part, state.settings).includes('MOVE')) return refuse('It cannot be moved.');
  if (part.requestStatus !== 'UNSUBMITTED') return refuse('It was submitted.');
  const units = lines ?? part.lines.map(({ id, remaining }) => ({ id, quantity: remaining }));
  if (lines !== undefined && lacksUnits(part, lines)) return refuse('Invalid line items.');
  const goes = part.lines.filter(({ id, remaining }) =>
    units.some((one) => one.id === id && remaining > 0),
  );
  if (goes.some(({ itemId }) => state.unstocked.has(`${locationId} ${itemId}`))) {
    return refuse('The location does not stock the item.');
  }
  const host = state.settings.joins ? hostOf(state, part, locationId) : undefined;
  if (lines === undefined && host === undefined) {
    part.locationId = locationId;
    return DONE;
  }
  const arrived = cutOut(state, part, { units, locationId });
  if (host === undefined) return DONE;
  const all = [...host.lines, ...arrived.lines].map(({ lineId, remaining }) => ({
    lineId,
    quantity: remaining,
  }));
  create(state, host, all);
  close(host);
  close(arrived);
  return DONE;
}

function hostOf({ parts }: State, part: ModelPart, locationId: string): ModelPart | undefined {
  return parts.find(
    (one) =>
      one !== part &&
      one.status === 'OPEN' &&
      one.locationId === locationId &&
      one.method === part.method,
  );
}

function hold(state: State, step: Extract<Step, { kind: 'hold' }>): ModelAnswer {
  const { partId, workId, lines } = step;
  const part = find(state, partId);
  if (part === undefined || !actionsOf(part, state.settings).includes('HOLD')) {
    return refuse('It cannot be held.');
  }
  if (lines !== undefined && lacksUnits(part, lines)) return refuse('Invalid line items.');
  const held =
    lines === undefined ? part : cutOut(state, part, { units: lines, locationId: part.locationId });
  held.holds = [...held.holds, { id: newId(state), handle: workId, isOurs: true }];
  held.status = 'ON_HOLD';
  return DONE;
}

function release(state: State, step: Extract<Step, { kind: 'release' }>): ModelAnswer {
  const part = find(state, step.partId);
  if (part?.status !== 'ON_HOLD') return refuse('It is not on hold.');
  const isNamed = ({ id }: ModelHold) => step.holdIds.length === 0 || step.holdIds.includes(id);
  const gone = part.holds.filter(isNamed);
  state.counts.foreignHolds += gone.filter(({ isOurs }) => !isOurs).length;
  part.holds = part.holds.filter((one) => !gone.includes(one));
  if (part.holds.length === 0) part.status = 'OPEN';
  return DONE;
}

function fulfill(state: State, step: Extract<Step, { kind: 'fulfill' }>, at: string): ModelAnswer {
  const { tracking } = step;
  // All of one location, as Shopify demands; which one, its fulfillment orders say.
  const locationId = find(state, step.parts[0]?.partId ?? '')?.locationId ?? '';
  const found = step.parts.flatMap(({ partId, lines }) => {
    const part = find(state, partId);
    const isOpen = part?.status === 'OPEN' || part?.status === 'IN_PROGRESS';
    if (part === undefined || !isOpen || part.locationId !== locationId) return [];
    return lacksUnits(part, lines) ? [] : [{ part, lines }];
  });
  if (found.length < step.parts.length) return refuse('It cannot be fulfilled.');
  const units: Units[] = [];
  for (const { part, lines } of found) {
    for (const line of part.lines) {
      const quantity = lines.find(({ id }) => id === line.id)?.quantity ?? 0;
      line.remaining -= quantity;
      units.push({ lineId: line.lineId, quantity });
    }
    part.status = part.lines.every(({ remaining }) => remaining === 0) ? 'CLOSED' : 'IN_PROGRESS';
  }
  state.fulfillments.push({
    ...{ id: newId(state), isCanceled: false, displayStatus: 'FULFILLED', createdAt: at },
    ...{ locationId, tracking, lines: sumByLine(units) },
  });
  return DONE;
}

function setStatus(
  state: State,
  partId: string,
  { from, to }: { readonly from: ModelPart['status']; readonly to: ModelPart['status'] },
): ModelAnswer {
  const part = find(state, partId);
  if (part?.status !== from) return refuse(`It is ${part?.status ?? 'gone'}.`);
  part.status = to;
  return DONE;
}

function split(state: State, step: Extract<Step, { kind: 'split' }>): ModelAnswer {
  const part = find(state, step.partId);
  if (part?.status !== 'OPEN' || lacksUnits(part, step.lines)) return refuse('No split.');
  cutOut(state, part, { units: step.lines, locationId: part.locationId });
  return DONE;
}

function setDeadline(state: State, step: Extract<Step, { kind: 'deadline' }>): ModelAnswer {
  const parts = step.partIds.map((id) => find(state, id));
  if (parts.some((part) => part === undefined || part.status === 'CLOSED')) {
    return refuse('It is closed.');
  }
  for (const part of parts) if (part !== undefined) part.fulfillBy = step.deadline;
  return DONE;
}

function tell(state: State, step: Extract<Step, { kind: 'tracking' | 'event' }>): ModelAnswer {
  const fulfillment = state.fulfillments.find(({ id }) => id === step.fulfillmentId);
  if (fulfillment === undefined) return refuse('There is no such fulfillment.');
  if (step.kind === 'event') fulfillment.displayStatus = step.status;
  else fulfillment.tracking = step.tracking;
  return DONE;
}

function carryOut(state: State, step: Step, at: string): ModelAnswer {
  switch (step.kind) {
    case 'move':
      return move(state, step);
    case 'hold':
      return hold(state, step);
    case 'release':
      return release(state, step);
    case 'fulfill':
      return fulfill(state, step, at);
    case 'open':
      return setStatus(state, step.partId, { from: 'IN_PROGRESS', to: 'OPEN' });
    case 'progress':
      if (!state.settings.takesProgress) return refuse('The shop is not eligible.');
      return setStatus(state, step.partId, { from: 'OPEN', to: 'IN_PROGRESS' });
    case 'split':
      return split(state, step);
    case 'deadline':
      return setDeadline(state, step);
    case 'prepared':
      state.counts.prepared += 1;
      return find(state, step.partId)?.method === 'PICK_UP' ? DONE : refuse('It is no pickup.');
    case 'activate':
      state.unstocked.delete(`${step.locationId} ${step.itemId}`);
      return DONE;
    case 'tracking':
    case 'event':
      return tell(state, step);
  }
}

function actionsOf(part: ModelPart, settings: ModelSettings): readonly string[] {
  switch (part.status) {
    case 'OPEN':
      return part.method === 'SHIPPING'
        ? ['CREATE_FULFILLMENT', 'MOVE', 'SPLIT', 'HOLD', 'REPORT_PROGRESS']
        : ['CREATE_FULFILLMENT', 'HOLD'];
    case 'IN_PROGRESS':
      return ['CREATE_FULFILLMENT', 'MARK_AS_OPEN'];
    case 'ON_HOLD':
      return settings.movesHeld ? ['RELEASE_HOLD', 'MOVE'] : ['RELEASE_HOLD'];
    case 'SCHEDULED':
      return ['MARK_AS_OPEN'];
    case 'CLOSED':
      return [];
  }
}

function toObserved(part: ModelPart, settings: ModelSettings): ObservedPart {
  return {
    ...{ id: part.id, status: part.status, requestStatus: part.requestStatus },
    ...{ method: part.method, locationId: part.locationId, fulfillBy: part.fulfillBy },
    actions: actionsOf(part, settings),
    holds: part.holds.map((hold) => ({ ...hold })),
    lines: part.lines.map((line) => ({ ...line })),
  };
}
