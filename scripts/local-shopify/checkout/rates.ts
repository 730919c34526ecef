/**
 * All shipping options of a basket: the merchant's flat rates and the carrier services of each origin's zone, put
 * together by name over the origins.
 *
 * Several origins: an option is offered only when every origin offers one of that name; prices add up (a flat rate of
 * one location group is charged once). When no name is common, Shopify shows one "Shipping" at the sum of the cheapest.
 * Whose description and dates a merged option keeps is not documented: the `mergedDetails` setting.
 * Source: Shopify Help, "Shipping from multiple locations"; platform decision 1.
 */
import { rateOf } from '../money.ts';
import type { FlatRate, SeedAddress } from '../seed.ts';
import { hasCarrierRates } from '../settings.ts';
import { type LocalShop, variantOf } from '../shop.ts';
import type { MethodDefinition, ProfileZone } from '../state.ts';
import type { OriginGroup } from './origins.ts';
import type { RateCache } from './rate-cache.ts';
import { type CarrierRate, fetchRates, type RateAnswer } from './rate-client.ts';
import { buildRateRequest } from './rate-request.ts';

/** A shipping option before Functions have had their say. Prices in minor units of the shop's currency. */
export type ShippingRate = {
  name: string;
  code: string;
  description: string;
  priceMinor: number;
  /** Name of the carrier service; null for a rate of the merchant. */
  carrierName: string | null;
  carrierServiceId: number | null;
  minDeliveryAt: string | null;
  maxDeliveryAt: string | null;
  metafields: { namespace: string; key: string; value: string }[];
  /** How many origins' rates are in it. */
  parts: number;
};
type PartRate = ShippingRate & { flatId: number | null };

export type RateQuestion = {
  groups: readonly OriginGroup[];
  address: SeedAddress;
  currency: { code: string; rate: number };
  locale: string;
  subtotalMinor: number;
  customer: { id: number; tags: string[] } | undefined;
};

/** Every shipping rate for a basket, cheapest first. */
export async function collectRates(
  shop: LocalShop,
  question: RateQuestion,
  cache: RateCache<RateAnswer>,
): Promise<ShippingRate[]> {
  const parts = await Promise.all(
    question.groups.map((group) => ratesOfOrigin(shop, { ...question, group, cache })),
  );
  const merged = mergeOrigins(parts, shop.state.settings.mergedDetails);
  return merged.sort((a, b) => a.priceMinor - b.priceMinor);
}

type OriginQuestion = RateQuestion & { group: OriginGroup; cache: RateCache<RateAnswer> };

async function ratesOfOrigin(shop: LocalShop, question: OriginQuestion): Promise<PartRate[]> {
  const zone = zoneOf(shop, question.group.locationId, question.address.countryCode);
  if (!zone) return [];
  const grams = question.group.lines.reduce(
    (sum, line) => sum + variantOf(shop, line.variantId).variant.weightGrams * line.quantity,
    0,
  );
  const hasCalculated = hasCarrierRates(shop.state.settings);
  const flat = zone.methods.flatMap((method) => flatRate(method, { grams, hasCalculated }));
  const carriers = hasCalculated
    ? await Promise.all(zone.methods.map((method) => carrierRates(shop, method, question)))
    : [];
  return [...flat, ...carriers.flat()];
}

function zoneOf(shop: LocalShop, locationId: number, country: string): ProfileZone | undefined {
  const group = shop.state.groups.find((one) => one.locationIds.includes(locationId));
  return group?.zones.find((zone) => zone.countries.includes(country));
}

function flatRate(
  method: MethodDefinition,
  { grams, hasCalculated }: { grams: number; hasCalculated: boolean },
): PartRate[] {
  if (!method.active || method.rate.kind !== 'flat') return [];
  const { flat } = method.rate;
  if (flat.isStandIn && hasCalculated) return [];
  if (grams < (flat.minGrams ?? 0) || grams >= (flat.maxGrams ?? Number.POSITIVE_INFINITY))
    return [];
  return [fromFlat(flat)];
}

function fromFlat(flat: FlatRate): PartRate {
  return {
    name: flat.name,
    code: flat.name,
    description: flat.description,
    priceMinor: flat.priceMinor,
    carrierName: null,
    carrierServiceId: null,
    minDeliveryAt: null,
    maxDeliveryAt: null,
    metafields: [],
    parts: 1,
    flatId: flat.id,
  };
}

