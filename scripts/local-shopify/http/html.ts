/**
 * HTML by tagged template: every value is escaped unless it is itself `Html`.
 */
export type Html = { readonly html: string };
type Value = Html | string | number | false | null | undefined | readonly Value[];

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Text made safe between tags and inside quoted attributes. */
function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ESCAPES[character] ?? character);
}

function render(value: Value): string {
  if (value === false || value === null || value === undefined) return '';
  if (typeof value === 'string') return escapeHtml(value);
  if (typeof value === 'number') return String(value);
  if ('html' in value) return value.html;
  return value.map(render).join('');
}

/** A piece of HTML with its values escaped. */
export function html(strings: TemplateStringsArray, ...values: readonly Value[]): Html {
  const parts = strings.map((text, i) => text + render(values[i]));
  return { html: parts.join('') };
}

/** Text that is HTML already (a drawn picture, a style sheet). */
export function raw(text: string): Html {
  return { html: text };
}

/** JSON inside a script tag; `<` is escaped so that no text can end the tag. */
export function jsonScript(id: string, value: unknown): Html {
  const text = JSON.stringify(value).replaceAll('<', '\\u003c');
  return raw(`<script type="application/json" id="${escapeHtml(id)}">${text}</script>`);
}
