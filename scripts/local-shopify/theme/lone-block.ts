/**
 * One block of a theme app extension by itself, for tests of its Liquid: no shop, no theme, only the objects given.
 */
import { join } from 'node:path';
import { renderBlock } from './block.ts';
import { blockType, readThemeExtension } from './extension.ts';

export type LoneBlock = {
  /** Name of the file below `blocks/`, without ending. */
  block: string;
  settings?: Readonly<Record<string, unknown>>;
  /** Shopify's objects the block reads: `{ product, shop, cart, localization, request … }`. */
  objects?: object;
  language?: string;
  currency?: string;
  isDesignMode?: boolean;
  id?: string;
  /** What `'now' | date` says. */
  now?: string;
  timeZone?: string;
};

/** The block's HTML with Shopify's wrapper; settings are over the schema's defaults. */
export function renderLoneBlock(directory: string, lone: LoneBlock): string {
  const { language = 'en', isDesignMode = false, id = 'block' } = lone;
  const extension = readThemeExtension(directory);
  const block = extension?.blocks.get(lone.block);
  if (!extension || !block) throw new Error(`there is no ${join(directory, 'blocks', lone.block)}`);
  const type = blockType('app', { extension, handle: lone.block });
  return renderBlock(
    { extension, block, id, type, settings: lone.settings ?? {} },
    {
      language,
      currency: lone.currency ?? 'EUR',
      rate: 1,
      now: lone.now ?? '2026-11-23T09:00:00Z',
      timeZone: lone.timeZone ?? 'Europe/Rome',
      isDesignMode,
      objects: {
        request: { design_mode: isDesignMode, locale: { iso_code: language } },
        ...lone.objects,
      },
    },
  );
}
