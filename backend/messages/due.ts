/**
 * Which messages should a shopper get now, after all that was sent before?
 *
 * In: an order, its promise as it stands, its pickups and the messages there are. Out: what is due, in the order in which it
 * is to be told. State decides, not events: whoever asks twice gets the same answer.
 * Invariants: no message without a promise that was shown, none about an order that is not open, none of old news; a
 * message states the stored promise and nothing else.
 */

export const MESSAGE_KINDS = ['confirmed', 'ready', 'moved'] as const;
export type MessageKind = (typeof MESSAGE_KINDS)[number];

/** A promise as it stands, or as it was first shown. Instants ISO. */
export type StatedPromise = {
  readonly method: 'home' | 'pickup_point' | 'store_pickup';
  readonly promisedOn: string;
  readonly window: { readonly from: string; readonly to: string };
  readonly timeZone: string;
};

/** A message there is. */
export type KnownMessage = {
  readonly kind: string;
  readonly subjectKey: string;
  readonly state: 'sending' | 'sent' | 'retry' | 'failed' | 'unclear' | 'withheld';
  readonly attempts: number;
  /** Minute it was last claimed. */
  readonly claimedMinute: number;
};

/** An order as far as messages go. */
export type TellableOrder = {
  readonly isOpen: boolean;
  readonly placedMinute: number;
  /** undefined: none that was shown. */
  readonly promise: StatedPromise | undefined;
  /** What was shown first, when another date holds now. */
  readonly before: StatedPromise | undefined;
  readonly movedMinute: number | undefined;
  readonly readyWorks: readonly { readonly workId: string; readonly readyMinute: number }[];
  readonly messages: readonly KnownMessage[];
};

export type DueMessage = { readonly kind: MessageKind; readonly subjectKey: string };

/** News is told within a day or not at all: messages that were off for a week do not all go out when they are on. */
export const NEWS_MINUTES = 24 * 60;
/** Tries of a message that servers put off: with doubling waits they cover four hours. */
export const MOST_ATTEMPTS = 8;

/** What a message about this promise states, as text that sorts by time: a date, or an instant to be collected from. */
export function stated({ method, promisedOn, window }: StatedPromise): string {
  return method === 'home' ? promisedOn : Temporal.Instant.from(window.from).toString();
}

type At = {
  readonly nowMinute: number;
  readonly settings: { readonly [kind in MessageKind]: boolean };
};

/** The messages that are due. */
export function dueMessages(order: TellableOrder, at: At): readonly DueMessage[] {
  return wanted(order, at).filter((one) => mayTry(order, one, at.nowMinute));
}

/** Messages that servers put off and that nobody wants any more: the date moved, the order is over, or it is no news. */
export function outdatedMessages(
  order: TellableOrder,
  at: At,
): readonly Pick<KnownMessage, 'kind' | 'subjectKey'>[] {
  const open = new Set(wanted(order, at).map(({ kind, subjectKey }) => `${kind} ${subjectKey}`));
  return order.messages.flatMap(({ kind, subjectKey, state }) =>
    state === 'retry' && !open.has(`${kind} ${subjectKey}`) ? [{ kind, subjectKey }] : [],
  );
}

function wanted(order: TellableOrder, at: At): readonly DueMessage[] {
  if (!order.isOpen) return [];
  const isNews = (minute: number) => at.nowMinute - minute < NEWS_MINUTES;
  return [
    ...(isNews(order.placedMinute) ? confirmed(order) : []),
    ...order.readyWorks
      .filter((work) => isNews(work.readyMinute))
      .map(({ workId }): DueMessage => ({ kind: 'ready', subjectKey: workId })),
    ...(order.movedMinute !== undefined && isNews(order.movedMinute) ? moved(order) : []),
  ].filter(({ kind }) => at.settings[kind]);
}

function confirmed({ promise, messages }: TellableOrder): readonly DueMessage[] {
  if (promise === undefined) return [];
  // One confirmation an order; another date is a moved one.
  const known = messages.find((one) => one.kind === 'confirmed');
  if (known !== undefined && known.subjectKey !== stated(promise)) return [];
  return [{ kind: 'confirmed', subjectKey: stated(promise) }];
}

function moved({ promise, before, messages }: TellableOrder): readonly DueMessage[] {
  if (promise === undefined || before === undefined) return [];
  const subjectKey = stated(promise);
  const told = messages
    .filter((one) => one.kind !== 'ready' && one.state !== 'failed' && one.state !== 'retry')
    .filter((one) => one.kind !== 'moved' || one.subjectKey !== subjectKey)
    .map((one) => one.subjectKey)
    .toSorted();
  // Only what is later than the shopper knows is news to be sorry for.
  return subjectKey > (told.at(-1) ?? stated(before)) ? [{ kind: 'moved', subjectKey }] : [];
}

function mayTry({ messages }: TellableOrder, due: DueMessage, nowMinute: number): boolean {
  const known = messages.find((one) => one.kind === due.kind && one.subjectKey === due.subjectKey);
  if (known === undefined) return true;
  if (known.state !== 'retry') return false;
  return nowMinute >= known.claimedMinute + 2 ** (known.attempts - 1);
}
