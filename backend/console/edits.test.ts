import { expect, test } from 'vitest';
import { applyEdits, itemsOf, toEditProblems } from './edits.ts';

const SECTION = {
  policy: { timeZone: 'Europe/Rome' },
  nodes: [{ id: 'A' }, { id: 'B' }, { id: 'C' }],
  lanes: [{ serviceCode: 's' }, { serviceCode: 't' }],
  zones: [],
};

test('an entry is replaced in its place, removed, and added at the end', () => {
  const edited = applyEdits(SECTION, [
    { collection: 'nodes', key: 'B', value: null },
    { collection: 'nodes', key: 'C', value: { id: 'C', name: 'Gamma' } },
    { collection: 'nodes', key: null, value: { id: 'D' } },
    { collection: 'lanes', key: '#1', value: { serviceCode: 'u' } },
    { collection: 'policy', key: null, value: { timeZone: 'Europe/Paris' } },
  ]);
  expect(edited).toMatchObject({
    ok: true,
    value: {
      section: {
        policy: { timeZone: 'Europe/Paris' },
        nodes: [{ id: 'A' }, { id: 'C', name: 'Gamma' }, { id: 'D' }],
        lanes: [{ serviceCode: 's' }, { serviceCode: 'u' }],
        zones: [],
      },
      places: [null, '/nodes/1', '/nodes/2', '/lanes/1', '/policy'],
    },
  });
});

test('the section that was given stays as it was', () => {
  applyEdits(SECTION, [{ collection: 'nodes', key: 'A', value: null }]);
  expect(SECTION.nodes).toHaveLength(3);
});

test('a key that is not there is refused with its edit', () => {
  const edited = applyEdits(SECTION, [{ collection: 'nodes', key: 'Z', value: { id: 'Z' } }]);
  expect(edited).toMatchObject({ ok: false, refusal: { pointer: '/edits/0/key', value: 'Z' } });
});

test('a problem is shown inside its edit, one elsewhere keeps its own pointer', () => {
  const problem = (pointer: string) => ({
    code: 'invalid_input' as const,
    pointer,
    allowed: 'x',
    remedy: 'y',
  });
  const shown = toEditProblems(
    [problem('/nodes/1/hours/weekly/mon'), problem('/nodes/10/id'), problem('/policy')],
    ['/nodes/1', '/policy'],
  );
  expect(shown.map(({ edit, pointer }) => [edit, pointer])).toEqual([
    [0, '/hours/weekly/mon'],
    [null, '/nodes/10/id'],
    [1, ''],
  ]);
});

test('lanes are named by their position, nodes by their id', () => {
  expect(itemsOf(SECTION, 'lanes').map(({ key }) => key)).toEqual(['#0', '#1']);
  expect(itemsOf(SECTION, 'nodes').map(({ key }) => key)).toEqual(['A', 'B', 'C']);
});
