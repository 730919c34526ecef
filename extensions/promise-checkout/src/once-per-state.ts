/**
 * At most once per checkout state, over the instances of a worker and, as far as Shopify's storage is shared, over
 * workers: for what the selected option's instance does beside showing its date.
 */

type Storage = Pick<typeof shopify, 'storage'>['storage'];

/** Says true the first time a value is given under a name, and false whenever the same one is given again. */
export function oncePerState(name: string) {
  const done = new Set<string>();
  return async (storage: Storage, once: string): Promise<boolean> => {
    if (done.has(once)) return false;
    done.add(once);
    try {
      if ((await storage.read<string>(name)) === once) return false;
      await storage.write(name, once);
    } catch {
      // Without storage this worker's own memory has to do.
    }
    return true;
  };
}
