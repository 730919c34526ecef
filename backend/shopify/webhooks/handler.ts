/**
 * What a handler of webhooks is: which topics, what of a payload is kept, and the work it causes.
 *
 * `keep` picks the few ids that the work needs out of an untrusted body; everything else, and so all personal
 * data, is dropped before anything is stored. `handle` runs in a job, at least once and in any order: doing it
 * twice, late, or after a newer delivery changes nothing.
 */
import type { ShopId } from '../../base/ids.ts';
import type { Log } from '../../platform/log.ts';
import type { Job } from '../../platform/outbox.ts';
import type { AdminClient } from '../admin-client.ts';
import type { Catalog, LevelChange } from '../catalog.ts';
import type { Connections } from '../connections.ts';
import type { Told, ToldLevel } from '../inventory/echo.ts';
import type { IntakeWhen } from '../order-intake.ts';
import type { Redaction } from '../redaction.ts';

/** What the handlers may use; `main.ts` supplies it. */
export type WebhookWork = {
  readonly admin: AdminClient;
  readonly connections: Connections;
  readonly redaction: Redaction;
  readonly log: Log;
  /** Has the order read and taken in, soon. */
  requestIntake(shopId: ShopId, orderId: string, when: IntakeWhen): Promise<void>;
  /** Has Shopify's fulfillment orders compared with the order's works, soon. */
  requestFollow(shopId: ShopId, orderId: string): Promise<void>;
  /** The order of a fulfillment order as far as it is known here; undefined: Shopify has to be asked. */
  orderOfFulfillmentOrder(shopId: ShopId, fulfillmentOrderId: string): Promise<string | undefined>;
  /** A location ships nothing any more: its works return to routing. */
  locationClosed(shopId: ShopId, locationId: string): Promise<void>;
  /** Looks again at plan, places and zones, and provisions what is missing. */
  requestProvisioning(shopId: ShopId): Promise<void>;
  /** Reads one product or item again, or notes that it is gone. */
  readonly catalog: Pick<Catalog, 'importProduct' | 'forgetProduct' | 'importItem' | 'forgetItem'>;
  /** Sorts a level as Shopify tells it; one of ours that changed is looked after. */
  tellLevel(shopId: ShopId, told: ToldLevel): Promise<Told>;
  /** An item was taken off a location. */
  tellTakenOff(shopId: ShopId, at: { itemId: number; locationId: number }): Promise<void>;
  /** Reads one inventory level again. */
  importLevel(shopId: ShopId, change: LevelChange): Promise<void>;
  /** Reads products and stock again, soon; a run that waits already is not doubled. */
  requestImport(shopId: ShopId): Promise<void>;
  /** Ends the recurring jobs of a shop. */
  stopSchedules(shopId: ShopId): Promise<void>;
};

/** One delivery as stored. */
export type WebhookDelivery<Kept> = {
  readonly shopId: ShopId;
  readonly topic: string;
  readonly triggeredAt: Temporal.Instant;
  readonly payload: Kept;
};

export type WebhookHandler<Kept> = {
  readonly topics: readonly string[];
  /** Runs for shops that are gone as well (privacy duties, the uninstall itself). */
  readonly alsoAfterUninstall: boolean;
  /** The job that does the work of a delivery, when it needs no handling of its own. */
  jobOf?(shopId: ShopId, topic: string, kept: Kept): Job | undefined;
  /** The part of the body that is stored, or undefined when the body is not what the topic sends. */
  keep(body: unknown, shopId: ShopId): Kept | undefined;
  handle(work: WebhookWork, delivery: WebhookDelivery<Kept>): Promise<void>;
};
