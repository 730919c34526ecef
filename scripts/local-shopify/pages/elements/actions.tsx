/** Buttons, links, chips, menus and everything that opens: modal, popover, details, tooltip. */
import { BOX_PROPERTIES, boxCss, type Definition, HostStyle, StandIn } from './element.tsx';
import { Icon } from './icons.tsx';

const BUTTON_CSS = `
:host{display:inline-block}
.button{font:inherit;font-weight:600;display:inline-flex;gap:6px;align-items:center;justify-content:center;inline-size:100%;min-block-size:32px;padding:var(--s-button-padding,5px 12px);border-radius:var(--s-radius,8px);border:1px solid var(--s-control-border,#8a8a8a);background:var(--s-surface,#fff);color:inherit;cursor:pointer;text-decoration:none}
.button:hover{background:var(--s-subdued-surface,#f4f4f4)}
.primary{background:var(--s-accent,#303030);border-color:var(--s-accent,#303030);color:var(--s-on-accent,#fff)}
.primary:hover{background:var(--s-accent-hover,#1a1a1a)}
.tertiary{border-color:transparent;background:transparent}
.critical{color:var(--s-critical,#8e1f0b)}
.primary.critical{background:var(--s-critical,#8e1f0b);color:#fff}
.button[disabled]{opacity:.55;cursor:default}`;

const PRESS_PROPERTIES = {
  href: 'string',
  target: 'string',
  download: 'string',
  disabled: 'boolean',
  loading: 'boolean',
  type: 'string',
  command: 'string',
  commandFor: 'string',
  interestFor: 'string',
  accessibilityLabel: 'string',
} as const;

/** What a press does: tell listeners, then submit the form or drive the overlay it points at. */
function press(element: StandIn, event: Event): void {
  event.stopPropagation();
  const proceeds = element.emit('click', { cancelable: true });
  if (!proceeds) {
    event.preventDefault();
    return;
  }
  if (element.text('type') === 'submit') element.internals.form?.requestSubmit();
  if (element.text('type') === 'reset') element.internals.form?.reset();
  const id = element.text('commandFor');
  const root = element.getRootNode();
  if (id === '' || !(root instanceof Document || root instanceof ShadowRoot)) return;
  const overlay = root.getElementById(id);
  if (overlay instanceof StandIn) {
    const command = element.text('command', '--auto');
    toggle(overlay, command === '--auto' ? '--toggle' : command);
  }
}

function isOpen(element: StandIn): boolean {
  return element.read('open') === true;
}

/** Opens or closes an overlay. */
export function toggle(element: StandIn, command: string): void {
  const opens = command === '--show' || (command === '--toggle' && !isOpen(element));
  if (opens === isOpen(element)) return;
  element.write('open', opens);
  element.draw();
  const dialog = element.shadowRoot?.querySelector('dialog');
  if (opens) dialog?.showModal();
  else dialog?.close();
  element.emit(opens ? 'show' : 'hide', { bubbles: false });
  element.emit(opens ? 'aftershow' : 'afterhide', { bubbles: false });
}

function buttonView(element: StandIn) {
  const label = element.text('accessibilityLabel') || undefined;
  const tone = element.text('tone') === 'critical' ? 'critical' : '';
  const inside = (
    <>
      {element.text('icon') !== '' && <Icon type={element.text('icon')} size="small" />}
      <slot />
    </>
  );
  if (element.text('href') !== '') {
    return (
      <a
        class={`button ${element.text('variant')} ${tone}`}
        href={element.text('href')}
        target={element.text('target') || undefined}
        aria-label={label}
        onClick={(event) => press(element, event)}
      >
        {inside}
      </a>
    );
  }
  return (
    <button
      class={`button ${element.text('variant')} ${tone}`}
      type="button"
      disabled={element.flag('disabled') || element.flag('loading')}
      aria-busy={element.flag('loading')}
      aria-label={label}
      onClick={(event) => press(element, event)}
    >
      {inside}
    </button>
  );
}

