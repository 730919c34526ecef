/**
 * The variant a product's blocks speak of, and when they begin to ask.
 *
 * A block asks when it comes near the visible page, and again when another variant is chosen; the question before that
 * is given up. All blocks of a page with one variant and one place share one request.
 */
import { chosenVariant, followVariant } from './variant.ts';

export type ProductChoice = {
  /** The variant to ask about; undefined while the block is out of sight. */
  readonly wanted: () => string | undefined;
  /** The class Liquid printed for the chosen variant: `n2026-12-01`. */
  readonly etaClass: () => string | undefined;
};

/** True when a printed class allows a first date on the shop's day it was printed. */
export function isNormal(etaClass: string | undefined, today: string): boolean {
  return etaClass?.length === 11 && etaClass.startsWith('n') && etaClass.slice(1) > today;
}

/** Follows the product of a block; `onChange` says whether the shopper chose another variant. */
export function watchProduct(
  block: HTMLElement,
  signal: AbortSignal,
  onChange: (isOther: boolean) => void,
): ProductChoice {
  const classes = JSON.parse(block.dataset['variants'] || '{}') as {
    readonly [id: string]: string;
  };
  const isOurs = (variant: string) => variant in classes;
  let chosen = chosenVariant(block, isOurs) ?? block.dataset['variant'] ?? '';
  let isNear = false;
  const onVariant = (variant: string) => {
    if (variant === chosen) return;
    chosen = variant;
    onChange(true);
  };
  followVariant({ block, isOurs, onVariant, signal });
  whenNear(block, signal, () => {
    isNear = true;
    onChange(false);
  });
  return {
    wanted: () => (isNear && chosen !== '' ? chosen : undefined),
    etaClass: () => classes[chosen],
  };
}

function whenNear(block: Element, signal: AbortSignal, onNear: () => void): void {
  const observer = new IntersectionObserver(
    (entries) => {
      if (!entries.some(({ isIntersecting }) => isIntersecting)) return;
      observer.disconnect();
      onNear();
    },
    { rootMargin: '300px' },
  );
  observer.observe(block);
  signal.addEventListener('abort', () => observer.disconnect());
}
