/** Boxes, stacks, grids, sections and pages. */
import {
  BOX_PROPERTIES,
  boxCss,
  type Definition,
  HostStyle,
  type StandIn,
  spacing,
} from './element.tsx';

const FLEX: Readonly<Record<string, string>> = { start: 'flex-start', end: 'flex-end' };
const flex = (word: string): string => FLEX[word] ?? word;

function gapCss(element: StandIn): string {
  const rules = [`gap:${spacing(element.text('gap', 'none'))}`];
  if (element.text('rowGap') !== '') rules.push(`row-gap:${spacing(element.text('rowGap'))}`);
  if (element.text('columnGap') !== '')
    rules.push(`column-gap:${spacing(element.text('columnGap'))}`);
  return rules.join(';');
}

function stackCss(element: StandIn): string {
  const isInline = element.text('direction', 'block') === 'inline';
  return [
    'display:flex',
    `flex-direction:${isInline ? 'row' : 'column'}`,
    isInline ? 'flex-wrap:wrap' : '',
    gapCss(element),
    `align-items:${flex(element.text('alignItems', isInline ? 'center' : 'stretch'))}`,
    `justify-content:${flex(element.text('justifyContent', 'normal'))}`,
    boxCss(element),
  ].join(';');
}

/** The first value of a responsive `@container (…) a, b` list; the rest is for narrow screens. */
function responsive(value: string): string {
  const match = /^@container[^)]*\)\s*([^,]+),/.exec(value);
  return match?.[1] ?? value;
}

const GAP_PROPERTIES = { gap: 'string', rowGap: 'string', columnGap: 'string' } as const;
const ALIGN_PROPERTIES = {
  alignItems: 'string',
  alignContent: 'string',
  justifyContent: 'string',
  justifyItems: 'string',
} as const;

export const LAYOUT: readonly Definition[] = [
  {
    tag: 's-stack',
    properties: { ...BOX_PROPERTIES, ...GAP_PROPERTIES, ...ALIGN_PROPERTIES, direction: 'string' },
    view: (element) => (
      <>
        <HostStyle css={stackCss(element)} />
        <slot />
      </>
    ),
  },
  {
    tag: 's-box',
    properties: BOX_PROPERTIES,
    view: (element) => (
      <>
        <HostStyle css={boxCss(element)} />
        <slot />
      </>
    ),
  },
  {
    tag: 's-grid',
    properties: {
      ...BOX_PROPERTIES,
      ...GAP_PROPERTIES,
      ...ALIGN_PROPERTIES,
      gridTemplateColumns: 'string',
      gridTemplateRows: 'string',
    },
    view: (element) => (
      <>
        <HostStyle
          css={`display:grid;grid-template-columns:${responsive(element.text('gridTemplateColumns', 'none'))};${gapCss(element)};align-items:${element.text('alignItems', 'normal')};${boxCss(element)}`}
        />
        <style>{'@media (max-width:640px){:host{grid-template-columns:1fr!important}}'}</style>
        <slot />
      </>
    ),
  },
  {
    tag: 's-grid-item',
    properties: { ...BOX_PROPERTIES, gridColumn: 'string', gridRow: 'string' },
    view: (element) => (
      <>
        <HostStyle
          css={`grid-column:${element.text('gridColumn', 'auto')};grid-row:${element.text('gridRow', 'auto')};${boxCss(element)}`}
        />
        <slot />
      </>
    ),
  },
  {
    tag: 's-query-container',
    properties: { containerName: 'string' },
    css: ':host{container-type:inline-size}',
    view: () => <slot />,
  },
  {
    tag: 's-scroll-box',
    properties: BOX_PROPERTIES,
    view: (element) => (
      <>
        <HostStyle css={`overflow:auto;${boxCss(element)}`} />
        <slot />
      </>
    ),
  },
  {
    tag: 's-divider',
    properties: { direction: 'string', color: 'string' },
    css: 'hr{border:0;border-block-start:1px solid var(--s-border,#d4d4d4);margin:0}',
    view: () => <hr />,
  },
  {
    tag: 's-section',
    properties: { heading: 'string', accessibilityLabel: 'string', padding: 'string' },
    css: `section{background:var(--s-section,transparent);border-radius:12px;padding:var(--s-section-padding,0);box-shadow:var(--s-section-shadow,none)}
section.bare{padding:0}h2{margin:0 0 12px;font-size:var(--s-heading-size,15px);font-weight:650}`,
    view: (element) => (
      <section
        class={element.text('padding') === 'none' ? 'bare' : ''}
        aria-label={element.text('accessibilityLabel') || undefined}
        aria-labelledby={element.text('heading') === '' ? undefined : 'heading'}
      >
        {element.text('heading') !== '' && <h2 id="heading">{element.text('heading')}</h2>}
        <slot />
      </section>
    ),
  },
  {
    tag: 's-page',
    properties: { heading: 'string', subheading: 'string', inlineSize: 'string' },
    css: `:host{max-inline-size:var(--page,1000px);margin-inline:auto;padding:20px 16px 48px}
.head{display:flex;flex-wrap:wrap;gap:8px 12px;align-items:center;margin-block-end:16px}h1{margin:0;font-size:20px;font-weight:650;flex:1}
.actions{display:flex;gap:8px}.body{display:grid;gap:16px}.columns{display:grid;gap:16px;grid-template-columns:minmax(0,1fr)}
@media(min-width:900px){.columns.two{grid-template-columns:minmax(0,2fr) minmax(0,1fr)}}`,
    isWatchingChildren: true,
    view: (element) => {
      const hasAside = element.querySelector(':scope > [slot=aside]') !== null;
      const width = { base: '1000px', large: '1400px', small: '640px' }[
        element.text('inlineSize', 'base')
      ];
      return (
        <>
          <HostStyle css={`--page:${width ?? '1000px'}`} />
          <slot name="breadcrumb-actions" />
          <div class="head">
            <h1>{element.text('heading')}</h1>
            <div class="actions">
              <slot name="secondary-actions" />
              <slot name="primary-action" />
            </div>
          </div>
          <div class={`columns ${hasAside ? 'two' : ''}`}>
            <div class="body">
              <slot />
            </div>
            {hasAside && (
              <div class="body">
                <slot name="aside" />
              </div>
            )}
          </div>
        </>
      );
    },
  },
  {
    tag: 's-admin-block',
    properties: { heading: 'string', collapsedSummary: 'string' },
    css: 'section{background:#fff;border-radius:12px;box-shadow:0 0 0 1px #0001,0 1px 2px #0002;padding:16px}h2{margin:0 0 12px;font-size:14px}',
    view: (element) => (
      <section aria-labelledby="heading">
        <h2 id="heading">{element.text('heading')}</h2>
        <slot />
      </section>
    ),
  },
];
