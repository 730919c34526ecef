import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { twoStoresOneWarehouse } from '../tests/worlds/worlds.ts';

const KEPT = fileURLToPath(new URL('kept.ts', import.meta.url));
const request = {
  now: '2026-11-30T10:20:00+01:00',
  lines: [{ sku: 'SHIRT', quantity: 1 }],
  destination: { country: 'IT', postalCode: '20121' },
  currency: 'EUR',
};
let folder = '';

beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'kept-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

function file(name: string, content: unknown): string {
  const where = path.join(folder, name);
  writeFileSync(where, typeof content === 'string' ? content : JSON.stringify(content));
  return where;
}

function kept(...given: string[]) {
  const run = spawnSync(process.execPath, [KEPT, ...given], { encoding: 'utf8' });
  return {
    code: run.status,
    json: run.stdout === '' ? undefined : JSON.parse(run.stdout),
    said: run.stderr,
  };
}

/** Standard output of `kept sellable` as it stands, and the exit code. */
function sellable(world: unknown, ...given: string[]) {
  const args = [KEPT, 'sellable', '--world', file('w.json', world), ...given];
  const run = spawnSync(process.execPath, args, { encoding: 'utf8' });
  return { code: run.status, text: run.stdout };
}

const AT = ['--at', '2026-11-30T10:00:00+01:00'];

function asked(world: unknown, question: unknown) {
  return kept('quote', '--world', file('w.json', world), '--request', file('r.json', question));
}

test('standard input is read to its end, however late it is written and with a mark in front', () => {
  // The writer is what is slow here: it begins when the reader has long been asking.
  const writer = `setTimeout(() => process.stdout.write('\\ufeff{"now":"noon"}'), 1500)`;
  const pipe = '"$0" -e "$1" | "$0" "$2" route -';
  const run = spawnSync('sh', ['-c', pipe, process.execPath, writer, KEPT], { encoding: 'utf8' });
  expect(JSON.parse(run.stdout).errors[0]).toMatchObject({ pointer: '/now', value: 'noon' });
});

test('kept quote prints the dated options and ends with 0', () => {
  const { code, json } = asked(twoStoresOneWarehouse(), request);
  expect(code).toBe(0);
  expect(json.evaluatedAt).toBe('2026-11-30T10:20:00+01:00');
  expect(json.options[0]).toMatchObject({
    serviceCode: 'standard',
    promisedOn: '2026-12-01',
    window: { from: '2026-12-01T00:00:00+01:00', to: '2026-12-02T00:00:00+01:00' },
    orderBy: '2026-11-30T16:01:00+01:00',
  });
});

test.each([
  ['an unknown SKU', { ...request, lines: [{ sku: 'HAT', quantity: 1 }] }, '/lines/0/sku', 'HAT'],
  [
    'an absurd quantity',
    { ...request, lines: [{ sku: 'SHIRT', quantity: 1e9 }] },
    '/lines/0/quantity',
    1e9,
  ],
  ['no address', { ...request, destination: {} }, '/destination/country', undefined],
])('%s ends with 2 and a problem that names its place', (_, question, pointer, value) => {
  const { code, json, said } = asked(twoStoresOneWarehouse(), question);
  expect(code).toBe(2);
  expect(json).toMatchObject({ type: '/problems/invalid_input', errors: [{ pointer }] });
  expect(json.errors[0].value).toEqual(value);
  expect(json.errors[0].remedy).toMatch(/\.$/);
  expect(said).not.toMatch(/at .*\.ts:\d+/);
});

test('a world that names what does not exist ends with 2', () => {
  const world = twoStoresOneWarehouse();
  const { code, json } = asked(
    { ...world, stock: [{ sku: 'HAT', nodeId: 'milan', onHand: 1 }] },
    request,
  );
  expect(code).toBe(2);
  expect(json.errors[0].pointer).toBe('/stock/0/sku');
});

test('text that is no JSON is named with line and column', () => {
  const { code, json } = asked('{"policy": }', request);
  expect(code).toBe(2);
  expect(json.errors[0].remedy).toContain('line 1, column 12');
});

test('a file that is not there is named', () => {
  const { code, json } = kept('replay', path.join(folder, 'none.json'));
  expect(code).toBe(2);
  expect(json.errors[0].value).toContain('none.json');
});

test('a receipt of another format ends with 2', () => {
  const { code, json } = kept('replay', file('receipt.json', { format: 'other' }));
  expect(code).toBe(2);
  expect(json.errors[0].pointer).toBe('/format');
});

test('kept sellable tells every figure and where it stands, as a text or as JSON', () => {
  const world = twoStoresOneWarehouse();
  const policy = {
    ...world.policy,
    channels: [{ code: 'pos', kinds: ['store'] }, { code: 'web' }],
  };
  const people = sellable({ ...world, policy }, ...AT);
  expect(people.code).toBe(0);
  expect(people.text).toContain('SHIRT  pos      3\nSHIRT  web      13\n');
  expect(people.text).toContain('−10  the channel does not draw on the node  milan');
  const { figures } = JSON.parse(sellable({ ...world, policy }, ...AT, '--json').text);
  expect(figures).toMatchObject([
    {
      sku: 'SHIRT',
      channel: 'pos',
      units: 3,
      levels: [
        { nodeId: 'london', units: 1 },
        { nodeId: 'rome', units: 2 },
      ],
    },
    { sku: 'SHIRT', channel: 'web', units: 13 },
  ]);
});

test('kept sellable answers for one channel, one SKU and a customer’s tags', () => {
  const world = twoStoresOneWarehouse();
  const quotas = [{ sku: 'SHIRT', quantity: 5, customerTag: 'vip' }];
  const given = { ...world, policy: { ...world.policy, quotas } };
  const unitsFor = (...flags: string[]) => {
    const { text } = sellable(
      given,
      ...AT,
      '--json',
      '--channel',
      'web',
      '--sku',
      'SHIRT',
      ...flags,
    );
    return JSON.parse(text).figures.map(({ units }: { units: number }) => units);
  };
  expect(unitsFor()).toEqual([8]);
  expect(unitsFor('--tags', 'new,vip')).toEqual([13]);
});

test('without an instant kept sellable counts by the clock', () => {
  const { code, text } = sellable(twoStoresOneWarehouse(), '--json');
  expect(code).toBe(0);
  const { evaluatedAt } = JSON.parse(text);
  const minutesAgo = Temporal.Now.instant()
    .since(Temporal.Instant.from(evaluatedAt))
    .total('minutes');
  expect(minutesAgo).toBeGreaterThanOrEqual(0);
  expect(minutesAgo).toBeLessThan(5);
});

test.each([
  ['an unknown SKU', ['--sku', 'HAT'], '/sku', 'HAT'],
  ['what is no instant', ['--at', 'monday'], '/at', 'monday'],
])('kept sellable ends with 2 and names %s', (_, flags, pointer, value) => {
  const { code, text } = sellable(twoStoresOneWarehouse(), ...AT, ...flags);
  expect(code).toBe(2);
  expect(JSON.parse(text)).toMatchObject({
    type: '/problems/invalid_input',
    errors: [{ pointer, value }],
  });
});
