/**
 * Runs a built Shopify Function here: the bundle, an input, and what Shopify would have got out of it.
 *
 * Input: the JavaScript Shopify CLI hands to Javy (`dist/function.js`), an input object and the export to call.
 * Output: the output, logs, error and the exact number of WebAssembly instructions, equal on every
 * machine. The engine is QuickJS-ng in WebAssembly (npm quickjs-wasi, same family as Shopify's production plugin), counted
 * by `meter.ts`. Measured against the production plugin: the same outputs, 1.29 to 1.45 times its instructions.
 * Only the globals production has exist; clock and random are fixed; promises fail, as they do there.
 */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { EvalFlags, QuickJS } from 'quickjs-wasi';
import { FUEL_EXPORT, meterModule } from './meter.ts';

/** Shopify's limits of one run, for carts of up to 200 lines (fact sheet, Functions). */
export const FUNCTION_LIMITS = {
  instructions: 11_000_000,
  inputBytes: 128_000,
  outputBytes: 20_000,
  logBytes: 1_000,
} as const;

const MEMORY_BYTES = 10 << 20;
const STACK_BYTES = 256 << 10;
// Production's Date.now() is this constant; nothing may depend on it.
const CLOCK_NANOSECONDS = 67_001_000_000n;

const PRODUCTION_GLOBALS = new Set(
  `AggregateError Array ArrayBuffer AsyncDisposableStack BigInt BigInt64Array BigUint64Array Boolean DataView Date
   DisposableStack Error EvalError Float16Array Float32Array Float64Array Function Infinity Int16Array Int32Array
   Int8Array InternalError Iterator JSON Map Math NaN Number Object Promise Proxy RangeError ReferenceError Reflect
   RegExp Set SharedArrayBuffer ShopifyFunction String SuppressedError Symbol SyntaxError TypeError URIError
   Uint16Array Uint32Array Uint8Array Uint8ClampedArray WeakMap WeakSet console decodeURI decodeURIComponent
   encodeURI encodeURIComponent escape eval globalThis isFinite isNaN parseFloat parseInt queueMicrotask
   undefined unescape`.split(/\s+/),
);

const PRELUDE = `(() => {
  let out, logs = "";
  const log = (...parts) => { logs += parts.join(" ") + "\\n"; };
  const parse = JSON.parse, stringify = JSON.stringify;
  globalThis.console = { log, error: log };
  globalThis.ShopifyFunction = {
    readInput: () => parse(globalThis.__input),
    writeOutput: (value) => { out = stringify(value); },
  };
  globalThis.__take = () => stringify({ out, logs });
  const keep = new Set(${JSON.stringify([...PRODUCTION_GLOBALS])});
  for (const name of Object.getOwnPropertyNames(globalThis)) {
    if (!keep.has(name) && !name.startsWith("__")) delete globalThis[name];
  }
})();`;

export type FunctionRun = {
  /** What the Function wrote, parsed; undefined when it wrote nothing. */
  readonly output: unknown;
  readonly outputBytes: number;
  readonly inputBytes: number;
  readonly logs: string;
  /** `Name: message` of what was thrown, or undefined. */
  readonly error: string | undefined;
  readonly instructions: number;
};

let counted: WebAssembly.Module | undefined;

/** Runs `exportName` of `bundle` on `input`. */
export async function runFunction(
  bundle: string,
  input: unknown,
  exportName: string,
): Promise<FunctionRun> {
  counted ??= new WebAssembly.Module(
    meterModule(
      new Uint8Array(readFileSync(fileURLToPath(import.meta.resolve('quickjs-wasi/quickjs.wasm')))),
    ),
  );
  const text = JSON.stringify(input);
  const vm = await QuickJS.create({
    wasm: counted,
    memoryLimit: MEMORY_BYTES,
    maxStackSize: STACK_BYTES,
    wasi: fixedWorld,
  });
  try {
    vm.evalCode(PRELUDE, 'prelude.js').dispose();
    vm.setProp(vm.global, '__input', vm.newString(text));
    const code = vm.compile(bundle, 'function.mjs', EvalFlags.TYPE_MODULE);
    const start = fuelOf(vm);
    const error = await callExport(vm, code, exportName);
    const instructions = fuelOf(vm) - start;
    const hasPending = error === undefined && vm.executePendingJobs() > 0;
    const taken: { out?: string; logs: string } = JSON.parse(
      vm.evalCode('__take()').consume((handle) => handle.toString()),
    );
    return {
      output: taken.out === undefined ? undefined : JSON.parse(taken.out),
      outputBytes: taken.out === undefined ? 0 : Buffer.byteLength(taken.out),
      inputBytes: Buffer.byteLength(text),
      logs: taken.logs,
      error: hasPending ? 'Error: promises and microtasks do not run in Shopify Functions' : error,
      instructions,
    };
  } finally {
    vm.dispose();
  }
}

async function callExport(
  vm: QuickJS,
  code: Uint8Array,
  exportName: string,
): Promise<string | undefined> {
  try {
    const loading = vm.evalBytecode(code);
    vm.executePendingJobs();
    const loaded = await vm.resolvePromise(loading);
    if ('error' in loaded) return loaded.error.consume((handle) => handle.toString());
    const entry = loaded.value.getProp(exportName);
    if (!entry.isFunction) return `Error: the bundle does not export ${exportName}`;
    vm.callFunction(entry, vm.undefined).dispose();
    return undefined;
  } catch (error) {
    return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  }
}

function fixedWorld(memory: WebAssembly.Memory): Record<string, (...args: number[]) => number> {
  return {
    clock_time_get: (_clock = 0, _precision = 0, result = 0) => {
      new DataView(memory.buffer).setBigUint64(result, CLOCK_NANOSECONDS, true);
      return 0;
    },
    random_get: (pointer = 0, length = 0) => {
      new Uint8Array(memory.buffer, pointer, length).fill(7);
      return 0;
    },
  };
}

/** The counter; quickjs-wasi keeps its exports private, hence the exact pin of its version. */
function fuelOf(vm: QuickJS): number {
  const exports: { readonly [name: string]: unknown } = Reflect.get(vm, 'exports');
  const fuel = exports[FUEL_EXPORT];
  if (!(fuel instanceof WebAssembly.Global)) throw new Error('The engine lost its counter.');
  return Number(fuel.value);
}
