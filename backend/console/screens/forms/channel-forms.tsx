/**
 * Which stock feeds which channel, what is kept back, for whom units are kept, and what stores hand over.
 *
 * All of it is the network's policy: one save, in force within five seconds (docs/semantics.md, rules 16 and 17).
 */
import { type Draft, isEntry, listAt, type Path } from '../draft.ts';
import { RemoveButton } from '../fields/calendar.tsx';
import { kindChoices, ListField, WordsField } from '../fields/lists.tsx';
import { type Choice, given, NumberField, TextField } from '../fields/simple.tsx';
import { t } from '../texts/text.ts';
import type { FormProps } from './entry-form.tsx';
import { type Aspect, type Naming, RuleRows } from './rule-rows.tsx';

type Names = FormProps['names'];

/** Channels: their pools of nodes, share, threshold and horizon. */
export function ChannelsForm({ draft, names }: FormProps) {
  const channels = listAt(draft, ['channels']).filter(isEntry);
  const replace = (next: readonly unknown[]) => draft.write(['channels'], next);
  return (
    <>
      <s-section heading={t('channels.list')}>
        <s-stack gap="base">
          <s-paragraph color="subdued">{t('channels.listText')}</s-paragraph>
          {channels.map((channel, index) => (
            <fieldset class="card" key={`${index} of ${channels.length}`}>
              <legend>{nameOf(channel)}</legend>
              <Channel draft={draft} path={['channels', index]} names={names} />
              <div class="buttons">
                <RemoveButton
                  name={nameOf(channel)}
                  onClick={() => replace(channels.filter((_, at) => at !== index))}
                />
              </div>
            </fieldset>
          ))}
          <div>
            <s-button icon="plus" onClick={() => replace([...channels, { code: '' }])}>
              {t('channels.add')}
            </s-button>
          </div>
        </s-stack>
      </s-section>
      <s-section heading={t('channels.quotas')}>
        <s-stack gap="base">
          <s-paragraph color="subdued">{t('channels.quotasText')}</s-paragraph>
          <Quotas draft={draft} codes={channels.map(({ code }) => String(code ?? ''))} />
        </s-stack>
      </s-section>
    </>
  );
}

function nameOf(channel: Readonly<Record<string, unknown>>): string {
  const code = String(channel['code'] ?? '');
  return code === '' ? t('channels.new') : code;
}

const BASIS_POINTS_A_PERCENT = 100;

function Channel({ draft, path, names }: { draft: Draft; path: Path; names: Names }) {
  const countries = [...new Set(names.nodes.map((node) => node.country))].toSorted();
  const share = draft.read([...path, 'shareBasisPoints']);
  return (
    <s-stack gap="base">
      <div class="fields">
        <TextField draft={draft} path={[...path, 'code']} label="channels.code" isRequired />
        <s-number-field
          label={t('channels.share')}
          details={t('channels.share.help')}
          suffix="%"
          min={0}
          max={100}
          step={0.01}
          value={String((typeof share === 'number' ? share : 10_000) / BASIS_POINTS_A_PERCENT)}
          {...given('error', draft.errorAt([...path, 'shareBasisPoints']))}
          onInput={(event) =>
            draft.write(
              [...path, 'shareBasisPoints'],
              Math.round(Number(event.currentTarget.value) * BASIS_POINTS_A_PERCENT),
            )
          }
        />
        <NumberField draft={draft} path={[...path, 'threshold']} label="channels.threshold" />
        <Horizon draft={draft} path={[...path, 'incomingHorizonDays']} />
        <WordsField draft={draft} path={[...path, 'incomingSources']} label="channels.sources" />
      </div>
      <s-paragraph color="subdued">{t('channels.poolText')}</s-paragraph>
      <ListField
        draft={draft}
        path={[...path, 'kinds']}
        label="channels.kinds"
        choices={kindChoices()}
      />
      <ListField
        draft={draft}
        path={[...path, 'countries']}
        label="channels.countries"
        choices={countries.map((code) => ({ value: code, label: code }))}
      />
      <ListField
        draft={draft}
        path={[...path, 'nodeIds']}
        label="channels.nodes"
        choices={names.nodes.map(({ id, name }) => ({ value: id, label: name }))}
      />
      <WordsField draft={draft} path={[...path, 'tags']} label="channels.tags" />
    </s-stack>
  );
}

const DEFAULT_HORIZON_DAYS = 14;

