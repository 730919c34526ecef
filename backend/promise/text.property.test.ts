import { expect, test } from 'vitest';
import { randomCase } from '../../tests/oracle/random-world.ts';
import { instantToMinuteFloor } from '../base/time.ts';
import { compileNetwork } from '../network/network.ts';
import { toRates } from '../shopify/rates/answer.ts';
import { offerOfQuote } from '../shopify/rates/offer.ts';
import { factsOfWorld } from '../stock/stock.ts';
import { quote } from './quote.ts';
import { toQuoteRequest } from './quote-request.ts';

const LANGUAGES = ['it', 'fr', 'en', 'de', 'es', null];
/** Words that are true on one day only, and so never stand in a rate that is kept and read later. */
const RELATIVE =
  /\b(today|tonight|tomorrow|oggi|stasera|domani|aujourd|demain|heute|morgen|übermorgen|hoy|mañana|pasado)\b/i;

test('a rate names the weekday and date of its own window in every language, and never a relative day', () => {
  const zones = new Set<string>();
  let rates = 0;
  for (let seed = 1; seed <= 50; seed += 1) {
    const { world, requests } = randomCase(seed, 3);
    for (const asked of requests) {
      const snapshot = compileNetwork(world, instantToMinuteFloor(asked.now), { validDays: 12 });
      const parsed = toQuoteRequest(snapshot, asked);
      if (!parsed.ok) continue;
      const request = { ...parsed.value, methods: ['home', 'pickup_point'] as const };
      const quoted = quote(snapshot, factsOfWorld(snapshot, world), request);
      const basket = { request, hasUnknown: false, grams: 0 };
      const offer = offerOfQuote(snapshot, basket, quoted);
      if (offer === 'backup') continue;
      for (const language of LANGUAGES) {
        const style = { currency: 'EUR', language, receiptId: 'r' };
        const written = toRates(offer.rated, style);
        for (const [index, option] of quoted.options.entries()) {
          const rate = written[index];
          zones.add(option.timeZone);
          rates += 1;
          const where = `seed ${seed}, ${language}, ${rate?.description}`;
          expect(rate?.service_code, where).toBe(option.serviceCode);
          expect(`${rate?.service_name} ${rate?.description}`, where).not.toMatch(RELATIVE);
          for (const part of partsOf(option.promisedOn, language)) {
            expect(rate?.description, where).toContain(part);
          }
        }
      }
    }
  }
  expect(rates).toBeGreaterThan(200);
  expect(zones.size).toBeGreaterThan(4);
}, 60_000);

/** What must be read: weekday (its first letters) and day of the month, or the date in numbers. */
function partsOf(promisedOn: string, language: string | null): string[] {
  if (language === null) return [promisedOn];
  const day = Temporal.PlainDate.from(promisedOn);
  const weekday = day.toLocaleString(language, { weekday: 'short' }).slice(0, 2);
  return [weekday, String(day.day)];
}
