/**
 * Connections: the systems that send stock or read figures, their keys, and what flowed in the last day.
 *
 * A key is shown once, when it is made; afterwards only its dates are known.
 */
import { useState } from 'preact/hooks';
import {
  type ActivityHourView,
  CONNECTION_KINDS,
  type ConnectionView,
  SCOPES,
} from '../connect-view.ts';
import { call, type Problem } from './api.ts';
import { Picker } from './fields/amounts.tsx';
import { momentAt, number } from './format.ts';
import { ImportScreen } from './imports.tsx';
import { useAnswer } from './network.tsx';
import { Fault, Screen, Waiting } from './parts.tsx';
import { RefusedEvents } from './refused.tsx';
import { pathTo } from './route.ts';
import { t, tc } from './texts/text.ts';

const TABS = ['systems', 'import', 'refused'] as const;

/** `/app/connections`, `/import` for files, `/refused` for what could not be booked. */
export function ConnectionsScreen({ path }: { path: readonly string[] }) {
  const tab = TABS.find((one) => one === path[0]) ?? 'systems';
  return (
    <Screen heading={t('connections.title')}>
      <nav class="tabs" aria-label={t('connections.title')}>
        {TABS.map((one) => (
          <a
            key={one}
            href={one === 'systems' ? pathTo('connections') : pathTo('connections', one)}
            aria-current={one === tab ? 'page' : undefined}
          >
            {t(`connections.tab.${one}`)}
          </a>
        ))}
      </nav>
      {tab === 'systems' ? <Systems /> : null}
      {tab === 'import' ? <ImportScreen /> : null}
      {tab === 'refused' ? <RefusedEvents /> : null}
    </Screen>
  );
}

type List = { readonly connections: readonly ConnectionView[]; readonly nodes: readonly string[] };
type Activity = { readonly hours: readonly ActivityHourView[] };

function Systems() {
  const { answer, reload } = useAnswer<List>('/connections');
  const { answer: activity, reload: reloadActivity } = useAnswer<Activity>('/connections/activity');
  const [key, setKey] = useState<{ readonly name: string; readonly key: string }>();
  const [problem, setProblem] = useState<Problem>();
  const done = (made?: { readonly name: string; readonly key: string }) => {
    setKey(made);
    setProblem(undefined);
    reload();
    reloadActivity();
  };
  if (answer === undefined) return <Waiting />;
  if (!answer.ok) return <Fault problem={answer.problem} onRetry={reload} />;
  const { connections, nodes } = answer.value;
  const hours = activity?.ok === true ? activity.value.hours : [];
  return (
    <>
      <s-paragraph color="subdued">{t('connections.intro')}</s-paragraph>
      {problem === undefined ? null : <Fault problem={problem} />}
      {key === undefined ? null : <NewKey name={key.name} secret={key.key} />}
      {connections.length === 0 ? <p class="empty">{t('connections.none')}</p> : null}
      {connections.map((connection) => (
        <Connection
          key={connection.connectionId}
          connection={connection}
          hours={hours.filter(({ connectionId }) => connectionId === connection.connectionId)}
          onDone={done}
          onProblem={setProblem}
        />
      ))}
      <NewConnection nodes={nodes} onDone={done} />
    </>
  );
}

function NewKey({ name, secret }: { name: string; secret: string }) {
  const [isCopied, setCopied] = useState(false);
  return (
    <div role="status">
      <s-banner tone="success" heading={t('connections.keyOf', { name })}>
        <s-stack gap="small">
          <s-paragraph>{t('connections.keyOnce')}</s-paragraph>
          <code class="key">{secret}</code>
          <div>
            <s-button
              onClick={() => {
                void navigator.clipboard.writeText(secret).then(() => setCopied(true));
              }}
            >
              {isCopied ? t('connections.copied') : t('connections.copy')}
            </s-button>
          </div>
        </s-stack>
      </s-banner>
    </div>
  );
}

function zone(): string {
  return Intl.DateTimeFormat().resolvedOptions().timeZone;
}

