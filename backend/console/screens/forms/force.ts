/**
 * Watches a saved version until quotes are computed with it.
 */
import { call } from '../api.ts';

/** `seconds`: from the save until a quote used it, to a tenth. */
export type Force =
  | { readonly state: 'waiting' }
  | { readonly state: 'in_force'; readonly seconds: string }
  | { readonly state: 'slow' };

const PROMISED_MILLISECONDS = 5_000;
const BETWEEN_MILLISECONDS = 250;

/** `waiting`, then how it ended; gives up when the five seconds we promise are over. */
export async function* watchForce(version: number): AsyncGenerator<Force> {
  const startedAt = performance.now();
  yield { state: 'waiting' };
  for (;;) {
    const answer = await call<{ isInForce: boolean }>(`/network/force?version=${version}`);
    const passed = performance.now() - startedAt;
    if (answer.ok && answer.value.isInForce) {
      yield { state: 'in_force', seconds: (passed / 1_000).toFixed(1) };
      return;
    }
    if (passed > PROMISED_MILLISECONDS) {
      yield { state: 'slow' };
      return;
    }
    await new Promise((resolve) => setTimeout(resolve, BETWEEN_MILLISECONDS));
  }
}
