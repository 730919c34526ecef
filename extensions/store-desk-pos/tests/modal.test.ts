/// <reference types="@shopify/ui-extensions/pos.home.modal.render" />
import { signal } from '@preact/signals';
import { setUpExtension } from '@shopify/ui-extensions-tester';
import { fireEvent, waitFor } from '@testing-library/preact';
import { expect, test } from 'vitest';
import { LANGUAGES, readTexts } from '../../promise-checkout/tests/speech.ts';
import { button, me, offer, type Reply, setUpPos, work } from './pos.ts';

const TARGET = 'pos.home.modal.render';
const KEPT = { 'kept-desk-device': 'desk_x', 'kept-desk-person': 'per_1.9.s' };
const DESK: Readonly<Record<string, Reply>> = {
  'GET /me': { body: me },
  'GET /offers': { body: { at: '2026-11-27T12:00:00Z', offers: [offer] } },
  'GET /works': { body: { works: [work], counts: {} } },
};
const shows = (text: string) => waitFor(() => expect(document.body.textContent).toContain(text));
const fault = () => document.body.querySelector('s-banner')?.getAttribute('heading');

function type(label: string, value: string): void {
  const field = document.body.querySelector(`s-text-field[label="${label}"]`);
  if (field === null) throw new Error(`no field ${label}`);
  Object.assign(field, { value });
  fireEvent.input(field);
}

function press(text: string): void {
  fireEvent.click(button(text));
}

test('a device is paired by a code, a person known by a PIN, and both are kept', async () => {
  using extension = setUpExtension(TARGET);
  const replies: Record<string, Reply> = {
    'GET /me': { status: 401, body: { type: '/problems/device_not_paired' } },
    'POST /pair': { status: 201, body: { token: 'desk_new', node: me.node } },
    'POST /identify': { body: { token: 'per_1.9.s' } },
  };
  const { asked, kept, settle } = setUpPos(extension, replies);
  await extension.render();
  await shows('A manager makes a code');
  type('Pairing code', 'BCDF-123-456');
  Object.assign(replies, DESK);
  press('Pair');
  await shows('Giulia');
  expect(asked.find(({ path }) => path === '/pair')?.body).toEqual({
    code: 'BCDF-123-456',
    kind: 'pos',
  });
  press('Giulia');
  await waitFor(() => button('Begin'));
  type('PIN of Giulia', '2580');
  press('Begin');
  await shows('#1001');
  expect(asked.find(({ path }) => path === '/identify')?.body).toEqual({
    personId: 'per_1',
    pin: '2580',
  });
  expect(Object.fromEntries(kept)).toEqual({ ...KEPT, 'kept-desk-device': 'desk_new' });
  await settle();
});

test('an offer is taken, and the others are told who was faster', async () => {
  using extension = setUpExtension(TARGET);
  const replies: Record<string, Reply> = {
    ...DESK,
    'POST /offers/o1/claim': {
      status: 409,
      body: { type: '/problems/already_claimed', wonBy: 's02', at: '2026-11-27T12:01:00Z' },
    },
  };
  const { said, settle } = setUpPos(extension, replies, KEPT);
  await extension.render();
  await shows('1002');
  press('We take it');
  await waitFor(() => expect(fault()).toMatch(/^Taken by Roma Condotti, /));
  replies['POST /offers/o1/claim'] = { body: { offerId: 'o1', workId: '1002-1' } };
  press('We take it');
  await waitFor(() => expect(said).toEqual(['1002 is yours.']));
  await settle();
});

test('an offer is refused with its reason', async () => {
  using extension = setUpExtension(TARGET);
  const { asked, settle } = setUpPos(
    extension,
    { ...DESK, 'POST /offers/o1/refuse': { body: {} } },
    KEPT,
  );
  await extension.render();
  await shows('1002');
  press('Not us');
  await waitFor(() => button('Not found'));
  press('Not found');
  await waitFor(() =>
    expect(asked.find(({ path }) => path === '/offers/o1/refuse')?.body).toEqual({
      reason: 'not_found',
    }),
  );
  await settle();
});

