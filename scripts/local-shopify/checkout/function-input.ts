/**
 * The input of a delivery customization: everything Shopify would let it ask, answered by graphql-js on the real
 * function schema through the Function's own input query.
 *
 * Functions have no clock: `localTime` compares the shop's wall clock with literals. A metafield above 10,000 bytes is
 * null. With protected data withheld an address has its country and nothing that locates a person.
 */
import { readFileSync } from 'node:fs';
import { execute, type GraphQLSchema, parse, validate } from 'graphql';
import { loadShopifySchema } from '../../shopify-schemas.ts';
import { type Arguments, resolveField, resolveType } from '../admin/node.ts';
import type { ShopifyFunction } from '../app/app-config.ts';
import { wallClock } from '../clock.ts';
import { currencyFor, toDecimal } from '../money.ts';
import type { SeedAddress } from '../seed.ts';
import { gid, type LocalShop, metafieldOf, resolveNamespace, variantOf } from '../shop.ts';
import type { Cart, DeliveryCustomization } from '../state.ts';
import type { DeliveryContext, DraftOption } from './delivery.ts';

/** A metafield longer than this reaches a Function as null. */
const METAFIELD_BYTES_MAX = 10_000;

let schema: Promise<GraphQLSchema> | undefined;

/** The schema Functions of this kind are written against. */
export function functionSchema(): Promise<GraphQLSchema> {
  schema ??= loadShopifySchema('functions_delivery_customization', '2026-07');
  return schema;
}

export type FunctionQuestion = {
  customization: DeliveryCustomization;
  options: readonly DraftOption[];
  context: DeliveryContext;
};

/** The input object of one run; throws when the query does not fit the schema. */
export async function resolveFunctionInput(
  shop: LocalShop,
  fn: ShopifyFunction,
  question: FunctionQuestion,
): Promise<unknown> {
  const document = parse(readFileSync(fn.inputQueryPath, 'utf8'));
  const onSchema = await functionSchema();
  const [fault] = validate(onSchema, document);
  if (fault) throw new Error(`${fn.inputQueryPath}: ${fault.message}`);
  const result = await execute({
    schema: onSchema,
    document,
    rootValue: rootOf(shop, question),
    contextValue: { shop, scopes: new Set<string>(), version: '2026-07' },
    variableValues: variablesOf(shop, fn, question.customization),
    fieldResolver: resolveField,
    typeResolver: resolveType,
  });
  const [error] = result.errors ?? [];
  if (error) throw new Error(`${fn.inputQueryPath}: ${error.message}`);
  return JSON.parse(JSON.stringify(result.data));
}

/** Variables of the input query come from one JSON metafield of the customization. */
function variablesOf(
  shop: LocalShop,
  fn: ShopifyFunction,
  customization: DeliveryCustomization,
): Record<string, unknown> {
  if (!fn.variables) return {};
  const field = metafieldOf(shop, gid('DeliveryCustomization', customization.id), fn.variables);
  return field ? JSON.parse(field.value) : {};
}

type Tree = Readonly<Record<string, unknown>>;

function rootOf(shop: LocalShop, { customization, options, context }: FunctionQuestion): Tree {
  const { address, checkout } = context;
  const currency = currencyFor(shop.seed, address.countryCode);
  return {
    deliveryCustomization: {
      __typename: 'DeliveryCustomization',
      ...ownedMetafield(shop, gid('DeliveryCustomization', customization.id)),
    },
    shop: {
      __typename: 'Shop',
      localTime: localTime(shop),
      ...ownedMetafield(shop, gid('Shop', shop.seed.shop.id)),
    },
    localization: {
      __typename: 'Localization',
      language: { __typename: 'Language', isoCode: checkout.language.toUpperCase() },
      country: { __typename: 'Country', isoCode: address.countryCode },
    },
    presentmentCurrencyRate: String(currency.rate),
    cart: cartOf(shop, { options, context }),
  };
}

function toField(value: string, type: string): Tree | null {
  if (Buffer.byteLength(value) > METAFIELD_BYTES_MAX) return null;
  const jsonValue: unknown = type === 'json' ? JSON.parse(value) : value;
  return { __typename: 'Metafield', value, type, jsonValue };
}

function ownedMetafield(shop: LocalShop, owner: string): Tree {
  return {
    metafield: ({ namespace, key }: Arguments) => {
      const wanted = typeof namespace === 'string' ? namespace : undefined;
      const found = metafieldOf(shop, owner, { namespace: wanted, key: String(key) });
      return found ? toField(found.value, found.type) : null;
    },
  };
}

