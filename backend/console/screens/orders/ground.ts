/**
 * What every screen of orders stands on: names of places, the shop's zone and currency, the service's clock, a question
 * that is asked again.
 *
 * The clock is the service's, not the browser's: what is due is said as the service sees it.
 */
import { useEffect, useState } from 'preact/hooks';
import type { OrderPage } from '../../../orders/care/service.ts';
import type { DecisionRow } from '../../../orders/care/store.ts';
import type { RouteDecision } from '../../../routing/decision.ts';
import type { NetworkNames } from '../../view.ts';
import { useAnswer } from '../network.tsx';
import { t, tc } from '../texts/text.ts';

/** An order as its screen reads it. */
export type OrderView = Omit<OrderPage, 'decisions'> & {
  readonly decisions: readonly (Omit<DecisionRow, 'decision'> & {
    readonly decision: RouteDecision;
  })[];
};

/** Names and the shop's zone. */
export type Ground = {
  readonly names: NetworkNames | undefined;
  readonly placeOf: (nodeId: string | null | undefined) => string;
  readonly timeZone: string;
  readonly currency: string;
};

/** The network's names; places are shown by their id until they are here. */
export function useGround(): Ground {
  const { answer } = useAnswer<NetworkNames>('/network');
  const names = answer?.ok === true ? answer.value : undefined;
  const byId = new Map(names?.nodes.map(({ id, name }) => [id, name]));
  const { timeZone, currency } = names?.policy ?? {};
  return {
    names,
    placeOf: (nodeId) =>
      nodeId === null || nodeId === undefined ? t('order.nowhere') : (byId.get(nodeId) ?? nodeId),
    timeZone:
      typeof timeZone === 'string' ? timeZone : Intl.DateTimeFormat().resolvedOptions().timeZone,
    currency: typeof currency === 'string' ? currency : 'EUR',
  };
}

/** The name of a milestone: what is collected is ready where a parcel arrives. */
export function stepOf(milestone: string, { method }: { readonly method: string }): string {
  return milestone === 'delivery' && method === 'pickup' ? 'collect' : milestone;
}

/** Asks again every so often while the page is in sight. */
export function useAgain(reload: () => void, seconds: number): void {
  useEffect(() => {
    const timer = setInterval(() => {
      if (document.visibilityState === 'visible') reload();
    }, seconds * 1_000);
    return () => clearInterval(timer);
  }, [reload, seconds]);
}

const TICK_MILLISECONDS = 30_000;

/** The service's instant in milliseconds, moved on twice a minute. */
export function useNow(): number {
  const { answer } = useAnswer<{ now: string }>('/clock');
  const [passed, setPassed] = useState(0);
  useEffect(() => {
    const startedAt = performance.now();
    const timer = setInterval(() => setPassed(performance.now() - startedAt), TICK_MILLISECONDS);
    return () => clearInterval(timer);
  }, []);
  const start = answer?.ok === true ? Date.parse(answer.value.now) : Date.now();
  return start + passed;
}

/** A reason's code in words; what is no code of ours is shown as it is. */
export function reasonText(reason: unknown): string {
  return typeof reason === 'string' ? tc('reason', reason) : '';
}
