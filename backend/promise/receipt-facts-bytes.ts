/**
 * Whole numbers and texts as few bytes: seven bits a byte, the smallest numbers in one.
 */

/** Collects bytes; past `limit` it only counts, so that nobody has to guess a size. */
export type ByteWriter = { readonly bytes: Uint8Array; length: number };

/** A writer that keeps the first `limit` bytes. */
export function createWriter(limit: number): ByteWriter {
  return { bytes: new Uint8Array(limit), length: 0 };
}

function writeByte(writer: ByteWriter, byte: number): void {
  if (writer.length < writer.bytes.length) writer.bytes[writer.length] = byte;
  writer.length += 1;
}

/** A whole number from 0 to 2^53 − 1. */
export function writeWhole(writer: ByteWriter, value: number): void {
  let rest = value;
  while (rest >= 128) {
    writeByte(writer, (rest % 128) + 128);
    rest = Math.floor(rest / 128);
  }
  writeByte(writer, rest);
}

/** A whole number of either sign, below 2^52. */
export function writeSigned(writer: ByteWriter, value: number): void {
  writeWhole(writer, value < 0 ? -value * 2 - 1 : value * 2);
}

/** A text as UTF-8 behind its length. */
export function writeText(writer: ByteWriter, text: string): void {
  const encoded = new TextEncoder().encode(text);
  writeWhole(writer, encoded.length);
  for (const byte of encoded) writeByte(writer, byte);
}

/** Reads what a writer wrote, in the same order. */
export type ByteReader = { readonly bytes: Uint8Array; at: number };

/** Throws `RangeError` at the end of the bytes. */
function readByte(reader: ByteReader): number {
  const byte = reader.bytes[reader.at];
  if (byte === undefined) throw new RangeError(`the facts end at byte ${reader.at}`);
  reader.at += 1;
  return byte;
}

export function readWhole(reader: ByteReader): number {
  let value = 0;
  let scale = 1;
  for (;;) {
    const byte = readByte(reader);
    value += (byte & 127) * scale;
    if (byte < 128) return value;
    scale *= 128;
  }
}

export function readSigned(reader: ByteReader): number {
  const value = readWhole(reader);
  return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
}

export function readText(reader: ByteReader): string {
  const length = readWhole(reader);
  if (reader.at + length > reader.bytes.length) {
    throw new RangeError(`the facts end at byte ${reader.bytes.length}`);
  }
  const text = new TextDecoder().decode(reader.bytes.subarray(reader.at, reader.at + length));
  reader.at += length;
  return text;
}
