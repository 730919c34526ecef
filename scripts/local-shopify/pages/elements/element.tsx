/**
 * The base of every `s-*` stand-in: a custom element with typed properties, drawn by Preact in its shadow root.
 *
 * Properties may be set as properties or as attributes (camelCase, lower case or kebab-case); a change draws once per
 * microtask. Events carry `{state}` so that the sandboxed side of a remote element can follow its value. These are
 * look-alikes for development, drawn from the documentation; nothing of them ships.
 */
import { type ComponentChildren, render } from 'preact';

export type PropertyKind = 'string' | 'boolean' | 'number' | 'list';
export type Props = Readonly<Record<string, unknown>>;

export type Definition = {
  tag: string;
  properties: Readonly<Record<string, PropertyKind>>;
  css?: string;
  /** ARIA role of the element itself, where its place in a structure needs one. */
  role?: string;
  view(element: StandIn): ComponentChildren;
  /** Redraw when children come or go. */
  isWatchingChildren?: boolean;
};

const BASE_CSS = `
:host{display:block;box-sizing:border-box;font:inherit;color:inherit}
:host([hidden]){display:none!important}
*{box-sizing:border-box}
:focus-visible{outline:2px solid var(--s-focus,#005bd3);outline-offset:2px}
`;

/** State an event carries to the sandbox. */
const STATE_PROPERTIES = ['value', 'values', 'checked', 'open', 'view'] as const;

const kebab = (name: string): string =>
  name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

export abstract class StandIn extends HTMLElement {
  static formAssociated = true;
  abstract readonly definition: Definition;
  readonly internals: ElementInternals;
  readonly #held = new Map<string, unknown>();
  private isQueued = false;
  private observer: MutationObserver | undefined;

  constructor() {
    super();
    this.internals = this.attachInternals();
    this.attachShadow({ mode: 'open', delegatesFocus: true });
  }

  connectedCallback(): void {
    const { role, isWatchingChildren } = this.definition;
    if (role !== undefined && !this.hasAttribute('role')) this.setAttribute('role', role);
    if (isWatchingChildren) {
      this.observer = new MutationObserver(() => this.queue());
      const watched = { childList: true, subtree: true, characterData: true, attributes: true };
      this.observer.observe(this, watched);
    }
    this.draw();
  }

  disconnectedCallback(): void {
    this.observer?.disconnect();
  }

  attributeChangedCallback(name: string, _before: string | null, value: string | null): void {
    for (const [property, kind] of Object.entries(this.definition.properties)) {
      if (property.toLowerCase() !== name && kebab(property) !== name) continue;
      const parsed = kind === 'boolean' ? value !== null && value !== 'false' : value;
      Reflect.set(this, property, parsed);
    }
  }

  /** A property as text; absent: the fallback. */
  text(name: string, fallback = ''): string {
    const value = this.#held.get(name);
    return value === undefined || value === null || value === '' ? fallback : String(value);
  }

  flag(name: string): boolean {
    const value = this.#held.get(name);
    return value === true || value === '' || value === 'true';
  }

  read(name: string): unknown {
    return this.#held.get(name);
  }

