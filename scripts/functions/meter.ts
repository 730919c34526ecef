/**
 * How many instructions did that take? Rewrites a core WebAssembly module so that it counts what it executes.
 *
 * Input: the bytes of a module. Output: the same module with one more mutable i64 global, exported as
 * `__fuel`, to which every straight run of instructions adds its cost before it is left. Costs are wasmtime's
 * fuel rules, which Shopify limits Functions by: nop, drop, block, loop, unreachable, return, else and end
 * cost 0, every other operator 1, a function entry 1. Nothing is renumbered, so the module behaves as before; the count is
 * exactly repeatable. Not counted: bytes moved by memory.copy and memory.fill (1 to 3 % in newer wasmtime).
 */
import {
  type ByteReader,
  byteReader,
  concatenate,
  joinSections,
  nameBytes,
  readByte,
  readUnsigned,
  SECTION,
  type Section,
  signed,
  skipName,
  skipNumber,
  splitSections,
  unsigned,
} from './wasm-bytes.ts';

/** Name under which the counted module exports its counter. */
export const FUEL_EXPORT = '__fuel';

/** The module, counting. Throws on an operator it does not know rather than miscount. */
export function meterModule(module: Uint8Array): Uint8Array<ArrayBuffer> {
  const sections = splitSections(module);
  const global = countGlobals(sections);
  const fuelType = [0x7e, 1, 0x42, 0, 0x0b]; // i64, mutable, i64.const 0, end
  addEntry(sections, SECTION.global, fuelType);
  addEntry(sections, SECTION.export, [...nameBytes(FUEL_EXPORT), 3, ...unsigned(global)]);
  const code = sectionOf(sections, SECTION.code);
  code.data = meterCode(code.data, global);
  return joinSections(module, sections);
}

function sectionOf(sections: readonly Section[], id: number): Section {
  const found = sections.find((section) => section.id === id);
  if (!found) throw new Error(`The module has no section ${id}, which the meter needs.`);
  return found;
}

function addEntry(sections: readonly Section[], id: number, entry: readonly number[]): void {
  const section = sectionOf(sections, id);
  const reader = byteReader(section.data);
  const count = readUnsigned(reader);
  section.data = concatenate([unsigned(count + 1), section.data.subarray(reader.position), entry]);
}

/** Index the next global gets: those imported and those defined come before it. */
function countGlobals(sections: readonly Section[]): number {
  let count = readUnsigned(byteReader(sectionOf(sections, SECTION.global).data));
  const imports = sections.find((section) => section.id === SECTION.import);
  if (!imports) return count;
  const reader = byteReader(imports.data);
  for (let left = readUnsigned(reader); left > 0; left--) {
    skipName(reader);
    skipName(reader);
    if (skipImport(reader) === 3) count++;
  }
  return count;
}

/** Steps over what is imported and returns its kind: 0 function, 1 table, 2 memory, 3 global. */
function skipImport(reader: ByteReader): number {
  const kind = readByte(reader);
  if (kind === 0) readUnsigned(reader);
  else if (kind === 3) reader.position += 2;
  else {
    if (kind === 1) readByte(reader);
    const hasMaximum = (readUnsigned(reader) & 1) === 1;
    readUnsigned(reader);
    if (hasMaximum) readUnsigned(reader);
  }
  return kind;
}

function meterCode(code: Uint8Array, global: number): Uint8Array {
  const reader = byteReader(code);
  const count = readUnsigned(reader);
  const parts: (Uint8Array | readonly number[])[] = [unsigned(count)];
  for (let left = count; left > 0; left--) {
    const size = readUnsigned(reader);
    const body = meterBody(code.subarray(reader.position, reader.position + size), global);
    parts.push(unsigned(body.length), body);
    reader.position += size;
  }
  return concatenate(parts);
}

function meterBody(body: Uint8Array, global: number): Uint8Array {
  const reader = byteReader(body);
  for (let groups = readUnsigned(reader); groups > 0; groups--) {
    readUnsigned(reader);
    const type = readByte(reader);
    if (type === 0x63 || type === 0x64) skipNumber(reader); // a typed reference
  }
  const parts: (Uint8Array | readonly number[])[] = [];
  let copied = 0;
  let cost = 1; // the entry into the function
  while (reader.position < body.length) {
    const at = reader.position;
    const operator = readOperator(reader);
    cost += operator.cost;
    if (operator.endsRun && cost > 0) {
      parts.push(body.subarray(copied, at), addFuel(global, cost));
      copied = at;
      cost = 0;
    }
  }
  parts.push(body.subarray(copied));
  return concatenate(parts);
}

