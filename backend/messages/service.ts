/**
 * Tells shoppers and the merchant what happened, each thing once.
 *
 * `sendDue` looks at one order and sends what due.ts says is due: claim, send, settle (decision record 0094). `sweep` finds
 * orders that nobody enqueued and claims that a crash left behind. Without a mail server nothing is claimed and nothing sent.
 * Invariants: a message is sent at most once; its date is the stored promise, read under the lock under which it is claimed;
 * an order without an address of its buyer is said to be withheld.
 */
import { createHash } from 'node:crypto';
import type { Kysely, Transaction } from 'kysely';
import type { ShopId } from '../base/ids.ts';
import { assert } from '../base/result.ts';
import { appendEvents } from '../orders/timeline/store.ts';
import type { Clock } from '../platform/clock.ts';
import { withShop } from '../platform/database.ts';
import type { Mail, MailClient, SendOutcome } from './client.ts';
import { composeDigest, composeShopper } from './compose.ts';
import {
  type DueMessage,
  dueMessages,
  MOST_ATTEMPTS,
  NEWS_MINUTES,
  outdatedMessages,
  stated,
} from './due.ts';
import type { MessageSettings } from './settings.ts';
import {
  claimMessage,
  findTellable,
  giveUpStale,
  lastDigest,
  listMessages,
  lockOrder,
  type MessageOrder,
  type Settlement,
  settleMessage,
  takeUntold,
  untell,
  withholdMessages,
} from './store.ts';
import { type Language, languageOf } from './words.ts';

/** Who the shop is, for its messages. */
export type Sender = {
  readonly name: string;
  readonly language: string;
  readonly timeZone: string;
};

/** What it stands on. */
export type MessageDependencies = {
  readonly db: Kysely<unknown>;
  readonly clock: Clock;
  /** undefined: no mail server is configured, messages are off. */
  readonly mail: MailClient | undefined;
  readonly settingsOf: (shopId: ShopId) => Promise<MessageSettings>;
  readonly senderOf: (shopId: ShopId) => Promise<Sender>;
  readonly placeOf: (
    shopId: ShopId,
    at: { readonly nodeId?: string | undefined; readonly pickupPointId?: string | undefined },
  ) => Promise<{ readonly name: string; readonly addressLines: readonly string[] } | undefined>;
  readonly pickupCodeOf: (shopId: ShopId, workId: string) => string;
};

/** Builds the service. */
export function createMessageService(deps: MessageDependencies) {
  return {
    /** Whether a mail server is configured. */
    isOn: deps.mail !== undefined,
    /** Sends what is due of one order; says how many mails left. */
    sendDue: (shopId: ShopId, orderId: string): Promise<number> => sendDue(deps, shopId, orderId),
    /** Sends what nobody asked for, and gives up what a crash left behind. */
    sweep: (shopId: ShopId): Promise<number> => sweep(deps, shopId),
    /** Tells the merchant of promises in danger, not more often than he wants. */
    sendDigest: (shopId: ShopId): Promise<boolean> => sendDigest(deps, shopId),
    /** Messages as the console shows them, the newest first. */
    list: (
      shopId: ShopId,
      asked: { readonly orderId?: string; readonly troubledOnly?: boolean } = {},
    ) => withShop(deps.db, shopId, (trx) => listMessages(trx, shopId, { limit: 100, ...asked })),
  };
}

/** What `createMessageService` returns. */
export type MessageService = ReturnType<typeof createMessageService>;

// The client's own time-outs end a dialogue long before.
const STALE_AFTER_MINUTES = 10;
const MOST_A_RUN = 10;
const DIGEST_ROWS = 50;

type Claimed = {
  readonly claim: Pick<Settlement, 'orderId' | 'kind' | 'subjectKey' | 'attempts'>;
  /** undefined: nothing may be sent. */
  readonly mail: Mail | undefined;
};

async function sendDue(deps: MessageDependencies, shopId: ShopId, orderId: string) {
  const { mail: client } = deps;
  if (client === undefined) return 0;
  let sent = 0;
  for (let run = 0; run < MOST_A_RUN; run += 1) {
    const settings = await deps.settingsOf(shopId);
    const sender = await deps.senderOf(shopId);
    const claimed = await withShop(deps.db, shopId, (trx) =>
      claimNext(deps, trx, { shopId, orderId, settings, sender, client }),
    );
    if (claimed === undefined) return sent;
    const outcome = claimed.mail === undefined ? undefined : await client.send(claimed.mail);
    await settle(deps, shopId, claimed.claim, outcome);
    if (outcome?.state === 'sent') sent += 1;
  }
  return sent;
}

