/** Texts, headings, badges, banners, icons, pictures and lists. */
import { type Definition, HostStyle, type StandIn, TONES } from './element.tsx';
import { Icon } from './icons.tsx';

const SUBDUED = 'var(--s-subdued,#616161)';
const colorOf = (element: StandIn): string =>
  element.text('color') === 'subdued' ? SUBDUED : (TONES[element.text('tone')]?.color ?? 'inherit');

const TEXT_STYLES: Readonly<Record<string, string>> = {
  strong: 'font-weight:650',
  mark: 'background:#ffef9e',
  small: 'font-size:var(--s-small-size,12px)',
  emphasis: 'font-style:italic',
  offset: 'font-style:italic',
  redundant: 'text-decoration:line-through',
  generic: '',
};
const HIDDEN_CSS =
  'position:absolute;inline-size:1px;block-size:1px;overflow:hidden;clip-path:inset(50%)';

function textCss(element: StandIn): string {
  const isExclusive = element.text('accessibilityVisibility') === 'exclusive';
  const hint = element.text('fontVariantNumeric');
  return [
    `color:${colorOf(element)}`,
    TEXT_STYLES[element.text('type')] ?? '',
    isExclusive ? HIDDEN_CSS : '',
    hint === '' ? '' : `font-variant-numeric:${hint}`,
  ].join(';');
}
const TEXT_PROPERTIES = {
  type: 'string',
  tone: 'string',
  color: 'string',
  accessibilityVisibility: 'string',
  fontVariantNumeric: 'string',
  lineClamp: 'number',
} as const;

const BANNER_ICONS: Readonly<Record<string, string>> = {
  critical: 'x-circle',
  warning: 'alert-triangle',
  success: 'check-circle',
};

