/**
 * The promise as a component sees it: waiting (skeleton), an answer, or nothing.
 *
 * Waiting ends after `LIMIT_MS` whatever happens, and what comes later is not shown: nothing jumps into a list
 * the shopper is reading. When an order-by passes, the state is asked again.
 */
import { useEffect, useState } from 'preact/hooks';
import type {
  AnsweredPickup,
  CheckoutPromiseAnswer,
} from '../../../backend/contract/promise-api.ts';
import { writeCartPromise } from './cart-promise-write.ts';
import { type CheckoutApi, readCheckoutState } from './checkout-state.ts';
import { reserveCart } from './reserve.ts';
import {
  endOf,
  forgetAnswer,
  type HeldAnswer,
  LIMIT_MS,
  serverNow,
  sharedAnswer,
} from './shared-answer.ts';

export type Shown = 'waiting' | 'nothing' | HeldAnswer;

type Services = CheckoutApi &
  Pick<typeof shopify, 'applyMetafieldChange' | 'sessionToken' | 'storage'>;

// Timers above 2^31 ms fire at once; an hour is longer than most checkouts.
const LONGEST_TIMER_MS = 3_600_000;

/**
 * Asks for the present checkout state; the selected option's instance also writes the cart's promise and has the cart
 * held, with the pickup place that `pickupOf` finds for it.
 */
export function usePromise(
  services: Services,
  isSelected: boolean,
  pickupOf?: (answer: CheckoutPromiseAnswer) => AnsweredPickup | undefined,
): Shown {
  const state = readCheckoutState(services);
  const [shown, setShown] = useState<Shown>('waiting');
  const [round, setRound] = useState(0);

  useEffect(() => {
    let isCurrent = true;
    let isLate = false;
    let ending: ReturnType<typeof setTimeout> | undefined;
    const show = (next: Shown) => isCurrent && setShown(next);
    const late = setTimeout(() => {
      isLate = true;
      show('nothing');
    }, LIMIT_MS);
    show('waiting');
    if (state) {
      void sharedAnswer(services, state).then((held) => {
        clearTimeout(late);
        if (!isCurrent || isLate) return;
        show(held ?? 'nothing');
        if (!held) return;
        const left = Math.max(1_000, endOf(held) - serverNow(held));
        ending = setTimeout(
          () => {
            forgetAnswer(state.key, held);
            setRound((count) => count + 1);
          },
          Math.min(left, LONGEST_TIMER_MS),
        );
      });
    }
    return () => {
      isCurrent = false;
      clearTimeout(late);
      clearTimeout(ending);
    };
  }, [state?.key, state?.url, round]);

  useEffect(() => {
    if (isSelected && state && typeof shown === 'object') {
      void writeCartPromise(services, state.key, shown.answer);
      void reserveCart(services, state, shown.answer, pickupOf?.(shown.answer));
    }
  }, [isSelected, shown, state?.key]);

  return shown;
}
