/**
 * A request in the format of docs/cli.md made ready for `quote`, or what is wrong with it.
 */
import { type Refused, type Result, refuseInput } from '../base/result.ts';
import { formatMinute, instantToMinuteFloor } from '../base/time.ts';
import type { Snapshot } from '../network/snapshot.ts';
import type { WorldRequest } from '../network/world.ts';
import type { QuoteRequest } from './quote.ts';

/** Refuses a SKU the snapshot does not know and an instant outside its calendars. */
export function toQuoteRequest(snapshot: Snapshot, request: WorldRequest): Result<QuoteRequest> {
  for (const [index, { sku }] of request.lines.entries()) {
    if (!snapshot.skuIndex.has(sku)) return unknownSku(index, sku);
  }
  const nowMinute = instantToMinuteFloor(request.now);
  const atMinute = nowMinute + request.marginMinutes;
  if (atMinute < snapshot.validFromMinute || atMinute >= snapshot.validToMinute) {
    return outsideSpan(snapshot, request.now);
  }
  const { country, postalCode, lat, lng } = request.destination;
  const isPlaced = lat !== undefined && lng !== undefined;
  return {
    ok: true,
    value: {
      nowMinute,
      marginMinutes: request.marginMinutes,
      lines: request.lines,
      destination: isPlaced ? { country, postalCode, lat, lng } : { country, postalCode },
      currency: request.currency,
      locale: request.locale,
      channel: request.channel,
      customerTags: request.customerTags,
    },
  };
}

function unknownSku(
  index: number,
  sku: string,
): Refused<ReturnType<typeof refuseInput>['refusal']> {
  return refuseInput({
    pointer: `/lines/${index}/sku`,
    value: sku,
    allowed: 'a SKU listed under products of the world',
    remedy: 'Correct the SKU or add the product to the world.',
  });
}

function outsideSpan(snapshot: Snapshot, now: string) {
  const from = formatMinute(snapshot.validFromMinute, 'UTC');
  const to = formatMinute(snapshot.validToMinute, 'UTC');
  return refuseInput({
    pointer: '/now',
    value: now,
    allowed: `an instant that with marginMinutes lies from ${from} to before ${to}`,
    remedy: 'Compile the network for this instant, or ask about one inside the span.',
  });
}
