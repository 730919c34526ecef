/**
 * The store's desk in POS: pair the device once, say who you are, then offers and works. It asks again every 20 seconds and
 * after each act; there is no stream in POS.
 */
import '@shopify/ui-extensions/preact';
import { render } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type {
  DeskApiOffer,
  DeskApiWork,
  DeskFault,
  DeskMe,
} from '../../../backend/contract/desk-api.ts';
import { PairForm, PersonForm } from './Access.tsx';
import { ask, hasPerson, isUnknown, keepPerson, POLL_MS, sayFault } from './desk-client.ts';
import { Lists } from './Lists.tsx';
import { WorkView } from './WorkView.tsx';

export default function extension() {
  render(<Desk />, document.body);
}

/** What the desk knows; `undefined` parts are not there yet. */
export type DeskState = {
  readonly standing: 'loading' | 'device' | 'person' | 'working';
  readonly me: DeskMe | undefined;
  readonly offers: readonly DeskApiOffer[];
  readonly works: readonly DeskApiWork[];
};

const NOTHING: DeskState = { standing: 'loading', me: undefined, offers: [], works: [] };

function Desk() {
  const [state, setState] = useState<DeskState>(NOTHING);
  const [opened, open] = useState<string | undefined>(undefined);
  const [fault, setFault] = useState<DeskFault | undefined>(undefined);
  const refresh = async () => {
    const next = await look();
    if ('code' in next) setFault(next);
    else setState(next);
  };
  useEffect(() => {
    void refresh();
    const timer = setInterval(refresh, POLL_MS);
    return () => clearInterval(timer);
  }, []);

  const told = async (failed: DeskFault | undefined) => {
    setFault(failed);
    await refresh();
  };
  const { translate } = shopify.i18n;
  const work = state.works.find(({ workId }) => workId === opened);
  return (
    <s-page heading={state.me?.node.name ?? translate('name')}>
      <s-scroll-box>
        {fault === undefined ? null : (
          <s-banner tone="critical" heading={sayFault(fault, state.me?.nodes)} />
        )}
        {work === undefined ? (
          <Current state={state} told={told} open={open} />
        ) : (
          <WorkView work={work} told={told} close={() => open(undefined)} />
        )}
      </s-scroll-box>
    </s-page>
  );
}

/** Told of what an act came to: a fault, or that it is done. Everything is asked for again. */
export type Told = (failed: DeskFault | undefined) => Promise<void>;

function Current(props: {
  readonly state: DeskState;
  readonly told: Told;
  readonly open: (workId: string) => void;
}) {
  const { state, told, open } = props;
  const { translate } = shopify.i18n;
  switch (state.standing) {
    case 'device':
      return <PairForm told={told} />;
    case 'person':
      return <PersonForm people={state.me?.people ?? []} told={told} />;
    case 'working':
      return (
        <s-stack gap="base">
          <Lists state={state} told={told} open={open} />
          <s-button
            onClick={async () => {
              await keepPerson(undefined);
              await told(undefined);
            }}
          >
            {translate('person.other')}
          </s-button>
        </s-stack>
      );
    default:
      return <s-spinner accessibilityLabel={translate('loading')} />;
  }
}

/** Looks who this is and what is to be done; a fault leaves what is shown as it is. */
async function look(): Promise<DeskState | DeskFault> {
  const me = await ask<DeskMe>('/me');
  if (!me.ok) return isUnknown(me.fault) ? { ...NOTHING, standing: 'device' } : me.fault;
  const nobody: DeskState = { ...NOTHING, standing: 'person', me: me.value };
  if (!(await hasPerson())) return nobody;
  const [offers, works] = await Promise.all([
    ask<{ readonly offers: readonly DeskApiOffer[] }>('/offers'),
    ask<{ readonly works: readonly DeskApiWork[] }>('/works'),
  ]);
  if (!works.ok) return isUnknown(works.fault) ? nobody : works.fault;
  if (!offers.ok) return offers.fault;
  return {
    ...{ standing: 'working', me: me.value },
    ...{ offers: offers.value.offers, works: works.value.works },
  };
}
