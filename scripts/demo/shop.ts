/**
 * The demo shop as Shopify knows it: brands, products with pictures, locations, levels, rates, customers.
 */
import type { ShopSeedInput } from '../local-shopify/seed.ts';
import { type DemoVariant, demoVariants } from './catalogue.ts';
import { customerIdOf, locationIdOf, variantIdsOf } from './locations.ts';
import { DEMO_STARTS_AT, demoNodes } from './nodes.ts';
import { pictureOf } from './pictures/picture.ts';
import { demoStock, STORY_SKUS } from './stock.ts';
import { DEMO_ADDRESSES, demoStories } from './stories.ts';
import { CATEGORY_NAMES, COLORS, demoStyles, MATERIALS, type Style } from './styles.ts';
import { demoTheme } from './theme.ts';

type ProductSeed = ShopSeedInput['products'][number];
type VariantSeed = ProductSeed['variants'][number];

const SHOP_DOMAIN = 'kept-demo.myshopify.com';

/** The whole seed of the demo shop. */
export function demoShopSeed(): ShopSeedInput {
  const nodes = demoNodes();
  return {
    format: 1,
    shop: {
      id: 61_000_000_001,
      domain: SHOP_DOMAIN,
      name: 'Vesprana & Tidemoor',
      email: 'ciao@vesprana.example',
      timeZone: 'Europe/Rome',
      countryCode: 'IT',
      currency: 'EUR',
      languages: ['en', 'it', 'fr', 'de', 'es'],
      presentmentCurrencies: [{ code: 'GBP', rate: 0.86, countries: ['GB'] }],
      sellsTo: ['IT', 'FR', 'DE', 'ES', 'GB'],
    },
    brands: BRANDS,
    locations: nodes.map((node) => ({
      id: locationIdOf(node.id),
      name: node.name ?? node.id,
      address1: node.address1 ?? '',
      city: node.city ?? '',
      zip: node.postalCode ?? '',
      countryCode: node.country,
      latitude: node.lat,
      longitude: node.lng,
      fulfillsOnlineOrders: true,
      localPickup: node.kind === 'store' ? { pickupTime: 'TWENTY_FOUR_HOURS' as const } : null,
    })),
    products: demoStyles().map((style, index) => productOf(style, 82_100_000_001 + index)),
    deliveryProfile: {
      id: 91_000_000_001,
      locationGroups: [
        {
          id: 91_100_000_001,
          locationIds: nodes.map((node) => locationIdOf(node.id)),
          zones: [
            {
              id: 91_200_000_001,
              name: 'European Union',
              countries: ['IT', 'FR', 'DE', 'ES'],
              rates: [standIn(91_300_000_002, 'Standard')],
            },
            {
              id: 91_200_000_002,
              name: 'United Kingdom',
              countries: ['GB'],
              rates: [standIn(91_300_000_003, 'Standard delivery')],
            },
          ],
        },
      ],
    },
    backupRates: [{ id: 91_300_000_001, name: 'Standard', priceMinor: 790 }],
    customers: CUSTOMERS,
    stories: demoStories(),
    theme: demoTheme(),
    startsAt: DEMO_STARTS_AT,
  };
}

const BRANDS: ShopSeedInput['brands'] = [
  {
    name: 'Vesprana',
    handle: 'vesprana',
    tagline: {
      en: 'Tailored for the hours between two cities',
      it: 'Sartoria per le ore tra due città',
      fr: 'Taillé pour les heures entre deux villes',
      de: 'Geschneidert für die Stunden zwischen zwei Städten',
      es: 'A medida de las horas entre dos ciudades',
    },
  },
  {
    name: 'Tidemoor',
    handle: 'tidemoor',
    tagline: {
      en: 'Made for weather, kept for years',
      it: 'Fatto per il tempo, tenuto per anni',
      fr: 'Fait pour le temps, gardé des années',
      de: 'Für Wetter gemacht, jahrelang behalten',
      es: 'Hecho para el tiempo, guardado por años',
    },
  },
];

const CUSTOMERS: NonNullable<ShopSeedInput['customers']> = (
  [
    ['MILANO', 'it', []],
    ['ROMA', 'it', ['vip']],
    ['PARIS', 'fr', []],
    ['BERLIN', 'de', []],
    ['MADRID', 'es', []],
    ['LONDON', 'en', ['vip']],
  ] as const
).map(([place, language, tags]) => {
  const address = DEMO_ADDRESSES[place];
  const mailbox = `${address.firstName}.${address.lastName}`
    .normalize('NFD')
    .replace(/[^a-zA-Z.]/g, '');
  return {
    id: customerIdOf(place),
    firstName: address.firstName ?? '',
    lastName: address.lastName ?? '',
    email: `${mailbox.toLowerCase()}@example.com`,
    language,
    tags: [...tags],
    addresses: [address],
  };
});

const LANGUAGES = ['en', 'it', 'fr', 'de', 'es'] as const;
type ByLanguage = { en: string } & Record<string, string>;

