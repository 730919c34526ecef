/**
 * What every screen is made of: waiting, faults, the list of wrong fields, the way between the parts of Kept.
 */
import type { ComponentChildren } from 'preact';
import type { EditProblem } from '../view.ts';
import type { Problem } from './api.ts';
import { pathTo, route } from './route.ts';
import { type Facts, t, tc } from './texts/text.ts';

/** Something is on its way. */
export function Waiting({ label = t('common.loading') }: { label?: string }) {
  return (
    <div class="waiting" role="status">
      <s-spinner accessibilityLabel={label} />
      <s-text color="subdued">{label}</s-text>
    </div>
  );
}

/** A fault with the way out of it. */
export function Fault({ problem, onRetry }: { problem: Problem; onRetry?: () => void }) {
  const text =
    problem.code === 'unauthorized'
      ? t('common.signedOut')
      : problem.detail === ''
        ? t('common.faultText')
        : problem.detail;
  return (
    <s-banner tone="critical" heading={t('common.fault')}>
      <s-paragraph>{text}</s-paragraph>
      {onRetry === undefined ? null : <s-button onClick={onRetry}>{t('common.retry')}</s-button>}
    </s-banner>
  );
}

/** What is wrong with one field, in one sentence. */
export function problemText(problem: Pick<EditProblem, 'value' | 'allowed' | 'remedy'>): string {
  const { value, allowed, remedy } = problem;
  const facts: Facts = { value: written(value), allowed, remedy };
  return value === undefined ? t('save.problemNoValue', facts) : t('save.problem', facts);
}

function written(value: unknown): string {
  return typeof value === 'string' ? `“${value}”` : String(value);
}

const PARTS = [
  'setup',
  'orders',
  'network',
  'channels',
  'stock',
  'routing',
  'outcomes',
  'connections',
  'desks',
  'sync',
  'tester',
] as const;

/** The way between the parts, on every screen. */
export function Parts() {
  const current = route.value[0] ?? 'setup';
  return (
    <nav class="parts" aria-label={t('nav.label')}>
      {PARTS.map((part) => (
        <a
          key={part}
          href={part === 'setup' ? pathTo() : pathTo(part)}
          aria-current={part === current ? 'page' : undefined}
        >
          {tc('nav', part)}
        </a>
      ))}
    </nav>
  );
}

/** A screen: the parts, a heading, actions and what it shows. */
export function Screen(props: {
  heading: string;
  children: ComponentChildren;
  actions?: ComponentChildren;
  back?: { readonly path: string; readonly label: string };
  isWide?: boolean;
}) {
  const { heading, children, actions, back, isWide = false } = props;
  return (
    <>
      <Parts />
      <s-page heading={heading} inlineSize={isWide ? 'large' : 'base'}>
        {back === undefined ? null : (
          <s-link slot="breadcrumb-actions" href={back.path}>
            ← {back.label}
          </s-link>
        )}
        {actions}
        {children}
      </s-page>
    </>
  );
}

/** Label and value pairs in a row, for what is known and not edited. */
export function Figures({ pairs }: { pairs: readonly (readonly [string, string])[] }) {
  return (
    <dl class="figures">
      {pairs.map(([label, value]) => (
        <div key={label}>
          <dt>{label}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