/** global.get, i64.const, i64.add, global.set */
function addFuel(global: number, cost: number): number[] {
  return [0x23, ...unsigned(global), 0x42, ...signed(cost), 0x7c, 0x24, ...unsigned(global)];
}

/** `endsRun`: control may go elsewhere here, so what ran before it is booked first. */
type Operator = { readonly cost: 0 | 1; readonly endsRun: boolean };
const FREE: Operator = { cost: 0, endsRun: false };
const FREE_END: Operator = { cost: 0, endsRun: true };
const ONE: Operator = { cost: 1, endsRun: false };
const ONE_END: Operator = { cost: 1, endsRun: true };

// biome-ignore lint/complexity/noExcessiveCognitiveComplexity: a table of operator ranges, one line each.
function readOperator(reader: ByteReader): Operator {
  const code = readByte(reader);
  if (code <= 0x13) return readControl(reader, code);
  if (code === 0xfc) return readExtended(reader);
  if (code === 0xfd) return readVector(reader);
  if (code === 0x1a) return FREE; // drop
  if (code === 0x1c) {
    // select with types
    for (let left = readUnsigned(reader); left > 0; left--) readByte(reader);
    return ONE;
  }
  if (code === 0x1b || (code >= 0x45 && code <= 0xc4) || code === 0xd1) return ONE;
  if ((code >= 0x20 && code <= 0x26) || code === 0x3f || code === 0x40 || code === 0xd2) {
    readUnsigned(reader);
    return ONE;
  }
  if (code >= 0x28 && code <= 0x3e) return skipMemoryArgument(reader);
  if (code === 0x41 || code === 0x42 || code === 0xd0) {
    skipNumber(reader);
    return ONE;
  }
  if (code === 0x43 || code === 0x44) {
    reader.position += code === 0x43 ? 4 : 8;
    return ONE;
  }
  throw new Error(
    `The meter knows no operator 0x${code.toString(16)} (byte ${reader.position - 1}).`,
  );
}

function readControl(reader: ByteReader, code: number): Operator {
  switch (code) {
    case 0x00: // unreachable
    case 0x05: // else
    case 0x0b: // end
    case 0x0f: // return
      return FREE_END;
    case 0x01: // nop
      return FREE;
    case 0x02: // block
      skipNumber(reader);
      return FREE;
    case 0x03: // loop
      skipNumber(reader);
      return FREE_END;
    case 0x04: // if
      skipNumber(reader);
      return ONE_END;
    case 0x0e: // br_table
      for (let left = readUnsigned(reader); left >= 0; left--) readUnsigned(reader);
      return ONE_END;
    case 0x0c: // br
    case 0x0d: // br_if
    case 0x10: // call
    case 0x12: // return_call
      readUnsigned(reader);
      return ONE_END;
    case 0x11: // call_indirect
    case 0x13: // return_call_indirect
      readUnsigned(reader);
      readUnsigned(reader);
      return ONE_END;
    default:
      throw new Error(`The meter knows no operator 0x${code.toString(16)}.`);
  }
}

function skipMemoryArgument(reader: ByteReader): Operator {
  const flags = readUnsigned(reader);
  if ((flags & 64) !== 0) readUnsigned(reader); // names its memory
  skipNumber(reader);
  return ONE;
}

/** Saturating conversions and bulk memory. */
function readExtended(reader: ByteReader): Operator {
  const code = readUnsigned(reader);
  if (code > 17) throw new Error(`The meter knows no operator 0xfc ${code}.`);
  if (code >= 8) readUnsigned(reader);
  if (code === 8 || code === 10 || code === 12 || code === 14) readUnsigned(reader);
  return ONE;
}

function readVector(reader: ByteReader): Operator {
  const code = readUnsigned(reader);
  if (code <= 11 || code === 92 || code === 93) return skipMemoryArgument(reader);
  if (code === 12 || code === 13) reader.position += 16;
  else if (code >= 21 && code <= 34) readByte(reader);
  else if (code >= 84 && code <= 91) {
    skipMemoryArgument(reader);
    readByte(reader);
  }
  return ONE;
}
