import { sql } from 'kysely';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../tests/database.ts';
import type { ShopId } from '../base/ids.ts';
import { type Bus, createLocalBus } from '../platform/bus.ts';
import { fixedClock } from '../platform/clock.ts';
import { openDatabase, withShop } from '../platform/database.ts';
import { createLog } from '../platform/log.ts';
import type { Policy } from './policy.ts';
import { createPolicyService, type PolicyService } from './service.ts';
import type { PolicyTables } from './store.ts';

const SILENT = createLog('silent', { write: () => undefined });
const NOW = Temporal.Instant.from('2026-11-23T09:00:00Z');

let database: TestDatabase<PolicyTables>;
const services: PolicyService[] = [];
beforeAll(async () => {
  database = await createTestDatabase();
});
afterEach(() => {
  for (const service of services.splice(0)) service.stop();
});
afterAll(async () => {
  await database.close();
});

function replica(bus: Bus, db = database.db): PolicyService {
  const parsers = {
    network: (value: unknown) => ({ ok: true, value }) as const,
    surfaces: (value: unknown) => ({ ok: true, value }) as const,
  };
  const service = createPolicyService({ db, bus, clock: fixedClock(NOW), log: SILENT, parsers });
  services.push(service);
  return service;
}

function nextChange(service: PolicyService): Promise<Policy> {
  return new Promise((resolve) => {
    const stop = service.onChange((_shop, policy) => {
      stop();
      resolve(policy);
    });
  });
}

function save(service: PolicyService, shop: ShopId, basedOnVersion: number, network: unknown) {
  return service.save(shop, { basedOnVersion, sections: { network }, author: 'test' });
}

test('a new shop has version 0 and no sections; each save makes the next version', async () => {
  const shop = 'new.myshopify.com' as ShopId;
  const service = replica(createLocalBus());
  expect(await service.read(shop)).toEqual({ version: 0, sections: new Map() });
  await save(service, shop, 0, ['one']);
  await service.save(shop, { basedOnVersion: 1, sections: { surfaces: 7 }, author: 'test' });
  const fresh = replica(createLocalBus());
  expect(await fresh.read(shop)).toEqual({
    version: 2,
    sections: new Map<string, unknown>([
      ['network', ['one']],
      ['surfaces', 7],
    ]),
  });
  expect(service.peek(shop)).toEqual(fresh.peek(shop));
});

test('of twenty saves based on one version exactly one is granted, the others name it', async () => {
  const shop = 'race.myshopify.com' as ShopId;
  const service = replica(createLocalBus());
  const answers = await Promise.all(
    Array.from({ length: 20 }, (_, index) => save(service, shop, 0, index)),
  );
  expect(answers.filter((answer) => answer.ok)).toHaveLength(1);
  for (const answer of answers.filter((given) => !given.ok)) {
    expect(answer).toEqual({
      ok: false,
      refusal: { code: 'policy_conflict', basedOnVersion: 0, currentVersion: 1 },
    });
  }
});

test('a save based on a version that does not exist yet is a conflict, not a gap', async () => {
  const shop = 'gap.myshopify.com' as ShopId;
  const answer = await save(replica(createLocalBus()), shop, 5, 'x');
  expect(answer).toMatchObject({ ok: false, refusal: { currentVersion: 0 } });
});

test('a replica on the same bus follows a save at once', async () => {
  const shop = 'bus.myshopify.com' as ShopId;
  const bus = createLocalBus();
  const [first, second] = [replica(bus), replica(bus)];
  second.start();
  await second.read(shop);
  const seen = nextChange(second);
  await save(first, shop, 0, 'seen');
  expect(await seen).toMatchObject({ version: 1 });
});

test('a replica that hears no announcement follows by polling', async () => {
  const shop = 'deaf.myshopify.com' as ShopId;
  const [first, deaf] = [replica(createLocalBus()), replica(createLocalBus())];
  await deaf.read(shop);
  deaf.start();
  const seen = nextChange(deaf);
  await save(first, shop, 0, 'polled');
  expect((await seen).sections.get('network')).toBe('polled');
});

test('polling looks at each shop alone and leaves its connection without a shop', async () => {
  const [one, two] = ['poll-1.myshopify.com', 'poll-2.myshopify.com'] as [ShopId, ShopId];
  const writer = replica(createLocalBus());
  await save(writer, one, 0, 'a');
  await save(writer, two, 0, 'b');
  const db = openDatabase<PolicyTables>({
    url: database.appUrl,
    assumesAppRole: false,
    maxConnections: 1,
    onIdleError: () => undefined,
  });
  const reader = replica(createLocalBus(), db);
  await reader.read(one);
  await reader.read(two);
  await save(writer, one, 1, 'a2');
  await reader.refresh();
  expect(reader.peek(one)?.sections.get('network')).toBe('a2');
  expect(reader.peek(two)?.version).toBe(1);
  const left = await sql`select version from policy_version`.execute(db);
  expect(left.rows).toEqual([]);
  await db.destroy();
});

test('while Postgres is out of reach the last known policy stays in force', async () => {
  const shop = 'outage.myshopify.com' as ShopId;
  const db = openDatabase<PolicyTables>({
    url: database.appUrl,
    assumesAppRole: false,
    maxConnections: 1,
    onIdleError: () => undefined,
  });
  const service = replica(createLocalBus(), db);
  await save(service, shop, 0, 'kept');
  await db.destroy();
  await service.refresh();
  expect((await service.read(shop)).sections.get('network')).toBe('kept');
});

test('stored versions belong to one shop: another shop sees none of them', async () => {
  const [own, other] = ['own.myshopify.com', 'other.myshopify.com'] as [ShopId, ShopId];
  await save(replica(createLocalBus()), own, 0, 'mine');
  const seen = await withShop(database.db, other, (trx) =>
    trx.selectFrom('policy_section').selectAll().execute(),
  );
  expect(seen).toEqual([]);
});
