/**
 * Where does a text stop being JSON?
 *
 * The platform's parser names the position of some mistakes only, so the text is read once more, token by token
 * (RFC 8259). For messages to a person; nothing is built.
 */

const TOKEN =
  /[ \t\n\r]*(?:([{}[\],:])|("(?:[^"\\\p{Cc}]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*")|(-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null))/uy;

type Wanted = 'value' | 'value or ]' | 'key' | 'key or }' | ':' | ', or end' | 'nothing';

/** Line and column, from 1, of the first character that cannot stand there; the end of the text when more was due. */
export function jsonMistakeAt(text: string): { readonly line: number; readonly column: number } {
  const before = text.slice(0, mistakeOffset(text)).split('\n');
  return { line: before.length, column: (before.at(-1) ?? '').length + 1 };
}

function mistakeOffset(text: string): number {
  const open: string[] = [];
  let wanted: Wanted = 'value';
  let offset = 0;
  while (offset < text.length) {
    TOKEN.lastIndex = offset;
    const found = TOKEN.exec(text);
    const start =
      offset + (/^[ \t\n\r]*/.exec(text.slice(offset, offset + 10_000))?.[0].length ?? 0);
    const next: Wanted | undefined = found === null ? undefined : step(found, wanted, open);
    if (next === undefined) return start;
    wanted = next;
    offset = TOKEN.lastIndex;
  }
  return text.length;
}

/** What is wanted after the token; `undefined` when the token is not what was wanted. */
function step(found: RegExpExecArray, wanted: Wanted, open: string[]): Wanted | undefined {
  const [, mark, word] = found;
  if (mark === undefined) {
    if (word !== undefined && (wanted === 'key' || wanted === 'key or }')) return ':';
    return wanted === 'value' || wanted === 'value or ]' ? afterValue(open) : undefined;
  }
  if (mark === ':') return wanted === ':' ? 'value' : undefined;
  if (mark === ',')
    return wanted === ', or end' ? (open.at(-1) === '{' ? 'key' : 'value') : undefined;
  if (mark === '{' || mark === '[') {
    if (wanted !== 'value' && wanted !== 'value or ]') return undefined;
    open.push(mark);
    return mark === '{' ? 'key or }' : 'value or ]';
  }
  const mayClose = wanted === ', or end' || wanted === (mark === '}' ? 'key or }' : 'value or ]');
  if (!mayClose || open.pop() !== (mark === '}' ? '{' : '[')) return undefined;
  return afterValue(open);
}

function afterValue(open: readonly string[]): Wanted {
  return open.length === 0 ? 'nothing' : ', or end';
}
