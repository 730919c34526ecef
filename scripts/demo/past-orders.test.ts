import { expect, test } from 'vitest';
import { DEMO_STARTS_AT } from './nodes.ts';
import { pastOrders } from './past-orders.ts';

const orders = pastOrders();

test('sixty days of orders, all settled before the demo begins, the same every time', () => {
  expect(orders.length).toBeGreaterThan(1_800);
  expect(JSON.stringify(pastOrders())).toBe(JSON.stringify(orders));
  const days = new Set(orders.map(({ placedAt }) => placedAt.slice(0, 10)));
  expect(days.size).toBeGreaterThanOrEqual(60);
  const start = Temporal.Instant.from(DEMO_STARTS_AT);
  for (const { placedAt, leftAt, endedAt, number } of orders) {
    const [placed, left, ended] = [placedAt, leftAt, endedAt].map((at) =>
      Temporal.Instant.from(at),
    );
    if (placed === undefined || left === undefined || ended === undefined)
      throw new Error('a hole');
    expect(Temporal.Instant.compare(placed, left), String(number)).toBeLessThan(0);
    expect(Temporal.Instant.compare(left, ended), String(number)).toBeLessThanOrEqual(0);
    expect(Temporal.Instant.compare(ended, start), String(number)).toBeLessThan(0);
  }
});

test('about 96 of 100 promises are kept; some were padded, some late, and lateness is what the instants say', () => {
  const share = (outcome: string) =>
    orders.filter((order) => order.outcome === outcome).length / orders.length;
  expect(share('late')).toBeGreaterThan(0.025);
  expect(share('late')).toBeLessThan(0.05);
  expect(share('too_padded')).toBeGreaterThan(0.01);
  for (const { outcome, endedAt, window, lateMinutes, method } of orders) {
    const due = Temporal.Instant.from(window[method === 'pickup' ? 0 : 1]);
    const isLate = Temporal.Instant.compare(Temporal.Instant.from(endedAt), due) >= 0;
    expect(isLate).toBe(outcome === 'late');
    if (isLate) {
      expect(lateMinutes).toBe(
        Math.round(due.until(Temporal.Instant.from(endedAt)).total('minutes')),
      );
    }
  }
});

test('stores that were asked lost, refused or won; exactly one has it', () => {
  const asked = orders.filter(({ offers }) => offers.length > 0);
  expect(asked.length).toBeGreaterThan(150);
  for (const { offers, nodeId } of asked) {
    expect(offers.filter(({ state }) => state === 'won').map((one) => one.nodeId)).toEqual([
      nodeId,
    ]);
    expect(new Set(offers.map((one) => one.nodeId)).size).toBe(offers.length);
  }
});
