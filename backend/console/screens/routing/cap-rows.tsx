/**
 * Places that take a number of orders a day of their own: one row a place, empty is any number.
 */
import type { NetworkNames } from '../../view.ts';
import { type Draft, isEntry } from '../draft.ts';
import { RemoveButton } from '../fields/calendar.tsx';
import { given, hidden } from '../fields/simple.tsx';
import { t } from '../texts/text.ts';

const PATH = ['dailyOrderCap', 'byNode'];

export function CapRows({ draft, names }: { draft: Draft; names: NetworkNames }) {
  const stored = draft.read(PATH);
  const caps = isEntry(stored) ? Object.entries(stored) : [];
  const taken = new Set(caps.map(([nodeId]) => nodeId));
  const free = names.nodes.find(({ id }) => !taken.has(id));
  const replace = (next: readonly (readonly [string, unknown])[]) => {
    draft.write(PATH, Object.fromEntries(next));
  };
  const put = (at: number, row: readonly [string, unknown]) => replace(caps.with(at, [...row]));
  return (
    <s-stack gap="small">
      <h3>{t('routing.caps.byNode')}</h3>
      {caps.map(([nodeId, cap], index) => {
        const name = names.nodes.find(({ id }) => id === nodeId)?.name ?? nodeId;
        return (
          <div class="row rule" key={nodeId}>
            <s-select
              label={t('risk.place')}
              {...hidden(index > 0)}
              value={nodeId}
              onChange={(event) => put(index, [event.currentTarget.value, cap])}
            >
              {names.nodes.some(({ id }) => id === nodeId) ? null : (
                <s-option value={nodeId}>{nodeId}</s-option>
              )}
              {names.nodes
                .filter(({ id }) => id === nodeId || !taken.has(id))
                .map(({ id, name: label }) => (
                  <s-option key={id} value={id}>
                    {label}
                  </s-option>
                ))}
            </s-select>
            <s-number-field
              label={t('caps.orders')}
              {...hidden(index > 0)}
              value={typeof cap === 'number' ? String(cap) : ''}
              placeholder={t('caps.any')}
              min={0}
              {...given('error', draft.errorAt([...PATH, nodeId]))}
              onInput={(event) => {
                const text = event.currentTarget.value;
                put(index, [nodeId, text === '' ? null : Number(text)]);
              }}
            />
            <RemoveButton
              name={name}
              onClick={() => replace(caps.filter((_, at) => at !== index))}
            />
          </div>
        );
      })}
      {free === undefined ? null : (
        <div>
          <s-button icon="plus" onClick={() => replace([...caps, [free.id, null]])}>
            {t('caps.add')}
          </s-button>
        </div>
      )}
    </s-stack>
  );
}
