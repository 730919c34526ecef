/**
 * What a merchant sets in the theme editor: JSON templates, theme settings, app embeds, in the shapes of an Online
 * Store 2.0 theme (`templates/*.json`, `config/settings_data.json`).
 *
 * The theme's own files are the first day; what was saved since is kept in the shop's state and wins.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ShopState } from '../state.ts';
import { settingsSchema, type ThemeData, templateSchema } from './theme-schema.ts';

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
export function themeDataOf(state: Pick<ShopState, 'theme'>): ThemeData {
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
