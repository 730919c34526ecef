/**
 * What the desk knows now, and how it comes to know it.
 *
 * One place for what is shown: who stands here, offers, works, what was said last. It is brought up to date by events, by
 * the answer of each act, and by asking again every few seconds while events do not come.
 */
import { signal } from '@preact/signals';
import type { DeskList, DeskWork } from '../../orders/desk/desk.ts';
import type { PutBack } from '../../orders/pickups/pickups.ts';
import { type Answer, call, keys, listen, type Problem } from './api.ts';
import { type Facts, language, t, tc } from './texts/text.ts';

export type Person = { readonly personId: string; readonly name: string; readonly role: string };

/** The device as the server describes it. */
export type Place = {
  readonly shop: string;
  readonly node: { readonly id: string; readonly name: string };
  readonly people: readonly Person[];
  /** Names of stores by id. */
  readonly nodes: Readonly<Record<string, string>>;
};

export type OfferLine = {
  readonly sku: string;
  readonly title?: string;
  readonly quantity: number;
};
export type Offer = {
  readonly offerId: string;
  readonly workId: string;
  readonly orderId: string;
  readonly orderName?: string;
  readonly sentAt: string;
  readonly expiresAt: string;
  readonly work: {
    readonly lines: readonly OfferLine[];
    readonly kind: string;
    readonly promisedOn: string | null;
  };
};

export type Standing = 'loading' | 'unpaired' | 'nobody' | 'working';

export const standing = signal<Standing>('loading');
export const place = signal<Place | undefined>(undefined);
export const person = signal<Person | undefined>(undefined);
export const offers = signal<readonly Offer[]>([]);
export const works = signal<readonly DeskWork[]>([]);
/** What lay ready here and is to go back on its shelf. */
export const putBack = signal<readonly PutBack[]>([]);
export const counts = signal<DeskList['counts'] | undefined>(undefined);
export const isLive = signal(false);
/** The last thing that happened, in words; said aloud. */
export const said = signal<{ readonly text: string; readonly isFault: boolean } | undefined>(
  undefined,
);
/** Server's time minus this phone's, in milliseconds. */
export const skewMs = signal(0);

// Long enough to be read twice; a fault stays until something else happens.
const SAID_MS = 8_000;

/** Says what happened. */
export function say(text: string, isFault = false): void {
  const now = { text, isFault };
  said.value = now;
  if (isFault) return;
  setTimeout(() => {
    if (said.value === now) said.value = undefined;
  }, SAID_MS);
}

/** What a refusal means, in the words of the phone's language. */
export function faultText(problem: Problem): string {
  if (problem.code === 'unreachable') return t('common.unreachable');
  if (problem.code === 'already_claimed') {
    return lostText(String(problem['wonBy']), String(problem['at']));
  }
  const facts: Facts = Object.fromEntries(
    Object.entries(problem).flatMap(([name, value]) =>
      typeof value === 'string' || typeof value === 'number' ? [[name, value]] : [],
    ),
  );
  return tc('fault', problem.code, facts) ?? problem.detail;
}

/** `14:05` on this phone's clock, which hangs where the store is. */
export function timeText(iso: string): string {
  return new Date(iso).toLocaleTimeString(language(), { hour: '2-digit', minute: '2-digit' });
}

/** The time, and on another day than today its weekday: `09:30`, `Wed 09:30`. */
export function momentText(iso: string): string {
  const at = new Date(iso);
  const isToday = at.toDateString() === new Date(Date.now() + skewMs.value).toDateString();
  if (isToday) return timeText(iso);
  return `${at.toLocaleDateString(language(), { weekday: 'short' })} ${timeText(iso)}`;
}

/** `Friday, 27 November`. */
export function dayText(date: string): string {
  const day = new Date(`${date}T12:00:00`);
  return day.toLocaleDateString(language(), { weekday: 'long', day: 'numeric', month: 'long' });
}

function lostText(wonBy: string, at: string): string {
  return t('said.lost', { store: place.value?.nodes[wonBy] ?? wonBy, time: timeText(at) });
}

