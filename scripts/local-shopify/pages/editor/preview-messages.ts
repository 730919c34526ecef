/** What the theme editor and its preview say to each other, by `postMessage` within this origin. */

export type ToPreview =
  | { theme: 'section'; sectionId: string; select: { blockId: string | null } | null }
  | { theme: 'select'; sectionId: string; blockId: string | null }
  | { theme: 'deselect' }
  /** Sections in their new order; `moved` is the one the merchant took. */
  | { theme: 'order'; sectionIds: string[]; moved: string }
  | { theme: 'reload' };

export type FromPreview =
  | { theme: 'clicked'; sectionId: string; blockId: string | null }
  | { theme: 'shown'; template: string };

/** Whether a message is one of these two parties'. */
export function isThemeMessage(data: unknown): data is ToPreview | FromPreview {
  return typeof data === 'object' && data !== null && 'theme' in data;
}
