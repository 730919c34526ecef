/**
 * The theme editor: its page, the draft it writes while the merchant works, and saving.
 *
 * Deep links as Shopify documents them: `?context=apps&template=product&activateAppId=<uid or api key>/<block>` turns an
 * embed on, `?template=product&addAppBlockId=<uid or api key>/<block>&target=mainSection|newAppsSection` adds a block;
 * both are unsaved until the merchant saves.
 */
import { type Request, type Response, Router } from 'express';
import { z } from 'zod';
import { localize } from '../seed.ts';
import type { LocalShop } from '../shop.ts';
import { addBlock, addSection, setEmbed } from '../theme/draft.ts';
import type { EditorAppBlock, EditorSection, EditorView } from '../theme/editor-view.ts';
import {
  blockType,
  isAllowedOn,
  readLocale,
  readThemeExtensions,
  type SettingSchema,
  schemaText,
  type ThemeExtension,
  wordsAt,
} from '../theme/extension.ts';
import { readThemeFile, readThemeLiquid, themeDataOf } from '../theme/theme-data.ts';
import { type ThemeData, themeDataSchema } from '../theme/theme-schema.ts';
import { html } from './html.ts';
import { renderPage } from './page.ts';
import type { ThemeDrafts } from './theme-drafts.ts';

/** What a merchant edits, in the order of the list. */
const TEMPLATES = [
  { name: 'index', title: 'Home page' },
  { name: 'collection', title: 'Collection' },
  { name: 'product', title: 'Product' },
  { name: 'cart', title: 'Cart' },
] as const;

export function themeEditorRoutes(shop: LocalShop, drafts: ThemeDrafts): Router {
  const router = Router();
  router.get('/admin/themes', (_request, response) => {
    response.redirect(303, '/admin/themes/current/editor');
  });
  router.get(['/admin/themes/editor', '/admin/themes/current/editor'], (request, response) => {
    response.send(editorPage(shop, viewOf(shop, drafts, request)));
  });
  router.put('/admin/themes/drafts/:id', (request, response) => {
    const parsed = themeDataSchema.safeParse(request.body);
    if (!parsed.success) {
      response.status(400).json({ detail: z.prettifyError(parsed.error) });
      return;
    }
    if (drafts.write(request.params.id, parsed.data)) response.json({ ok: true });
    else refuseForgotten(response);
  });
  router.post('/admin/themes/drafts/:id/save', (request, response) => {
    const data = drafts.read(request.params.id);
    if (!data) return refuseForgotten(response);
    shop.state.theme = data;
    shop.file.touch();
    response.json({ ok: true });
  });
  return router;
}

function refuseForgotten(response: Response): void {
  const detail = 'This editor was open too long and its draft is gone; reload the page.';
  response.status(404).json({ detail });
}

function editorPage(shop: LocalShop, view: EditorView): string {
  return renderPage(shop, {
    title: `Theme editor · ${shop.seed.shop.name} · Admin`,
    language: 'en',
    look: 'admin',
    body: html`<link rel="stylesheet" href="/assets/theme-editor.css"><div id="theme-editor"></div>`,
    scripts: ['theme-editor'],
    data: { 'editor-data': { view, shopName: shop.seed.shop.name } },
  });
}

function viewOf(shop: LocalShop, drafts: ThemeDrafts, request: Request): EditorView {
  const extensions = shop.state.isInstalled ? readThemeExtensions(shop.root) : [];
  const appBlocks = extensions.flatMap((extension) => editorBlocks(shop, extension));
  const asked = startOf(shop, { request, appBlocks, data: themeDataOf(shop.state) });
  const [firstProduct] = shop.seed.products;
  const paths: Record<string, string> = {
    index: '/',
    collection: '/collections/all',
    product: `/products/${firstProduct?.handle ?? ''}`,
    cart: '/cart',
  };
  return {
    draftId: drafts.open(asked.data),
    data: asked.data,
    templates: TEMPLATES.map((one) => ({ ...one, path: paths[one.name] ?? '/' })),
    sections: themeSections(),
    appName: shop.config().name,
    appBlocks,
    themeSettings: JSON.parse(readThemeFile('config/settings_schema.json')).filter(
      (group: { settings?: unknown }) => group.settings !== undefined,
    ),
    products: shop.seed.products.map((one) => ({
      handle: one.handle,
      title: localize(one.title, 'en'),
    })),
    collections: shop.seed.brands.map((one) => ({ handle: one.handle, title: one.name })),
    start: asked.start,
  };
}

