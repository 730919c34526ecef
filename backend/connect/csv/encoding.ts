/**
 * In which encoding was a file written?
 *
 * In: its bytes, in pieces. Out: one of four encodings, and the text. A byte order mark decides; without one, zero bytes at
 * every other place mean UTF-16; what is valid UTF-8 to its last byte is UTF-8; anything else is Windows-1252, which is
 * what spreadsheets in Europe write and in which every byte means something.
 */

/** The encodings that are read, by the names the platform's decoder knows. */
export const ENCODINGS = ['utf-8', 'utf-16le', 'utf-16be', 'windows-1252'] as const;
export type Encoding = (typeof ENCODINGS)[number];

/** Looks at a file as it passes. */
export type EncodingWatch = {
  look(piece: Uint8Array): void;
  /** After the last piece. */
  decide(): Encoding;
};

const HEAD_BYTES = 1_024;

/** A watch for one file. */
export function watchEncoding(): EncodingWatch {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let head: Buffer = Buffer.alloc(0);
  let isUtf8 = true;
  const decode = (piece: Uint8Array | undefined) => {
    if (!isUtf8) return;
    try {
      decoder.decode(piece, { stream: piece !== undefined });
    } catch {
      isUtf8 = false;
    }
  };
  return {
    look: (piece) => {
      if (head.length < HEAD_BYTES) head = Buffer.concat([head, piece]).subarray(0, HEAD_BYTES);
      decode(piece);
    },
    decide: () => {
      decode(undefined);
      return ofMark(head) ?? ofZeros(head) ?? (isUtf8 ? 'utf-8' : 'windows-1252');
    },
  };
}

function ofMark(head: Buffer): Encoding | undefined {
  const [first, second, third] = head;
  if (first === 0xef && second === 0xbb && third === 0xbf) return 'utf-8';
  if (first === 0xff && second === 0xfe) return 'utf-16le';
  if (first === 0xfe && second === 0xff) return 'utf-16be';
  return undefined;
}

// Headings and SKUs are mostly ASCII, which in UTF-16 is every other byte zero.
function ofZeros(head: Buffer): Encoding | undefined {
  const zeros: [number, number] = [0, 0];
  for (const [index, byte] of head.entries()) if (byte === 0) zeros[index % 2 === 0 ? 0 : 1] += 1;
  const half = head.length / 2;
  if (zeros[1] > half * 0.4 && zeros[0] < half * 0.1) return 'utf-16le';
  if (zeros[0] > half * 0.4 && zeros[1] < half * 0.1) return 'utf-16be';
  return undefined;
}

/** The text of a file, piece by piece; a byte order mark is left out. */
export async function* decodePieces(
  pieces: AsyncIterable<Uint8Array>,
  encoding: Encoding,
): AsyncGenerator<string> {
  const decoder = new TextDecoder(encoding);
  for await (const piece of pieces) yield decoder.decode(piece, { stream: true });
  yield decoder.decode();
}