type Claiming = {
  readonly shopId: ShopId;
  readonly orderId: string;
  readonly settings: MessageSettings;
  readonly sender: Sender;
  readonly client: MailClient;
};

async function claimNext(
  deps: MessageDependencies,
  trx: Transaction<unknown>,
  claiming: Claiming,
): Promise<Claimed | undefined> {
  const { shopId, orderId, settings, sender } = claiming;
  const now = deps.clock.now();
  const order = await lockOrder(trx, shopId, orderId);
  if (order === undefined) return undefined;
  const tellable = {
    ...order,
    promise: order.promise ?? undefined,
    before: order.before ?? undefined,
    movedMinute: order.movedMinute ?? undefined,
  };
  const nowMinute = Math.floor(now.epochMilliseconds / 60_000);
  const [due] = dueMessages(tellable, { nowMinute, settings });
  if (due === undefined) {
    const messages = outdatedMessages(tellable, { nowMinute, settings });
    await endOutdated(trx, shopId, { orderId, messages, now: now.toString() });
    return undefined;
  }
  const language = languageOf(order.locale) ?? languageOf(sender.language) ?? 'en';
  const messageId = messageIdOf(claiming.client.from, [shopId, orderId, due.kind, due.subjectKey]);
  const attempts = await claimMessage(trx, shopId, {
    ...{ ...due, orderId, messageId, locale: language },
    now: now.toString(),
  });
  if (attempts === undefined) return undefined;
  const claim = { ...due, orderId, attempts };
  if (order.email === null) return { claim, mail: undefined };
  const composed = await compose(deps, claiming, { order, due, language });
  const mail = {
    ...composed,
    fromName: settings.senderName === '' ? sender.name : settings.senderName,
    to: [order.email],
    replyTo: settings.replyTo,
    messageId,
    language,
  };
  return { claim, mail };
}

// Else it is looked at with every sweep, and never comes to an end.
async function endOutdated(
  trx: Transaction<unknown>,
  shopId: ShopId,
  ended: Omit<Parameters<typeof withholdMessages>[2], 'reason'>,
): Promise<void> {
  const { orderId, messages, now } = ended;
  if (messages.length === 0) return;
  await withholdMessages(trx, shopId, { ...ended, reason: 'outdated' });
  for (const one of messages) {
    const told = { ...one, orderId, now, state: 'withheld', reason: 'outdated' } as const;
    await tellTimeline(trx, shopId, told);
  }
}

async function compose(
  deps: MessageDependencies,
  { shopId, settings, sender }: Claiming,
  of: { readonly order: MessageOrder; readonly due: DueMessage; readonly language: Language },
) {
  const { order, due, language } = of;
  const { promise, before } = order;
  const ready = order.readyWorks.find((work) => work.workId === due.subjectKey);
  // A pickup can be ready without a promise of ours; its message states no date.
  const said = promise ?? NO_PROMISE;
  if (due.kind !== 'ready') {
    assert(
      promise !== null && stated(promise) === due.subjectKey,
      'a message would state another date than the promise',
    );
  }
  const nodeId = ready?.nodeId ?? promise?.nodeId ?? undefined;
  const pickupPointId = promise?.pickupPointId ?? undefined;
  const isCollected = ready !== undefined || said.method !== 'home';
  const place = isCollected ? await deps.placeOf(shopId, { nodeId, pickupPointId }) : undefined;
  return composeShopper({
    kind: due.kind,
    language,
    merchant: settings.senderName === '' ? sender.name : settings.senderName,
    orderName: order.name,
    promise: said,
    before: before === null || before.promisedOn === said.promisedOn ? undefined : before,
    items: order.items,
    place,
    pickupCode: ready === undefined ? undefined : deps.pickupCodeOf(shopId, ready.workId),
    trackingUrls: due.kind === 'moved' ? order.trackingUrls : [],
  });
}

const NO_PROMISE = {
  method: 'store_pickup',
  promisedOn: '1970-01-01',
  window: { from: '1970-01-01T00:00:00Z', to: '1970-01-01T00:00:00Z' },
  timeZone: 'UTC',
} as const;

function messageIdOf(from: string, parts: readonly string[]): string {
  const hash = createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 32);
  return `<${hash}@${from.slice(from.indexOf('@') + 1)}>`;
}

