/** Tables: plain CSS tables with the roles a screen reader needs. */
import type { Definition } from './element.tsx';

const part = (tag: string, role: string, css: string): Definition => ({
  tag,
  properties: {
    variant: 'string',
    listSlot: 'string',
    format: 'string',
    clickDelegate: 'string',
    loading: 'boolean',
    paginate: 'boolean',
    hasNextPage: 'boolean',
    hasPreviousPage: 'boolean',
    accessibilityLabel: 'string',
  },
  role,
  css: `:host{${css}}`,
  view: () => <slot />,
});

const CELL =
  'display:table-cell;padding:8px 12px;border-block-end:1px solid var(--s-border,#e3e3e3);vertical-align:top;text-align:start';

export const TABLE: readonly Definition[] = [
  part('s-table', 'table', 'display:table;inline-size:100%;border-collapse:collapse'),
  part('s-table-header-row', 'row', 'display:table-row'),
  part('s-table-header', 'columnheader', `${CELL};font-weight:600;color:var(--s-subdued,#616161)`),
  part('s-table-body', 'rowgroup', 'display:table-row-group'),
  part('s-table-row', 'row', 'display:table-row'),
  part('s-table-cell', 'cell', CELL),
];
