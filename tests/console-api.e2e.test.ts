import { afterAll, beforeAll, expect, test } from 'vitest';
import type { DateTestView, NetworkNames, NetworkPage } from '../backend/console/view.ts';
import { type ConsoleHost, startConsoleHost } from './console-host.ts';

let host: ConsoleHost;
beforeAll(async () => {
  host = await startConsoleHost();
});
afterAll(async () => {
  await host.stop();
});

async function get<Value>(path: string): Promise<Value> {
  return (await (await host.ask(path)).json()) as Value;
}

async function entry(collection: string, key: string) {
  const query = new URLSearchParams({ key });
  const page = await get<NetworkPage>(`/network/${collection}?${query}`);
  return { version: page.version, value: page.items[0]?.value ?? {} };
}

const QUESTION = {
  now: '2026-11-24T11:05:00+01:00',
  lines: [{ sku: 'V-LF01-BOR-42', quantity: 1 }],
  destination: { country: 'IT', postalCode: '20121' },
  currency: 'EUR',
  channel: 'online',
  customerTags: [],
};

async function testDates(changed: object = {}): Promise<DateTestView> {
  const response = await host.ask('/date-test', { body: { ...QUESTION, ...changed } });
  expect(response.status).toBe(200);
  return (await response.json()) as DateTestView;
}

test('without a session token nothing is said but how to get a fresh one', async () => {
  for (const path of ['/network', '/network/nodes', '/setup', '/clock', '/products?search=a']) {
    const response = await host.ask(path, { token: 'forged' });
    expect(response.status, path).toBe(401);
    expect(response.headers.get('x-shopify-retry-invalid-session-request')).toBe('1');
  }
  expect((await host.ask('/policy', { body: {}, token: 'forged' })).status).toBe(401);
});

test('the imported network is listed with its counts, searched and paged', async () => {
  const names = await get<NetworkNames>('/network');
  expect(names.counts).toMatchObject({ nodes: 47, carriers: 6, services: 7 });
  const milan = await get<NetworkPage>('/network/nodes?search=milano');
  expect(milan.items.map((item) => item.key)).toEqual([
    'ST-MILANO-MONTENAPOLEONE',
    'ST-MILANO-VERCELLI',
  ]);
  const lanes = await get<NetworkPage>('/network/lanes?page=2');
  expect(lanes.items).toHaveLength(50);
  expect(lanes.items[0]?.key).toBe('#50');
});

test('another shop sees nothing of it', async () => {
  const response = await host.ask('/network', { token: 'token-eve' });
  expect(await response.json()).toMatchObject({ version: 0, nodes: [], counts: { nodes: 0 } });
});

test('a wrong field is refused inside its edit, with the remedy, and nothing is stored', async () => {
  const { version, value } = await entry('nodes', 'ST-BOLOGNA-FARINI');
  const wrong = { ...value, leadTimeMinutes: -5, region: 'XX' };
  const edits = [{ collection: 'nodes', key: 'ST-BOLOGNA-FARINI', value: wrong }];
  const response = await host.ask('/network/edits', { body: { basedOnVersion: version, edits } });
  expect(response.status).toBe(422);
  expect(response.headers.get('content-type')).toContain('application/problem+json');
  const problem = (await response.json()) as { problems: object[] };
  expect(problem.problems[0]).toMatchObject({ edit: 0, pointer: '/leadTimeMinutes', value: -5 });
  expect((await entry('nodes', 'ST-BOLOGNA-FARINI')).version).toBe(version);
});

test('removing a service that lanes still name is refused where the lanes are', async () => {
  const { version } = await entry('services', 'economy');
  const edits = [{ collection: 'services', key: 'economy', value: null }];
  const response = await host.ask('/network/edits', { body: { basedOnVersion: version, edits } });
  expect(response.status).toBe(422);
  const { problems } = (await response.json()) as {
    problems: { edit: number | null; pointer: string }[];
  };
  expect(
    problems.some(({ edit, pointer }) => edit === null && pointer.includes('serviceCode')),
  ).toBe(true);
});

test('the second of two savers is told who was first', async () => {
  const { version, value } = await entry('carriers', 'lenta');
  const save = (token: string, name: string) =>
    host.ask('/network/edits', {
      token,
      body: {
        basedOnVersion: version,
        edits: [{ collection: 'carriers', key: 'lenta', value: { ...value, name } }],
      },
    });
  expect((await save('token-bob', 'Lenta Posta')).status).toBe(200);
  const second = await save('token-ada', 'Lenta Mail Express');
  expect(second.status).toBe(409);
  expect(await second.json()).toMatchObject({
    currentVersion: version + 1,
    changes: [{ version: version + 1, author: 'bob' }],
  });
  expect((await entry('carriers', 'lenta')).value['name']).toBe('Lenta Posta');
});

