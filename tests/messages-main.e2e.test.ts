// The real service hands a mail to a real mail server: configuration, job and composition together.
import { sql } from 'kysely';
import { PgBoss } from 'pg-boss';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ShopId } from '../backend/base/ids.ts';
import { type RunningKept, startKept } from '../backend/main.ts';
import { orderMessageJob } from '../backend/orders/jobs.ts';
import { parseConfig } from '../backend/platform/config.ts';
import { withShop } from '../backend/platform/database.ts';
import { type MailCatcher, startMailCatcher } from '../scripts/mail-catcher/catcher.ts';
import { createTestDatabase, type TestDatabase } from './database.ts';
import { quietLog } from './worlds/live-shop.ts';

const SHOP = 'mails.myshopify.com' as ShopId;
let database: TestDatabase<unknown>;
let catcher: MailCatcher;
let kept: RunningKept;
let boss: PgBoss;

beforeAll(async () => {
  database = await createTestDatabase();
  catcher = await startMailCatcher({ port: 0, nowIso: () => Temporal.Now.instant().toString() });
  const config = parseConfig({
    KEPT_ENV: 'test',
    DATABASE_URL: database.appUrl,
    DATABASE_OWNER_URL: database.ownerUrl,
    SMTP_URL: catcher.url,
    MAIL_FROM: 'orders@kept.example',
  });
  if (!config.ok) throw new Error('the configuration of the test is refused');
  kept = await startKept({ ...config.value, port: 0 }, quietLog);
  boss = new PgBoss({ connectionString: database.ownerUrl, schedule: false, supervise: false });
  await boss.start();
}, 60_000);

afterAll(async () => {
  await boss?.stop({ graceful: false });
  await kept?.stop();
  await catcher?.stop();
  await database.close();
});

test('an order with a promise is confirmed by mail, from the service as it runs', async () => {
  const placedAt = Temporal.Now.instant().subtract({ minutes: 1 });
  const day = placedAt.toZonedDateTimeISO('UTC').toPlainDate().add({ days: 3 });
  const at = placedAt.toString();
  await withShop(database.db, SHOP, async (trx) => {
    await sql`insert into customer_order (shop_id, order_id, source, channel, name, placed_at, currency, total_minor,
        email, locale, method, version, source_updated_at, updated_at)
      values (${SHOP}, '1', 'shopify', 'online', '#1001', ${at}, 'EUR', 100, 'anna@example.com', 'de', 'ship', '1', ${at},
        ${at})`.execute(trx);
    await sql`insert into order_promise (shop_id, order_id, placed_at, status, joined_by, method, service_code,
        promised_on, window_from, window_to, time_zone, order_version, updated_at)
      values (${SHOP}, '1', ${at}, 'promised', 1, 'home', 'standard', ${day.toString()}, ${`${day}T00:00:00Z`},
        ${`${day.add({ days: 1 })}T00:00:00Z`}, 'UTC', '1', ${at})`.execute(trx);
  });
  const { name, data } = orderMessageJob(SHOP, '1');
  await boss.send(name, data);
  await expect.poll(() => catcher.mails().length).toBe(1);
  const [mail] = catcher.mails();
  expect(mail).toMatchObject({
    to: ['anna@example.com'],
    subject: 'Ihre Bestellung #1001 ist bestätigt',
  });
  const said = day.toLocaleString('de', { weekday: 'long', day: 'numeric', month: 'long' });
  expect(mail?.text).toContain(`Kommt ${said} an`);
});
