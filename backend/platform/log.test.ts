import { expect, test } from 'vitest';
import { createLog, type LogFacts } from './log.ts';

function written(facts: LogFacts, level: 'info' | 'warn' = 'info'): Record<string, unknown>[] {
  const lines: Record<string, unknown>[] = [];
  const log = createLog(level, { write: (line) => lines.push(JSON.parse(line)) });
  log.info(facts);
  return lines;
}

test('an event is one line with its facts', () => {
  expect(written({ event: 'request', status: 200, durationMs: 3 })).toMatchObject([
    { event: 'request', status: 200, durationMs: 3 },
  ]);
});

test('a fact under its level is not written', () => {
  expect(written({ event: 'request' }, 'warn')).toEqual([]);
});

test('a field that is not on the list is dropped, however it got in', () => {
  const order = { email: 'anna@example.com', shippingAddress: { city: 'Milano' } };
  const [line] = written({ event: 'order_seen', ...order });
  expect(JSON.stringify(line)).not.toMatch(/anna|Milano|email/);
});

test.each([
  ['anna.rossi@example.com', '[email]'],
  ['postgres://kept_app:hunter2@db/kept', '//[credentials]@'],
  ['Bearer eyJhbGciOi.eyJzdWIi.c2lnbmF0', '[token]'],
  ['shpat_0123456789abcdef', '[token]'],
  ['+39 333 123 4567', '[number]'],
])('%s does not survive in a reason or in an error', (secret, mark) => {
  const error = new Error(`refused: ${secret}`, { cause: new Error(`because ${secret}`) });
  const text = JSON.stringify(written({ event: 'x', reason: `got ${secret}`, error }));
  expect(text).not.toContain(secret);
  expect(text).toContain(mark);
});

test('an id is written as it is, however much it looks like a number', () => {
  const requestId = 'e64264b9-ca12-4012-9345-123456789012';
  expect(written({ event: 'x', requestId })).toMatchObject([{ requestId }]);
});

test('an error keeps its name, code and our own frames', () => {
  const error = Object.assign(new TypeError('bad'), { code: 'ECONNREFUSED' });
  const [line] = written({ event: 'x', error });
  expect(line).toMatchObject({
    error: { name: 'TypeError', message: 'bad', code: 'ECONNREFUSED' },
  });
  expect(JSON.stringify(line)).toContain('log.test.ts');
});
