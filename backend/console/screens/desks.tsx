/**
 * The stores' desks: which devices stand where, and who works there.
 *
 * A pairing code is shown once, with the link that opens the desk on a phone; a PIN is told to its person and known to nobody
 * afterwards.
 */
import { useState } from 'preact/hooks';
import { call, type Problem } from './api.ts';
import { momentAt } from './format.ts';
import { useAnswer } from './network.tsx';
import { Fault, Screen, Waiting } from './parts.tsx';
import { t } from './texts/text.ts';

type Device = {
  readonly deviceId: string;
  readonly nodeId: string;
  readonly kind: 'phone' | 'pos';
  readonly name: string;
  readonly lastSeenAt: string | null;
};
type Person = {
  readonly personId: string;
  readonly nodeId: string;
  readonly name: string;
  readonly role: 'staff' | 'manager';
};
type Desks = {
  readonly nodes: readonly { readonly id: string; readonly name: string }[];
  readonly devices: readonly Device[];
  readonly people: readonly Person[];
};

/** `/app/desks`. */
export function DesksScreen() {
  const { answer, reload } = useAnswer<Desks>('/desks');
  const [chosen, choose] = useState<string>();
  if (answer === undefined) return <Waiting />;
  if (!answer.ok) return <Fault problem={answer.problem} onRetry={reload} />;
  const { nodes, devices, people } = answer.value;
  const [first] = nodes;
  const nodeId = chosen ?? devices[0]?.nodeId ?? first?.id;
  return (
    <Screen heading={t('desks.title')}>
      <s-paragraph color="subdued">{t('desks.intro')}</s-paragraph>
      {nodeId === undefined ? (
        <p class="empty">{t('desks.noPlaces')}</p>
      ) : (
        <>
          <s-select
            label={t('desks.place')}
            value={nodeId}
            onChange={(event) => choose(event.currentTarget.value)}
          >
            {nodes.map(({ id, name }) => (
              <s-option key={id} value={id}>
                {name}
              </s-option>
            ))}
          </s-select>
          <Devices
            key={`devices ${nodeId}`}
            nodeId={nodeId}
            devices={devices.filter((one) => one.nodeId === nodeId)}
            onDone={reload}
          />
          <People
            key={`people ${nodeId}`}
            nodeId={nodeId}
            people={people.filter((one) => one.nodeId === nodeId)}
            onDone={reload}
          />
        </>
      )}
    </Screen>
  );
}

type Code = { readonly code: string; readonly expiresAt: string; readonly url: string };

function Devices(props: { nodeId: string; devices: readonly Device[]; onDone: () => void }) {
  const { nodeId, devices, onDone } = props;
  const [deviceName, setName] = useState('');
  const [made, setMade] = useState<Code>();
  const [problem, setProblem] = useState<Problem>();
  const create = async () => {
    const answer = await call<Code>('/desks/codes', { body: { nodeId, deviceName } });
    setProblem(answer.ok ? undefined : answer.problem);
    setMade(answer.ok ? answer.value : undefined);
  };
  const revoke = async ({ deviceId, name }: Device) => {
    if (!window.confirm(t('desks.revokeText', { name }))) return;
    const answer = await call(`/desks/devices/${deviceId}/revoke`, { body: {} });
    if (answer.ok) onDone();
    else setProblem(answer.problem);
  };
  return (
    <s-section heading={t('desks.devices')}>
      <s-stack gap="base">
        {problem === undefined ? null : <Fault problem={problem} />}
        {made === undefined ? null : <NewCode made={made} />}
        {devices.length === 0 ? <p class="empty">{t('desks.noDevices')}</p> : null}
        <ul class="refused">
          {devices.map((device) => (
            <li key={device.deviceId}>
              <div>
                <strong>{device.name}</strong>
                <div class="subdued">
                  {t(`desks.kind.${device.kind}`)} ·{' '}
                  {device.lastSeenAt === null
                    ? t('desks.neverSeen')
                    : t('desks.lastSeen', { when: momentAt(device.lastSeenAt, zone()) })}
                </div>
              </div>
              <s-button tone="critical" onClick={() => void revoke(device)}>
                {t('desks.revoke')}
              </s-button>
            </li>
          ))}
        </ul>
        <form
          onSubmit={(event) => {
            event.preventDefault();
            void create();
          }}
        >
          <div class="fields">
            <s-text-field
              label={t('desks.deviceName')}
              value={deviceName}
              required
              onInput={(event) => setName(event.currentTarget.value)}
            />
            <div class="bottom">
              <s-button type="submit">{t('desks.makeCode')}</s-button>
            </div>
          </div>
        </form>
      </s-stack>
    </s-section>
  );
}

