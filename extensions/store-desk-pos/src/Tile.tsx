/** The tile on the home screen of POS: how much waits at this store's desk. A press opens the desk. */
import '@shopify/ui-extensions/preact';
import { render } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { DeskMe } from '../../../backend/contract/desk-api.ts';
import { ask, isUnknown, POLL_MS } from './desk-client.ts';

export default function extension() {
  render(<DeskTile />, document.body);
}

type Shown = DeskMe['tile'] | 'unpaired' | undefined;

function DeskTile() {
  const { action, i18n } = shopify;
  const [shown, setShown] = useState<Shown>(undefined);

  useEffect(() => {
    let isCurrent = true;
    const look = async () => {
      const answer = await ask<DeskMe>('/me');
      if (!isCurrent) return;
      if (answer.ok) setShown(answer.value.tile);
      else if (isUnknown(answer.fault)) setShown('unpaired');
    };
    void look();
    const timer = setInterval(look, POLL_MS);
    return () => {
      isCurrent = false;
      clearInterval(timer);
    };
  }, []);

  const waits = typeof shown === 'object' ? shown.offers + shown.prepare : 0;
  return (
    <s-tile
      heading={i18n.translate('name')}
      subheading={subheading(shown)}
      itemCount={waits}
      onClick={() => action.presentModal()}
    />
  );
}

function subheading(shown: Shown): string {
  const { translate } = shopify.i18n;
  if (shown === undefined) return translate('loading');
  if (shown === 'unpaired') return translate('tile.unpaired');
  const { offers, prepare, ready } = shown;
  return translate('tile.counts', { offers, prepare, ready });
}
