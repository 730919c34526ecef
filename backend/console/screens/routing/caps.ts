/**
 * Daily caps of places as a person writes them: one place a line, its id and a number; `*` is any number.
 */

/** `{ MILAN: 25, ROME: null }` as lines. */
export function writeCaps(value: unknown): string {
  if (typeof value !== 'object' || value === null) return '';
  return Object.entries(value)
    .map(([nodeId, cap]) => `${nodeId} ${cap === null ? '*' : String(cap)}`)
    .join('\n');
}

/** Lines as caps; undefined when one of them is none, or a place stands there twice. */
export function readCaps(text: string): Record<string, number | null> | undefined {
  const rows = text
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean)
    .map((line) => /^(\S+)\s+(\d{1,9}|\*)$/.exec(line));
  const caps = new Map<string, number | null>();
  for (const row of rows) {
    const [, nodeId = '', cap = ''] = row ?? [];
    if (row === null || caps.has(nodeId)) return undefined;
    caps.set(nodeId, cap === '*' ? null : Number(cap));
  }
  return Object.fromEntries(caps);
}
