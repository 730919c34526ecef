/**
 * How stock and Shopify meet: which places Kept writes, and how a channel's figure becomes Shopify's levels.
 */
import { useState } from 'preact/hooks';
import type { InventoryView } from '../sync-view.ts';
import type { NetworkNames } from '../view.ts';
import type { Problem } from './api.ts';
import { Picker } from './fields/amounts.tsx';
import { given } from './fields/simple.tsx';
import { useAnswer } from './network.tsx';
import { Fault, problemText, Waiting } from './parts.tsx';
import { useSectionSave } from './section-save.ts';
import { t } from './texts/text.ts';

type Inventory = InventoryView['inventory'];

export function InventorySettings() {
  const { answer: names } = useAnswer<NetworkNames>('/network');
  const { answer: stored, reload } = useAnswer<InventoryView>('/inventory');
  const fault = [names, stored].find((answer) => answer?.ok === false);
  return (
    <s-section heading={t('inventory.title')}>
      {fault?.ok === false ? <Fault problem={fault.problem} onRetry={reload} /> : null}
      {names?.ok === true && stored?.ok === true ? (
        <Form
          key={stored.value.version}
          names={names.value}
          stored={stored.value}
          onReload={reload}
        />
      ) : fault === undefined ? (
        <Waiting />
      ) : null}
    </s-section>
  );
}

const TOPOLOGIES = ['mirror', 'aggregate', 'parked'] as const;

function Form(props: { names: NetworkNames; stored: InventoryView; onReload: () => void }) {
  const { names, stored, onReload } = props;
  const [inventory, setInventory] = useState<Inventory>(stored.inventory);
  const { problem, isSaving, save } = useSectionSave(stored.version, onReload);
  const topology = inventory.topology ?? 'mirror';
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        void save({ inventory });
      }}
    >
      <s-stack gap="base">
        <s-paragraph color="subdued">{t('inventory.text')}</s-paragraph>
        <Said problem={problem} onReload={onReload} />
        <Picker
          label={t('inventory.keptNodes')}
          empty={t('inventory.noNodes')}
          choices={names.nodes.map(({ id, name }) => ({ value: id, label: name }))}
          chosen={inventory.keptNodes ?? []}
          onChange={(keptNodes) => setInventory({ ...inventory, keptNodes })}
        />
        {(inventory.keptNodes ?? []).length === 0 ? null : (
          <Picker
            label={t('inventory.shipments')}
            empty={t('inventory.noNodes')}
            choices={names.nodes
              .filter(({ id }) => inventory.keptNodes?.includes(id))
              .map(({ id, name }) => ({ value: id, label: name }))}
            chosen={inventory.shipmentsBookedBySystem ?? []}
            onChange={(shipmentsBookedBySystem) =>
              setInventory({ ...inventory, shipmentsBookedBySystem })
            }
          />
        )}
        <div class="fields">
          <s-select
            label={t('inventory.topology')}
            details={t(`inventory.topology.${topology}.help`)}
            value={topology}
            onChange={(event) => {
              const chosen = TOPOLOGIES.find((one) => one === event.currentTarget.value);
              const { onlineLocationId: _, ...others } = inventory;
              setInventory({ ...others, ...(chosen === undefined ? {} : { topology: chosen }) });
            }}
          >
            {TOPOLOGIES.map((one) => (
              <s-option key={one} value={one}>
                {t(`inventory.topology.${one}`)}
              </s-option>
            ))}
          </s-select>
          <s-text-field
            label={t('inventory.channel')}
            value={inventory.channel ?? 'online'}
            onInput={(event) => setInventory({ ...inventory, channel: event.currentTarget.value })}
          />
          {topology === 'aggregate' ? (
            <s-text-field
              label={t('inventory.onlineLocation')}
              value={inventory.onlineLocationId ?? ''}
              {...given('error', saidOf(problem))}
              onInput={(event) =>
                setInventory({ ...inventory, onlineLocationId: event.currentTarget.value })
              }
            />
          ) : null}
        </div>
        <div>
          <s-button type="submit" loading={isSaving}>
            {t('common.save')}
          </s-button>
        </div>
      </s-stack>
    </form>
  );
}

function Said({ problem, onReload }: { problem: Problem | undefined; onReload: () => void }) {
  if (problem === undefined) return null;
  const text = saidOf(problem);
  if (text === undefined) return <Fault problem={problem} onRetry={onReload} />;
  return (
    <s-banner tone="critical" heading={t('common.fault')}>
      {text}
    </s-banner>
  );
}

// What the section's owner refused, in its words: the reason and the next step.
function saidOf(problem: Problem | undefined): string | undefined {
  const { value, allowed, remedy } = problem ?? {};
  if (allowed === undefined || remedy === undefined) return undefined;
  return problemText({ value, allowed, remedy });
}
