// Messages from the stored order to a real mail server's box, each once whatever breaks.
import { type Kysely, sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import {
  type MailCatcher,
  type Mishap,
  startMailCatcher,
} from '../../scripts/mail-catcher/catcher.ts';
import { createTestDatabase, type TestDatabase } from '../../tests/database.ts';
import type { ShopId } from '../base/ids.ts';
import { insertWork } from '../orders/works/store.ts';
import { withShop } from '../platform/database.ts';
import { createMailClient, type MailClient } from './client.ts';
import { createMessageService } from './service.ts';
import { DEFAULT_MESSAGES, type MessageSettings } from './settings.ts';

let database: TestDatabase<unknown>;
let db: Kysely<unknown>;
let catcher: MailCatcher;
let mishaps: (Mishap | undefined)[] = [];
beforeAll(async () => {
  database = await createTestDatabase();
  db = database.db;
  catcher = await startMailCatcher({
    port: 0,
    nowIso: () => now.toString(),
    onMail: () => mishaps.shift(),
  });
});
afterAll(async () => {
  await catcher.stop();
  await database.close();
});

let shop = 'mail-0.myshopify.com' as ShopId;
let number = 0;
let now = Temporal.Instant.from('2026-11-25T09:00:00Z');
let settings: MessageSettings = DEFAULT_MESSAGES;
beforeEach(() => {
  number += 1;
  shop = `mail-${number}.myshopify.com` as ShopId;
  now = Temporal.Instant.from('2026-11-25T09:00:00Z');
  settings = DEFAULT_MESSAGES;
  mishaps = [];
  catcher.clear();
});

const client = () => createMailClient({ url: catcher.url, from: 'orders@kept.example' });
const messages = (mail: MailClient | undefined = client()) =>
  createMessageService({
    db,
    mail,
    clock: { now: () => now, onSet: () => () => undefined },
    settingsOf: async () => settings,
    senderOf: async () => ({ name: 'Lume & Figli', language: 'it', timeZone: 'Europe/Rome' }),
    placeOf: async (_shopId, { nodeId }) =>
      nodeId === undefined ? undefined : { name: `Lume ${nodeId}`, addressLines: ['Via Brera 10'] },
    pickupCodeOf: (_shopId, workId) => `code of ${workId}`,
  });

type Given = { readonly email?: string | null; readonly locale?: string | null };

async function givenOrder(
  orderId: string,
  { email = 'anna@example.com', locale = 'it' }: Given = {},
) {
  await withShop(db, shop, async (trx) => {
    await sql`insert into customer_order (shop_id, order_id, source, channel, name, placed_at, currency, total_minor,
        email, locale, method, version, source_updated_at, updated_at)
      values (${shop}, ${orderId}, 'shopify', 'online', ${`#${orderId}`}, '2026-11-25T08:59:00Z', 'EUR', 100, ${email},
        ${locale}, 'ship', '1', '2026-11-25T08:00:00Z', '2026-11-25T08:00:00Z')`.execute(trx);
    await sql`insert into customer_order_line (shop_id, order_id, line_id, sku, title, quantity)
      values (${shop}, ${orderId}, 'l1', 'SHIRT', 'Camicia <b>blu</b>', 2)`.execute(trx);
    await sql`insert into order_promise (shop_id, order_id, placed_at, status, joined_by, method, service_code,
        promised_on, window_from, window_to, time_zone, order_version, updated_at)
      values (${shop}, ${orderId}, '2026-11-25T08:59:00Z', 'promised', 1, 'home', 'standard', '2026-11-27',
        '2026-11-26T23:00:00Z', '2026-11-27T23:00:00Z', 'Europe/Rome', '1', '2026-11-25T08:59:00Z')`.execute(
      trx,
    );
  });
}

async function givenMove(orderId: string, moveNumber: number, day: string) {
  const at = now.add({ seconds: moveNumber }).toString();
  await withShop(db, shop, (trx) =>
    sql`insert into promise_move (shop_id, order_id, move_number, moved_at, promised_on, window_from, window_to, cause)
      values (${shop}, ${orderId}, ${moveNumber}, ${at}, ${day}, ${`${day}T00:00:00+01:00`}, ${`${day}T23:59:00+01:00`},
        'carrier')`.execute(trx),
  );
}

const statesOf = async () =>
  (await messages().list(shop)).map(({ kind, subjectKey, state, reason }) => [
    kind,
    subjectKey,
    state,
    reason,
  ]);

test('a confirmed order is told with its date, in the buyer’s language, as HTML and as text', async () => {
  await givenOrder('1001');
  expect(await messages().sendDue(shop, '1001')).toBe(1);
  const [mail] = catcher.mails();
  expect(mail).toMatchObject({
    to: ['anna@example.com'],
    subject: 'Il tuo ordine #1001 è confermato',
    language: 'it',
  });
  expect(mail?.from).toContain('Lume & Figli');
  for (const body of [mail?.text, mail?.html]) expect(body).toContain('Arriva venerdì 27 novembre');
  expect(mail?.html).toContain('<html lang="it">');
  expect(mail?.html).toContain('Camicia &lt;b&gt;blu&lt;/b&gt;');
  // Nothing that tells anybody that it was read.
  expect(mail?.html).not.toMatch(/<img|https?:|background-image|<script/i);
  expect(await statesOf()).toEqual([['confirmed', '2026-11-27', 'sent', null]]);
});

test('a locale that is none of ours is answered in the shop’s language', async () => {
  await givenOrder('1001', { locale: null });
  await messages().sendDue(shop, '1001');
  expect(catcher.mails()[0]?.language).toBe('it');
});

test('asked for by a dozen jobs at once, a message is sent once', async () => {
  await givenOrder('1001');
  await Promise.all(Array.from({ length: 12 }, () => messages().sendDue(shop, '1001')));
  await messages().sweep(shop);
  expect(catcher.mails()).toHaveLength(1);
});

test('a moved date is told with the old one, once, and only when it is later than what was told', async () => {
  await givenOrder('1001');
  await messages().sendDue(shop, '1001');
  await givenMove('1001', 1, '2026-11-30');
  await messages().sweep(shop);
  await messages().sweep(shop);
  await givenMove('1001', 2, '2026-11-28');
  await messages().sweep(shop);
  await givenMove('1001', 3, '2026-12-01');
  await messages().sweep(shop);
  expect(catcher.mails().map(({ subject }) => subject)).toEqual([
    'Nuova data per il tuo ordine #1001',
    'Nuova data per il tuo ordine #1001',
    'Il tuo ordine #1001 è confermato',
  ]);
  expect(catcher.mails()[1]?.text).toContain('Arriva lunedì 30 novembre');
  expect(catcher.mails()[1]?.text).toContain('Prima: venerdì 27 novembre');
  expect(catcher.mails()[0]?.text).toContain('Arriva martedì 1 dicembre');
});

test('every mail states the promise that is stored when it is claimed, never an older one', async () => {
  await givenOrder('1001');
  await givenMove('1001', 1, '2026-11-30');
  await messages().sendDue(shop, '1001');
  expect(catcher.mails()).toHaveLength(1);
  expect(catcher.mails()[0]?.text).toContain('lunedì 30 novembre');
  expect(await statesOf()).toEqual([['confirmed', '2026-11-30', 'sent', null]]);
});

test('a pickup that is ready is told once, with its code and its place, and no date', async () => {
  await givenOrder('1001');
  settings = { ...settings, confirmed: false };
  await withShop(db, shop, (trx) =>
    insertWork(trx, shop, {
      ...{ workId: 'w1', orderId: '1001', kind: 'pickup', state: 'ready', nodeId: 'milano' },
      ...{ readyAt: '2026-11-25T08:59:30Z', createdAt: '2026-11-25T08:00:00Z' },
      lines: [{ lineId: 'l1', sku: 'SHIRT', quantity: 2 }],
    }),
  );
  await messages().sweep(shop);
  await messages().sweep(shop);
  expect(catcher.mails()).toHaveLength(1);
  const [mail] = catcher.mails();
  expect(mail?.subject).toBe('Il tuo ordine #1001 è pronto per il ritiro');
  for (const words of ['code of w1', 'Lume milano', 'Via Brera 10']) {
    expect(mail?.text).toContain(words);
  }
  expect(mail?.text).not.toContain('novembre');
});

test('an order without its buyer’s address is said to be withheld, and nothing is sent', async () => {
  await givenOrder('1001', { email: null });
  await messages().sweep(shop);
  expect(catcher.mails()).toHaveLength(0);
  expect(await statesOf()).toEqual([['confirmed', '2026-11-27', 'withheld', 'no_email']]);
});

test('what a server puts off is tried again with doubling waits, and is one mail', async () => {
  await givenOrder('1001');
  mishaps = [
    { kind: 'reply', code: 451 },
    { kind: 'reply', code: 421 },
  ];
  await messages().sendDue(shop, '1001');
  expect((await statesOf())[0]?.slice(0, 3)).toEqual(['confirmed', '2026-11-27', 'retry']);
  await messages().sweep(shop);
  expect(catcher.mails()).toHaveLength(0);
  now = now.add({ minutes: 1 });
  await messages().sweep(shop);
  now = now.add({ minutes: 2 });
  await messages().sweep(shop);
  expect(catcher.mails()).toHaveLength(1);
  expect((await statesOf())[0]?.[2]).toBe('sent');
});

test('what was put off and is wanted no more comes to an end: it is withheld, and nobody tries it again', async () => {
  await givenOrder('1001');
  mishaps = [{ kind: 'reply', code: 451 }];
  await messages().sendDue(shop, '1001');
  now = now.add({ hours: 25 });
  await messages().sweep(shop);
  expect(catcher.mails()).toHaveLength(0);
  expect(await statesOf()).toEqual([['confirmed', '2026-11-27', 'withheld', 'outdated']]);
});

test('what a server refuses for good is failed and not tried again', async () => {
  await givenOrder('1001');
  mishaps = [{ kind: 'reply', code: 550 }];
  await messages().sendDue(shop, '1001');
  now = now.add({ hours: 1 });
  await messages().sweep(shop);
  expect(catcher.mails()).toHaveLength(0);
  expect((await statesOf())[0]?.[2]).toBe('failed');
});

test.each([true, false])(
  'a line that breaks before the answer leaves it unclear, whether the mail arrived (%s), and it is never sent again',
  async (isKept) => {
    await givenOrder('1001');
    mishaps = [{ kind: 'drop', isKept }];
    await messages().sendDue(shop, '1001');
    expect((await statesOf())[0]?.[2]).toBe('unclear');
    now = now.add({ hours: 1 });
    await messages().sweep(shop);
    expect(catcher.mails()).toHaveLength(isKept ? 1 : 0);
    expect(await messages().list(shop, { troubledOnly: true })).toHaveLength(1);
  },
);

test('a server that is not there has surely taken nothing: it is tried again', async () => {
  await givenOrder('1001');
  const away = createMailClient({ url: 'smtp://127.0.0.1:1', from: 'orders@kept.example' });
  await messages(away).sendDue(shop, '1001');
  expect((await statesOf())[0]?.[2]).toBe('retry');
  now = now.add({ minutes: 1 });
  await messages().sweep(shop);
  expect(catcher.mails()).toHaveLength(1);
});

test.each(['before it is sent', 'after it is sent'])(
  'a process that dies %s leaves an unclear message, and no second mail',
  async (when) => {
    await givenOrder('1001');
    const dying: MailClient = {
      from: 'orders@kept.example',
      send: async (mail) => {
        if (when === 'after it is sent') await client().send(mail);
        throw new Error('killed');
      },
    };
    await expect(messages(dying).sendDue(shop, '1001')).rejects.toThrow('killed');
    expect((await statesOf())[0]?.[2]).toBe('sending');
    now = now.add({ minutes: 11 });
    await messages().sweep(shop);
    expect((await statesOf())[0]?.slice(2)).toEqual(['unclear', 'interrupted']);
    expect(catcher.mails()).toHaveLength(when === 'after it is sent' ? 1 : 0);
  },
);

test('old news is not told: switched on after a day, nothing of yesterday goes out', async () => {
  await givenOrder('1001');
  now = now.add({ hours: 25 });
  await messages().sweep(shop);
  expect(await messages().sendDue(shop, '1001')).toBe(0);
  expect(await statesOf()).toEqual([]);
});

test('without a mail server nothing is claimed, and it says that it is off', async () => {
  await givenOrder('1001');
  const off = createMessageService({
    ...{ db, mail: undefined, clock: { now: () => now, onSet: () => () => undefined } },
    settingsOf: async () => settings,
    senderOf: async () => ({ name: 'Lume', language: 'it', timeZone: 'Europe/Rome' }),
    placeOf: async () => undefined,
    pickupCodeOf: () => '',
  });
  expect(off.isOn).toBe(false);
  expect(await off.sweep(shop)).toBe(0);
  expect(await statesOf()).toEqual([]);
});

test('the merchant hears of promises in danger in one mail, not more often than he wants', async () => {
  settings = { ...settings, alertsTo: ['ops@example.com'], digestMinutes: 60 };
  const raise = (orderId: string, milestone = 'claim') =>
    withShop(db, shop, (trx) =>
      sql`insert into order_alert (shop_id, order_id, work_id, milestone, level, due_at, raised_at)
        values (${shop}, ${orderId}, 'w', ${milestone}, 'missed', '2026-11-25T08:00:00Z', '2026-11-25T08:00:00Z')`.execute(
        trx,
      ),
    );
  await raise('1');
  await raise('2');
  // An order is one line, whatever else of it is in danger.
  await raise('2', 'delivery');
  expect(await messages().sendDigest(shop)).toBe(true);
  expect(await messages().sendDigest(shop)).toBe(false);
  await raise('3');
  expect(await messages().sendDigest(shop)).toBe(false);
  now = now.add({ minutes: 60 });
  mishaps = [{ kind: 'reply', code: 451 }];
  expect(await messages().sendDigest(shop)).toBe(false);
  now = now.add({ minutes: 60 });
  expect(await messages().sendDigest(shop)).toBe(true);
  expect(catcher.mails().map(({ subject, to }) => [subject, to])).toEqual([
    ['1 promesse a rischio', ['ops@example.com']],
    ['2 promesse a rischio', ['ops@example.com']],
  ]);
  expect(catcher.mails()[0]?.text).toContain('3: nessun negozio l’ha preso');
});
