/** What the theme editor's page is sent: types only, read by the server and by the browser. */
import type { SettingSchema } from './extension.ts';
import type { ThemeData } from './theme-schema.ts';

export type EditorBlock = {
  /** As a template names it: a theme's own word, or `shopify://apps/…`. */
  type: string;
  handle: string;
  name: string;
  settings: SettingSchema[];
};
export type EditorAppBlock = EditorBlock & {
  extension: string;
  target: string;
  /** Templates its schema lets it stand on. */
  templates: string[];
};
export type EditorSection = {
  type: string;
  name: string;
  settings: SettingSchema[];
  blocks: EditorBlock[];
  takesApps: boolean;
};
export type EditorView = {
  draftId: string;
  data: ThemeData;
  templates: { name: string; title: string; path: string }[];
  sections: EditorSection[];
  appName: string;
  appBlocks: EditorAppBlock[];
  themeSettings: { name: string; settings: SettingSchema[] }[];
  products: { handle: string; title: string }[];
  collections: { handle: string; title: string }[];
  /** What the address asked for: a template, a panel, something to switch on or to add. */
  start: { template: string; panel: 'sections' | 'apps'; select: string | null };
};
