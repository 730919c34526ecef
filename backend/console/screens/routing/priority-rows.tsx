/**
 * The order of priority: the best step first, each part left open holds for all.
 */
import type { NetworkNames } from '../../view.ts';
import { type Draft, isEntry, listAt, type Path } from '../draft.ts';
import { RemoveButton } from '../fields/calendar.tsx';
import { kindChoices, MoveButtons } from '../fields/lists.tsx';
import { given } from '../fields/simple.tsx';
import { t } from '../texts/text.ts';
import { countriesOf } from './place-fields.tsx';

export function PriorityRows(props: { draft: Draft; names: NetworkNames; at: Path }) {
  const { draft, names, at: section } = props;
  const path = [...section, 'priority'];
  const rows = listAt(draft, path).filter(isEntry);
  const parts = [
    { field: 'nodeKind', label: t('routing.priority.kind'), choices: kindChoices() },
    { field: 'nodeCountry', label: t('routing.priority.from'), choices: countriesOf(names.nodes) },
    {
      field: 'destinationCountry',
      label: t('routing.priority.to'),
      choices: countriesOf(names.zones),
    },
  ];
  const replace = (next: readonly unknown[]) => draft.write(path, next);
  return (
    <s-stack gap="small">
      <s-paragraph color="subdued">{t('routing.priority.text')}</s-paragraph>
      {rows.length === 0 ? <p class="empty">{t('routing.priority.empty')}</p> : null}
      {rows.map((row, index) => (
        <div class="row rule" key={`${index} of ${rows.length}`}>
          {parts.map(({ field, label, choices }) => (
            <s-select
              key={field}
              label={label}
              value={String(row[field] ?? '')}
              {...given(
                'error',
                field === 'nodeKind' ? draft.errorAt([...path, index]) : undefined,
              )}
              onChange={(event) => {
                const { [field]: _, ...others } = row;
                const { value } = event.currentTarget;
                const next = value === '' ? others : { ...others, [field]: value };
                replace(rows.map((one, at) => (at === index ? next : one)));
              }}
            >
              <s-option value="">{t('routing.priority.any')}</s-option>
              {choices.map((choice) => (
                <s-option key={choice.value} value={choice.value}>
                  {choice.label}
                </s-option>
              ))}
            </s-select>
          ))}
          <div class="buttons">
            <MoveButtons
              path={path}
              index={index}
              name={t('rules.row', { number: index + 1 })}
              entries={rows}
              onMove={replace}
            />
            <RemoveButton
              name={t('rules.row', { number: index + 1 })}
              onClick={() => replace(rows.filter((_, at) => at !== index))}
            />
          </div>
        </div>
      ))}
      <div>
        <s-button icon="plus" onClick={() => replace([...rows, {}])}>
          {t('routing.priority.add')}
        </s-button>
      </div>
    </s-stack>
  );
}
