/**
 * The network: what there is to edit, the lists, and one entry of a list.
 */
import { useCallback, useEffect, useState } from 'preact/hooks';
import { COLLECTIONS, type Collection, type NetworkNames, type NetworkPage } from '../view.ts';
import { type Answer, call } from './api.ts';
import type { Entry } from './draft.ts';
import { emptyEntry } from './forms/empty-entry.ts';
import { type Edited, EntryForm } from './forms/entry-form.tsx';
import { COLUMNS, titleOf } from './network-columns.ts';
import { Fault, Screen, Waiting } from './parts.tsx';
import { go, pathTo } from './route.ts';
import { t, tn } from './texts/text.ts';

const NEW = 'new';
const POLICY = 'policy';

/** Which of the network's screens the rest of the path names. */
export function NetworkScreen({ path }: { path: readonly string[] }) {
  const [list, ...rest] = path;
  const key = rest.length === 0 ? undefined : rest.join('/');
  if (list === POLICY) return <EntryScreen collection={POLICY} entryKey={null} />;
  const collection = COLLECTIONS.find((one) => one === list);
  if (collection === undefined) return <Overview />;
  if (key === undefined) return <ListScreen key={collection} collection={collection} />;
  return (
    <EntryScreen
      key={`${collection} ${key}`}
      collection={collection}
      entryKey={key === NEW ? null : key}
    />
  );
}

/** Asks again whenever `path` changes or `reload` is called; keeps the last answer meanwhile. */
export function useAnswer<Value>(path: string | undefined): {
  answer: Answer<Value> | undefined;
  reload: () => void;
} {
  const [answer, setAnswer] = useState<Answer<Value>>();
  const [asked, setAsked] = useState(0);
  useEffect(() => {
    if (path === undefined) return undefined;
    const giveUp = new AbortController();
    call<Value>(path, { signal: giveUp.signal })
      .then(setAnswer)
      .catch(() => undefined);
    return () => giveUp.abort();
  }, [path, asked]);
  return { answer, reload: useCallback(() => setAsked((times) => times + 1), []) };
}

const OVERVIEW: readonly (Collection | typeof POLICY)[] = [
  'nodes',
  'carriers',
  'services',
  'lanes',
  'zones',
  'pickupPoints',
  POLICY,
];

function Overview() {
  const { answer, reload } = useAnswer<NetworkNames>('/network');
  return (
    <Screen heading={t('network.title')}>
      <s-paragraph color="subdued">{t('network.intro')}</s-paragraph>
      {answer === undefined ? <Waiting /> : null}
      {answer?.ok === false ? <Fault problem={answer.problem} onRetry={reload} /> : null}
      {answer?.ok === true ? (
        <>
          <ul class="tiles">
            {OVERVIEW.map((name) => (
              <li key={name}>
                <a href={pathTo('network', name)}>
                  <strong>{t(`network.${name}`)}</strong>
                  <span>{t(`network.${name}.text`)}</span>
                  <em>{name === POLICY ? '' : tn('network.count', answer.value.counts[name])}</em>
                </a>
              </li>
            ))}
          </ul>
          <s-text color="subdued">{t('network.version', { version: answer.value.version })}</s-text>
        </>
      ) : null}
    </Screen>
  );
}

const NEW_TEXTS: Readonly<Record<Collection, Parameters<typeof t>[0]>> = {
  nodes: 'network.newNodes',
  carriers: 'network.newCarriers',
  services: 'network.newServices',
  lanes: 'network.newLanes',
  zones: 'network.newZones',
  pickupPoints: 'network.newPickupPoints',
};

function ListScreen({ collection }: { collection: Collection }) {
  const [search, setSearch] = useState('');
  const [page, setPage] = useState(1);
  const query = new URLSearchParams({ search, page: String(page) });
  const { answer, reload } = useAnswer<NetworkPage>(`/network/${collection}?${query}`);
  return (
    <Screen
      heading={t(`network.${collection}`)}
      isWide
      back={{ path: pathTo('network'), label: t('network.title') }}
      actions={
        <s-button slot="primary-action" variant="primary" href={pathTo('network', collection, NEW)}>
          {t(NEW_TEXTS[collection])}
        </s-button>
      }
    >
      <s-section padding="base" accessibilityLabel={t(`network.${collection}`)}>
        <s-stack gap="base">
          <s-search-field
            label={t('common.search')}
            labelAccessibilityVisibility="exclusive"
            placeholder={t('common.search')}
            value={search}
            onInput={(event) => {
              setSearch(event.currentTarget.value);
              setPage(1);
            }}
          />
          {answer === undefined ? <Waiting /> : null}
          {answer?.ok === false ? <Fault problem={answer.problem} onRetry={reload} /> : null}
          {answer?.ok === true ? (
            <ListTable
              collection={collection}
              page={answer.value}
              search={search}
              onPage={setPage}
            />
          ) : null}
        </s-stack>
      </s-section>
    </Screen>
  );
}

