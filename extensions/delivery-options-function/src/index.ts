/**
 * Delivery options in checkout: puts the promised day into their titles, sorts them, hides what cannot be done.
 *
 * Input: the answer of the input query. Output: operations, or none at all when anything is wrong. Never: a day
 * for an option whose owner gave none, a second day beside the owner's, a touch on a rate that is neither
 * ours nor bound, on pickup, or on the cheapest option's place; the last option stays (platform decisions 3 to 5).
 * Whole body in one try: an uncaught error in Shopify's plugin can run away instead of failing.
 */
import { changeGroup } from './group.ts';
import type { Group, Input, Operation, Output } from './input.ts';
import { areNormal, holds } from './lines.ts';
import { dayWriter } from './words.ts';

export function cartDeliveryOptionsTransformRun(input: Input): Output {
  const operations: Operation[] = [];
  try {
    const settings = input.deliveryCustomization.metafield?.jsonValue;
    if (settings?.v === 1) {
      const told = input.cart.promise?.jsonValue;
      const promise = told && holds(told, input) ? told : undefined;
      const language = input.localization.language.isoCode.slice(0, 2).toLowerCase();
      const facts = {
        settings,
        promise,
        table: !promise && settings.t && areNormal(input) ? settings.t : undefined,
        today: input.shop.localTime.date,
        say: dayWriter(language),
        speaks: !promise || promise.l === language,
      };
      const groups = input.cart.deliveryGroups;
      for (let at = 0; at < groups.length; at++)
        changeGroup(facts, groups[at] as Group, operations);
    }
    return { operations };
  } catch (error) {
    console.error(`Kept: ${error}`);
    return { operations: [] };
  }
}
