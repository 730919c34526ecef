/**
 * What Shopify shows after a step that changes no ids, so that it need not be read again to know that all is done. Pure.
 */
import type { Observed, ObservedPart } from './observed.ts';
import type { Step } from './step.ts';

/** Shopify after a step that it has confirmed; undefined: its ids may have changed, it has to be read. */
export function predicted(observed: Observed, step: Step): Observed | undefined {
  switch (step.kind) {
    case 'deadline':
      return withParts(observed, step.partIds, { fulfillBy: step.deadline });
    case 'progress':
      return withParts(observed, [step.partId], {
        status: 'IN_PROGRESS',
        actions: ['CREATE_FULFILLMENT', 'MARK_AS_OPEN'],
      });
    case 'prepared':
      return observed;
    case 'tracking':
    case 'event':
      return {
        ...observed,
        fulfillments: observed.fulfillments?.map((one) => {
          if (one.id !== step.fulfillmentId) return one;
          return step.kind === 'event'
            ? { ...one, displayStatus: step.status }
            : { ...one, tracking: step.tracking };
        }),
      };
    default:
      return undefined;
  }
}

function withParts(
  observed: Observed,
  ids: readonly string[],
  change: Partial<ObservedPart>,
): Observed {
  const parts = observed.parts.map((part) =>
    ids.includes(part.id) ? { ...part, ...change } : part,
  );
  return { ...observed, parts };
}