function ListTable(props: {
  collection: Collection;
  page: NetworkPage;
  search: string;
  onPage: (page: number) => void;
}) {
  const { collection, page, search, onPage } = props;
  const columns = COLUMNS[collection];
  if (page.total === 0) {
    return (
      <s-paragraph color="subdued">
        {search === '' ? t('common.empty') : t('common.nothingFound', { search })}
      </s-paragraph>
    );
  }
  const from = (page.page - 1) * page.pageSize;
  return (
    <>
      <div class="scroll">
        <s-table>
          <s-table-header-row>
            {columns.map((column) => (
              <s-table-header key={column.label}>{t(column.label)}</s-table-header>
            ))}
          </s-table-header-row>
          <s-table-body>
            {page.items.map(({ key, value }) => (
              <s-table-row key={key}>
                {columns.map((column, index) => (
                  <s-table-cell key={column.label}>
                    {index === 0 ? (
                      <s-link href={pathTo('network', collection, key)}>{column.of(value)}</s-link>
                    ) : (
                      column.of(value)
                    )}
                  </s-table-cell>
                ))}
              </s-table-row>
            ))}
          </s-table-body>
        </s-table>
      </div>
      <div class="pages">
        <s-button disabled={page.page === 1} onClick={() => onPage(page.page - 1)}>
          {t('common.previous')}
        </s-button>
        <s-text>
          {t('common.pageOf', {
            from: from + 1,
            to: from + page.items.length,
            total: page.total,
          })}
        </s-text>
        <s-button
          disabled={from + page.items.length >= page.total}
          onClick={() => onPage(page.page + 1)}
        >
          {t('common.next')}
        </s-button>
      </div>
    </>
  );
}

type EntryProps = {
  readonly collection: Collection | typeof POLICY;
  readonly entryKey: string | null;
};

function EntryScreen({ collection, entryKey }: EntryProps) {
  const { answer: names, reload: reloadNames } = useAnswer<NetworkNames>('/network');
  const isList = collection !== POLICY;
  const query = new URLSearchParams({ key: entryKey ?? '' });
  const { answer: page, reload: reloadPage } = useAnswer<NetworkPage>(
    isList && entryKey !== null ? `/network/${collection}?${query}` : undefined,
  );
  const reload = () => {
    reloadNames();
    reloadPage();
  };
  const list = isList
    ? { path: pathTo('network', collection), label: t(`network.${collection}`) }
    : { path: pathTo('network'), label: t('network.title') };
  const fault = [names, page].find((answer) => answer?.ok === false);
  const edited = editedOf({ collection, entryKey }, names, page);
  const heading =
    edited === undefined || edited === 'missing' ? list.label : headingOf(collection, edited);
  return (
    <Screen heading={heading} back={list}>
      {fault?.ok === false ? <Fault problem={fault.problem} onRetry={reload} /> : null}
      {edited === 'missing' ? <s-banner tone="warning">{t('network.missing')}</s-banner> : null}
      {edited === undefined && fault === undefined ? <Waiting /> : null}
      {edited !== undefined && edited !== 'missing' && names?.ok === true ? (
        <LoadedEntry edited={edited} names={names.value} onReload={reload} listPath={list.path} />
      ) : null}
    </Screen>
  );
}

function headingOf(collection: EntryProps['collection'], edited: Edited): string {
  if (collection === POLICY) return t('network.policy');
  if (edited.key === null) return t(NEW_TEXTS[collection]);
  return titleOf(collection, edited.stored);
}

function editedOf(
  { collection, entryKey }: EntryProps,
  names: Answer<NetworkNames> | undefined,
  page: Answer<NetworkPage> | undefined,
): Edited | 'missing' | undefined {
  if (names?.ok !== true) return undefined;
  const { version, policy } = names.value;
  if (collection === POLICY) return { collection, key: null, stored: policy, version };
  if (entryKey === null) {
    return { collection, key: null, stored: emptyEntry(collection, names.value), version };
  }
  if (page?.ok !== true) return undefined;
  const item = page.value.items[0];
  if (item === undefined) return 'missing';
  return { collection, key: item.key, stored: item.value, version: page.value.version };
}

// Keeps the entry that was loaded, so that a reload in the background does not take what was typed.
function LoadedEntry(props: {
  edited: Edited;
  names: NetworkNames;
  onReload: () => void;
  listPath: string;
}) {
  const { names, onReload, listPath } = props;
  const [edited, setEdited] = useState(props.edited);
  const [isReloading, setReloading] = useState(false);
  const [problem, setProblem] = useState<Parameters<typeof Fault>[0]['problem']>();
  useEffect(() => {
    if (!isReloading) return;
    setEdited(props.edited);
    setReloading(false);
  }, [props.edited.version, props.edited.stored, isReloading]);
  const { collection, key } = edited;
  const remove = async () => {
    if (collection === POLICY || key === null) return;
    const name = titleOf(collection, edited.stored);
    if (!window.confirm(`${t('network.removeTitle', { name })}\n${t('network.removeText')}`))
      return;
    const answer = await call('/network/edits', {
      body: { basedOnVersion: edited.version, edits: [{ collection, key, value: null }] },
    });
    if (answer.ok) go(listPath);
    else setProblem(answer.problem);
  };
  return (
    <>
      {problem === undefined ? null : <Fault problem={problem} />}
      <EntryForm
        edited={edited}
        names={names}
        onReload={() => {
          setReloading(true);
          onReload();
        }}
        onSaved={({ version, entry }) =>
          setEdited(savedAs(edited, { version, entry, laneCount: names.counts.lanes }))
        }
        onRemove={collection === POLICY || key === null ? undefined : () => void remove()}
      />
    </>
  );
}

// A new entry has a key from now on; its form stays, so that it can say how the save went. A new lane
// stands at the end of the lanes.
function savedAs(
  edited: Edited,
  saved: { readonly version: number; readonly entry: Entry; readonly laneCount: number },
): Edited {
  const { version, entry, laneCount } = saved;
  const name = entry['id'] ?? entry['code'];
  const key = edited.key ?? (typeof name === 'string' ? name : `#${laneCount}`);
  return { ...edited, key, version, stored: entry };
}
