/// <reference types="@shopify/ui-extensions/pos.home.tile.render" />
import { setUpExtension } from '@shopify/ui-extensions-tester';
import { fireEvent, waitFor } from '@testing-library/preact';
import { expect, test, vi } from 'vitest';
import { me, setUpPos } from './pos.ts';

const TARGET = 'pos.home.tile.render';
const tile = () => document.body.querySelector('s-tile');
const subheading = () => tile()?.getAttribute('subheading');

test('the tile counts what waits at the desk, and opens it', async () => {
  using extension = setUpExtension(TARGET);
  setUpPos(extension, { 'GET /me': { body: me } }, { 'kept-desk-device': 'desk_x' });
  const open = vi.fn();
  extension.shopify.action.presentModal = open;
  await extension.render();
  await waitFor(() => expect(subheading()).toBe('Offers 2 · to prepare 3 · ready 1'));
  expect(tile()?.getAttribute('itemCount') ?? tile()?.getAttribute('itemcount')).toBe('5');
  fireEvent.click(tile() ?? document.body);
  expect(open).toHaveBeenCalledOnce();
});

test('each request says which device and location it is, with a token of its own', async () => {
  using extension = setUpExtension(TARGET);
  const { asked } = setUpPos(
    extension,
    { 'GET /me': { body: me } },
    { 'kept-desk-device': 'desk_x' },
  );
  await extension.render();
  await waitFor(() => expect(asked).toHaveLength(1));
  expect(asked[0]?.headers).toMatchObject({
    authorization: 'Bearer token-1',
    'x-kept-device': 'desk_x',
    'x-kept-location': '71',
  });
});

test.each(['device_not_paired', 'device_revoked', 'wrong_location'])(
  'a device that is refused as %s says that it must be paired',
  async (code) => {
    using extension = setUpExtension(TARGET);
    setUpPos(extension, { 'GET /me': { status: 401, body: { type: `/problems/${code}` } } });
    await extension.render();
    await waitFor(() => expect(subheading()).toBe('Pair this device'));
  },
);
