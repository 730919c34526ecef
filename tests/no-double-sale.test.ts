import { expect, test } from 'vitest';
import { createClaimsModel } from './worlds/claims-model.ts';
import { STORY_SKUS, tellStory } from './worlds/claims-story.ts';

/** A story told to the model, and what it and the truth say in the end. */
async function told(seed: number, events: number) {
  const { keeper, model, begun } = createClaimsModel();
  const end = await tellStory(seed, { events, keepers: [keeper] });
  const counts = new Map(
    await Promise.all(STORY_SKUS.map(async (sku) => [sku, await keeper.count(sku)] as const)),
  );
  return { end, counts, model, begun: begun() };
}

test('100,000 faulted events: no unit is promised twice, and every figure reconciles with the truth', async () => {
  const { end, counts, model, begun } = await told(20_261_130, 100_000);
  expect(end.events).toBe(100_000);
  // The story is no walk-over: much is granted, much is refused, much is heard that is no news.
  expect(end.heard).toBeGreaterThan(30_000);
  expect(Math.min(end.grants, end.refusals)).toBeGreaterThan(2_000);
  for (const sku of STORY_SKUS) {
    const truth = end.truth.get(sku);
    const { onHand, allocated, waiting, reserved } = counts.get(sku) ?? {};
    expect({ sku, onHand, open: (allocated ?? 0) + (waiting ?? 0), reserved }).toEqual({
      sku,
      onHand: truth?.there,
      open: truth?.open,
      reserved: 0,
    });
  }
  const ends = ['posted', 'voided', 'expired'] as const;
  expect(ends.reduce((sum, state) => sum + (model.ends.get(state) ?? 0), 0)).toBe(begun);
  for (const state of ends) expect(model.ends.get(state)).toBeGreaterThan(100);
}, 120_000);

test('many short stories end as the truth does', async () => {
  for (let seed = 1; seed <= 40; seed += 1) {
    const { end, counts } = await told(seed, 250);
    for (const sku of STORY_SKUS) {
      const found = counts.get(sku);
      expect(found?.onHand).toBe(end.truth.get(sku)?.there);
      expect((found?.allocated ?? 0) + (found?.waiting ?? 0)).toBe(end.truth.get(sku)?.open);
    }
  }
});
