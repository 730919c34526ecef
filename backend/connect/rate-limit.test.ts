import { expect, test } from 'vitest';
import { createRateLimit } from './rate-limit.ts';

const LIMIT = { requests: 3, windowSeconds: 10 };

function limiter() {
  let milliseconds = 1_000_000;
  const rateLimit = createRateLimit({ redis: undefined, epochMilliseconds: () => milliseconds });
  return { rateLimit, pass: (more: number) => (milliseconds += more) };
}

test('the request after the last allowed one learns when the next window begins', async () => {
  const { rateLimit, pass } = limiter();
  pass(4_000);
  for (let count = 0; count < 3; count += 1) {
    expect(await rateLimit.take('a', LIMIT)).toEqual({ isAllowed: true });
  }
  expect(await rateLimit.take('a', LIMIT)).toEqual({ isAllowed: false, retryAfterSeconds: 6 });
  pass(5_999);
  expect((await rateLimit.take('a', LIMIT)).isAllowed).toBe(false);
  pass(1);
  expect((await rateLimit.take('a', LIMIT)).isAllowed).toBe(true);
});

test('one caller’s requests are not another’s', async () => {
  const { rateLimit } = limiter();
  for (let count = 0; count < 5; count += 1) await rateLimit.take('a', LIMIT);
  expect((await rateLimit.take('b', LIMIT)).isAllowed).toBe(true);
});

test('looking whether a limit is used up does not use it', async () => {
  const { rateLimit } = limiter();
  for (let count = 0; count < 9; count += 1) rateLimit.isUsedUp('a', LIMIT);
  expect(rateLimit.isUsedUp('a', LIMIT)).toEqual({ isAllowed: true });
  for (let count = 0; count < 3; count += 1) await rateLimit.take('a', LIMIT);
  expect(rateLimit.isUsedUp('a', LIMIT).isAllowed).toBe(false);
});