test('a line is taken at the version that was seen; what is missing is said with its reason', async () => {
  using extension = setUpExtension(TARGET);
  const done = { body: { work: null } };
  const replies = { ...DESK, 'POST /works/1001-1/pick': done, 'POST /works/1001-1/short': done };
  const { asked, settle } = setUpPos(extension, replies, KEPT);
  await extension.render();
  await shows('#1001');
  fireEvent.click(document.body.querySelector('s-clickable') ?? document.body);
  await shows('1 of 2');
  press('Take');
  const sent = (path: string) => asked.find((one) => one.path === path)?.body;
  await waitFor(() =>
    expect(sent('/works/1001-1/pick')).toEqual({
      version: 4,
      lines: [{ lineId: 'l1', picked: 2 }],
    }),
  );
  press('Not there');
  await waitFor(() => button('Damaged'));
  press('Damaged');
  await waitFor(() =>
    expect(sent('/works/1001-1/short')).toEqual({
      ...{ version: 4, lines: [{ lineId: 'l1', missing: 1 }], reason: 'damaged' },
    }),
  );
  expect(button('Close the parcel').getAttribute('disabled')).not.toBeNull();
  await settle();
});

test('what is scanned counts as taken; what is not on the list is said', async () => {
  using extension = setUpExtension(TARGET);
  const replies = { ...DESK, 'POST /works/1001-1/pick': { body: { work: null } } };
  const { asked, said, settle } = setUpPos(extension, replies, KEPT);
  const scanned = signal<{ data?: string }>({ data: 'SHIRT' });
  Object.assign(extension.shopify.scanner, { scannerData: { current: scanned } });
  await extension.render();
  await shows('#1001');
  fireEvent.click(document.body.querySelector('s-clickable') ?? document.body);
  await shows('1 of 2');
  await settle();
  scanned.value = { data: 'WRONG' };
  expect(said).toEqual(['WRONG is not on this list, or complete already.']);
  scanned.value = { data: 'shirt' };
  await settle();
  // What had been scanned before the list was open was not taken.
  expect(asked.filter(({ path }) => path === '/works/1001-1/pick').map(({ body }) => body)).toEqual(
    [{ version: 4, lines: [{ lineId: 'l1', picked: 2 }] }],
  );
});

test('goods are handed over for a code; a wrong one is said, a locked one asks for a manager', async () => {
  using extension = setUpExtension(TARGET);
  const ready = { ...work, kind: 'pickup', state: 'ready' };
  const replies: Record<string, Reply> = {
    ...DESK,
    'GET /works': { body: { works: [ready] } },
    'POST /works/1001-1/hand-over': {
      status: 422,
      body: { type: '/problems/pickup_code_wrong', triesLeft: 4 },
    },
  };
  const { settle } = setUpPos(extension, replies, KEPT);
  await extension.render();
  await shows('#1001');
  fireEvent.click(document.body.querySelector('s-clickable') ?? document.body);
  await shows('Hand over');
  type('Pickup code of the customer', '111111');
  replies['GET /works'] = { body: { works: [{ ...ready, isCodeLocked: true }] } };
  press('Hand over');
  await waitFor(() => expect(fault()).toBe('Wrong code. Nothing is handed over. Tries left: 4'));
  await waitFor(() => button('Unlock the code'));
  await settle();
});

test('when nobody answers, what was shown stays and it is said', async () => {
  using extension = setUpExtension(TARGET);
  const { settle } = setUpPos(extension, DESK, KEPT);
  await extension.render();
  await shows('1002');
  extension.fetch = async () => Promise.reject(new Error('offline'));
  press('We take it');
  await waitFor(() => expect(fault()).toMatch(/^Kept cannot be reached/));
  expect(document.body.textContent).toContain('#1001');
  await settle();
});

test('every language has every text with the same facts', () => {
  const folder = `${process.cwd()}/extensions/store-desk-pos`;
  const shape = (texts: object): unknown =>
    Object.entries(texts)
      .map(([key, text]) => [
        key,
        typeof text === 'string' ? (text.match(/\{\{\w+\}\}/g) ?? []).toSorted() : shape(text),
      ])
      .toSorted();
  for (const language of LANGUAGES) {
    expect(shape(readTexts(folder, language)), language).toEqual(shape(readTexts(folder, 'en')));
  }
});
