/** Becoming a desk in POS: a manager's code pairs the device with the place where it stands, a PIN says who works at it. */
import { useState } from 'preact/hooks';
import type { DeskPerson } from '../../../backend/contract/desk-api.ts';
import { ask, keepDevice, keepPerson } from './desk-client.ts';
import type { Told } from './Modal.tsx';

export function PairForm({ told }: { readonly told: Told }) {
  const { translate } = shopify.i18n;
  const [code, setCode] = useState('');
  const pair = async () => {
    const answer = await ask<{ readonly token: string }>('/pair', { code, kind: 'pos' });
    if (answer.ok) await keepDevice(answer.value.token);
    await told(answer.ok ? undefined : answer.fault);
  };
  return (
    <s-section heading={translate('pair.title')}>
      <s-stack gap="base">
        <s-text>{translate('pair.text')}</s-text>
        <s-text-field
          label={translate('pair.code')}
          value={code}
          onInput={(event) => setCode(event.currentTarget.value ?? '')}
        />
        <s-button variant="primary" onClick={pair}>
          {translate('pair.do')}
        </s-button>
      </s-stack>
    </s-section>
  );
}

export function PersonForm(props: { readonly people: readonly DeskPerson[]; readonly told: Told }) {
  const { people, told } = props;
  const { translate } = shopify.i18n;
  const [chosen, choose] = useState<DeskPerson | undefined>(undefined);
  const [pin, setPin] = useState('');
  if (chosen === undefined) {
    return (
      <s-section heading={translate('person.title')}>
        <s-stack gap="small">
          {people.length === 0 ? <s-text>{translate('person.nobody')}</s-text> : null}
          {people.map((one) => (
            <s-button key={one.personId} onClick={() => choose(one)}>
              {one.name}
            </s-button>
          ))}
        </s-stack>
      </s-section>
    );
  }
  const identify = async () => {
    const { personId } = chosen;
    setPin('');
    const answer = await ask<{ readonly token: string }>('/identify', { personId, pin });
    if (answer.ok) await keepPerson(answer.value.token);
    await told(answer.ok ? undefined : answer.fault);
  };
  return (
    <s-section heading={chosen.name}>
      <s-stack gap="base">
        <s-text-field
          label={translate('person.pin', { name: chosen.name })}
          value={pin}
          onInput={(event) => setPin(event.currentTarget.value ?? '')}
        />
        <s-button variant="primary" onClick={identify}>
          {translate('person.do')}
        </s-button>
        <s-button onClick={() => choose(undefined)}>{translate('person.other')}</s-button>
      </s-stack>
    </s-section>
  );
}
