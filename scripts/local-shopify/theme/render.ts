/**
 * A storefront page: the theme's layout around the sections its JSON template lists, with app blocks where the merchant
 * put them and app embeds in head and body.
 *
 * Files of a block (`stylesheet`, `javascript` of its schema) are on the page once, and only while a block that names
 * them is on it. Source: Shopify "JSON templates", "Section Rendering API", "Theme app extensions".
 */
import { Liquid } from 'liquidjs';
import { currencyFor } from '../money.ts';
import type { SeedProduct } from '../seed.ts';
import { gid, type LocalShop } from '../shop.ts';
import { type BlockPage, extensionAssetUrl, isBlockAvailable, renderBlock } from './block.ts';
import {
  findBlock,
  isAllowedOn,
  readLocale,
  readThemeExtensions,
  type SettingSchema,
  schemaText,
  type ThemeExtension,
} from './extension.ts';
import { registerFilters, translate } from './filters.ts';
import { metafieldsOf } from './metafields.ts';
import { globalObjects, liquidCollection, liquidProduct, type PageRequest } from './objects.ts';
import { registerTags } from './tags.ts';
import { readThemeFile, readThemeLiquid, THEME_FOLDER } from './theme-data.ts';
import type { TemplateBlock, TemplateSection, ThemeData } from './theme-schema.ts';

/** Which page of the shop, and what it shows. */
export type PageView = {
  template: string;
  title: string;
  product?: SeedProduct;
  collectionHandle?: string;
};
export type RenderInput = {
  request: Omit<PageRequest, 'isExtension'>;
  view: PageView;
  data: ThemeData;
  /** Put at the end of the body: what is this tool's own and not the theme's. */
  tail?: string;
  /** Put at the start of the head, before any script of theme or app. */
  head?: string;
};

/** A page at work: what its parts share. */
type Stage = {
  shop: LocalShop;
  input: RenderInput;
  engine: Liquid;
  globals: Record<string, unknown>;
  blockPage: BlockPage;
  extensions: readonly ThemeExtension[];
  sources: Readonly<Record<string, string>>;
  /** HTML of the head that blocks asked for, each once. */
  files: Set<string>;
};

const HEAD_MARK = '<!-- content_for_header -->';

/** The whole page. */
export function renderThemePage(shop: LocalShop, input: RenderInput): string {
  const stage = setStage(shop, input);
  const template = input.data.templates[input.view.template];
  const main = (template?.order ?? []).map((id) => renderTemplateSection(stage, id)).join('\n');
  const layout = String(
    stage.engine.parseAndRenderSync(
      readThemeFile('layout/theme.liquid'),
      { content_for_header: HEAD_MARK, content_for_layout: main },
      { globals: stage.globals },
    ),
  );
  const heads = renderEmbeds(stage, ['compliance_head', 'head']);
  const bodies = renderEmbeds(stage, ['body']);
  const head = [input.head ?? '', headScript(stage), ...stage.files, heads].join('\n');
  return layout
    .replace(HEAD_MARK, () => head)
    .replace('</body>', () => `${bodies}${input.tail ?? ''}</body>`);
}

export type RenderedSection = { html: string; files: string[] };

/** Sections of a page by id, as the Section Rendering API gives them; an unknown id is null. */
export function renderSections(
  shop: LocalShop,
  input: RenderInput,
  ids: readonly string[],
): Record<string, RenderedSection | null> {
  const stage = setStage(shop, input);
  return Object.fromEntries(
    ids.map((id) => {
      stage.files.clear();
      const html = renderSectionById(stage, id);
      return [id, html === undefined ? null : { html, files: [...stage.files] }];
    }),
  );
}

/** `template--product__main`: the id of a section of a JSON template, as pages carry it. */
export const sectionIdOf = (template: string, key: string): string =>
  `template--${template}__${key}`;