async function settle(
  deps: MessageDependencies,
  shopId: ShopId,
  claim: Claimed['claim'],
  outcome: SendOutcome | undefined,
): Promise<void> {
  const at = deps.clock.now();
  const done: Settlement = { ...claim, ...settlementOf(claim, outcome), now: at.toString() };
  await withShop(deps.db, shopId, async (trx) => {
    if (!(await settleMessage(trx, shopId, done))) return;
    await tellTimeline(trx, shopId, done);
  });
}

function settlementOf(
  { attempts }: Claimed['claim'],
  outcome: SendOutcome | undefined,
): Pick<Settlement, 'state' | 'reason'> {
  if (outcome === undefined) return { state: 'withheld', reason: 'no_email' };
  if (outcome.state === 'sent') return { state: 'sent', reason: null };
  const isGivenUp = outcome.state === 'retry' && attempts >= MOST_ATTEMPTS;
  return { state: isGivenUp ? 'failed' : outcome.state, reason: outcome.reason };
}

// Tries that go on are no news; how they end is.
async function tellTimeline(
  trx: Transaction<unknown>,
  shopId: ShopId,
  { orderId, kind, subjectKey, state, reason, now }: Omit<Settlement, 'attempts'>,
): Promise<void> {
  if (state === 'retry' || orderId === '') return;
  await appendEvents(trx, shopId, [
    {
      orderId,
      eventId: `message:${kind}:${subjectKey}:${state}`,
      at: now,
      kind: state === 'sent' ? 'message_sent' : 'message_failed',
      actor: { kind: 'system', id: 'messages' },
      facts: { message: kind, state, ...(reason === null ? {} : { reason }) },
    },
  ]);
}

async function sweep(deps: MessageDependencies, shopId: ShopId): Promise<number> {
  if (deps.mail === undefined) return 0;
  const settings = await deps.settingsOf(shopId);
  const at = deps.clock.now();
  const now = at.toString();
  const orderIds = await withShop(deps.db, shopId, async (trx) => {
    const claimedBefore = at.subtract({ minutes: STALE_AFTER_MINUTES }).toString();
    const stale = await giveUpStale(trx, shopId, { now, claimedBefore });
    for (const one of stale) {
      await tellTimeline(trx, shopId, { ...one, state: 'unclear', reason: 'interrupted', now });
    }
    const newsFrom = at.subtract({ minutes: NEWS_MINUTES }).toString();
    return await findTellable(trx, shopId, { newsFrom, settings });
  });
  let sent = 0;
  for (const orderId of orderIds) sent += await sendDue(deps, shopId, orderId);
  return sent;
}

async function sendDigest(deps: MessageDependencies, shopId: ShopId): Promise<boolean> {
  const { mail: client } = deps;
  const settings = await deps.settingsOf(shopId);
  if (client === undefined || settings.alertsTo.length === 0) return false;
  const at = deps.clock.now();
  const sender = await deps.senderOf(shopId);
  const language = languageOf(sender.language) ?? 'en';
  const claimed = await withShop(deps.db, shopId, async (trx) => {
    const last = await lastDigest(trx, shopId);
    if (last !== undefined && at.since(last).total('minutes') < settings.digestMinutes) return;
    const now = at.toString();
    const rows = await takeUntold(trx, shopId, { now, limit: DIGEST_ROWS });
    const [first] = rows;
    if (first === undefined) return;
    const subjectKey = now;
    const messageId = messageIdOf(client.from, [shopId, 'digest', subjectKey]);
    const key = { orderId: '', kind: 'digest', subjectKey };
    const attempts = await claimMessage(trx, shopId, { ...key, messageId, locale: language, now });
    if (attempts === undefined) return;
    const { timeZone, name: merchant } = sender;
    const composed = composeDigest({ language, merchant, timeZone, count: first.total, rows });
    const { alertsTo: to, replyTo } = settings;
    const mail: Mail = { ...composed, fromName: 'Kept', to, replyTo, messageId, language };
    return { claim: { ...key, attempts }, mail };
  });
  if (claimed === undefined) return false;
  const outcome = await client.send(claimed.mail);
  // What surely did not arrive is told by the next digest; this one is not tried again.
  const isLost = outcome.state === 'retry' || outcome.state === 'failed';
  if (isLost)
    await withShop(deps.db, shopId, (trx) => untell(trx, shopId, claimed.claim.subjectKey));
  const final = isLost ? ({ state: 'failed', reason: outcome.reason } as const) : outcome;
  await settle(deps, shopId, claimed.claim, final);
  return outcome.state === 'sent';
}
