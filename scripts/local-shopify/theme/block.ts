/**
 * One app block as HTML: its Liquid rendered with its extension's snippets and words, its settings over the schema's
 * defaults, wrapped as Shopify wraps it.
 *
 * A fault in the Liquid throws: Shopify would print it into the storefront.
 */
import { Liquid } from 'liquidjs';
import {
  type AppBlock,
  defaultSettings,
  readLocale,
  type SettingSchema,
  type ThemeExtension,
} from './extension.ts';
import { registerFilters } from './filters.ts';
import { registerTags } from './tags.ts';

/** What is the same for all blocks of a page. */
export type BlockPage = {
  language: string;
  currency: string;
  rate: number;
  now: string;
  timeZone: string;
  isDesignMode: boolean;
  /** Shopify's objects by name: product, shop, cart, localization, request … */
  objects: object;
  /** Turns the stored value of a `product` or `collection` setting into its object. */
  resolveSetting?(setting: SettingSchema, value: unknown): unknown;
};

export type PlacedBlock = {
  extension: ThemeExtension;
  block: AppBlock;
  id: string;
  type: string;
  settings: Readonly<Record<string, unknown>>;
};

/** Address of a file of an extension, as Shopify's CDN serves it. */
export function extensionAssetUrl(extension: ThemeExtension, file: string): string {
  return `/cdn/extensions/${extension.uid}/${extension.handle}/assets/${file}`;
}

const attribute = (value: unknown): string =>
  JSON.stringify(value).replaceAll('&', '&amp;').replaceAll('"', '&quot;');

/** The block's HTML with Shopify's wrapper; a block of the head is bare, between two comments. */
export function renderBlock(placed: PlacedBlock, page: BlockPage): string {
  const { block, id } = placed;
  const engine = new Liquid({
    templates: placed.extension.snippets as Record<string, string>,
    strictFilters: true,
    ownPropertyOnly: false,
    timezoneOffset: page.timeZone,
    locale: page.language,
  });
  registerTags(engine, {});
  registerFilters(engine, {
    ...page,
    words: readLocale(placed.extension.directory, {
      language: page.language,
      kind: 'storefront',
    }),
    assetUrl: (file) => extensionAssetUrl(placed.extension, file),
  });
  const html = String(
    engine.parseAndRenderSync(
      block.source,
      { block: liquidBlock(placed, page) },
      { globals: page.objects },
    ),
  );
  if (block.schema.target !== 'section' && block.schema.target !== 'body') {
    return `<!-- BEGIN app block: ${placed.type} -->${html}<!-- END app block -->`;
  }
  const handle = page.isDesignMode ? ` data-block-handle="${block.handle}"` : '';
  const wrapped = `<div id="shopify-block-${id}" class="shopify-block shopify-app-block"${handle}>${html}</div>`;
  return `<!-- BEGIN app block: ${placed.type} -->${wrapped}<!-- END app block -->`;
}

function liquidBlock(placed: PlacedBlock, page: BlockPage): object {
  const { schema } = placed.block;
  const settings: Record<string, unknown> = {
    ...defaultSettings(schema.settings),
    ...placed.settings,
  };
  for (const setting of schema.settings) {
    if (setting.id !== undefined && page.resolveSetting) {
      settings[setting.id] = page.resolveSetting(setting, settings[setting.id]);
    }
  }
  return {
    id: placed.id,
    type: '@app',
    name: schema.name,
    settings,
    shopify_attributes: page.isDesignMode
      ? `data-shopify-editor-block="${attribute({ id: placed.id, type: placed.type })}"`
      : '',
  };
}

/** Whether `available_if` of a block holds; a block without one always may be shown. */
export function isBlockAvailable(block: AppBlock, objects: object): boolean {
  const { available_if: condition } = block.schema;
  if (condition === undefined) return true;
  const engine = new Liquid({ ownPropertyOnly: false });
  return String(engine.parseAndRenderSync(condition, objects)).trim() === 'true';
}
