/**
 * Which code does a shopper show to collect goods?
 *
 * Six digits made of the shop's secret, the shop and the work, so that it is stored nowhere: the message and the order's
 * page make it again when they show it, the desk when it is shown. Codes given before a rotation of keys still open.
 * Guessing is bounded by the desk (`pickup_code_try`): five wrong ones lock it until a manager looks.
 */
import type { ShopId } from '../../../base/ids.ts';
import type { KeyRing } from '../../../platform/config.ts';
import { createCodeMaker, isSameText } from '../../../platform/signing.ts';

const DIGITS = 6;

/** Builds the maker of codes over the keys of receipts. */
export function createPickupCodes(keys: KeyRing) {
  const codesOf = createCodeMaker(keys, DIGITS);
  const textOf = (shopId: ShopId, workId: string) =>
    JSON.stringify(['pickup code', shopId, workId]);
  return {
    /** The code of a work. */
    pickupCodeOf: (shopId: ShopId, workId: string): string => codesOf(textOf(shopId, workId))[0],
    /** Whether this is the code of the work, however it was spaced. */
    isPickupCode: (shopId: ShopId, workId: string, shown: string): boolean => {
      const plain = shown.replace(/[\s-]/g, '');
      // All are compared, whichever is right.
      return codesOf(textOf(shopId, workId)).filter((code) => isSameText(code, plain)).length > 0;
    },
  };
}

/** What `createPickupCodes` returns. */
export type PickupCodes = ReturnType<typeof createPickupCodes>;
