import { beforeEach, describe, expect, test } from 'vitest';
import { readCart } from '../src/cart-block.ts';
import { readPostal, readStored } from '../src/place.ts';
import { isNormal } from '../src/product.ts';
import { addressOf } from '../src/questions.ts';
import { chosenVariant, variantIn } from '../src/variant.ts';

describe('the chosen variant', () => {
  const isOurs = (variant: string) => ['11', '12', '13'].includes(variant);
  const block = () => document.querySelector('#block') ?? document.body;
  beforeEach(() => {
    history.replaceState({}, '', '/products/coat');
  });

  test('is what the form of the block’s own section says, before any other form', () => {
    document.body.innerHTML = `
      <form action="/cart/add"><input name="id" value="12"></form>
      <div class="shopify-section"><b id="block"></b><form action="/de/cart/add"><input name="id" value="11"></form></div>`;
    expect(chosenVariant(block(), isOurs)).toBe('11');
  });

  test('is never one of another product: a form of a recommendation is passed over', () => {
    document.body.innerHTML = `<b id="block"></b>
      <form action="/cart/add"><input name="id" value="99"></form>
      <form action="/cart/add"><select name="id"><option value="13" selected></select></form>`;
    expect(chosenVariant(block(), isOurs)).toBe('13');
  });

  test('is the one in the address where no form says any', () => {
    document.body.innerHTML = '<b id="block"></b>';
    history.replaceState({}, '', '/products/coat?variant=12');
    expect(chosenVariant(block(), isOurs)).toBe('12');
  });

  test.each([
    ['a number', { variant: { id: 12 } }, '12'],
    ['a text', { variant: { id: '12' } }, '12'],
    ['a GID', { resource: { id: 'gid://shopify/ProductVariant/12' } }, '12'],
    ['none', { variant: null }, undefined],
    ['nothing', null, undefined],
  ])('in a theme’s event with %s', (_, detail, variant) => {
    expect(variantIn(new CustomEvent('variant:change', { detail }))).toBe(variant);
  });
});

describe('a printed class', () => {
  test.each([
    ['n2026-11-24', true],
    ['n2026-11-23', false],
    ['l2026-12-07', false],
    ['u2026-12-07', false],
    ['', false],
    [undefined, false],
    ['n2026-12-07x', false],
  ])('%j allows a first date on 23 November: %s', (value, allows) => {
    expect(isNormal(value, '2026-11-23')).toBe(allows);
  });
});

describe('what a shopper types', () => {
  test.each([
    ['20121', '20121'],
    [' sw1a 1aa ', 'SW1A 1AA'],
    ['1234-567', '1234-567'],
    ['', undefined],
    ['<img>', undefined],
    ['a very long postal code', undefined],
  ])('%j is taken as %j', (typed, postal) => {
    expect(readPostal(typed)).toBe(postal);
  });

  test.each([
    [
      { country: 'IT', postal: '20121', store: 'x' },
      { country: 'IT', postal: '20121', store: 'x' },
    ],
    [
      { country: 'ITALY', postal: 3 },
      { country: '', postal: '', store: '' },
    ],
    [null, { country: '', postal: '', store: '' }],
    ['text', { country: '', postal: '', store: '' }],
  ])('what another script stored, %j, is read as %j', (stored, place) => {
    expect(readStored(stored)).toEqual(place);
  });
});

test('Shopify’s cart is read for what is shipped, without the key of its token', () => {
  const cart = {
    token: 'abc?key=secret',
    attributes: { _kept_receipt: 'r.k.s', gift: 'yes' },
    items: [
      { variant_id: 11, quantity: 2, requires_shipping: true },
      { variant_id: 12, quantity: 1, requires_shipping: false },
    ],
  };
  expect(readCart(cart)).toEqual({
    token: 'abc',
    lines: [{ variant: '11', quantity: 2 }],
    receipt: 'r.k.s',
  });
  expect(readCart(null)).toEqual({ token: '', lines: [], receipt: '' });
});

test('the same question has one address, in whatever order its lines come', () => {
  const asked = { country: 'IT', postal: '20121', currency: 'EUR', locale: 'it' };
  const lines = [
    { variant: '2', quantity: 1 },
    { variant: '1', quantity: 3 },
  ];
  const address = addressOf({ ...asked, lines });
  expect(addressOf({ ...asked, lines: lines.toReversed() })).toBe(address);
  expect(new URL(address, 'https://shop.example').pathname).toBe('/apps/promise/promise');
  expect(new URL(address, 'https://shop.example').searchParams.get('lines')).toBe('1:3,2:1');
});