function Connection(props: {
  connection: ConnectionView;
  hours: readonly ActivityHourView[];
  onDone: (made?: { readonly name: string; readonly key: string }) => void;
  onProblem: (problem: Problem) => void;
}) {
  const { connection, hours, onDone, onProblem } = props;
  const { connectionId, name, kind, scopes, nodeIds, channel } = connection;
  const { revokedAt, keys, openRefused } = connection;
  const sum = (field: 'requests' | 'booked' | 'refused' | 'failures') =>
    hours.reduce((total, hour) => total + hour[field], 0);
  const lastUsedAt = keys.reduce<string | null>(
    (last, one) => ((one.lastUsedAt ?? '') > (last ?? '') ? one.lastUsedAt : last),
    null,
  );
  const rotate = async () => {
    if (!window.confirm(t('connections.rotateText', { name }))) return;
    const answer = await call<{ key: string }>(`/connections/${connectionId}/rotate`, { body: {} });
    if (answer.ok) onDone({ name, key: answer.value.key });
    else onProblem(answer.problem);
  };
  const revoke = async () => {
    if (!window.confirm(t('connections.revokeText', { name }))) return;
    const answer = await call(`/connections/${connectionId}/revoke`, { body: {} });
    if (answer.ok) onDone();
    else onProblem(answer.problem);
  };
  return (
    <s-section heading={name}>
      <s-stack gap="base">
        <div class="badges">
          <s-badge tone="info">{tc('connections.kind', kind)}</s-badge>
          {scopes.map((scope) => (
            <s-badge key={scope}>{tc('connections.scope', scope)}</s-badge>
          ))}
          {revokedAt === null ? null : (
            <s-badge tone="critical">{t('connections.revoked')}</s-badge>
          )}
          {openRefused === 0 ? null : (
            <s-badge tone="warning">{t('connections.open', { count: openRefused })}</s-badge>
          )}
        </div>
        <s-paragraph color="subdued">
          {nodeIds.length === 0 ? t('connections.allNodes') : nodeIds.join(', ')}
          {channel === null ? '' : ` · ${t('connections.channel', { channel })}`}
          {' · '}
          {lastUsedAt === null
            ? t('connections.neverUsed')
            : t('connections.lastUsed', { when: momentAt(lastUsedAt, zone()) })}
        </s-paragraph>
        <p>
          {t('connections.day', {
            requests: number(sum('requests')),
            booked: number(sum('booked')),
            refused: number(sum('refused')),
            failures: number(sum('failures')),
          })}
        </p>
        <LastError hours={hours} />
        {revokedAt === null ? (
          <s-button-group>
            <s-button onClick={() => void rotate()}>{t('connections.rotate')}</s-button>
            <s-button tone="critical" onClick={() => void revoke()}>
              {t('connections.revoke')}
            </s-button>
          </s-button-group>
        ) : null}
      </s-stack>
    </s-section>
  );
}

function LastError({ hours }: { hours: readonly ActivityHourView[] }) {
  const last = hours.find(({ lastError }) => lastError !== null)?.lastError;
  if (last === undefined || last === null) return null;
  return <p class="warn">⚠ {last.detail}</p>;
}

function NewConnection(props: {
  nodes: readonly string[];
  onDone: (made: { readonly name: string; readonly key: string }) => void;
}) {
  const { nodes, onDone } = props;
  const [name, setName] = useState('');
  const [kind, setKind] = useState<string>(CONNECTION_KINDS[0]);
  const [scopes, setScopes] = useState<readonly string[]>(['stock:write']);
  const [nodeIds, setNodeIds] = useState<readonly string[]>([]);
  const [problem, setProblem] = useState<Problem>();
  const create = async () => {
    const body = { name, kind, scopes, nodeIds };
    const answer = await call<{ key: string }>('/connections', { body });
    setProblem(answer.ok ? undefined : answer.problem);
    if (!answer.ok) return;
    onDone({ name, key: answer.value.key });
    setName('');
  };
  return (
    <s-section heading={t('connections.new')}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void create();
        }}
      >
        <s-stack gap="base">
          {problem === undefined ? null : <Fault problem={problem} />}
          <div class="fields">
            <s-text-field
              label={t('connections.name')}
              value={name}
              required
              onInput={(event) => setName(event.currentTarget.value)}
            />
            <s-select
              label={t('connections.kind')}
              value={kind}
              onChange={(event) => setKind(event.currentTarget.value)}
            >
              {CONNECTION_KINDS.map((one) => (
                <s-option key={one} value={one}>
                  {tc('connections.kind', one)}
                </s-option>
              ))}
            </s-select>
          </div>
          <fieldset class="plain">
            <legend>{t('connections.scopes')}</legend>
            {SCOPES.map((scope) => (
              <s-checkbox
                key={scope}
                label={tc('connections.scope', scope)}
                checked={scopes.includes(scope)}
                onChange={(event) =>
                  setScopes(
                    event.currentTarget.checked
                      ? [...scopes, scope]
                      : scopes.filter((one) => one !== scope),
                  )
                }
              />
            ))}
          </fieldset>
          <Picker
            label={t('connections.nodes')}
            empty={t('channels.all')}
            choices={nodes.map((id) => ({ value: id, label: id }))}
            chosen={nodeIds}
            onChange={setNodeIds}
          />
          <div>
            <s-button variant="primary" type="submit">
              {t('connections.create')}
            </s-button>
          </div>
        </s-stack>
      </form>
    </s-section>
  );
}