export const TEXT: readonly Definition[] = [
  {
    tag: 's-text',
    properties: { ...TEXT_PROPERTIES, display: 'string' },
    view: (element) => (
      <>
        <HostStyle css={`display:inline;${textCss(element)}`} />
        <slot />
      </>
    ),
  },
  {
    tag: 's-paragraph',
    properties: TEXT_PROPERTIES,
    view: (element) => (
      <>
        <HostStyle css={textCss(element)} />
        <p style="margin:0">
          <slot />
        </p>
      </>
    ),
  },
  {
    tag: 's-heading',
    properties: { accessibilityRole: 'string', lineClamp: 'number' },
    css: 'h3{margin:0;font-size:var(--s-heading-size,15px);font-weight:650}',
    view: () => (
      <h3>
        <slot />
      </h3>
    ),
  },
  {
    tag: 's-time',
    properties: { dateTime: 'string' },
    css: ':host{display:inline}',
    view: (element) => (
      <time dateTime={element.text('dateTime')}>
        <slot />
      </time>
    ),
  },
  {
    tag: 's-abbreviation',
    properties: { title: 'string' },
    css: ':host{display:inline}',
    view: (element) => (
      <abbr title={element.text('title')}>
        <slot />
      </abbr>
    ),
  },
  {
    tag: 's-icon',
    properties: {
      type: 'string',
      tone: 'string',
      size: 'string',
      color: 'string',
      accessibilityLabel: 'string',
    },
    view: (element) => (
      <>
        <HostStyle css={`display:inline-flex;vertical-align:-4px;color:${colorOf(element)}`} />
        <Icon type={element.text('type')} size={element.text('size', 'base')} />
      </>
    ),
  },
  {
    tag: 's-badge',
    properties: {
      tone: 'string',
      color: 'string',
      size: 'string',
      icon: 'string',
      iconPosition: 'string',
    },
    view: (element) => {
      const tone = TONES[element.text('tone')];
      const strong = element.text('color') === 'strong' ? 650 : 500;
      return (
        <>
          <HostStyle
            css={`display:inline-flex;gap:4px;align-items:center;padding:1px 8px;border-radius:8px;font-size:var(--s-small-size,12px);font-weight:${strong};background:${tone?.surface ?? 'var(--s-strong-surface,#e9e9e9)'};color:${tone?.color ?? 'inherit'}`}
          />
          {element.text('icon') !== '' && <Icon type={element.text('icon')} size="small-100" />}
          <slot />
        </>
      );
    },
  },
  {
    tag: 's-banner',
    properties: {
      heading: 'string',
      tone: 'string',
      dismissible: 'boolean',
      collapsible: 'boolean',
    },
    css: `div.banner{display:flex;gap:10px;padding:12px 14px;border-radius:var(--s-radius,8px)}h2{margin:0 0 4px;font-size:inherit;font-weight:650}.content{flex:1;min-inline-size:0}
button{background:none;border:0;font:inherit;color:inherit;cursor:pointer;min-inline-size:24px;min-block-size:24px}`,
    view: (element) => {
      const tone = element.text('tone', 'info');
      const look = TONES[tone] ?? TONES['info'];
      const isUrgent = tone === 'critical' || tone === 'warning';
      return (
        <div
          class="banner"
          role={isUrgent ? 'alert' : 'status'}
          style={`background:${look?.surface};color:${look?.color}`}
        >
          <Icon type={BANNER_ICONS[tone] ?? 'info'} />
          <div class="content">
            {element.text('heading') !== '' && <h2>{element.text('heading')}</h2>}
            <slot />
            <slot name="secondary-actions" />
          </div>
          {element.flag('dismissible') && (
            <button
              type="button"
              aria-label="Dismiss"
              onClick={() => {
                element.hidden = true;
                element.emit('dismiss');
              }}
            >
              ×
            </button>
          )}
        </div>
      );
    },
  },
  {
    tag: 's-spinner',
    properties: { accessibilityLabel: 'string', size: 'string' },
    css: ':host{display:inline-block}span{display:inline-block;inline-size:20px;block-size:20px;border:2px solid var(--s-border,#d4d4d4);border-block-start-color:currentColor;border-radius:50%;animation:turn 1s linear infinite}@keyframes turn{to{rotate:1turn}}@media(prefers-reduced-motion:reduce){span{animation:none}}',
    view: (element) => (
      <span role="status" aria-label={element.text('accessibilityLabel', 'Loading')} />
    ),
  },
  {
    tag: 's-skeleton-paragraph',
    properties: { content: 'string' },
    css: 'span{display:block;block-size:12px;border-radius:4px;background:var(--s-strong-surface,#e6e6e6);margin-block:4px;inline-size:min(260px,80%)}',
    view: () => <span aria-hidden="true" />,
  },
  {
    tag: 's-progress',
    properties: { value: 'number', max: 'number', accessibilityLabel: 'string', tone: 'string' },
    css: 'progress{inline-size:100%}',
    view: (element) => (
      <progress
        aria-label={element.text('accessibilityLabel', 'Progress')}
        max={Number(element.text('max', '1'))}
        value={Number(element.text('value', '0'))}
      />
    ),
  },
  {
    tag: 's-image',
    properties: {
      src: 'string',
      alt: 'string',
      accessibilityRole: 'string',
      aspectRatio: 'string',
      objectFit: 'string',
      inlineSize: 'string',
      borderRadius: 'string',
      border: 'string',
      loading: 'string',
    },
    css: 'img{max-inline-size:100%;display:block}',
    view: (element) => <img src={element.text('src')} alt={element.text('alt')} />,
  },
  {
    tag: 's-thumbnail',
    properties: { src: 'string', alt: 'string', size: 'string' },
    css: 'img{inline-size:40px;block-size:40px;object-fit:cover;border-radius:8px;border:1px solid #0002}',
    view: (element) => <img src={element.text('src')} alt={element.text('alt')} />,
  },
  {
    tag: 's-ordered-list',
    properties: {},
    role: 'list',
    css: ':host{display:block;padding-inline-start:20px;list-style:decimal}',
    view: () => <slot />,
  },
  {
    tag: 's-unordered-list',
    properties: {},
    role: 'list',
    css: ':host{display:block;padding-inline-start:20px;list-style:disc}',
    view: () => <slot />,
  },
  {
    tag: 's-list-item',
    properties: {},
    role: 'listitem',
    css: ':host{display:list-item}',
    view: () => <slot />,
  },
];