function cartMetafield(shop: LocalShop, cart: Cart): Tree {
  return {
    metafield: ({ namespace, key }: Arguments) => {
      const resolved = resolveNamespace(shop.app, namespace as string | undefined);
      const found = cart.metafields.find((one) => one.namespace === resolved && one.key === key);
      return found ? toField(found.value, found.type) : null;
    },
  };
}

/** Comparisons of the shop's wall clock: times `HH:MM:SS`, date-times `YYYY-MM-DDTHH:MM:SS`. */
function localTime(shop: LocalShop): Tree {
  const { date, time } = wallClock(shop.clock.nowMs(), shop.seed.shop.timeZone);
  const stamp = `${date}T${time}`;
  const whole = (text: unknown): string => String(text).padEnd(8, ':00').slice(0, 8);
  return {
    __typename: 'LocalTime',
    date,
    timeAfter: (args: Arguments) => time >= whole(args['time']),
    timeBefore: (args: Arguments) => time < whole(args['time']),
    timeBetween: (args: Arguments) =>
      time >= whole(args['startTime']) && time < whole(args['endTime']),
    dateTimeAfter: (args: Arguments) => stamp >= String(args['dateTime']),
    dateTimeBefore: (args: Arguments) => stamp < String(args['dateTime']),
    dateTimeBetween: (args: Arguments) =>
      stamp >= String(args['startDateTime']) && stamp < String(args['endDateTime']),
  };
}

function cartOf(
  shop: LocalShop,
  { options, context }: { options: readonly DraftOption[]; context: DeliveryContext },
): Tree {
  const { cart, checkout, address } = context;
  const lines = cart.lines.map((line) => toLine(shop, line));
  const mayRead = shop.state.settings.protectedData === 'granted';
  return {
    __typename: 'Cart',
    attribute: ({ key }: Arguments) => {
      const found = cart.attributes.find((one) => one.key === key);
      return found ? { __typename: 'Attribute', ...found } : null;
    },
    ...cartMetafield(shop, cart),
    lines,
    buyerIdentity: {
      __typename: 'BuyerIdentity',
      email: mayRead ? checkout.email : null,
      phone: null,
      isAuthenticated: checkout.customerId !== null,
    },
    deliveryGroups: [
      {
        __typename: 'CartDeliveryGroup',
        id: gid('CartDeliveryGroup', cart.token),
        groupType: 'ONE_TIME_PURCHASE',
        cartLines: lines,
        deliveryAddress: toAddress(address, mayRead),
        deliveryOptions: options.map((one) => toOption(shop, one)),
        selectedDeliveryOption: null,
      },
    ],
  };
}

function toLine(shop: LocalShop, line: Cart['lines'][number]): Tree {
  const { product, variant } = variantOf(shop, line.variantId);
  return {
    __typename: 'CartLine',
    id: gid('CartLine', line.id),
    quantity: line.quantity,
    attribute: () => null,
    merchandise: {
      __typename: 'ProductVariant',
      id: gid('ProductVariant', variant.id),
      sku: variant.sku,
      title: variant.optionValues.join(' / '),
      requiresShipping: variant.requiresShipping,
      weight: variant.weightGrams,
      weightUnit: 'GRAMS',
      ...ownedMetafield(shop, gid('ProductVariant', variant.id)),
      product: {
        __typename: 'Product',
        id: gid('Product', product.id),
        handle: product.handle,
        vendor: product.vendor,
        productType: product.productType,
        hasAnyTag: ({ tags }: Arguments) =>
          (tags as string[]).some((tag) => product.tags.includes(tag)),
        ...ownedMetafield(shop, gid('Product', product.id)),
      },
    },
  };
}

function toAddress(address: SeedAddress, mayRead: boolean): Tree {
  const shown = (text: string): string | null => (mayRead && text !== '' ? text : null);
  return {
    __typename: 'MailingAddress',
    firstName: shown(address.firstName),
    lastName: shown(address.lastName),
    name: shown(`${address.firstName} ${address.lastName}`.trim()),
    address1: shown(address.address1),
    address2: shown(address.address2),
    company: shown(address.company),
    city: shown(address.city),
    zip: shown(address.zip),
    phone: shown(address.phone),
    provinceCode: shown(address.provinceCode),
    countryCode: address.countryCode,
    latitude: null,
    longitude: null,
  };
}

function toOption(shop: LocalShop, option: DraftOption): Tree {
  return {
    __typename: 'CartDeliveryOption',
    handle: option.handle,
    code: option.code,
    title: option.title,
    description: option.description === '' ? null : option.description,
    deliveryMethodType: option.kind === 'pickup' ? 'PICK_UP' : 'SHIPPING',
    cost: {
      __typename: 'MoneyV2',
      amount: toDecimal(option.priceMinor),
      currencyCode: shop.seed.shop.currency,
    },
  };
}
