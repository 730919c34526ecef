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

/** One line of what a checkout would list after activation. */
export type RatePreviewLine = {
  readonly zone: string;
  readonly name: string;
  readonly owner: 'kept' | 'merchant';
  readonly priceMinor: number;
  readonly currency: string;
  readonly promisedOn?: string;
  /** The merchant's flat rate of nearly the same name: the shopper would see both. */
  readonly duplicateOf?: string;
};

export type SetupView = {
  readonly shop: string;
  readonly planName: string;
  readonly capabilities: readonly SetupCapability[];
  readonly steps: readonly SetupStep[];
  readonly rates: RatesState;
  /** Absent until a preview was asked for. */
  readonly preview?: readonly RatePreviewLine[];
  /** More than one origin: each is asked for its own rates, and Shopify adds them up. */
  readonly originCount: number;
};

/** What the merchant may click. */
export const SETUP_ACTIONS = ['check', 'preview', 'activate', 'detach'] as const;
export type SetupAction = (typeof SETUP_ACTIONS)[number];
