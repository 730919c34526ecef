import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { runFunction } from './engine.ts';
import { FUEL_EXPORT, meterModule } from './meter.ts';

/** A module of one global and one function `f` (no parameters, result i32) with the given locals and code. */
function moduleOf(body: readonly number[]): Uint8Array {
  const code = [1, body.length, ...body];
  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...[1, 5, 1, 0x60, 0, 1, 0x7f], // type: () -> i32
    ...[3, 2, 1, 0],
    ...[6, 6, 1, 0x7f, 0, 0x41, 0, 0x0b], // a global of its own
    ...[7, 5, 1, 1, 0x66, 0, 0], // export f
    ...[10, code.length, ...code],
  ]);
}

function countOf(body: readonly number[]): { result: unknown; fuel: number } {
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(meterModule(moduleOf(body))));
  const { f, [FUEL_EXPORT]: fuel } = exports;
  if (typeof f !== 'function' || !(fuel instanceof WebAssembly.Global))
    throw new Error('no exports');
  return { result: f(), fuel: Number(fuel.value) };
}

describe('the meter, against a count by hand', () => {
  test('a constant costs one, and so does the entry', () => {
    expect(countOf([0, 0x41, 7, 0x0b])).toEqual({ result: 7, fuel: 2 });
  });

  test('nop, drop, block and end cost nothing', () => {
    // nop, i32.const 1, drop, block, end, i32.const 7
    expect(countOf([0, 0x01, 0x41, 1, 0x1a, 0x02, 0x40, 0x0b, 0x41, 7, 0x0b]).fuel).toBe(3);
  });

  test('a loop of ten turns costs seven a turn', () => {
    // loop: i = i + 1; while i < 10
    const loop = [0x03, 0x40, 0x20, 0, 0x41, 1, 0x6a, 0x22, 0, 0x41, 10, 0x48, 0x0d, 0, 0x0b];
    expect(countOf([1, 1, 0x7f, ...loop, 0x20, 0, 0x0b])).toEqual({ result: 10, fuel: 1 + 70 + 1 });
  });

  test('only the branch that is taken counts', () => {
    // if (0) [nop x3 with consts] else 5
    const branch = [0x41, 0, 0x04, 0x7f, 0x41, 1, 0x41, 1, 0x6a, 0x05, 0x41, 5, 0x0b, 0x0b];
    expect(countOf([0, ...branch])).toEqual({ result: 5, fuel: 1 + 2 + 1 });
  });

  test('an unknown operator is refused rather than miscounted', () => {
    expect(() => meterModule(moduleOf([0, 0xff, 0x0b]))).toThrow('operator 0xff');
  });

  test('the whole engine is rewritten without an unknown operator', () => {
    const engine = readFileSync(fileURLToPath(import.meta.resolve('quickjs-wasi/quickjs.wasm')));
    expect(meterModule(new Uint8Array(engine)).length).toBeGreaterThan(engine.length);
  });
});

describe('the engine', () => {
  const run = (body: string, input: unknown = {}) =>
    runFunction(`export function run() { ${body} }`, input, 'run');

  test('gives output, logs and a count that is the same each time', async () => {
    const body =
      'console.error("seen", 1); ShopifyFunction.writeOutput(ShopifyFunction.readInput())';
    const [one, two] = [await run(body, { a: [1, 2] }), await run(body, { a: [1, 2] })];
    expect(one).toEqual(two);
    expect(one).toMatchObject({ output: { a: [1, 2] }, logs: 'seen 1\n', error: undefined });
    expect(one.inputBytes).toBe(11);
    expect(one.instructions).toBeGreaterThan(1_000);
  });

  test('counts more for more work', async () => {
    const [few, many] = [
      await run('for (let i = 0; i < 10; i++);'),
      await run('for (let i = 0; i < 1000; i++);'),
    ];
    expect(many.instructions).toBeGreaterThan(few.instructions + 100_000);
  });

  test.each([
    ['throws', 'throw new TypeError("no")', 'TypeError: no'],
    ['uses a promise', 'Promise.resolve(1).then(() => 2)', 'promises'],
    ['needs Intl', 'new Intl.DateTimeFormat()', 'ReferenceError'],
    ['needs a timer', 'setTimeout(() => 0)', 'ReferenceError'],
    ['takes more than 10 MB', 'const a = []; for (;;) a.push(new Array(10000).fill(1))', 'memory'],
  ])('reports what %s', async (_title, body, message) => {
    expect((await run(body)).error).toContain(message);
  });

  test('reports an export that is not there', async () => {
    const ran = await runFunction('export const other = 1', {}, 'run');
    expect(ran.error).toBe('Error: the bundle does not export run');
  });

  test('has a clock and a random number that never change', async () => {
    const seen = await run('ShopifyFunction.writeOutput([Date.now(), Math.random()])');
    expect((await run('ShopifyFunction.writeOutput([Date.now(), Math.random()])')).output).toEqual(
      seen.output,
    );
  });
});