function NewCode({ made }: { made: Code }) {
  return (
    <div role="status">
      <s-banner tone="success" heading={t('desks.code')}>
        <s-stack gap="small">
          <code class="key">{made.code}</code>
          <s-paragraph>
            {t('desks.codeOnce', { until: momentAt(made.expiresAt, zone()) })}
          </s-paragraph>
          <code class="key">{made.url}</code>
        </s-stack>
      </s-banner>
    </div>
  );
}

function zone(): string {
  return Intl.DateTimeFormat().resolvedOptions().timeZone;
}

function People(props: { nodeId: string; people: readonly Person[]; onDone: () => void }) {
  const { nodeId, people, onDone } = props;
  const [problem, setProblem] = useState<Problem>();
  const change = async (path: string, body: object) => {
    const answer = await call(`/desks/people${path}`, { body });
    setProblem(answer.ok ? undefined : answer.problem);
    if (answer.ok) onDone();
  };
  const remove = async ({ personId, name }: Person) => {
    if (window.confirm(t('desks.removeText', { name }))) await change(`/${personId}/remove`, {});
  };
  const setPin = async ({ personId, name }: Person) => {
    const pin = window.prompt(t('desks.newPinOf', { name }));
    if (pin !== null) await change(`/${personId}/pin`, { pin });
  };
  return (
    <s-section heading={t('desks.people')}>
      <s-stack gap="base">
        {problem === undefined ? null : <Fault problem={problem} />}
        {people.length === 0 ? <p class="empty">{t('desks.noPeople')}</p> : null}
        <ul class="refused">
          {people.map((person) => (
            <li key={person.personId}>
              <div>
                <strong>{person.name}</strong>
                <div class="subdued">{t(`desks.role.${person.role}`)}</div>
              </div>
              <s-button onClick={() => void setPin(person)}>{t('desks.newPin')}</s-button>
              <s-button tone="critical" onClick={() => void remove(person)}>
                {t('desks.remove')}
              </s-button>
            </li>
          ))}
        </ul>
        <NewPerson onAdd={(person) => change('', { nodeId, ...person })} />
      </s-stack>
    </s-section>
  );
}

function NewPerson({ onAdd }: { onAdd: (person: object) => Promise<void> }) {
  const [name, setName] = useState('');
  const [pin, setPin] = useState('');
  const [role, setRole] = useState('staff');
  const add = async () => {
    await onAdd({ name, pin, role });
    setPin('');
  };
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        void add();
      }}
    >
      <div class="fields">
        <s-text-field
          label={t('desks.name')}
          value={name}
          required
          onInput={(event) => setName(event.currentTarget.value)}
        />
        <s-text-field
          label={t('desks.pin')}
          details={t('desks.pinHelp')}
          value={pin}
          required
          onInput={(event) => setPin(event.currentTarget.value)}
        />
        <s-select
          label={t('desks.role')}
          value={role}
          onChange={(event) => setRole(event.currentTarget.value)}
        >
          <s-option value="staff">{t('desks.role.staff')}</s-option>
          <s-option value="manager">{t('desks.role.manager')}</s-option>
        </s-select>
        <div class="bottom">
          <s-button type="submit">{t('desks.add')}</s-button>
        </div>
      </div>
    </form>
  );
}
