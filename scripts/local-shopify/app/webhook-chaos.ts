/**
 * Which deliveries something befalls, when a share of them shall be: the n-th delivery of a run is befallen alike every
 * time, so that a test that saw a fault sees it again.
 */
import type { WebhookChaos } from '../state.ts';

export type Befallen = {
  isDropped: boolean;
  isDoubled: boolean;
  isLate: boolean;
  isBehind: boolean;
};

/** What happens to the delivery with this number. */
export function befallen(chaos: WebhookChaos, topic: string, count: number): Befallen {
  const isMeant = chaos.topic === null || chaos.topic === topic;
  const falls = (percent: number, salt: number): boolean =>
    isMeant && percent > 0 && percentOf(count, salt) < percent;
  return {
    isDropped: falls(chaos.dropPercent, 1),
    isDoubled: falls(chaos.duplicatePercent, 2),
    isLate: falls(chaos.delayPercent, 3),
    isBehind: falls(chaos.reorderPercent, 4),
  };
}

/** A number from 0 to 99 that looks like chance: a multiplicative hash of two small numbers. */
function percentOf(count: number, salt: number): number {
  let mixed = Math.imul(count + 1, 0x9e37_79b1) ^ Math.imul(salt, 0x85eb_ca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 15), 0xc2b2_ae35);
  return ((mixed ^ (mixed >>> 13)) >>> 0) % 100;
}
