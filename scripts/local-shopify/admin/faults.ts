/**
 * Faults on demand: what can go wrong between an app and the Admin API, for a named operation, so many times or at
 * such a rate. The list is data, as the settings are: the control bar draws it with the counts, tests walk it.
 *
 * A rate is spread evenly (0.01 is every hundredth call), never drawn: the same calls meet the same faults.
 */
type FaultList = Readonly<Record<string, { title: string; text: string }>>;

export const FAULTS = {
  throttled: {
    title: 'Throttled',
    text: 'Answered THROTTLED (status 200) with an empty bucket; nothing was done.',
  },
  server_error: {
    title: 'Server error as HTML',
    text: 'Answered 502 with an HTML page; nothing was done.',
  },
  hang: {
    title: 'Hangs',
    text: 'Never answered; nothing is done, and its idempotency key stays in progress until the caller gives up.',
  },
  slow: {
    title: 'Slow',
    text: 'Done and answered after delayMs; until then its idempotency key is in progress.',
  },
  reply_lost: {
    title: 'Reply lost after the effect',
    text: 'Done, then the connection is cut before the answer.',
  },
  bad_row: {
    title: 'One bad row',
    text: 'One row of an inventory write (at most 250) is refused with code; which one moves from call to call.',
  },
  bulk_failed: {
    title: 'Bulk operation fails',
    text: 'A bulk query that starts now ends FAILED, with part of its data.',
  },
} as const satisfies FaultList;

export type FaultKind = keyof typeof FAULTS;
export const FAULT_KINDS = Object.keys(FAULTS) as readonly FaultKind[];

/** How far apart a fault's calls may lie at the thinnest rate. */
const RATE_MIN = 0.000_001;
const DELAY_MAX_MS = 600_000;
const FAULTS_MAX = 50;

export type Fault = {
  id: number;
  kind: FaultKind;
  /** Name of an operation or of a root field; `*`: any. */
  operation: string;
  /** Share of the matching calls it befalls. */
  rate: number;
  /** How often it still may; null: without end. */
  left: number | null;
  delayMs: number;
  code: string;
  /** Matching calls so far, and those it befell. */
  seen: number;
  fired: number;
};
export type FaultAsk = {
  kind: FaultKind;
  operation?: string | undefined;
  rate?: number | undefined;
  count?: number | undefined;
  delayMs?: number | undefined;
  code?: string | undefined;
};

export type Faults = {
  /** Throws with the allowed range when a number is outside it. */
  add(ask: FaultAsk): Fault;
  remove(id: number): void;
  clear(): void;
  list(): readonly Fault[];
  /** The fault of this kind that befalls a call with these names, counted; undefined: none. */
  take(kind: FaultKind, names: readonly string[]): Fault | undefined;
};

export function createFaults(): Faults {
  let faults: Fault[] = [];
  let nextId = 1;
  return {
    add(ask) {
      const { rate = 1, count, delayMs = 2_000 } = ask;
      if (!(rate >= RATE_MIN && rate <= 1))
        throw new Error(`rate cannot be ${rate}; it is above 0 and at most 1.`);
      if (count !== undefined && !(count >= 1))
        throw new Error(`count cannot be ${count}; it is 1 or more.`);
      if (!(delayMs >= 0 && delayMs <= DELAY_MAX_MS)) {
        throw new Error(`delayMs cannot be ${delayMs}; it is between 0 and ${DELAY_MAX_MS}.`);
      }
      if (faults.length >= FAULTS_MAX)
        throw new Error(`${FAULTS_MAX} faults at most; clear some first.`);
      const { kind, operation = '*', code = 'INVALID_INVENTORY_ITEM' } = ask;
      const left = count ?? null;
      const fault: Fault = {
        id: nextId,
        kind,
        operation,
        rate,
        left,
        delayMs,
        code,
        seen: 0,
        fired: 0,
      };
      nextId += 1;
      faults.push(fault);
      return fault;
    },
    remove(id) {
      faults = faults.filter((one) => one.id !== id);
    },
    clear() {
      faults = [];
    },
    list: () => faults,
    take(kind, names) {
      return faults
        .filter((one) => one.kind === kind && one.left !== 0)
        .filter(({ operation }) => operation === '*' || names.includes(operation))
        .find(befalls);
    },
  };
}

/** Counts one matching call and says whether the fault befalls it. */
function befalls(fault: Fault): boolean {
  const before = Math.floor(fault.seen * fault.rate);
  fault.seen += 1;
  if (Math.floor(fault.seen * fault.rate) === before) return false;
  fault.fired += 1;
  if (fault.left !== null) fault.left -= 1;
  return true;
}
