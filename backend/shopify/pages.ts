/**
 * Reads a connection of the Admin API to its end, a page at a time, and never further than a stated limit.
 */
import type { AdminAnswer } from './admin-client.ts';

/** One page as Shopify's connections give it. */
export type Page<Node> = {
  readonly nodes: readonly Node[];
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
};

/**
 * All nodes, or the first refusal. `readPage` gets the cursor of the page before, null for the first. Throws
 * beyond `mostPages`: a shop of that size needs another way of reading.
 */
export async function readPages<Node>(
  readPage: (after: string | null) => Promise<AdminAnswer<Page<Node>>>,
  mostPages: number,
): Promise<AdminAnswer<readonly Node[]>> {
  const nodes: Node[] = [];
  let after: string | null = null;
  for (let page = 0; page < mostPages; page++) {
    const answer: AdminAnswer<Page<Node>> = await readPage(after);
    if (!answer.ok) return answer;
    nodes.push(...answer.value.nodes);
    if (!answer.value.pageInfo.hasNextPage) return { ok: true, value: nodes, withheld: [] };
    after = answer.value.pageInfo.endCursor;
  }
  throw new Error(`A list of Shopify's has more than ${mostPages} pages.`);
}

/** The answer with its data seen through `view`. */
export function mapAnswer<From, To>(
  answer: AdminAnswer<From>,
  view: (data: From) => To,
): AdminAnswer<To> {
  return answer.ok ? { ...answer, value: view(answer.value) } : answer;
}