type Asked = { request: Request; appBlocks: readonly EditorAppBlock[]; data: ThemeData };

/** The theme as the address wants it shown first, and what is to be selected. */
function startOf(
  shop: LocalShop,
  { request, appBlocks, data }: Asked,
): { data: ThemeData; start: EditorView['start'] } {
  const text = (name: string): string => {
    const value = request.query[name];
    return typeof value === 'string' ? value : '';
  };
  const named = (id: string): EditorAppBlock | undefined => {
    const [owner = '', handle] = id.split('/');
    return appBlocks.find(
      (one) =>
        one.handle === handle && (owner === shop.app.apiKey || one.type.endsWith(`/${owner}`)),
    );
  };
  const template = TEMPLATES.find((one) => one.name === text('template'))?.name ?? 'product';
  const start: EditorView['start'] = {
    template,
    panel: text('context') === 'apps' ? 'apps' : 'sections',
    select: null,
  };
  const embed = named(text('activateAppId'));
  if (embed && embed.target !== 'section') {
    return { data: setEmbed(data, embed.type, true), start: { ...start, select: embed.type } };
  }
  const block = named(text('addAppBlockId'));
  if (!block?.templates.includes(template)) return { data, start };
  const added =
    text('target') === 'newAppsSection'
      ? addSection(data, template, { type: 'apps', block })
      : addBlock(data, { template, section: 'main' }, block);
  return { data: added.data, start: { ...start, select: added.place?.block ?? null } };
}

/** The blocks of an extension with the editor's words filled in. */
function editorBlocks(shop: LocalShop, extension: ThemeExtension): EditorAppBlock[] {
  const words = readLocale(extension.directory, { language: 'en', kind: 'schema' });
  const say = (label: string): string => {
    const found = label.startsWith('t:') ? wordsAt(words, label.slice(2)) : label;
    return typeof found === 'string' ? found : label;
  };
  return [...extension.blocks.values()].map(({ handle, schema }) => ({
    type: blockType(shop.config().name, { extension, handle }),
    handle,
    name: say(schema.name),
    extension: extension.name,
    target: schema.target,
    templates: TEMPLATES.map((one) => one.name).filter((name) => isAllowedOn(schema, name)),
    settings: schema.settings.map((setting) => sayAll(setting, say)),
  }));
}

function sayAll(setting: SettingSchema, say: (label: string) => string): SettingSchema {
  const { label, info, content, placeholder, options } = setting;
  return {
    ...setting,
    ...(label === undefined ? {} : { label: say(label) }),
    ...(info === undefined ? {} : { info: say(info) }),
    ...(content === undefined ? {} : { content: say(content) }),
    ...(placeholder === undefined ? {} : { placeholder: say(placeholder) }),
    ...(options === undefined
      ? {}
      : { options: options.map((one) => ({ ...one, label: say(one.label) })) }),
  };
}

function themeSections(): EditorSection[] {
  return Object.entries(readThemeLiquid('sections')).map(([type, source]) => {
    const { name = type, settings = [], blocks = [] } = JSON.parse(schemaText(source) ?? '{}');
    const own = blocks.filter((one: { type: string }) => one.type !== '@app');
    return {
      type,
      name,
      settings,
      blocks: own.map((one: { type: string; name: string; settings?: SettingSchema[] }) => ({
        type: one.type,
        handle: one.type,
        name: one.name,
        settings: one.settings ?? [],
      })),
      takesApps: own.length < blocks.length,
    };
  });
}
