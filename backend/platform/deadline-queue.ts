/**
 * How does one process answer every request in time when more arrive than it can work on?
 *
 * In: items with their arrival. Out: each item goes exactly once to `work`, or, when it has waited longer than
 * `waitLimitMilliseconds` or the queue is full, to `giveUp`, which must be cheap.
 * Why so: in Node an in-flight counter sheds nothing, because the queue sits in the event loop before the counter
 * (docs/decisions/0020-callback-server.md). Here the body is read first, the item is queued, and one item is worked
 * on per turn of the loop, so that reading goes on between two items.
 * Invariants: order of arrival; nothing is lost; the queue is bounded by age and by length.
 */

export type DeadlineQueueOptions<Item> = {
  readonly work: (item: Item, waitedMilliseconds: number) => void;
  readonly giveUp: (item: Item, waitedMilliseconds: number) => void;
  /** A clock that only runs forward, in milliseconds. */
  readonly monotonicMilliseconds: () => number;
  readonly waitLimitMilliseconds: number;
  readonly lengthLimit: number;
};

// Late items are cheap; this many a turn lets the queue catch up without keeping the loop from reading.
const GIVE_UPS_PER_TURN = 32;

/** An empty queue. */
export function createDeadlineQueue<Item>(options: DeadlineQueueOptions<Item>) {
  let items: { item: Item; arrivedAt: number }[] = [];
  let head = 0;
  let isScheduled = false;

  const schedule = () => {
    if (isScheduled) return;
    isScheduled = true;
    setImmediate(turn);
  };

  const take = () => {
    const entry = items[head];
    head += 1;
    // Dropping the worked-off front now and then keeps taking O(1) without shifting the array each time.
    if (head > 1_024 && head * 2 > items.length) {
      items = items.slice(head);
      head = 0;
    }
    return entry;
  };

  function turn(): void {
    isScheduled = false;
    for (let given = 0; given < GIVE_UPS_PER_TURN; given += 1) {
      const next = items[head];
      if (next === undefined) return;
      const waited = options.monotonicMilliseconds() - next.arrivedAt;
      take();
      if (waited <= options.waitLimitMilliseconds) {
        if (items.length > head) schedule();
        options.work(next.item, waited);
        return;
      }
      if (items.length > head) schedule();
      options.giveUp(next.item, waited);
    }
  }

  return {
    /** Queues an item; `arrivedAt` is the monotonic instant at which its first byte was seen. */
    push(item: Item, arrivedAt: number): void {
      if (items.length - head >= options.lengthLimit) {
        options.giveUp(item, options.monotonicMilliseconds() - arrivedAt);
        return;
      }
      items.push({ item, arrivedAt });
      schedule();
    },
    get length(): number {
      return items.length - head;
    },
  };
}
