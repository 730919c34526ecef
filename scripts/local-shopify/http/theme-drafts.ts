/**
 * What is being edited and not yet saved in the theme editor: the preview asks for its pages with `?editor_draft=<id>`
 * and gets them from the draft, in design mode. Drafts live in memory; a restart forgets them, as closing the tab does.
 */
import { randomUUID } from 'node:crypto';
import type { Request } from 'express';
import type { ThemeData } from '../theme/theme-schema.ts';

/** Open editors remembered at once; the oldest is forgotten. */
const DRAFTS_MAX = 20;

export type ThemeDrafts = {
  /** The draft a page is asked from; undefined for a shopper. */
  of(request: Request): ThemeData | undefined;
  /** A new draft with this content. */
  open(data: ThemeData): string;
  /** Replaces a draft's content; false when it is no longer there. */
  write(id: string, data: ThemeData): boolean;
  read(id: string): ThemeData | undefined;
};

export function createThemeDrafts(): ThemeDrafts {
  const drafts = new Map<string, ThemeData>();
  return {
    of(request) {
      const id = request.query['editor_draft'];
      return typeof id === 'string' ? drafts.get(id) : undefined;
    },
    open(data) {
      const id = randomUUID();
      drafts.set(id, data);
      const [oldest] = drafts.keys();
      if (drafts.size > DRAFTS_MAX && oldest !== undefined) drafts.delete(oldest);
      return id;
    },
    write(id, data) {
      if (!drafts.has(id)) return false;
      drafts.set(id, data);
      return true;
    },
    read: (id) => drafts.get(id),
  };
}
