/**
 * Runs the app's delivery customizations over the options, the built bundle in QuickJS, and applies what they say.
 *
 * Rename, hide and move by handle, in their order. An operation with no or two members, a crash, too many instructions or
 * too much output fails the whole run: the options stay as they were. Pickup options are left alone unless the setting
 * says Functions may change them.
 * Source: Shopify "Delivery Customization API", "Function resource limits".
 */
import { existsSync, readFileSync } from 'node:fs';
import { z } from 'zod';
import { FUNCTION_LIMITS, runFunction } from '../../functions/engine.ts';
import type { ShopifyFunction } from '../app/app-config.ts';
import { type LocalShop, recordExchange } from '../shop.ts';
import type { DeliveryCustomization } from '../state.ts';
import { type Customize, type DeliveryContext, type DraftOption, handleOf } from './delivery.ts';
import { resolveFunctionInput } from './function-input.ts';
import type { FunctionRun } from './view.ts';

const TARGETS = ['cart.delivery-options.transform.run', 'purchase.delivery-customization.run'];
/** Limits grow with the cart beyond this many lines, tenfold at most. */
const LINES_AT_BASE = 200;
const SCALE_MAX = 10;

const handle = z.string();
const operationSchema = z.union([
  z.strictObject({
    deliveryOptionRename: z.strictObject({
      deliveryOptionHandle: handle,
      title: z.string().min(1),
    }),
  }),
  z.strictObject({ deliveryOptionHide: z.strictObject({ deliveryOptionHandle: handle }) }),
  z.strictObject({
    deliveryOptionMove: z.strictObject({ deliveryOptionHandle: handle, index: z.int().min(0) }),
  }),
]);
const outputSchema = z.strictObject({ operations: z.array(operationSchema) });
type DeliveryOperation = z.infer<typeof operationSchema>;

/** The `customize` step of a checkout in this shop. */
export function createCustomize(shop: LocalShop): Customize {
  return async (options, context) => {
    const runs: FunctionRun[] = [];
    let current = [...options];
    for (const customization of shop.state.customizations.filter((one) => one.enabled)) {
      const fn = shop
        .config()
        .functions.find(
          (one) => one.handle === customization.functionHandle && TARGETS.includes(one.target),
        );
      if (!fn) continue;
      const run = await runOnce(shop, fn, { customization, options, context });
      runs.push(run.report);
      current = applyOperations(current, run.operations, {
        mayChangePickup: shop.state.settings.pickupRename === 'yes',
      });
    }
    return { options: current, runs };
  };
}

type Question = {
  customization: DeliveryCustomization;
  options: readonly DraftOption[];
  context: DeliveryContext;
};

async function runOnce(
  shop: LocalShop,
  fn: ShopifyFunction,
  question: Question,
): Promise<{ report: FunctionRun; operations: DeliveryOperation[] }> {
  const { title } = question.customization;
  const failed = (error: string, instructions: number | null = null) => {
    recordExchange(shop, {
      kind: 'function',
      title: `${title}: ${error}`,
      detail: '',
      isGood: false,
      tookMs: 0,
    });
    return { report: { title, operations: 0, error, instructions }, operations: [] };
  };
  if (!existsSync(fn.bundlePath)) return failed(`${fn.bundlePath} is not built`);
  const startedMs = performance.now();
  try {
    const input = await resolveFunctionInput(shop, fn, question);
    const run = await runFunction(readFileSync(fn.bundlePath, 'utf8'), input, fn.exportName);
    const over = overLimit(run, question.context.cart.lines.length);
    if (run.error !== undefined || over !== undefined) {
      return failed(run.error ?? over ?? '', run.instructions);
    }
    const output = outputSchema.safeParse(run.output);
    if (!output.success) {
      return failed(`invalid output: ${z.prettifyError(output.error)}`, run.instructions);
    }
    const { operations } = output.data;
    recordExchange(shop, {
      kind: 'function',
      title: `${title}: ${operations.length} operations, ${run.instructions} instructions`,
      detail: JSON.stringify({ input, output: run.output, logs: run.logs }),
      isGood: true,
      tookMs: Math.round(performance.now() - startedMs),
    });
    return {
      report: { title, operations: operations.length, error: null, instructions: run.instructions },
      operations,
    };
  } catch (error) {
    return failed(error instanceof Error ? error.message : String(error));
  }
}

function overLimit(
  run: { instructions: number; inputBytes: number; outputBytes: number },
  lines: number,
): string | undefined {
  const scale = Math.min(SCALE_MAX, Math.max(1, lines / LINES_AT_BASE));
  const { instructions, inputBytes, outputBytes } = FUNCTION_LIMITS;
  // The counter here reads 1.29 to 1.45 times production's, so what passes here passes there.
  if (run.instructions > instructions * scale)
    return `${run.instructions} instructions are too many`;
  if (run.inputBytes > inputBytes * scale) return `an input of ${run.inputBytes} bytes is too long`;
  if (run.outputBytes > outputBytes * scale)
    return `an output of ${run.outputBytes} bytes is too long`;
  return undefined;
}

/** The options after the operations; unknown handles are passed over. */
function applyOperations(
  options: readonly DraftOption[],
  operations: readonly DeliveryOperation[],
  { mayChangePickup }: { mayChangePickup: boolean },
): DraftOption[] {
  // Handles of the input stay good for all operations, though a rename gives the option a new one.
  let current = options.map((option) => ({ given: option.handle, option }));
  const isOpen = (one: { option: DraftOption }): boolean =>
    mayChangePickup || one.option.kind === 'shipping';
  for (const operation of operations) {
    const found = current.find((one) => one.given === handleIn(operation));
    if (!found || !isOpen(found)) continue;
    if ('deliveryOptionHide' in operation) {
      current = current.filter((one) => one !== found);
    } else if ('deliveryOptionRename' in operation) {
      found.option = rename(found.option, operation.deliveryOptionRename.title);
    } else {
      current = move(current, found, operation.deliveryOptionMove.index);
    }
  }
  return current.map(({ option }) => option);
}

function handleIn(operation: DeliveryOperation): string {
  if ('deliveryOptionHide' in operation) return operation.deliveryOptionHide.deliveryOptionHandle;
  if ('deliveryOptionRename' in operation) {
    return operation.deliveryOptionRename.deliveryOptionHandle;
  }
  return operation.deliveryOptionMove.deliveryOptionHandle;
}

function rename(option: DraftOption, title: string): DraftOption {
  return { ...option, title, handle: handleOf(0, option.code, title), isRenamed: true };
}

function move<One>(list: readonly One[], one: One, index: number): One[] {
  const rest = list.filter((other) => other !== one);
  return [...rest.slice(0, index), one, ...rest.slice(index)];
}