function renderSectionById(stage: Stage, id: string): string | undefined {
  const { view, data } = stage.input;
  const prefix = sectionIdOf(view.template, '');
  if (id.startsWith(prefix)) {
    const key = id.slice(prefix.length);
    return data.templates[view.template]?.sections[key] && renderTemplateSection(stage, key);
  }
  return stage.sources[id] === undefined ? undefined : renderStaticSection(stage, id);
}

function setStage(shop: LocalShop, input: RenderInput): Stage {
  const { request, view } = input;
  const { language } = request;
  const currency = currencyFor(shop.seed, request.countryCode);
  const extensions = shop.state.isInstalled ? readThemeExtensions(shop.root) : [];
  const facts = {
    language,
    currency: currency.code,
    rate: currency.rate,
    now: shop.clock.now(),
    timeZone: shop.seed.shop.timeZone,
    isDesignMode: request.isDesignMode,
  };
  const engine = new Liquid({
    templates: readThemeLiquid('snippets'),
    strictFilters: true,
    ownPropertyOnly: false,
    timezoneOffset: facts.timeZone,
    locale: language,
  });
  const words = readLocale(THEME_FOLDER, { language, kind: 'storefront' });
  const own = { ...request, isExtension: true };
  const stage: Stage = {
    shop,
    input,
    engine,
    extensions,
    sources: readThemeLiquid('sections'),
    files: new Set(),
    globals: {
      ...viewObjects(shop, { ...request, isExtension: false }, view),
      settings: input.data.settings,
      page_title:
        view.title === ''
          ? translate({ words, language }, `pages.${view.template}`, {})
          : view.title,
    },
    blockPage: {
      ...facts,
      objects: {
        ...viewObjects(shop, own, view),
        app: {
          metafields: metafieldsOf(shop, gid('AppInstallation', shop.app.id), {
            isExtension: true,
          }),
        },
      },
      resolveSetting: (setting, value) =>
        settingObject(shop, { page: own, view }, { setting, value }),
    },
  };
  registerTags(engine, { section: (name) => renderStaticSection(stage, name) });
  registerFilters(engine, { ...facts, words, assetUrl: (file) => `/cdn/theme/assets/${file}` });
  return stage;
}

function viewObjects(shop: LocalShop, page: PageRequest, view: PageView): Record<string, unknown> {
  const { product, collectionHandle } = view;
  const global = globalObjects({ shop, page });
  return {
    ...global,
    request: { ...global.request, page_type: view.template },
    template: { name: view.template, suffix: null, directory: null, toString: () => view.template },
    ...(product ? { product: liquidProduct({ shop, page }, product) } : {}),
    ...(collectionHandle === undefined
      ? {}
      : { collection: liquidCollection({ shop, page }, collectionHandle) }),
  };
}

function settingObject(
  shop: LocalShop,
  { page, view }: { page: PageRequest; view: PageView },
  { setting, value }: { setting: SettingSchema; value: unknown },
): unknown {
  if (setting.type === 'product') {
    const named = shop.seed.products.find((one) => one.handle === value);
    const product = named ?? (setting.autofill === true ? view.product : undefined);
    return product ? liquidProduct({ shop, page }, product) : null;
  }
  if (setting.type === 'collection') {
    return typeof value === 'string' ? liquidCollection({ shop, page }, value) : null;
  }
  return value;
}

function renderTemplateSection(stage: Stage, key: string): string {
  const { view, data } = stage.input;
  const section = data.templates[view.template]?.sections[key];
  if (!section || section.disabled === true) return '';
  return renderSection(stage, { id: sectionIdOf(view.template, key), section });
}

function renderStaticSection(stage: Stage, name: string): string {
  const section = { type: name, settings: {}, blocks: {}, block_order: [] };
  return renderSection(stage, { id: name, section });
}

