/**
 * What does a store's desk show of a work, what may it do with it, and when does it refuse?
 *
 * Pure: the words and the guards. A store sees and touches only its own works, and only those that are its to do: one that
 * several stores are still asked for is nobody's. Every act names the version of the work it was decided on.
 */
import type { Result } from '../../base/result.ts';
import {
  type ChangeRefusal,
  checkChange,
  type WorkKind,
  type WorkState,
} from '../works/lifecycle.ts';
import type { Work, WorkLine } from '../works/store.ts';

/** Why units cannot be picked, and what that means for the store's stock. `other`: they are there, and stay sellable. */
export const SHORT_REASONS = ['not_found', 'damaged', 'other'] as const;
export type ShortReason = (typeof SHORT_REASONS)[number];

/** One line on a pick list. */
export type DeskLine = WorkLine & { readonly title: string };

/** A parcel that stands packed. */
export type DeskParcel = {
  readonly parcelId: string;
  readonly carrier: string | null;
  readonly trackingNumber: string | null;
  readonly weightGrams: number | null;
};

/** Where a parcel goes, as its slip says. */
export type SlipAddress = {
  readonly name?: string | null;
  readonly address1?: string | null;
  readonly address2?: string | null;
  readonly city?: string | null;
  readonly province?: string | null;
  readonly zip?: string | null;
  readonly country?: string | null;
};

/** A work as a desk shows it; instants are ISO text. */
export type DeskWork = {
  readonly workId: string;
  readonly orderId: string;
  /** What people call the order. */
  readonly orderName: string;
  readonly kind: WorkKind;
  readonly state: WorkState;
  /** Why nobody may work on it now; null: go on. */
  readonly holdReason: string | null;
  readonly version: number;
  readonly serviceCode: string | null;
  readonly promisedOn: string | null;
  readonly startBy: string | null;
  readonly plannedDeparture: string | null;
  /** Who collects, or whom it goes to; null when it is withheld. */
  readonly customerName: string | null;
  /** Of parcels alone. */
  readonly address: SlipAddress | null;
  readonly lines: readonly DeskLine[];
  readonly parcel: DeskParcel | null;
  /** Its pickup code was guessed too often: a manager must unlock it. */
  readonly isCodeLocked: boolean;
};

/** What stands on a desk, the most urgent first. */
export type DeskList = {
  readonly works: readonly DeskWork[];
  readonly counts: Readonly<Record<'placed' | 'picking' | 'packed' | 'ready', number>>;
};

/** Why a desk does not do what it was asked. */
export type DeskRefusal =
  | { readonly code: 'not_your_work'; readonly workId: string }
  | { readonly code: 'work_changed'; readonly workId: string; readonly version: number }
  | { readonly code: 'still_offered'; readonly workId: string }
  | { readonly code: 'work_on_hold'; readonly workId: string; readonly reason: string }
  | ChangeRefusal
  | { readonly code: 'line_unknown'; readonly lineId: string }
  | {
      readonly code: 'units_beyond';
      readonly lineId: string;
      readonly wanted: number;
      readonly most: number;
    }
  | {
      readonly code: 'not_all_picked';
      readonly lines: readonly {
        readonly lineId: string;
        readonly sku: string;
        readonly missing: number;
      }[];
    }
  | { readonly code: 'tracking_number_known'; readonly trackingNumber: string }
  | { readonly code: 'return_refused'; readonly why: string }
  | { readonly code: 'pickup_code_wrong'; readonly triesLeft: number }
  | { readonly code: 'pickup_code_locked'; readonly wrongTries: number }
  | { readonly code: 'not_a_manager'; readonly name: string };

/** What an act is decided on. */
export type Asked = { readonly workId: string; readonly version: number };

/** May this desk act on the work at all? `work` is as it is under its lock, `holdReason` the order's. */
export function checkMine(
  work: Work | undefined,
  asked: Asked & { readonly nodeId: string; readonly holdReason: string | null },
): Result<Work, DeskRefusal> {
  const { workId, version } = asked;
  // A foreign work and one that does not exist look the same: nothing is told about either.
  if (work === undefined || work.nodeId !== asked.nodeId)
    return refuse({ code: 'not_your_work', workId });
  if (work.negotiation === 'offered') return refuse({ code: 'still_offered', workId });
  if (work.version !== version)
    return refuse({ code: 'work_changed', workId, version: work.version });
  const reason = work.holdReason ?? asked.holdReason;
  if (reason !== null) return refuse({ code: 'work_on_hold', workId, reason });
  return { ok: true, value: work };
}

/** May it go there, with everything picked where that is needed? */
export function checkStep(work: Work, to: WorkState): Result<undefined, DeskRefusal> {
  const change = checkChange(work.state, to, work.kind);
  if (!change.ok) return change;
  if (to === 'picking' || to === 'placed') return { ok: true, value: undefined };
  const lines = work.lines
    .filter(({ picked, quantity }) => picked < quantity)
    .map(({ lineId, sku, quantity, picked }) => ({ lineId, sku, missing: quantity - picked }));
  return lines.length === 0
    ? { ok: true, value: undefined }
    : refuse({ code: 'not_all_picked', lines });
}

/** A refusal when the work is not in this state. */
export function checkIn(work: Work, state: WorkState): Result<undefined, DeskRefusal> {
  if (work.state === state) return { ok: true, value: undefined };
  return refuse({ code: 'work_state_forbids', state: work.state, wanted: state, allowed: [state] });
}

/** Units of lines: so many of each are in the basket now. */
export function checkPicked(
  lines: readonly WorkLine[],
  asked: readonly { readonly lineId: string; readonly picked: number }[],
): Result<undefined, DeskRefusal> {
  for (const { lineId, picked } of asked) {
    const line = lines.find((one) => one.lineId === lineId);
    if (line === undefined) return refuse({ code: 'line_unknown', lineId });
    if (picked > line.quantity) {
      return refuse({ code: 'units_beyond', lineId, wanted: picked, most: line.quantity });
    }
  }
  return { ok: true, value: undefined };
}

/** Units that are not to be had: at most what is not in the basket yet. */
export function checkShort(
  lines: readonly WorkLine[],
  asked: readonly { readonly lineId: string; readonly missing: number }[],
): Result<undefined, DeskRefusal> {
  const wanted = new Map<string, number>();
  for (const { lineId, missing } of asked) wanted.set(lineId, (wanted.get(lineId) ?? 0) + missing);
  for (const [lineId, missing] of wanted) {
    const line = lines.find((one) => one.lineId === lineId);
    if (line === undefined) return refuse({ code: 'line_unknown', lineId });
    const most = line.quantity - line.picked;
    if (missing > most) return refuse({ code: 'units_beyond', lineId, wanted: missing, most });
  }
  return { ok: true, value: undefined };
}

function refuse(refusal: DeskRefusal): { readonly ok: false; readonly refusal: DeskRefusal } {
  return { ok: false, refusal };
}
