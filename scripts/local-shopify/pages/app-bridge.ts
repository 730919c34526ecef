/**
 * Stand-in for Shopify's App Bridge inside the app's frame: `window.shopify` with id tokens, toasts, the navigation menu
 * and the save bar, and a `fetch` that signs the app's own calls.
 *
 * A call answered 401 with `X-Shopify-Retry-Invalid-Session-Request` is repeated once with a fresh token, as App Bridge
 * does. Only what the app uses is here; anything else is undefined, so its absence is seen at once.
 */
import type { FromApp, ToApp } from './bridge-protocol.ts';

const parameters = new URLSearchParams(location.search);
const remembered = (name: string): string => {
  const value = parameters.get(name) ?? sessionStorage.getItem(`bridge:${name}`) ?? '';
  sessionStorage.setItem(`bridge:${name}`, value);
  return value;
};

const waiting = new Map<number, (token: string) => void>();
let nextId = 1;
const tell = (message: FromApp): void => parent.postMessage(message, '*');

function idToken(): Promise<string> {
  const id = nextId++;
  return new Promise((resolve) => {
    waiting.set(id, resolve);
    tell({ kept: 'ask-token', id });
  });
}

addEventListener('message', (event) => {
  const message: ToApp | undefined = event.source === parent ? event.data : undefined;
  if (message?.kept === 'token') {
    waiting.get(message.id)?.(message.token);
    waiting.delete(message.id);
  }
  if (message?.kept === 'go') go(message.path);
});

/** Follows a link of the menu as a click in the page would, so that the app's own router sees it. */
function go(path: string): void {
  const link = [...document.querySelectorAll('s-app-nav s-link, s-app-nav a')].find(
    (one) => one.getAttribute('href') === path,
  );
  if (link instanceof HTMLElement) link.click();
  else location.assign(path);
}

const plainFetch = window.fetch.bind(window);
window.fetch = async (input, init) => {
  const request = new Request(input, init);
  if (new URL(request.url).origin !== location.origin || request.headers.has('authorization')) {
    return plainFetch(request);
  }
  const send = async (): Promise<Response> => {
    const signed = new Request(request.clone());
    signed.headers.set('authorization', `Bearer ${await idToken()}`);
    return plainFetch(signed);
  };
  const answer = await send();
  const isRetry = answer.headers.get('x-shopify-retry-invalid-session-request') === '1';
  return answer.status === 401 && isRetry ? send() : answer;
};

function tellNav(): void {
  const nav = document.querySelector('s-app-nav');
  if (!nav) return;
  const links = [...nav.querySelectorAll('s-link, a')].flatMap((link) => {
    const href = link.getAttribute('href') ?? String(Reflect.get(link, 'href') ?? '');
    return href === '' ? [] : [{ href, text: link.textContent ?? '' }];
  });
  tell({ kept: 'nav', links });
}

/* The save bar: a strip above the page while a form has unsaved changes. */

function createBar(): { element: HTMLElement; form: HTMLFormElement | undefined } {
  const element = document.createElement('div');
  element.setAttribute('role', 'region');
  element.setAttribute('aria-label', 'Unsaved changes');
  element.className = 'save-bar';
  element.hidden = true;
  element.style.cssText =
    'position:sticky;top:0;z-index:40;display:flex;gap:8px;align-items:center;padding:8px 16px;background:#1a1a1a;color:#fff;font:13px/1.5 sans-serif';
  const text = document.createElement('span');
  text.textContent = 'Unsaved changes';
  text.style.flex = '1';
  element.append(
    text,
    barButton('Discard', () => bar.form?.reset()),
    barButton('Save', () => bar.form?.requestSubmit()),
  );
  return { element, form: undefined };
}

function barButton(text: string, press: () => void): HTMLButtonElement {
  const button = document.createElement('button');
  button.type = 'button';
  button.textContent = text;
  button.style.cssText = 'font:inherit;padding:4px 12px;border-radius:8px;border:0;cursor:pointer';
  button.addEventListener('click', press);
  return button;
}

const bar = createBar();
function showBar(isShown: boolean): void {
  if (!bar.element.isConnected) document.body.prepend(bar.element);
  bar.element.hidden = !isShown;
  bar.element.style.display = isShown ? 'flex' : 'none';
}

const formOf = (event: Event): HTMLFormElement | undefined => {
  const { target } = event;
  const form = target instanceof Element ? target.closest('form') : null;
  return form?.hasAttribute('data-save-bar') ? form : undefined;
};
for (const type of ['input', 'change']) {
  document.addEventListener(type, (event) => {
    bar.form = formOf(event) ?? bar.form;
    if (formOf(event)) showBar(true);
  });
}
for (const type of ['submit', 'reset']) {
  document.addEventListener(type, (event) => {
    if (formOf(event)) showBar(false);
  });
}

const meta = document.querySelector<HTMLMetaElement>('meta[name="shopify-api-key"]');
Object.assign(window, {
  shopify: {
    config: {
      apiKey: meta?.content ?? '',
      shop: remembered('shop'),
      host: remembered('host'),
      locale: remembered('locale') || 'en',
    },
    idToken,
    toast: {
      show(text: string, options: { isError?: boolean } = {}) {
        tell({ kept: 'toast', text, isError: options.isError === true });
        return 'toast';
      },
      hide() {},
    },
    saveBar: {
      show: async () => showBar(true),
      hide: async () => showBar(false),
      toggle: async () => showBar(bar.element.style.display === 'none'),
      leaveConfirmation: async () => undefined,
    },
    loading() {},
    environment: { embedded: true, mobile: false, pos: false },
    ready: Promise.resolve(),
  },
});

addEventListener('DOMContentLoaded', () => {
  tellNav();
  new MutationObserver(tellNav).observe(document.body, { childList: true, subtree: true });
  tell({ kept: 'title', text: document.title });
});
