/**
 * A quote as the JSON that `kept quote` prints (docs/cli.md): instants as ISO 8601 with offset.
 */
import { formatMinute } from '../base/time.ts';
import type { Snapshot } from '../network/snapshot.ts';
import type { Absent, Fact, Quote, QuotedOption, QuotedParcel } from './quote.ts';

export type AnswerParcel = {
  readonly nodeId: string;
  readonly serviceCode: string;
  readonly lines: QuotedParcel['lines'];
  readonly readyAt: string;
  readonly departsAt: string;
  readonly deliveryOn: string;
  readonly costMinor: number;
  readonly co2Grams: number;
  readonly distanceMeters: number;
};

export type AnswerOption = {
  readonly method: QuotedOption['method'];
  readonly serviceCode: string;
  readonly window: { readonly from: string; readonly to: string };
  readonly timeZone: string;
  readonly promisedOn: string;
  readonly orderBy: string;
  readonly parcels: readonly AnswerParcel[];
  readonly priceMinor: number;
  readonly costMinor: number;
  readonly co2Grams: number;
  readonly greenest: boolean;
  readonly confidence: number | null;
  readonly quality: QuotedOption['quality'];
  readonly withinTwoHours: boolean;
  readonly reasons: readonly Fact[];
};

export type Answer = {
  /** `now` + margin, in the shop's zone. */
  readonly evaluatedAt: string;
  readonly options: readonly AnswerOption[];
  readonly absent: readonly Absent[];
};

/** The quote in words a program outside can read. */
export function toAnswer(snapshot: Snapshot, quote: Quote): Answer {
  return {
    evaluatedAt: formatMinute(quote.atMinute, snapshot.policy.timeZone),
    options: quote.options.map((option) => toAnswerOption(snapshot, option)),
    absent: quote.absent,
  };
}

function toAnswerOption(snapshot: Snapshot, option: QuotedOption): AnswerOption {
  const { timeZone } = option;
  return {
    method: option.method,
    serviceCode: option.serviceCode,
    window: {
      from: formatMinute(option.window.fromMinute, timeZone),
      to: formatMinute(option.window.toMinute, timeZone),
    },
    timeZone,
    promisedOn: option.promisedOn,
    orderBy: formatMinute(option.orderByMinute, timeZone),
    parcels: option.parcels.map((parcel) => toAnswerParcel(snapshot, parcel)),
    priceMinor: option.priceMinor,
    costMinor: option.costMinor,
    co2Grams: option.co2Grams,
    greenest: option.isGreenest,
    confidence: option.confidence,
    quality: option.quality,
    withinTwoHours: option.withinTwoHours,
    reasons: option.reasons,
  };
}

function toAnswerParcel(snapshot: Snapshot, parcel: QuotedParcel): AnswerParcel {
  const timeZone = snapshot.nodes[parcel.node]?.calendar.zone.name ?? snapshot.policy.timeZone;
  return {
    nodeId: parcel.nodeId,
    serviceCode: parcel.serviceCode,
    lines: parcel.lines,
    readyAt: formatMinute(parcel.readyMinute, timeZone),
    departsAt: formatMinute(parcel.departsMinute, timeZone),
    deliveryOn: parcel.deliveryOn,
    costMinor: parcel.costMinor,
    co2Grams: parcel.co2Grams,
    distanceMeters: parcel.distanceMeters,
  };
}
