/** What the Admin API keeps between two calls, apart from the shop itself; none of it is the shop's, so a restart loses it. */
import type { BulkOperations } from './bulk.ts';
import type { Faults } from './faults.ts';
import type { Idempotency } from './idempotency.ts';
import type { Throttle } from './throttle.ts';

export type AdminServices = {
  throttle: Throttle;
  faults: Faults;
  idempotency: Idempotency;
  bulk: BulkOperations;
};
