/**
 * Becoming a desk: the phone is paired by a manager's code, the person says who they are by PIN.
 */
import { useState } from 'preact/hooks';
import { call, keys } from './api.ts';
import { enter, faultText, type Person, place, refused, said, say } from './desk.ts';
import { Field, go, Press, Screen } from './parts.tsx';
import { t } from './texts/text.ts';

// A manager's link names the shop and may carry the code behind the hash, where no server sees it.
const linked = {
  shop: new URLSearchParams(location.search).get('shop') ?? '',
  code: /^#pair=([\w-]+)$/.exec(location.hash)?.[1] ?? '',
};

export function PairScreen() {
  const [shop, setShop] = useState(linked.shop);
  const [code, setCode] = useState(linked.code);
  const pair = async () => {
    const answer = await call<{ token: string }>('/pair', { shop: shop.trim(), code });
    if (!answer.ok) return say(faultText(answer.problem), true);
    keys.setDevice(answer.value.token);
    said.value = undefined;
    go('offers');
    await enter();
  };
  return (
    <Screen heading={t('pair.title')} focusKey="pair">
      <p>{t('pair.text')}</p>
      <form class="card">
        {linked.shop === '' ? (
          <Field label={t('pair.shop')} value={shop} onInput={setShop} />
        ) : null}
        <Field label={t('pair.code')} value={code} onInput={setCode} />
        <Press look="main" type="submit" onPress={pair}>
          {t('pair.do')}
        </Press>
      </form>
    </Screen>
  );
}

export function PersonScreen() {
  const [chosen, choose] = useState<Person | undefined>(undefined);
  const people = place.value?.people ?? [];
  if (chosen !== undefined) return <Pin person={chosen} onBack={() => choose(undefined)} />;
  return (
    <Screen heading={t('person.title')} focusKey="people">
      {people.length === 0 ? <p>{t('person.nobody')}</p> : null}
      <ul class="people">
        {people.map((one) => (
          <li key={one.personId}>
            <Press onPress={() => choose(one)}>
              {one.name}
              {one.role === 'manager' ? <small> · {t('person.manager')}</small> : null}
            </Press>
          </li>
        ))}
      </ul>
    </Screen>
  );
}

function Pin({ person, onBack }: { readonly person: Person; readonly onBack: () => void }) {
  const [pin, setPin] = useState('');
  const identify = async () => {
    const { personId } = person;
    const answer = await call<{ token: string }>('/identify', { personId, pin });
    setPin('');
    if (!answer.ok) return void refused(answer);
    keys.setPerson(answer.value.token);
    said.value = undefined;
    await enter();
  };
  return (
    <Screen heading={person.name} focusKey="pin">
      <form class="card">
        <Field
          label={t('person.pin', { name: person.name })}
          value={pin}
          onInput={setPin}
          kind="secret"
        />
        <Press look="main" type="submit" onPress={identify}>
          {t('person.do')}
        </Press>
        <Press look="line" onPress={onBack}>
          {t('person.other')}
        </Press>
      </form>
    </Screen>
  );
}
