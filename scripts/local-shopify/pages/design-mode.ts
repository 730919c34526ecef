/**
 * The preview's half of the theme editor: swaps sections and tells the page, with the events Shopify's editor sends.
 *
 * Scripts inside a swapped section do not run again, as in Shopify; files a block newly names are loaded. Source:
 * Shopify "Integrate sections and blocks with the theme editor".
 */
import { type FromPreview, isThemeMessage, type ToPreview } from './editor/preview-messages.ts';

type Selected = { sectionId: string; blockId: string | null };
let selected: Selected | undefined;

const tell = (message: FromPreview): void => parent.postMessage(message, location.origin);
const sectionOf = (id: string): HTMLElement | null =>
  document.getElementById(`shopify-section-${id}`);

/** The element that carries a block's attributes; an app block without them still has Shopify's wrapper. */
function blockOf(id: string): HTMLElement | null {
  for (const one of document.querySelectorAll<HTMLElement>('[data-shopify-editor-block]')) {
    if (JSON.parse(one.dataset['shopifyEditorBlock'] ?? '{}').id === id) return one;
  }
  return document.getElementById(`shopify-block-${id}`);
}

function announce(target: Element | null, name: string, detail: object): void {
  target?.dispatchEvent(new CustomEvent(`shopify:${name}`, { bubbles: true, detail }));
}

function deselect(): void {
  if (!selected) return;
  const { sectionId, blockId } = selected;
  if (blockId !== null) announce(blockOf(blockId), 'block:deselect', { sectionId, blockId });
  announce(sectionOf(sectionId), 'section:deselect', { sectionId });
  selected = undefined;
}

/** `load` says that the selection comes with a fresh copy of the section, not from a click. */
function select(next: Selected, load: boolean): void {
  if (!load) deselect();
  selected = next;
  const { sectionId, blockId } = next;
  announce(sectionOf(sectionId), 'section:select', { sectionId, load });
  const target = blockId === null ? sectionOf(sectionId) : blockOf(blockId);
  if (blockId !== null) announce(target, 'block:select', { sectionId, blockId, load });
  target?.scrollIntoView({ block: 'nearest' });
}

/** Loads files a block newly on the page names; one that is there already stays as it is. */
async function loadFiles(markup: string): Promise<void> {
  const asked = new DOMParser().parseFromString(markup, 'text/html');
  const loads = [
    ...asked.querySelectorAll<HTMLLinkElement | HTMLScriptElement>('link, script'),
  ].map((file) => {
    const name = file instanceof HTMLLinkElement ? 'href' : 'src';
    const address = file.getAttribute(name) ?? '';
    if (document.querySelector(`[${name}="${CSS.escape(address)}"]`)) return undefined;
    const copy = document.createElement(file.localName);
    for (const { name: attribute, value } of file.attributes) copy.setAttribute(attribute, value);
    const loaded = new Promise((resolve) => {
      copy.addEventListener('load', resolve);
      copy.addEventListener('error', resolve);
    });
    document.head.append(copy);
    return loaded;
  });
  await Promise.all(loads);
}

async function swap({ sectionId, select: next }: ToPreview & { theme: 'section' }): Promise<void> {
  const old = sectionOf(sectionId);
  const address = new URL(location.href);
  address.searchParams.set('section_id', sectionId);
  const answer = await fetch(address);
  const text = await answer.text();
  const fresh = new DOMParser().parseFromString(text, 'text/html').body.firstElementChild;
  // A section that comes or goes has no place of its own yet; the page knows where.
  if (!answer.ok || !old || !fresh) {
    location.reload();
    return;
  }
  announce(old, 'section:unload', { sectionId });
  old.replaceWith(fresh);
  await loadFiles(decodeURIComponent(answer.headers.get('x-section-files') ?? ''));
  announce(fresh, 'section:load', { sectionId });
  if (next) select({ sectionId, blockId: next.blockId }, true);
}

function reorder(sectionIds: readonly string[], movedId: string): void {
  for (const id of sectionIds) {
    const section = sectionOf(id);
    section?.parentElement?.append(section);
  }
  announce(sectionOf(movedId), 'section:reorder', { sectionId: movedId });
}

let queue = Promise.resolve();

addEventListener('message', (event) => {
  if (event.origin !== location.origin || !isThemeMessage(event.data)) return;
  const message = event.data;
  if (message.theme === 'section') queue = queue.then(() => swap(message));
  if (message.theme === 'select') {
    queue = queue.then(() => select(message, false));
  }
  if (message.theme === 'deselect') queue = queue.then(deselect);
  if (message.theme === 'order') {
    queue = queue.then(() => reorder(message.sectionIds, message.moved));
  }
  if (message.theme === 'reload') location.reload();
});

/** The same page within the draft. */
function inDraft(address: string): string {
  const url = new URL(address, location.href);
  url.searchParams.set(
    'editor_draft',
    new URLSearchParams(location.search).get('editor_draft') ?? '',
  );
  return url.href;
}

addEventListener('click', (event) => {
  if (!(event.target instanceof Element)) return;
  const link = event.target.closest('a');
  if (link && link.origin === location.origin && !event.defaultPrevented) {
    event.preventDefault();
    location.assign(inDraft(link.href));
    return;
  }
  const section = event.target.closest<HTMLElement>('.shopify-section');
  if (!section) return;
  const attributes = event.target.closest<HTMLElement>('[data-shopify-editor-block]')?.dataset[
    'shopifyEditorBlock'
  ];
  const blockId: string | null = attributes === undefined ? null : JSON.parse(attributes).id;
  tell({ theme: 'clicked', sectionId: section.id.slice('shopify-section-'.length), blockId });
});

// A form takes its page out of the draft; the answer is shown within it instead.
addEventListener('submit', (event) => {
  const form = event.target;
  if (!(form instanceof HTMLFormElement) || event.defaultPrevented) return;
  event.preventDefault();
  const fields = new URLSearchParams();
  for (const [name, value] of new FormData(form, event.submitter))
    fields.append(name, String(value));
  void fetch(form.action, { method: 'POST', body: fields }).then((answer) =>
    location.assign(inDraft(answer.url)),
  );
});

const [template = ''] = [...document.body.classList].filter((one) => one.startsWith('template-'));
tell({ theme: 'shown', template: template.slice('template-'.length) });
