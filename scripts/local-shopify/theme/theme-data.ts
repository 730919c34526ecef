/**
 * What a merchant sets in the theme editor: JSON templates, theme settings, app embeds, in the shapes of an Online
 * Store 2.0 theme (`templates/*.json`, `config/settings_data.json`).
 *
 * The theme's own files are the first day; what was saved since is kept in the shop's state and wins.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import type { ShopState } from '../state.ts';

const settingsSchema = z.record(
  z.string(),
  z.union([z.string().max(10_000), z.number(), z.boolean(), z.null()]),
);
const templateBlockSchema = z.object({
  type: z.string(),
  settings: settingsSchema.default({}),
  disabled: z.boolean().optional(),
});
const sectionSchema = z.object({
  type: z.string().regex(/^[a-z0-9-]+$/),
  settings: settingsSchema.default({}),
  blocks: z.record(z.string(), templateBlockSchema).default({}),
  block_order: z.array(z.string()).default([]),
  disabled: z.boolean().optional(),
});
const templateSchema = z.object({
  sections: z.record(z.string(), sectionSchema),
  order: z.array(z.string()),
});
/** A theme as its files or an editor's draft hold it. */
export const themeDataSchema = z.object({
  templates: z.record(z.string(), templateSchema).default({}),
  settings: settingsSchema.default({}),
  /** App embeds by id. */
  embeds: z.record(z.string(), templateBlockSchema).default({}),
});

export type TemplateBlock = z.infer<typeof templateBlockSchema>;
export type TemplateSection = z.infer<typeof sectionSchema>;
export type Template = z.infer<typeof templateSchema>;
export type ThemeData = z.infer<typeof themeDataSchema>;

export const THEME_FOLDER = join(dirname(fileURLToPath(import.meta.url)), 'files');

/** A file of the theme, by its path inside it. */
export function readThemeFile(path: string): string {
  return readFileSync(join(THEME_FOLDER, path), 'utf8');
}

/** All Liquid files of a folder of the theme, by name without ending. */
export function readThemeLiquid(folder: 'sections' | 'snippets'): Record<string, string> {
  const files = readdirSync(join(THEME_FOLDER, folder)).filter((file) => file.endsWith('.liquid'));
  return Object.fromEntries(
    files.map((file) => [file.slice(0, -'.liquid'.length), readThemeFile(`${folder}/${file}`)]),
  );
}

/** The theme as the merchant has it now. */
export function themeDataOf(state: ShopState): ThemeData {
  const files = readdirSync(join(THEME_FOLDER, 'templates')).filter((file) =>
    file.endsWith('.json'),
  );
  const templates = Object.fromEntries(
    files.map((file) => [
      file.slice(0, -'.json'.length),
      templateSchema.parse(JSON.parse(readThemeFile(`templates/${file}`))),
    ]),
  );
  const settings = settingsSchema.parse(
    JSON.parse(readThemeFile('config/settings_data.json')).current,
  );
  const saved = state.theme;
  return {
    templates: { ...templates, ...saved?.templates },
    settings: { ...settings, ...saved?.settings },
    embeds: saved?.embeds ?? {},
  };
}