// A token that no longer holds sends the phone back to where it gets a new one.
function faultOf(problem: Problem): void {
  if (problem.code === 'device_not_paired' || problem.code === 'device_revoked') {
    keys.setDevice(null);
    keys.setPerson(null);
    standing.value = 'unpaired';
  } else if (problem.code === 'person_unknown') {
    keys.setPerson(null);
    standing.value = 'nobody';
  }
}

/** Looks who this phone is; the first thing a page does. */
export async function enter(): Promise<void> {
  if (keys.device() === null) {
    standing.value = 'unpaired';
    return;
  }
  const answer = await call<Place>('/me');
  if (!answer.ok) {
    faultOf(answer.problem);
    say(faultText(answer.problem), true);
    return;
  }
  place.value = answer.value;
  const known = personOfToken(answer.value);
  person.value = known;
  standing.value = known === undefined ? 'nobody' : 'working';
  if (known !== undefined) await refresh();
}

function personOfToken({ people }: Place): Person | undefined {
  const personId = keys.person()?.split('.')[0];
  return people.find((one) => one.personId === personId);
}

/** Nobody stands here any more. */
export function leave(): void {
  keys.setPerson(null);
  person.value = undefined;
  standing.value = 'nobody';
}

/** Asks for everything again. */
export async function refresh(): Promise<void> {
  const [open, list] = await Promise.all([
    call<{ at: string; offers: readonly Offer[] }>('/offers'),
    call<DeskList & { readonly putBack: readonly PutBack[] }>('/works'),
  ]);
  for (const answer of [open, list]) if (!answer.ok) faultOf(answer.problem);
  if (open.ok) {
    skewMs.value = Date.parse(open.value.at) - Date.now();
    offers.value = open.value.offers;
  }
  if (list.ok) {
    works.value = list.value.works;
    counts.value = list.value.counts;
    putBack.value = list.value.putBack;
  }
}

/** Does something with a work; the answer is shown at once. False: it was refused, and said why. */
export async function act(work: DeskWork, name: string, body: object = {}): Promise<boolean> {
  const path = `/works/${encodeURIComponent(work.workId)}/${name}`;
  const answer = await call<{ work: DeskWork | null }>(path, { version: work.version, ...body });
  if (answer.ok) {
    const after = answer.value.work;
    works.value = works.value.flatMap((one) =>
      one.workId === work.workId ? (after === null ? [] : [after]) : [one],
    );
    void refresh();
    return true;
  }
  return refused(answer);
}

/** Says why at once, and shows how things stand as soon as that is known. */
export function refused(answer: Extract<Answer<unknown>, { ok: false }>): false {
  faultOf(answer.problem);
  say(faultText(answer.problem), true);
  if (standing.value === 'working') void refresh();
  return false;
}

const POLL_MS = 20_000;
const POLL_WITHOUT_EVENTS_MS = 4_000;
const RECONNECT_MS = 2_000;
const GATHER_MS = 100;

/** Follows events while somebody works here, asks again by the clock, and comes back after a break. Returns how to stop. */
export function follow(): () => void {
  const stop = new AbortController();
  let due: ReturnType<typeof setTimeout> | undefined;
  const soon = () => {
    clearTimeout(due);
    due = setTimeout(() => void refresh(), GATHER_MS);
  };
  const hear = {
    onOpen: () => {
      isLive.value = true;
      soon();
    },
    onEvent: (event: { readonly type: string; readonly [fact: string]: unknown }) => {
      const isMine = offers.value.some(({ offerId }) => offerId === event['offerId']);
      if (event.type === 'offer_lost' && isMine) {
        say(lostText(String(event['wonBy']), String(event['at'])));
      }
      if (event.type === 'offer') say(t('said.new'));
      soon();
    },
  };
  const run = async () => {
    while (!stop.signal.aborted) {
      await listen(stop.signal, hear).catch(() => undefined);
      isLive.value = false;
      await new Promise((resolve) => setTimeout(resolve, RECONNECT_MS));
    }
  };
  let askedAt = Date.now();
  const timer = setInterval(() => {
    if (Date.now() - askedAt < (isLive.value ? POLL_MS : POLL_WITHOUT_EVENTS_MS)) return;
    askedAt = Date.now();
    void refresh();
  }, 1_000);
  void run();
  return () => {
    stop.abort();
    clearInterval(timer);
    clearTimeout(due);
  };
}