test('a closing saved now moves the pickup date of the next question, in force within five seconds', async () => {
  const before = await testDates();
  const pickup = before.options.find((option) => option.method === 'store_pickup');
  expect(pickup).toMatchObject({ promisedOn: '2026-11-24', withinTwoHours: true });
  const { version, value } = await entry('nodes', 'ST-MILANO-MONTENAPOLEONE');
  const hours = value['hours'] as { exceptions: object[] };
  const closed = {
    ...hours,
    exceptions: [...hours.exceptions, { date: '2026-11-24', intervals: [] }],
  };
  const saved = await host.ask('/network/edits', {
    body: {
      basedOnVersion: version,
      edits: [
        {
          collection: 'nodes',
          key: 'ST-MILANO-MONTENAPOLEONE',
          value: { ...value, hours: closed },
        },
      ],
    },
  });
  expect(saved.status).toBe(200);
  const force = await get<{ isInForce: boolean }>(`/network/force?version=${version + 1}`);
  expect(force.isInForce).toBe(true);
  const after = await testDates();
  expect(after.options.find((option) => option.method === 'store_pickup')?.promisedOn).toBe(
    '2026-11-25',
  );
});

test('an arrival that is moved moves the date, and the stock on hand stays Shopify’s', async () => {
  const coat = { lines: [{ sku: 'V-CT01-CAM-M', quantity: 1 }] };
  const dateOfExpress = async () =>
    (await testDates(coat)).options.find((option) => option.serviceCode === 'express-10')
      ?.promisedOn;
  expect(await dateOfExpress()).toBe('2026-12-01');
  const incoming = [{ quantity: 120, expectedOn: '2026-12-03' }];
  const saved = await host.ask('/incoming', {
    body: { sku: 'V-CT01-CAM-M', nodeId: 'WH-PIACENZA', incoming },
  });
  expect(saved.status).toBe(200);
  // Due on Thursday: usable from Friday, delivered on Monday.
  expect(await dateOfExpress()).toBe('2026-12-07');
  const rows =
    await get<{ nodeId: string; onHand: number; incoming: object[] }[]>('/stock?sku=V-CT01-CAM-M');
  expect(rows.find((row) => row.nodeId === 'WH-PIACENZA')).toMatchObject({ onHand: 0, incoming });
  const wrong = await host.ask('/incoming', {
    body: { sku: 'V-CT01-CAM-M', nodeId: 'WH-PIACENZA', incoming: [{ quantity: 0 }] },
  });
  expect(wrong.status).toBe(422);
});

test('what the merchant decided of his own rates is kept beside the network', async () => {
  const { version } = await get<{ version: number }>('/surfaces');
  const surfaces = { rateBindings: [{ rateCode: 'Standard shipping', serviceCode: 'standard' }] };
  const body = { basedOnVersion: version, sections: { surfaces } };
  expect((await host.ask('/policy', { body })).status).toBe(200);
  expect(await get('/surfaces')).toMatchObject({ version: version + 1, surfaces });
  expect((await get<NetworkNames>('/network')).counts.nodes).toBe(47);
});

test('the date tester says for every place why it does or does not send', async () => {
  const view = await testDates();
  const express = view.options.find((option) => option.serviceCode === 'express-10');
  expect(express?.nodes).toHaveLength(47);
  const verdicts = new Map(express?.nodes.map((verdict) => [verdict.nodeId, verdict]));
  expect(verdicts.get('WH-PIACENZA')).toMatchObject({ isChosen: true, code: 'chosen' });
  expect(verdicts.get('WH-DAVENTRY')?.code).toBe('no_lane');
  expect(verdicts.get('WH-ORLEANS')?.code).toBe('no_stock');
  expect(view.destination).toMatchObject({ zoneId: 'IT-LOM', precision: 'prefix' });
  expect(view.marginMinutes).toEqual({ shipped: 30, storePickup: 15 });
});

test('a question about Black Friday next year is answered from calendars of that day', async () => {
  const view = await testDates({ now: '2027-11-26T12:00:00+01:00' });
  expect(view.options.find((option) => option.serviceCode === 'express-10')?.promisedOn).toBe(
    '2027-11-29',
  );
});

test.each([
  [{ lines: [{ sku: 'NOPE', quantity: 1 }] }, '/lines/0/sku'],
  [{ lines: [] }, '/lines'],
  [{ lines: [{ sku: 'V-LF01-BOR-42', quantity: 0 }] }, '/lines/0/quantity'],
  [{ now: 'tomorrow' }, '/now'],
  [{ destination: { country: 'Italy', postalCode: '20121' } }, '/destination/country'],
])('a question with %j is refused at %s', async (changed, pointer) => {
  const response = await host.ask('/date-test', { body: { ...QUESTION, ...changed } });
  expect(response.status).toBe(422);
  expect(await response.json()).toMatchObject({ pointer });
});

test('a postal code tells coordinates, holiday region, clock and the holidays ahead', async () => {
  const hint = await get<{ holidays: string[]; region: string; timeZone: string }>(
    '/places?country=DE&postalCode=80331&region=',
  );
  expect(hint).toMatchObject({ region: 'BY', timeZone: 'Europe/Berlin', precision: 'prefix' });
  expect(hint.holidays).toContain('2027-01-06');
});

test('only the shop’s own admin may frame the page, and nobody without a shop', async () => {
  const policyOf = async (query: string) =>
    (await fetch(`${host.url}/app${query}`)).headers.get('content-security-policy') ?? '';
  expect(await policyOf('?shop=kept-demo.myshopify.com')).toContain(
    'frame-ancestors https://kept-demo.myshopify.com https://admin.shopify.com;',
  );
  expect(await policyOf('')).toContain("frame-ancestors 'none'");
  expect(await policyOf('?shop=evil.example.com')).toContain("frame-ancestors 'none'");
});
