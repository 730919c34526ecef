/**
 * Delivery options in checkout: puts the promised day into their titles, sorts them, hides what cannot be done.
 *
 * Input: the answer of the input query. Output: operations, or none at all when anything is wrong. Never: a day
 * for an option whose owner gave none, a second day beside the owner's, a touch on a rate that is neither
 * ours nor bound, on pickup, or on the cheapest option's place; the last option stays (platform decisions 3 to 5).
 * Whole body in one try: an uncaught error in Shopify's plugin can run away instead of failing.
 * Few functions, few names and plain loops in this folder: each is paid for at every checkout.
 */
import { changeGroup } from './group.ts';
import type { Input, Operation, Output } from './input.ts';
import { areNormal, holds } from './lines.ts';

/** What is kept need not be taken apart: the program ends with the run, and freeing costs a tenth of reading. */
const kept: unknown[] = [];

export function cartDeliveryOptionsTransformRun(input: Input): Output {
  try {
    const operations: Operation[] = [];
    kept[0] = input;
    kept[1] = operations;
    const settings = input.deliveryCustomization.metafield?.jsonValue;
    if (settings?.v === 1) {
      let promise = input.cart.promise?.jsonValue;
      if (promise && !holds(promise, input)) promise = undefined;
      const t = !promise && settings.t && areNormal(input) ? settings.t : undefined;
      for (const group of input.cart.deliveryGroups)
        changeGroup(group, { settings, promise, t, input, operations });
    }
    return { operations };
  } catch (error) {
    console.error(`Kept: ${error}`);
    return { operations: [] };
  }
}
