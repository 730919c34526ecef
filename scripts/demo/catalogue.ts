/**
 * The demo's products as the network knows them: one SKU per style, color and size.
 *
 * SKUs read `V-CT01-CAM-M`: brand, style, first letters of the color, size. Weights grow a little with the size.
 */
import type { WorldInput } from '../../backend/network/world.ts';
import { CATEGORY_NAMES, COLORS, type ColorName, demoStyles, SIZES, type Style } from './styles.ts';

type ProductInput = WorldInput['products'][number];

/** One variant of a style. */
export type DemoVariant = {
  readonly sku: string;
  readonly style: Style;
  readonly color: ColorName;
  readonly size: string;
  readonly weightGrams: number;
};

/** All variants, in the order of the styles, colors and sizes. */
export function demoVariants(): DemoVariant[] {
  return demoStyles().flatMap((style) =>
    style.colors.flatMap((color) =>
      SIZES[style.sizes].map((size, index) => ({
        sku: skuOf(style, color, size),
        style,
        color,
        size,
        weightGrams: weightOf(style, index),
      })),
    ),
  );
}

/** The products of the world. */
export function demoProducts(): ProductInput[] {
  return demoVariants().map(({ sku, style, color, size, weightGrams }) => ({
    sku,
    name: `${style.model} ${style.kind[0]}, ${COLORS[color].en}${style.sizes === 'one' ? '' : `, ${size}`}`,
    weightGrams,
    volumeCm3: style.volumeCm3,
    longestCm: style.longestCm,
    category: CATEGORY_NAMES[style.category],
    tags: [style.category, ...style.tags],
  }));
}

function skuOf(style: Style, color: ColorName, size: string): string {
  const plainSize = style.sizes === 'one' ? 'U' : size.replace('½', '5').replace('–', '');
  return `${style.brand.charAt(0)}-${style.code}-${color.slice(0, 3).toUpperCase()}-${plainSize}`;
}

// About 2.5 % a size, rounded to 10 g.
function weightOf(style: Style, sizeIndex: number): number {
  const middle = Math.floor(SIZES[style.sizes].length / 2);
  return Math.round((style.weightGrams * (1 + 0.025 * (sizeIndex - middle))) / 10) * 10;
}
