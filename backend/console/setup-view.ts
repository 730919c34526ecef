/**
 * What the set-up screen shows, and what it may ask for: the model the connector fills, in words of codes.
 *
 * Imports nothing, so that the screens share it. Every code has a text in all five languages; a code without one is
 * shown as it is, never hidden.
 */

/** Whether this shop may use something. `unknown`: only a live probe can tell, and it has not been made. */
export type Allowance = 'available' | 'unavailable' | 'unknown';

/** One thing a plan allows or not, with the code of the reason and what is offered in its place. */
export type SetupCapability = {
  readonly code: string;
  readonly allowance: Allowance;
  readonly reason?: string;
};

export type SetupStepState = 'done' | 'next' | 'later' | 'problem' | 'not_needed';

/** One step on the way to dates in the checkout. `facts` fill the placeholders of its text. */
export type SetupStep = {
  readonly code: string;
  readonly state: SetupStepState;
  readonly facts: Readonly<Record<string, string | number | boolean>>;
};

/** How Kept's own rates stand in the shop. */
export type RatesState = 'unavailable' | 'not_registered' | 'registered' | 'active';

/** One zone of the shop's shipping settings, and what a checkout there would list after attaching. */
export type SetupZone = {
  readonly profileId: string;
  readonly groupId: string;
  readonly zoneId: string;
  readonly profileName: string;
  readonly name: string;
  /** Country codes; `*` is the rest of the world. */
  readonly countries: readonly string[];
  readonly isAttached: boolean;
  /** Names of Kept's options that reach these countries; empty: attaching would add nothing. */
  readonly ourOptions: readonly string[];
  /** The merchant's own active rates. */
  readonly merchantRates: readonly string[];
  /** Those of them that would stand twice: the shopper would see both. */
  readonly duplicates: readonly string[];
};

export type SetupView = {
  readonly shop: string;
  readonly planName: string;
  readonly capabilities: readonly SetupCapability[];
  readonly steps: readonly SetupStep[];
  readonly rates: RatesState;
  /** Absent until a preview was asked for. */
  readonly zones?: readonly SetupZone[];
  /** More than one origin: each is asked for its own rates, and Shopify adds them up. */
  readonly originCount: number;
};

/** What the merchant may click. `attach` names the zones; `check` asks Shopify again what the plan allows. */
export const SETUP_ACTIONS = ['check', 'preview', 'attach', 'detach'] as const;
export type SetupAction = (typeof SETUP_ACTIONS)[number];

/** A zone as it is handed back to be attached. */
export type ZoneChoice = Pick<SetupZone, 'profileId' | 'groupId' | 'zoneId'>;