  /** Sets without an event; draws. */
  write(name: string, value: unknown): void {
    if (Object.is(this.#held.get(name), value)) return;
    this.#held.set(name, value);
    if (name === 'value') this.internals.setFormValue(value == null ? null : String(value));
    this.queue();
  }

  queue(): void {
    if (this.isQueued) return;
    this.isQueued = true;
    queueMicrotask(() => {
      this.isQueued = false;
      if (this.isConnected) this.draw();
    });
  }

  draw(): void {
    if (!this.shadowRoot) return;
    render(
      <>
        <style>{BASE_CSS + (this.definition.css ?? '')}</style>
        {this.definition.view(this)}
      </>,
      this.shadowRoot,
    );
  }

  emit(type: string, init: { bubbles?: boolean; cancelable?: boolean } = {}): boolean {
    const state: Record<string, unknown> = {};
    for (const name of STATE_PROPERTIES) {
      if (this.#held.get(name) !== undefined) state[name] = this.#held.get(name);
    }
    return this.dispatchEvent(new CustomEvent(type, { bubbles: true, ...init, detail: { state } }));
  }

  /** What `command` and `commandFor` of a button do to an overlay; overridden by overlays. */
  runCommand(_command: string): void {}
}

/** Registers an element unless the page has it already. */
export function defineElement(definition: Definition): void {
  if (customElements.get(definition.tag)) return;
  const names = Object.keys(definition.properties);
  class Element extends StandIn {
    static observedAttributes = [
      ...new Set(names.flatMap((name) => [name.toLowerCase(), kebab(name)])),
    ];
    readonly definition = definition;
  }
  for (const name of names) {
    Object.defineProperty(Element.prototype, name, {
      configurable: true,
      enumerable: true,
      get(this: StandIn) {
        const value = this.read(name);
        if (value === undefined && definition.properties[name] === 'boolean') return false;
        return value ?? (name === 'value' ? '' : undefined);
      },
      set(this: StandIn, value: unknown) {
        this.write(name, value);
      },
    });
  }
  const { prototype } = Element;
  Object.assign(prototype, {
    showOverlay(this: StandIn) {
      this.runCommand('--show');
    },
    hideOverlay(this: StandIn) {
      this.runCommand('--hide');
    },
    toggleOverlay(this: StandIn) {
      this.runCommand('--toggle');
    },
  });
  customElements.define(definition.tag, Element);
}

const GAPS: Readonly<Record<string, number>> = {
  none: 0,
  'small-500': 1,
  'small-400': 2,
  'small-300': 4,
  'small-200': 6,
  'small-100': 8,
  small: 12,
  base: 16,
  large: 20,
  'large-100': 24,
  'large-200': 32,
  'large-300': 40,
  'large-400': 48,
  'large-500': 64,
};

/** Polaris's spacing words, one to four of them, as CSS lengths. */
export function spacing(words: string): string {
  if (words === '') return '';
  return words
    .split(' ')
    .map((word) =>
      word in GAPS ? `${GAPS[word]}px` : /^[\d.]+(px|rem|%)$/.test(word) ? word : '0',
    )
    .join(' ');
}

const BACKGROUNDS: Readonly<Record<string, string>> = {
  base: 'var(--s-surface,#fff)',
  subdued: 'var(--s-subdued-surface,#f4f4f4)',
  strong: 'var(--s-strong-surface,#e6e6e6)',
};

export const BOX_PROPERTIES = {
  padding: 'string',
  paddingBlock: 'string',
  paddingBlockStart: 'string',
  paddingBlockEnd: 'string',
  paddingInline: 'string',
  paddingInlineStart: 'string',
  paddingInlineEnd: 'string',
  background: 'string',
  border: 'string',
  borderWidth: 'string',
  borderColor: 'string',
  borderStyle: 'string',
  borderRadius: 'string',
  blockSize: 'string',
  minBlockSize: 'string',
  maxBlockSize: 'string',
  inlineSize: 'string',
  minInlineSize: 'string',
  maxInlineSize: 'string',
  overflow: 'string',
  display: 'string',
  accessibilityLabel: 'string',
  accessibilityRole: 'string',
  accessibilityVisibility: 'string',
} as const;

const SPACED = [
  ['padding', 'padding'],
  ['paddingBlock', 'padding-block'],
  ['paddingBlockStart', 'padding-block-start'],
  ['paddingBlockEnd', 'padding-block-end'],
  ['paddingInline', 'padding-inline'],
  ['paddingInlineStart', 'padding-inline-start'],
  ['paddingInlineEnd', 'padding-inline-end'],
] as const;
const SIZED = [
  ['blockSize', 'block-size'],
  ['minBlockSize', 'min-block-size'],
  ['maxBlockSize', 'max-block-size'],
  ['inlineSize', 'inline-size'],
  ['minInlineSize', 'min-inline-size'],
  ['maxInlineSize', 'max-inline-size'],
  ['overflow', 'overflow'],
] as const;

const rule = (css: string, value: string): string => (value === '' ? '' : `${css}:${value}`);

/** Declarations for the box properties of an element. */
export function boxCss(element: StandIn): string {
  const rules: string[] = [
    ...SPACED.map(([property, css]) => rule(css, spacing(element.text(property)))),
    ...SIZED.map(([property, css]) => rule(css, element.text(property))),
  ];
  const background = BACKGROUNDS[element.text('background')];
  if (background !== undefined) rules.push(`background:${background}`);
  const border = element.text('border') || element.text('borderWidth');
  if (border !== '' && !border.startsWith('none'))
    rules.push('border:1px solid var(--s-border,#d4d4d4)');
  const radius = element.text('borderRadius');
  if (radius !== '' && radius !== 'none') rules.push('border-radius:var(--s-radius,8px)');
  if (element.text('display') === 'none') rules.push('display:none');
  return rules.filter(Boolean).join(';');
}

/** A style for `:host` that follows the properties. */
export function HostStyle({ css }: { css: string }) {
  return <style>{`:host{${css}}`}</style>;
}

export const TONES: Readonly<Record<string, { color: string; surface: string }>> = {
  success: { color: 'var(--s-success,#0c5132)', surface: 'var(--s-success-surface,#d5f5e3)' },
  critical: { color: 'var(--s-critical,#8e1f0b)', surface: 'var(--s-critical-surface,#fee1de)' },
  warning: { color: 'var(--s-warning,#5e4200)', surface: 'var(--s-warning-surface,#ffe9bd)' },
  caution: { color: 'var(--s-warning,#5e4200)', surface: 'var(--s-caution-surface,#fff3cd)' },
  info: { color: 'var(--s-info,#003a5a)', surface: 'var(--s-info-surface,#dcefff)' },
};
