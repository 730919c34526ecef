/**
 * Builds what follows a promise to its end: the watch over it, what carriers say, outcomes, and the messages.
 *
 * In: platform, configuration, core, the connector's ground. Out: the services and their jobs. Without a mail server in the
 * environment messages are off, and say so. Part of the composition root.
 */
import type { Router } from 'express';
import type { ShopId } from './base/ids.ts';
import { shipmentsBookedBySystem } from './build-claims.ts';
import type { Connector } from './build-connector.ts';
import type { Core } from './build-core.ts';
import type { ShopifyGround } from './build-shopify.ts';
import { createActivityStore } from './connect/activity-store.ts';
import type { GateDependencies } from './connect/gate.ts';
import { createIntakeStore } from './connect/intake-store.ts';
import { createTrackingIntake, healTracking } from './connect/tracking.ts';
import { trackingRoutes } from './connect/tracking-routes.ts';
import { outcomeRoutes } from './console/outcome-routes.ts';
import type { Mount } from './http/app.ts';
import type { JobDefinition, JobQueue } from './jobs/queue.ts';
import { createMailClient } from './messages/client.ts';
import { createMessageService, type MessageService, type Sender } from './messages/service.ts';
import {
  DEFAULT_MESSAGES,
  MESSAGES_SECTION,
  type MessageSettings,
  parseMessageSettings,
} from './messages/settings.ts';
import { createPickupCodes } from './orders/desk/pickup/service.ts';
import { ORDER_MESSAGE_JOB, parseOrderJob } from './orders/jobs.ts';
import {
  DEFAULT_OUTCOME,
  OUTCOME_SECTION,
  type OutcomeSettings,
  parseOutcomeSettings,
} from './orders/outcome/settings.ts';
import { createOutcomeReports } from './orders/outcome/settled/service.ts';
import { createTrackingService } from './orders/outcome/tracking/service.ts';
import { createWatchService } from './orders/outcome/watch/service.ts';
import { createPickups } from './orders/pickups/service.ts';
import { createTimedHolds } from './orders/record/timed-holds/service.ts';
import type { Config } from './platform/config.ts';
import type { Log } from './platform/log.ts';
import { createOutbox } from './platform/outbox.ts';
import type { Platform } from './platform/stand.ts';
import type { Policy } from './policy/policy.ts';
import { carrierEventsWork } from './shopify/carrier-events.ts';
import { shopFactsOf } from './shopify/shop-facts.ts';
import { settleShipped } from './stock/reservations/order-claims/shipping/service.ts';

/** What it is built on. */
export type OutcomeBuild = {
  readonly platform: Platform;
  readonly config: Config;
  readonly log: Log;
  readonly core: Core;
  readonly ground: Pick<ShopifyGround, 'store' | 'admin'>;
  readonly connector: Pick<Connector, 'installedShops' | 'placeOf' | 'gate'>;
  readonly queue: JobQueue;
};

/** What `buildOutcome` returns. */
export type OutcomeParts = ReturnType<typeof buildOutcome>;