async function carrierRates(
  shop: LocalShop,
  method: MethodDefinition,
  question: OriginQuestion,
): Promise<PartRate[]> {
  if (!method.active || method.rate.kind !== 'carrier') return [];
  const { rate } = method;
  const service = shop.state.carrierServices.find((one) => one.id === rate.carrierServiceId);
  if (!service?.active) return [];
  const asksIn =
    shop.state.settings.rateCurrency === 'presentment'
      ? question.currency
      : { code: shop.seed.shop.currency, rate: 1 };
  const body = buildRateRequest(shop, { ...question, currency: asksIn });
  const answer = await fetchRates(shop, service, { body, cache: question.cache });
  if (!answer.ok) return shop.seed.backupRates.map(fromFlat);
  return answer.rates.flatMap((one) => {
    const named = rate.services.find((known) => known.name === one.service_name);
    const isWanted = named ? named.active : rate.adaptsToNewServices;
    return isWanted ? fromCarrier(shop, one, { service, rate }) : [];
  });
}

type CarrierMethod = Extract<MethodDefinition['rate'], { kind: 'carrier' }>;

function fromCarrier(
  shop: LocalShop,
  one: CarrierRate,
  { service, rate }: { service: { id: number; name: string }; rate: CarrierMethod },
): PartRate[] {
  const perUnit = rateOf(shop.seed, one.currency);
  // A currency the shop does not trade in cannot be turned into a price.
  if (perUnit === undefined) return [];
  const base = Math.floor(Number(one.total_price) / perUnit + 0.5);
  const fee = Math.floor((base * rate.percentageOfRateFee) / 100 + 0.5) + rate.fixedFeeMinor;
  return [
    {
      name: one.service_name,
      code: one.service_code,
      description: one.description,
      priceMinor: base + fee,
      carrierName: service.name,
      carrierServiceId: service.id,
      minDeliveryAt: one.min_delivery_date ?? null,
      maxDeliveryAt: one.max_delivery_date ?? null,
      metafields: one.metafields ?? [],
      parts: 1,
      flatId: null,
    },
  ];
}

/** Puts the rates of several origins together by name; one origin's rates stay as they are. */
export function mergeOrigins(
  parts: readonly (readonly PartRate[])[],
  details: 'first' | 'none' | 'latest',
): ShippingRate[] {
  const [first, ...others] = parts;
  if (!first) return [];
  if (others.length === 0) return first.map(withoutFlatId);
  const merged = first.flatMap((rate) => {
    const same = others.map((list) => list.find((one) => one.name === rate.name));
    const all = [rate, ...same.filter((one) => one !== undefined)];
    return all.length === parts.length ? [mergeNamed(all, details)] : [];
  });
  if (merged.length > 0) return merged;
  const cheapest = parts.map((list) => [...list].sort((a, b) => a.priceMinor - b.priceMinor)[0]);
  const all = cheapest.filter((one) => one !== undefined);
  if (all.length < parts.length) return [];
  return [{ ...mergeNamed(all, 'none'), name: 'Shipping', code: 'Shipping' }];
}

function mergeNamed(all: readonly PartRate[], details: 'first' | 'none' | 'latest'): ShippingRate {
  const byDate = [...all].sort((a, b) =>
    (a.maxDeliveryAt ?? '') < (b.maxDeliveryAt ?? '') ? 1 : -1,
  );
  const source = details === 'latest' ? byDate[0] : all[0];
  if (!source) throw new Error('nothing to merge');
  const isOneFlat = all.every((one) => one.flatId !== null && one.flatId === source.flatId);
  const merged: ShippingRate = {
    ...withoutFlatId(source),
    priceMinor: isOneFlat ? source.priceMinor : all.reduce((sum, one) => sum + one.priceMinor, 0),
    parts: all.length,
  };
  if (details !== 'none' || isOneFlat) return merged;
  return { ...merged, description: '', minDeliveryAt: null, maxDeliveryAt: null, metafields: [] };
}

function withoutFlatId({ flatId: _, ...rate }: PartRate): ShippingRate {
  return rate;
}
