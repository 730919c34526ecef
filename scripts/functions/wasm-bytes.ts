/**
 * Reading and writing the few encodings a core WebAssembly module is made of: bytes, LEB128 numbers, names and
 * sections. Just enough for `meter.ts`. Source: WebAssembly core specification, binary format.
 */

/** Walks over bytes; every read moves forward. */
export type ByteReader = {
  readonly bytes: Uint8Array;
  position: number;
};

export function byteReader(bytes: Uint8Array, position = 0): ByteReader {
  return { bytes, position };
}

export function readByte(reader: ByteReader): number {
  const byte = reader.bytes[reader.position++];
  if (byte === undefined) throw new Error(`The module ends early, at byte ${reader.position - 1}.`);
  return byte;
}

/** An unsigned LEB128 number up to 2^53. */
export function readUnsigned(reader: ByteReader): number {
  let value = 0;
  let scale = 1;
  for (;;) {
    const byte = readByte(reader);
    value += (byte & 127) * scale;
    if (byte < 128) return value;
    scale *= 128;
  }
}

/** Steps over a LEB128 number of any sign and width. */
export function skipNumber(reader: ByteReader): void {
  while (readByte(reader) > 127);
}

export function skipName(reader: ByteReader): void {
  const length = readUnsigned(reader);
  reader.position += length;
}

/** An unsigned number as LEB128. */
export function unsigned(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  do {
    const low = rest % 128;
    rest = Math.floor(rest / 128);
    bytes.push(rest > 0 ? low | 128 : low);
  } while (rest > 0);
  return bytes;
}

/** A signed 32-bit number as LEB128. */
export function signed(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  for (;;) {
    const low = rest & 127;
    rest >>= 7;
    const isDone = (rest === 0 && (low & 64) === 0) || (rest === -1 && (low & 64) !== 0);
    bytes.push(isDone ? low : low | 128);
    if (isDone) return bytes;
  }
}

export function nameBytes(name: string): number[] {
  const bytes = [...new TextEncoder().encode(name)];
  return [...unsigned(bytes.length), ...bytes];
}

/** Puts parts behind each other. */
export function concatenate(
  parts: readonly (Uint8Array | readonly number[])[],
): Uint8Array<ArrayBuffer> {
  let length = 0;
  for (const part of parts) length += part.length;
  const whole = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** Section ids of the core format that the meter looks at. */
export const SECTION = { type: 1, import: 2, function: 3, global: 6, export: 7, code: 10 } as const;

export type Section = { readonly id: number; data: Uint8Array };

/** The sections of a module in order, without the eight bytes of magic and version. */
export function splitSections(module: Uint8Array): Section[] {
  const sections: Section[] = [];
  const reader = byteReader(module, 8);
  while (reader.position < module.length) {
    const id = readByte(reader);
    const size = readUnsigned(reader);
    sections.push({ id, data: module.subarray(reader.position, reader.position + size) });
    reader.position += size;
  }
  return sections;
}

/** The module again, from its sections. */
export function joinSections(
  module: Uint8Array,
  sections: readonly Section[],
): Uint8Array<ArrayBuffer> {
  const parts: (Uint8Array | readonly number[])[] = [module.subarray(0, 8)];
  for (const { id, data } of sections) parts.push([id], unsigned(data.length), data);
  return concatenate(parts);
}