function renderSection(
  stage: Stage,
  { id, section }: { id: string; section: TemplateSection },
): string {
  const source = stage.sources[section.type];
  if (source === undefined) throw new Error(`the theme has no section ${section.type}`);
  const schema = JSON.parse(schemaText(source) ?? '{}');
  const defaults = (list: { id?: string; default?: unknown }[] = []): Record<string, unknown> =>
    Object.fromEntries(list.flatMap((one) => (one.id ? [[one.id, one.default ?? null]] : [])));
  const blocks = section.block_order.flatMap((blockId) => {
    const block = section.blocks[blockId];
    if (!block || block.disabled === true) return [];
    const own = (schema.blocks ?? []).find((one: { type: string }) => one.type === block.type);
    return [sectionBlock(stage, { id: blockId, block, defaults: defaults(own?.settings) })];
  });
  const html = stage.engine.parseAndRenderSync(
    source,
    {},
    {
      globals: {
        ...stage.globals,
        section: { id, settings: { ...defaults(schema.settings), ...section.settings }, blocks },
      },
    },
  );
  const tag = schema.tag ?? 'div';
  const name = ['shopify-section', schema.class].filter(Boolean).join(' ');
  return `<${tag} id="shopify-section-${id}" class="${name}">${html}</${tag}>`;
}

type SectionBlock = { id: string; block: TemplateBlock; defaults: Record<string, unknown> };

/** A block as a section's loop meets it: of the theme by its type, of an app as `@app`. */
function sectionBlock(stage: Stage, { id, block, defaults }: SectionBlock): object {
  const attributes = stage.input.request.isDesignMode
    ? `data-shopify-editor-block="${JSON.stringify({ id, type: block.type }).replaceAll('"', '&quot;')}"`
    : '';
  const base = {
    id,
    settings: { ...defaults, ...block.settings },
    shopify_attributes: attributes,
  };
  if (!block.type.startsWith('shopify://apps/')) return { ...base, type: block.type };
  return {
    ...base,
    type: '@app',
    renderAppBlock: () => renderAppBlock(stage, id, block),
  };
}

/** An app block; empty when its app is gone or its schema keeps it off this template. */
function renderAppBlock(stage: Stage, id: string, placed: TemplateBlock): string {
  const found = findBlock(stage.extensions, placed.type);
  if (!found || !isAllowedOn(found.block.schema, stage.input.view.template)) return '';
  if (!isBlockAvailable(found.block, stage.blockPage.objects)) return '';
  const { stylesheet, javascript } = found.block.schema;
  if (stylesheet !== undefined) {
    const url = extensionAssetUrl(found.extension, stylesheet);
    stage.files.add(`<link href="${url}" rel="stylesheet" type="text/css" media="all">`);
  }
  if (javascript !== undefined) {
    const url = extensionAssetUrl(found.extension, javascript);
    stage.files.add(`<script src="${url}" type="text/javascript" defer="defer"></script>`);
  }
  return renderBlock(
    { ...found, id, type: placed.type, settings: placed.settings },
    stage.blockPage,
  );
}

function renderEmbeds(stage: Stage, targets: readonly string[]): string {
  return Object.entries(stage.input.data.embeds)
    .filter(([, embed]) => embed.disabled !== true)
    .filter(([, embed]) => {
      const found = findBlock(stage.extensions, embed.type);
      return found && targets.includes(found.block.schema.target);
    })
    .map(([id, embed]) => renderAppBlock(stage, id, embed))
    .join('\n');
}

/** What Shopify itself puts into every head. */
function headScript({ shop, input }: Stage): string {
  const { request } = input;
  const currency = currencyFor(shop.seed, request.countryCode);
  const facts = {
    shop: shop.seed.shop.domain,
    locale: request.language,
    currency: { active: currency.code, rate: String(currency.rate) },
    country: request.countryCode,
    ...(request.isDesignMode ? { designMode: true } : {}),
    routes: { root: '/' },
  };
  const text = JSON.stringify(facts).replaceAll('<', '\\u003c');
  return `<script id="shopify-features">window.Shopify = Object.assign(window.Shopify || {}, ${text});</script>`;
}
