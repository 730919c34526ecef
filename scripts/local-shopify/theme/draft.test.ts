import fc from 'fast-check';
import { expect, test } from 'vitest';
import { addBlock, addSection, move, remove, setEmbed, setSetting, setShown } from './draft.ts';
import type { ThemeData } from './theme-schema.ts';

const PRODUCT = { template: 'product', section: 'main' };
const GREETING = { type: 'shopify://apps/kept/blocks/greeting/u1', handle: 'greeting' };

const theme = (): ThemeData => ({
  templates: {
    product: {
      sections: {
        main: {
          type: 'main-product',
          settings: {},
          blocks: {
            title: { type: 'title', settings: {} },
            price: { type: 'price', settings: {} },
          },
          block_order: ['title', 'price'],
        },
      },
      order: ['main'],
    },
  },
  settings: {},
  embeds: {},
});
const mainOf = (data: ThemeData) => data.templates['product']?.sections['main'];

test('a block is added at the end under an id of its own, as often as one likes', () => {
  const first = addBlock(theme(), PRODUCT, GREETING);
  const second = addBlock(first.data, PRODUCT, GREETING);
  expect(mainOf(second.data)?.block_order).toEqual(['title', 'price', 'greeting', 'greeting_2']);
  expect(second.place).toEqual({ ...PRODUCT, block: 'greeting_2' });
});

test('a section holds fifty blocks and no more', () => {
  let data = theme();
  for (let i = 0; i < 48; i += 1) data = addBlock(data, PRODUCT, GREETING).data;
  expect(addBlock(data, PRODUCT, GREETING)).toEqual({ data, place: undefined });
});

test('the first goes no further up and the last no further down', () => {
  const data = theme();
  expect(move(data, { ...PRODUCT, block: 'title' }, -1)).toEqual(data);
  expect(move(data, { ...PRODUCT, block: 'price' }, 1)).toEqual(data);
  expect(mainOf(move(data, { ...PRODUCT, block: 'title' }, 1))?.block_order).toEqual([
    'price',
    'title',
  ]);
});

test('hidden is written on what is hidden only, and showing leaves no trace', () => {
  const place = { ...PRODUCT, block: 'title' };
  const hidden = setShown(theme(), place, false);
  expect(mainOf(hidden)?.blocks['title']).toEqual({ type: 'title', settings: {}, disabled: true });
  expect(setShown(hidden, place, true)).toEqual(theme());
});

test('a setting emptied is its default again', () => {
  const place = { ...PRODUCT, block: 'title' };
  const set = setSetting(theme(), place, { id: 'size', value: 'large' });
  expect(mainOf(set)?.blocks['title']?.settings).toEqual({ size: 'large' });
  expect(setSetting(set, place, { id: 'size', value: null })).toEqual(theme());
});

test('an app block in a section of its own, and the section gone again', () => {
  const { data, place } = addSection(theme(), 'product', { type: 'apps', block: GREETING });
  expect(data.templates['product']?.order).toEqual(['main', 'apps']);
  expect(data.templates['product']?.sections['apps']?.block_order).toEqual(['greeting']);
  expect(remove(data, { template: place.template, section: place.section })).toEqual(theme());
});

test('an embed is off until it is turned on, and keeps its settings when it is turned off', () => {
  const on = setEmbed(theme(), 'shopify://apps/kept/blocks/facts/u1', true);
  expect(on.embeds).toEqual({
    facts: { type: 'shopify://apps/kept/blocks/facts/u1', settings: {} },
  });
  const off = setEmbed(on, 'shopify://apps/kept/blocks/facts/u1', false);
  expect(off.embeds['facts']?.disabled).toBe(true);
});

test('after any steps the order names exactly the blocks there are, each once', () => {
  const step = fc.record({
    what: fc.constantFrom('add', 'remove', 'up', 'down', 'hide'),
    which: fc.nat({ max: 60 }),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
      let data = theme();
      for (const { what, which } of steps) {
        const order = mainOf(data)?.block_order ?? [];
        const place = { ...PRODUCT, block: order[which % Math.max(1, order.length)] ?? 'none' };
        if (what === 'add') data = addBlock(data, PRODUCT, GREETING).data;
        if (what === 'remove') data = remove(data, place);
        if (what === 'up' || what === 'down') data = move(data, place, what === 'up' ? -1 : 1);
        if (what === 'hide') data = setShown(data, place, false);
      }
      const section = mainOf(data);
      expect([...(section?.block_order ?? [])].sort()).toEqual(
        Object.keys(section?.blocks ?? {}).sort(),
      );
    }),
  );
});
