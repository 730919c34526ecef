/**
 * Shopify POS on a tablet, as far as an extension sees it: the home screen's grid with the app's tile, and its modal.
 *
 * Location, pinned staff member and connection are chosen above the frame; a change starts the extensions anew, as a
 * till does when somebody else pins in. The modal is a sandbox of its own, started when it opens and ended when it closes.
 */
import { type ComponentChildren, render } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { ExtensionMount } from '../checkout/view.ts';
import type { Till } from '../till.ts';
import { defineElements } from './elements/define-all.ts';
import { ExtensionSlot, type SlotFacts } from './extension/extension-slot.tsx';
import { posApi, type TillActs } from './extension/pos-api.ts';
import { readPageData } from './page-data.ts';

type PageData = {
  till: Till;
  timeZone: string;
  appUrl: string;
  places: { id: number; name: string }[];
  staff: { id: number; name: string }[];
  tiles: ExtensionMount[];
  modals: ExtensionMount[];
  languages: string[];
};

const TOAST_MS = 5_000;

function Choices({ data }: { data: PageData }) {
  const { till, places, staff, languages } = data;
  return (
    <form class="pos-choices" method="get" action="/pos">
      <label>
        Location
        <select name="location">
          {places.map(({ id, name }) => (
            <option key={id} value={String(id)} selected={id === till.locationId}>
              {name}
            </option>
          ))}
        </select>
      </label>
      <label>
        Pinned staff member
        <select name="staff">
          <option value="">nobody</option>
          {staff.map(({ id, name }) => (
            <option key={id} value={String(id)} selected={id === till.staffMemberId}>
              {name}
            </option>
          ))}
        </select>
      </label>
      <label>
        Language
        <select name="language">
          {languages.map((one) => (
            <option key={one} value={one} selected={one === till.language}>
              {one}
            </option>
          ))}
        </select>
      </label>
      <label>
        Connection
        <select name="connection">
          <option value="online">online</option>
          <option value="offline" selected={!till.isOnline}>
            offline
          </option>
        </select>
      </label>
      <button type="submit" class="secondary">
        Use this till
      </button>
    </form>
  );
}

function Modal({
  mount,
  facts,
  acts,
  till,
  children,
}: {
  mount: ExtensionMount;
  children: ComponentChildren;
  facts: SlotFacts;
  acts: TillActs;
  till: Till;
}) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => dialog.current?.showModal(), []);
  return (
    <dialog ref={dialog} class="pos-modal" aria-label="App" onClose={acts.dismissModal}>
      <button type="button" class="pos-close" onClick={() => dialog.current?.close()}>
        Close
      </button>
      <ExtensionSlot mount={mount} api={posApi(mount, till, acts)} facts={facts} />
      {children}
    </dialog>
  );
}

function Pos({ data }: { data: PageData }) {
  const { till, timeZone, tiles, modals } = data;
  const [open, setOpen] = useState<string>();
  const [toast, setToast] = useState('');
  const [scanned, setScanned] = useState<string>();
  const facts = { language: till.language, timeZone, currency: till.currency, appUrl: data.appUrl };
  useEffect(() => {
    const timer = setTimeout(() => setToast(''), TOAST_MS);
    return () => clearTimeout(timer);
  }, [toast]);
  const actsOf = (handle: string): TillActs => ({
    toast: setToast,
    presentModal: () => setOpen(handle),
    dismissModal: () => setOpen(undefined),
    print: (address) => setToast(`Printed ${address}`),
    scanned,
  });
  const modal = modals.find((one) => one.handle === open);
  // What lies behind an open modal can be neither seen nor used.
  const foot = (
    <>
      <Scanner scan={setScanned} />
      <p class="pos-toast" role="status">
        {toast}
      </p>
    </>
  );
  return (
    <>
      <Choices data={data} />
      <div class="pos-frame">
        <header>
          <h1>Point of sale</h1>
          <span>{data.places.find(({ id }) => id === till.locationId)?.name}</span>
        </header>
        <div class="pos-grid">
          {tiles.map((mount) => (
            <ExtensionSlot
              key={mount.handle}
              mount={mount}
              api={posApi(mount, till, actsOf(mount.handle))}
              facts={facts}
            />
          ))}
          {tiles.length === 0 && <p>No extension of the app has a tile.</p>}
        </div>
        {modal && (
          <Modal
            key={modal.handle}
            mount={modal}
            facts={facts}
            acts={actsOf(modal.handle)}
            till={till}
          >
            {foot}
          </Modal>
        )}
        {!modal && foot}
      </div>
    </>
  );
}

function Scanner({ scan }: { scan(text: string): void }) {
  const submit = (event: SubmitEvent & { currentTarget: HTMLFormElement }): void => {
    event.preventDefault();
    scan(String(new FormData(event.currentTarget).get('code') ?? ''));
  };
  return (
    <form class="pos-choices" onSubmit={submit}>
      <label>
        Scan a code
        <input name="code" required />
      </label>
      <button type="submit" class="secondary">
        Scan
      </button>
    </form>
  );
}

defineElements();
const root = document.getElementById('pos');
if (root) render(<Pos data={readPageData<PageData>('pos-data')} />, root);
