/**
 * The shapes of what a merchant sets in the theme editor, as an Online Store 2.0 theme keeps them: JSON templates, theme
 * settings, app embeds.
 */
import { z } from 'zod';

export const settingsSchema = z.record(
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
export const templateSchema = z.object({
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
