/**
 * The file of a bulk operation, line by line, as levels.
 *
 * In: chunks of bytes as they arrive. Out: one level a line that describes one; memory holds a line, never the file. A
 * line that is no level (its item, or a shape of tomorrow) is passed over; one that is broken is a fault of the file.
 * Source: https://shopify.dev/docs/api/usage/bulk-operations/queries (nested lines carry `__parentId`)
 */
import { z } from 'zod';
import { TransientError } from '../../base/result.ts';
import { numberOfGid } from '../gid.ts';

/** What the nightly comparison asks for. */
export const LEVELS_BULK_QUERY = `{
  inventoryItems {
    edges {
      node {
        id
        inventoryLevels {
          edges {
            node {
              id
              updatedAt
              location { id }
              quantities(names: ["available", "committed", "safety_stock"]) { name quantity }
            }
          }
        }
      }
    }
  }
}`;

/** A level as the file has it. */
export type BulkLevel = {
  readonly itemId: number;
  readonly locationId: number;
  readonly available: number;
  readonly committed: number;
  readonly parked: number;
  readonly updatedAt: string;
};

// A level takes 300 bytes; a longer line is no level.
const LONGEST_LINE = 100_000;

const lineSchema = z.object({
  __parentId: z.string(),
  updatedAt: z.string(),
  location: z.object({ id: z.string() }),
  quantities: z.array(z.object({ name: z.string(), quantity: z.number() })),
});

/** The levels of a file. */
export async function* readBulkLevels(
  chunks: AsyncIterable<Uint8Array>,
): AsyncGenerator<BulkLevel> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of chunks) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n');
    rest = lines.pop() ?? '';
    if (rest.length > LONGEST_LINE) throw brokenFile('a line is too long');
    for (const line of lines) yield* levelOf(line);
  }
  yield* levelOf(rest + decoder.decode());
}

function* levelOf(line: string): Generator<BulkLevel> {
  if (line.trim() === '') return;
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    throw brokenFile('a line is no JSON');
  }
  const parsed = lineSchema.safeParse(value);
  if (!parsed.success) return;
  const { __parentId, location, quantities, updatedAt } = parsed.data;
  const of = (name: string) => quantities.find((one) => one.name === name)?.quantity ?? 0;
  yield {
    itemId: Number(numberOfGid(__parentId)),
    locationId: Number(numberOfGid(location.id)),
    available: of('available'),
    committed: of('committed'),
    parked: of('safety_stock'),
    updatedAt,
  };
}

function brokenFile(why: string): TransientError {
  return new TransientError('shopify', `The file of the bulk operation is broken: ${why}.`);
}