function Horizon({ draft, path }: { draft: Draft; path: Path }) {
  const days = draft.read(path);
  const kind = typeof days !== 'number' ? 'all' : days === 0 ? 'none' : 'days';
  return (
    <>
      <s-select
        label={t('channels.horizon')}
        details={t('channels.horizon.help')}
        value={kind}
        onChange={(event) => {
          const chosen = event.currentTarget.value;
          draft.write(path, chosen === 'all' ? null : chosen === 'none' ? 0 : DEFAULT_HORIZON_DAYS);
        }}
      >
        <s-option value="all">{t('channels.horizon.all')}</s-option>
        <s-option value="days">{t('channels.horizon.days')}</s-option>
        <s-option value="none">{t('channels.horizon.none')}</s-option>
      </s-select>
      {kind === 'days' ? (
        <NumberField
          draft={draft}
          path={path}
          label="channels.horizonDays"
          suffix="unit.days"
          min={1}
          max={365}
        />
      ) : null}
    </>
  );
}

function Quotas({ draft, codes }: { draft: Draft; codes: readonly string[] }) {
  const forWhom: Naming[] = [
    {
      field: 'channel',
      label: t('channels.quota.channel'),
      choices: codes.filter((code) => code !== '').map((code) => ({ value: code, label: code })),
    },
    { field: 'customerTag', label: t('channels.quota.customerTag') },
  ];
  return (
    <RuleRows
      draft={draft}
      path={['quotas']}
      fresh={{ sku: '', quantity: 0, customerTag: '' }}
      add="channels.quota.add"
      empty="channels.quota.none"
      aspects={[
        { label: 'rules.what', namings: [{ field: 'sku', label: t('rules.sku') }] },
        { label: 'channels.quota.for', namings: forWhom },
        {
          label: 'channels.quota.quantity',
          namings: [{ field: 'quantity', label: t('channels.quota.quantity'), isNumber: true }],
        },
        {
          label: 'channels.quota.used',
          namings: [{ field: 'used', label: t('channels.quota.used'), isNumber: true }],
        },
      ]}
    />
  );
}

/** Safety stock for selling and for routing, and what stores hand over. */
export function KeptBackForm({ draft, names }: FormProps) {
  const amount: Aspect = {
    label: 'rules.amount',
    namings: [
      { field: 'units', label: t('rules.units'), isNumber: true },
      { field: 'percent', label: t('rules.percent'), isNumber: true },
      { field: 'weeksOfSupply', label: t('rules.weeks'), isNumber: true },
    ],
  };
  const aspects = [whatOf(), whereOf(names), amount];
  const fresh = { units: 1 };
  return (
    <>
      <s-section heading={t('safety.selling')}>
        <s-stack gap="base">
          <s-paragraph color="subdued">{t('safety.sellingText')}</s-paragraph>
          <RuleRows
            draft={draft}
            path={['safetyStock']}
            aspects={aspects}
            fresh={fresh}
            add="safety.add"
            empty="safety.none"
          />
        </s-stack>
      </s-section>
      <s-section heading={t('safety.routing')}>
        <s-stack gap="base">
          <s-paragraph color="subdued">{t('safety.routingText')}</s-paragraph>
          <RuleRows
            draft={draft}
            path={['routingSafetyStock']}
            aspects={aspects}
            fresh={fresh}
            add="safety.add"
            empty="safety.none"
          />
        </s-stack>
      </s-section>
      <s-section heading={t('collect.title')}>
        <s-stack gap="base">
          <s-paragraph color="subdued">{t('collect.text')}</s-paragraph>
          <PickupRules draft={draft} names={names} />
        </s-stack>
      </s-section>
    </>
  );
}

function whatOf(): Aspect {
  return {
    label: 'rules.what',
    none: t('rules.everything'),
    namings: [
      { field: 'sku', label: t('rules.sku') },
      { field: 'category', label: t('rules.category') },
      { field: 'productTag', label: t('rules.productTag') },
    ],
  };
}

function nodeNaming(names: Names): Naming {
  return {
    field: 'nodeId',
    label: t('rules.node'),
    choices: names.nodes.map(({ id, name }) => ({ value: id, label: name })),
  };
}

function whereOf(names: Names): Aspect {
  return {
    label: 'rules.where',
    none: t('rules.everywhere'),
    namings: [
      nodeNaming(names),
      { field: 'kind', label: t('rules.kind'), choices: kindChoices() },
      { field: 'region', label: t('rules.region') },
      { field: 'nodeTag', label: t('rules.nodeTag') },
    ],
  };
}

function PickupRules({ draft, names }: { draft: Draft; names: Names }) {
  const effect: Aspect = {
    label: 'collect.effect',
    namings: [
      {
        field: 'effect',
        label: t('collect.effect'),
        choices: [
          { value: 'only', label: t('collect.only') },
          { value: 'never', label: t('collect.never') },
        ],
      },
    ],
  };
  const where: Aspect = {
    label: 'rules.where',
    none: t('rules.everyStore'),
    namings: [nodeNaming(names), { field: 'nodeTag', label: t('rules.nodeTag') }],
  };
  return (
    <RuleRows
      draft={draft}
      path={['storePickup', 'rules']}
      aspects={[effect, whatOf(), where]}
      fresh={{ effect: 'only', category: '' }}
      add="collect.add"
      empty="collect.none"
    />
  );
}