export const ACTIONS: readonly Definition[] = [
  {
    tag: 's-button',
    properties: {
      ...PRESS_PROPERTIES,
      variant: 'string',
      tone: 'string',
      icon: 'string',
      inlineSize: 'string',
    },
    css: BUTTON_CSS,
    view: (element) => (
      <>
        {element.text('inlineSize') === 'fill' && <HostStyle css="display:block" />}
        {buttonView(element)}
      </>
    ),
  },
  {
    tag: 's-button-group',
    properties: { gap: 'string', accessibilityLabel: 'string' },
    role: 'group',
    css: ':host{display:inline-flex;gap:8px;flex-wrap:wrap}',
    view: () => (
      <>
        <slot name="secondary-actions" />
        <slot />
        <slot name="primary-action" />
      </>
    ),
  },
  {
    tag: 's-link',
    properties: { ...PRESS_PROPERTIES, tone: 'string', lang: 'string' },
    css: ':host{display:inline}a,button{color:var(--s-link,#0a5bb5);font:inherit}button{background:none;border:0;padding:0;text-decoration:underline;cursor:pointer}',
    view: (element) =>
      element.text('href') === '' ? (
        <button type="button" onClick={(event) => press(element, event)}>
          <slot />
        </button>
      ) : (
        <a
          href={element.text('href')}
          target={element.text('target') || undefined}
          onClick={(event) => press(element, event)}
        >
          <slot />
        </a>
      ),
  },
  {
    tag: 's-clickable',
    properties: { ...BOX_PROPERTIES, ...PRESS_PROPERTIES },
    css: 'button,a{all:unset;display:block;cursor:pointer;inline-size:100%;min-block-size:24px}button:focus-visible,a:focus-visible{outline:2px solid var(--s-focus,#005bd3)}',
    view: (element) => (
      <>
        <HostStyle css={boxCss(element)} />
        {element.text('href') === '' ? (
          <button
            type="button"
            disabled={element.flag('disabled')}
            aria-label={element.text('accessibilityLabel') || undefined}
            onClick={(event) => press(element, event)}
          >
            <slot />
          </button>
        ) : (
          <a href={element.text('href')} onClick={(event) => press(element, event)}>
            <slot />
          </a>
        )}
      </>
    ),
  },
  ...['s-chip', 's-clickable-chip'].map(
    (tag): Definition => ({
      tag,
      properties: { ...PRESS_PROPERTIES, color: 'string', removable: 'boolean' },
      css: ':host{display:inline-block}span{display:inline-flex;gap:4px;align-items:center;padding:2px 8px;border:1px solid var(--s-border,#d4d4d4);border-radius:8px}button{background:none;border:0;font:inherit;cursor:pointer;min-inline-size:24px;min-block-size:24px}',
      view: (element) => (
        <span>
          <slot />
          {element.flag('removable') && (
            <button type="button" aria-label="Remove" onClick={() => element.emit('remove')}>
              ×
            </button>
          )}
        </span>
      ),
    }),
  ),
  {
    tag: 's-details',
    properties: { defaultOpen: 'boolean', open: 'boolean', toggleTransition: 'string' },
    css: 'summary{cursor:pointer;min-block-size:24px}',
    view: (element) => (
      <details
        open={
          element.flag('open') ||
          (element.read('open') === undefined && element.flag('defaultOpen'))
        }
        onToggle={(event) => {
          element.write('open', event.currentTarget.open);
          element.emit('toggle', { bubbles: false });
        }}
      >
        <summary>
          <slot name="summary">{element.querySelector('s-summary')?.textContent}</slot>
        </summary>
        <slot />
      </details>
    ),
    isWatchingChildren: true,
  },
  { tag: 's-summary', properties: {}, css: ':host{display:none}', view: () => <slot /> },
  {
    tag: 's-modal',
    properties: {
      heading: 'string',
      accessibilityLabel: 'string',
      size: 'string',
      padding: 'string',
      open: 'boolean',
    },
    css: `dialog{border:0;border-radius:16px;padding:0;inline-size:min(620px,calc(100vw - 32px));max-block-size:85vh;box-shadow:0 8px 40px #0005;color:inherit}dialog::backdrop{background:#0007}
.head{display:flex;align-items:center;gap:8px;padding:12px 16px;background:var(--s-subdued-surface,#f4f4f4)}h2{margin:0;font-size:15px;flex:1}.body{padding:16px}.foot{display:flex;gap:8px;justify-content:flex-end;padding:12px 16px;border-block-start:1px solid var(--s-border,#d4d4d4)}
.head button{background:none;border:0;min-inline-size:32px;min-block-size:32px;font-size:18px;cursor:pointer}`,
    view: (element) => (
      <dialog aria-labelledby="heading" onClose={() => toggle(element, '--hide')}>
        <div class="head">
          <h2 id="heading">{element.text('heading', element.text('accessibilityLabel'))}</h2>
          <button type="button" aria-label="Close" onClick={() => toggle(element, '--hide')}>
            ×
          </button>
        </div>
        <div class="body">
          <slot />
        </div>
        <div class="foot">
          <slot name="secondary-actions" />
          <slot name="primary-action" />
        </div>
      </dialog>
    ),
  },
  ...['s-popover', 's-menu', 's-tooltip'].map(
    (tag): Definition => ({
      tag,
      properties: { ...BOX_PROPERTIES, open: 'boolean' },
      role: tag === 's-tooltip' ? 'tooltip' : 'group',
      view: (element) => (
        <>
          <HostStyle
            css={`position:absolute;z-index:9;background:var(--s-surface,#fff);border:1px solid var(--s-border,#d4d4d4);border-radius:8px;padding:8px;box-shadow:0 4px 16px #0002;display:${isOpen(element) ? 'grid' : 'none'}`}
          />
          <slot />
        </>
      ),
    }),
  ),
];
