/** Stand-ins for what only Shopify POS has: tiles, tabs, switches, empty states and blocks of a page. */
import { type Definition, StandIn } from './element.tsx';

/** The tab that is shown: the one chosen, else the one it starts with, else the first. */
function chosenTab(tabs: StandIn): string {
  const first = tabs.querySelector('s-tab');
  const fallback = first instanceof StandIn ? first.text('controls') : '';
  return tabs.text('value', tabs.text('defaultValue', fallback));
}

/** Shows the panel of the chosen tab and hides the others. */
function showPanels(tabs: StandIn): void {
  const chosen = chosenTab(tabs);
  for (const tab of tabs.querySelectorAll('s-tab')) {
    if (tab instanceof StandIn) tab.write('selected', tab.text('controls') === chosen);
  }
  for (const panel of tabs.querySelectorAll('s-tab-panel')) {
    if (panel instanceof HTMLElement && panel.hidden !== (panel.id !== chosen)) {
      panel.hidden = panel.id !== chosen;
    }
  }
}

function choose(tab: StandIn): void {
  const tabs = tab.closest('s-tabs');
  if (!(tabs instanceof StandIn)) return;
  tabs.write('value', tab.text('controls'));
  showPanels(tabs);
  tabs.emit('change');
}

export const POS: readonly Definition[] = [
  {
    tag: 's-tile',
    properties: {
      heading: 'string',
      subheading: 'string',
      itemCount: 'number',
      tone: 'string',
      disabled: 'boolean',
    },
    css: `button{all:unset;box-sizing:border-box;display:grid;align-content:space-between;inline-size:100%;min-block-size:132px;padding:16px;border-radius:12px;background:#2d2d35;color:#fff;cursor:pointer;position:relative}
button.accent{background:#0a5bb5}button.critical{background:#8e1f0b}button.success{background:#0c5132}button[disabled]{opacity:.5;cursor:default}
button:focus-visible{outline:3px solid #6ab0ff;outline-offset:2px}
strong{font-size:17px;display:block}small{font-size:14px}.count{position:absolute;inset-block-start:10px;inset-inline-end:10px;min-inline-size:28px;padding:2px 8px;border-radius:14px;background:#fff;color:#1a1a1a;text-align:center;font-weight:700}`,
    view: (element) => {
      const count = Number(element.read('itemCount') ?? 0);
      return (
        <button
          type="button"
          class={element.text('tone')}
          disabled={element.flag('disabled')}
          onClick={(event) => {
            event.stopPropagation();
            element.emit('click');
          }}
        >
          <span>
            <strong>{element.text('heading')}</strong>
            <small>{element.text('subheading')}</small>
          </span>
          {count > 0 && <span class="count">{count}</span>}
        </button>
      );
    },
  },
  {
    tag: 's-tabs',
    properties: { value: 'string', defaultValue: 'string', disabled: 'boolean' },
    isWatchingChildren: true,
    view: (element) => {
      showPanels(element);
      return <slot />;
    },
  },
  {
    tag: 's-tab-list',
    properties: {},
    role: 'tablist',
    css: ':host{display:flex;gap:4px;border-block-end:1px solid var(--s-border,#d4d4d4);margin-block-end:12px;overflow-x:auto}',
    view: () => <slot />,
  },
  {
    tag: 's-tab',
    properties: { controls: 'string', disabled: 'boolean', selected: 'boolean' },
    css: ':host{display:inline-block}button{all:unset;padding:10px 14px;min-block-size:24px;cursor:pointer;border-block-end:3px solid transparent;font-weight:600}button[aria-selected=true]{border-color:#0a5bb5}button:focus-visible{outline:2px solid #005bd3}',
    view: (element) => (
      <button
        type="button"
        role="tab"
        aria-selected={element.flag('selected')}
        disabled={element.flag('disabled')}
        onClick={() => choose(element)}
      >
        <slot />
      </button>
    ),
  },
  { tag: 's-tab-panel', properties: {}, role: 'tabpanel', view: () => <slot /> },
  {
    tag: 's-switch',
    properties: {
      label: 'string',
      details: 'string',
      error: 'string',
      value: 'string',
      checked: 'boolean',
      defaultChecked: 'boolean',
      disabled: 'boolean',
      accessibilityLabel: 'string',
    },
    css: 'label{display:flex;gap:8px;align-items:center;min-block-size:32px}',
    view: (element) => (
      <label>
        <input
          type="checkbox"
          role="switch"
          aria-checked={element.flag('checked') || element.flag('defaultChecked')}
          checked={element.flag('checked') || element.flag('defaultChecked')}
          disabled={element.flag('disabled')}
          aria-label={element.text('accessibilityLabel') || undefined}
          onChange={(event) => {
            element.write('checked', event.currentTarget.checked);
            element.emit('input');
            element.emit('change');
          }}
        />
        {element.text('label')}
      </label>
    ),
  },
  {
    tag: 's-empty-state',
    properties: { heading: 'string', subheading: 'string' },
    css: 'div{display:grid;gap:8px;justify-items:center;text-align:center;padding:32px 16px}h2{margin:0;font-size:17px}p{margin:0}',
    view: (element) => (
      <div>
        <slot name="graphic" />
        <h2>{element.text('heading')}</h2>
        <p>{element.text('subheading')}</p>
        <slot />
        <slot name="primary-action" />
        <slot name="secondary-actions" />
      </div>
    ),
  },
  {
    tag: 's-pos-block',
    properties: { heading: 'string' },
    css: 'section{background:#fff;border-radius:12px;padding:16px}h2{margin:0 0 8px;font-size:15px}',
    view: (element) => (
      <section aria-labelledby="heading">
        <h2 id="heading">{element.text('heading')}</h2>
        <slot />
        <slot name="secondary-actions" />
      </section>
    ),
  },
];