function byLanguage(
  write: (language: (typeof LANGUAGES)[number], index: number) => string,
): ByLanguage {
  return {
    en: write('en', 0),
    ...Object.fromEntries(LANGUAGES.map((language, index) => [language, write(language, index)])),
  };
}

function productOf(style: Style, id: number): ProductSeed {
  const variants = demoVariants().filter((variant) => variant.style.code === style.code);
  return {
    id,
    handle: `${style.model}-${style.kind[0]}`.toLowerCase().replace(/[^a-z0-9]+/g, '-'),
    title: byLanguage((_, index) => titleOf(style, index)),
    description: byLanguage((language, index) => descriptionOf(style, language, index)),
    vendor: style.brand,
    productType: CATEGORY_NAMES[style.category],
    tags: [style.category, ...style.tags],
    options: style.sizes === 'one' ? ['Color'] : ['Color', 'Size'],
    image: { svg: pictureOf(style), alt: byLanguage((_, index) => altOf(style, index)) },
    variants: variants.map(variantOf),
  };
}

function titleOf(style: Style, index: number): string {
  const kind = style.kind[index] ?? style.kind[0];
  return index === 0
    ? `${style.model} ${kind}`
    : `${kind.charAt(0).toUpperCase()}${kind.slice(1)} ${style.model}`;
}

function altOf(style: Style, index: number): string {
  const color = COLORS[style.colors[0]][LANGUAGES[index] ?? 'en'];
  return `${titleOf(style, index)}, ${color}`;
}

function descriptionOf(style: Style, language: (typeof LANGUAGES)[number], index: number): string {
  const material = MATERIALS[style.material].split('|')[index] ?? '';
  const write = style.category === 'fragrance' ? SCENT_SENTENCES[language] : SENTENCES[language];
  return write(style.brand, material);
}

type Sentence = (brand: string, material: string) => string;
const SENTENCES: Readonly<Record<(typeof LANGUAGES)[number], Sentence>> = {
  en: (brand, material) =>
    `In ${material}, cut and sewn by ${brand} in small series. Made to be repaired: spare parts for ten years.`,
  it: (brand, material) =>
    `In ${material}, tagliato e cucito da ${brand} in piccole serie. Fatto per essere riparato: ricambi per dieci anni.`,
  fr: (brand, material) =>
    `En ${material}, coupé et cousu par ${brand} en petites séries. Fait pour être réparé : pièces pendant dix ans.`,
  de: (brand, material) =>
    `Aus ${material}, von ${brand} in kleiner Serie gefertigt. Gemacht, um repariert zu werden: Ersatzteile für zehn Jahre.`,
  es: (brand, material) =>
    `En ${material}, cortado y cosido por ${brand} en series pequeñas. Hecho para repararse: recambios durante diez años.`,
};
const SCENT_SENTENCES: Readonly<Record<(typeof LANGUAGES)[number], Sentence>> = {
  en: (brand, notes) =>
    `${notes.charAt(0).toUpperCase()}${notes.slice(1)}: the evening scent of ${brand}.`,
  it: (brand, notes) =>
    `${notes.charAt(0).toUpperCase()}${notes.slice(1)}: il profumo della sera di ${brand}.`,
  fr: (brand, notes) =>
    `${notes.charAt(0).toUpperCase()}${notes.slice(1)} : le parfum du soir de ${brand}.`,
  de: (brand, notes) => `${notes}: der Abendduft von ${brand}.`,
  es: (brand, notes) =>
    `${notes.charAt(0).toUpperCase()}${notes.slice(1)}: el aroma de la noche de ${brand}.`,
};

let availableBySku: ReadonlyMap<string, Readonly<Record<string, number>>> | undefined;

function availableOf(sku: string): Record<string, number> {
  availableBySku ??= new Map(
    [...Map.groupBy(demoStock(), (row) => row.sku)].map(([key, rows]) => [
      key,
      Object.fromEntries(
        rows.map((row) => [String(locationIdOf(row.nodeId)), row.onHand - (row.unavailable ?? 0)]),
      ),
    ]),
  );
  return { ...availableBySku.get(sku) };
}

function variantOf({ sku, style, color, size, weightGrams }: DemoVariant): VariantSeed {
  const { variantId, inventoryItemId } = variantIdsOf(sku);
  return {
    id: variantId,
    inventoryItemId,
    sku,
    optionValues: style.sizes === 'one' ? [COLORS[color].en] : [COLORS[color].en, size],
    priceMinor: style.priceMinor,
    weightGrams,
    // Shopify has one level for everybody: what a quota withholds from it, its customers can still order.
    ...(sku === STORY_SKUS.forRegulars ? { inventoryPolicy: 'CONTINUE' as const } : {}),
    available: availableOf(sku),
  };
}

/** The merchant's own rate, shown on a plan without calculated ones; the demo binds it to a service. */
function standIn(id: number, name: string) {
  return { id, name, priceMinor: 790, isStandIn: true };
}
