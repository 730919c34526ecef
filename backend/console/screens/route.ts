/**
 * Which screen is shown: the path below `/app`, moved by links without loading the page again.
 *
 * The query (`shop`, `host`, `locale`) stays, because Shopify's frame needs it. Any link or button whose `href` begins
 * with `/app` is followed in place; leaving a form with unsaved entries asks first.
 */
import { signal } from '@preact/signals';

const BASE = '/app';

/** The path below `/app`, decoded piece by piece: `['network', 'nodes', 'WH-1']`. */
export const route = signal<readonly string[]>(read());

/** Set while a form holds unsaved entries: the question to ask before leaving. */
export const leaving = signal<string | undefined>(undefined);

/** The address of a screen. */
export function pathTo(...pieces: readonly string[]): string {
  return [BASE, ...pieces.map(encodeURIComponent)].join('/');
}

/** Shows a screen; `false` when the merchant chose to stay. */
export function go(path: string): boolean {
  // The browser's own question: it works without a pointer and in every frame.
  if (leaving.value !== undefined && !window.confirm(leaving.value)) return false;
  leaving.value = undefined;
  history.pushState(null, '', `${path}${location.search}`);
  route.value = read();
  window.scrollTo(0, 0);
  return true;
}

/** Follows links and the back button; call once. */
export function followLinks(): void {
  window.addEventListener('popstate', () => {
    route.value = read();
  });
  window.addEventListener('beforeunload', (event) => {
    if (leaving.value !== undefined) event.preventDefault();
  });
  document.addEventListener('click', (event) => {
    const path = event
      .composedPath()
      .map(pathOf)
      .find((found) => found !== undefined);
    if (path === undefined || event.defaultPrevented) return;
    event.preventDefault();
    go(path);
  });
}

function pathOf(target: EventTarget): string | undefined {
  const href: unknown = target instanceof HTMLElement ? Reflect.get(target, 'href') : undefined;
  if (typeof href !== 'string' || href === '') return undefined;
  const url = URL.parse(href, location.href);
  const isOurs =
    url?.origin === location.origin &&
    (url.pathname === BASE || url.pathname.startsWith(`${BASE}/`));
  return isOurs ? url.pathname : undefined;
}

function read(): string[] {
  return location.pathname.slice(BASE.length).split('/').filter(Boolean).map(decodeURIComponent);
}