/** Builds it. */
export function buildOutcome(build: OutcomeBuild) {
  const { platform, config, core, connector, queue, log } = build;
  const { db, clock } = platform;
  const outbox = createOutbox(queue.boss, queue.wake);
  const enqueue = outbox.enqueue;
  const watch = createWatchService({
    ...{ db, clock, enqueue },
    openShop: core.stock.open,
    settingsOf: async (shopId) => outcomeSettings(await core.policy.read(shopId)),
  });
  const pickups = createPickups({
    ...{ db, clock, enqueue, openShop: core.stock.open, announce: core.stock.announce },
    settingsOf: async (shopId) => outcomeSettings(await core.policy.read(shopId)),
  });
  const holds = createTimedHolds({
    ...{ db, clock, enqueue, openShop: core.stock.open },
    settingsOf: async (shopId) => outcomeSettings(await core.policy.read(shopId)),
  });
  const claimDeps = {
    ...{ db, clock },
    openShop: core.stock.open,
    announce: core.stock.announce,
    shipmentsBookedBySystem: shipmentsBookedBySystem(core),
  };
  const tracking = createTrackingService({
    ...{ db, clock, enqueue },
    settleLeft: (trx, shopId, left) => settleShipped(claimDeps, trx, shopId, left),
    announce: core.stock.announce,
  });
  const intake = createTrackingIntake({
    tracking,
    store: createIntakeStore(db),
    now: () => clock.now(),
  });
  const activity = createActivityStore(db);
  const codes = createPickupCodes(config.signingKeys);
  const { mail } = config;
  const messages = createMessageService({
    ...{ db, clock },
    mail: mail === undefined ? undefined : createMailClient(mail),
    settingsOf: async (shopId) => messageSettings(await core.policy.read(shopId)),
    senderOf: (shopId) => senderOf(build, shopId),
    placeOf: connector.placeOf,
    pickupCodeOf: codes.pickupCodeOf,
  });
  const reports = createOutcomeReports(db);
  return {
    watch,
    tracking,
    /** What lies ready, and what is to be put back. */
    pickups,
    /** Carrier events of other systems, for the error view's replay. */
    trackingIntake: intake,
    messages,
    reports,
    /** What a buyer's page shows beside the date. */
    shopper: { readProgress: reports.readProgress, pickupCodeOf: codes.pickupCodeOf },
    jobs: [
      messageJob(messages),
      carrierEventsWork({ admin: build.ground.admin, tracking }),
      sweepJob(
        [
          (shopId) => healTracking({ activity, intake }, shopId),
          holds.sweep,
          pickups.sweep,
          watch.assess,
          messages.sweep,
          messages.sendDigest,
        ],
        { installedShops: connector.installedShops, log },
      ),
    ],
    /** What the console shows. */
    mount: {
      path: '/api/admin/outcome',
      router: outcomeRoutes({
        authenticateAdmin: connector.gate.authenticateAdmin,
        ...{ reports, messages },
      }),
      body: 'json',
    } satisfies Mount,
    /** `/v1/tracking`, for `buildConnect`. */
    v1: (gate: GateDependencies): readonly { path: string; router: Router }[] => [
      { path: '/v1/tracking', router: trackingRoutes({ ...gate, intake }) },
    ],
  };
}

async function senderOf({ ground, core }: OutcomeBuild, shopId: ShopId): Promise<Sender> {
  const facts = shopFactsOf(await ground.store.readSetup(shopId));
  const live = await core.stock.open(shopId);
  return {
    name: facts?.name ?? shopId,
    language: facts?.primaryLanguage ?? 'en',
    timeZone: facts?.timeZone ?? live?.snapshot.shopZone.name ?? 'UTC',
  };
}

// Parsed when it was saved; a section that an older program cannot read counts as none.
function outcomeSettings({ sections }: Policy): OutcomeSettings {
  const section = sections.get(OUTCOME_SECTION);
  const parsed = section === undefined ? undefined : parseOutcomeSettings(section);
  return parsed?.ok === true ? parsed.value : DEFAULT_OUTCOME;
}

function messageSettings({ sections }: Policy): MessageSettings {
  const section = sections.get(MESSAGES_SECTION);
  const parsed = section === undefined ? undefined : parseMessageSettings(section);
  return parsed?.ok === true ? parsed.value : DEFAULT_MESSAGES;
}

function messageJob({ sendDue }: Pick<MessageService, 'sendDue'>): JobDefinition {
  return {
    name: ORDER_MESSAGE_JOB,
    policy: 'short',
    retryLimit: 5,
    retryDelaySeconds: 10,
    // A slow mail server may take its time-outs twice.
    expireInSeconds: 300,
    concurrency: 2,
    handle: async (data) => {
      const { shopId, orderId } = parseOrderJob(data);
      await sendDue(shopId, orderId);
    },
  };
}

/** The queue of the look at all promises, by the minute. */
export const OUTCOME_SWEEP_JOB = 'outcome_sweep';

// One shop's fault is not another's; what a look misses the next one finds.
function sweepJob(
  looks: readonly ((shopId: ShopId) => Promise<unknown>)[],
  parts: { readonly installedShops: () => Promise<readonly ShopId[]>; readonly log: Log },
): JobDefinition {
  return {
    name: OUTCOME_SWEEP_JOB,
    policy: 'short',
    retryLimit: 0,
    retryDelaySeconds: 1,
    expireInSeconds: 600,
    concurrency: 1,
    schedule: '* * * * *',
    handle: async () => {
      for (const shop of await parts.installedShops()) {
        for (const look of looks) {
          await look(shop).catch((error: unknown) => {
            parts.log.warn({ event: 'promises_not_looked_at', shop, error });
          });
        }
      }
    },
  };
}
