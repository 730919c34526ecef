/**
 * What has gone wrong with an order in a way that only a person can put right?
 *
 * An exception stands in the at-risk queue beside the milestones that were missed, from the transaction that finds it until a
 * person says that it was seen to, or what it told of is over. Data: the kinds there are.
 */

/** Every kind; screens and mails have a sentence for what it means and for the next step. */
export const EXCEPTION_KINDS = [
  // Canceled where it was sold when it had left here: stop the parcel, or take the goods back.
  'left_though_canceled',
  // Lies ready and nobody comes: extend it, or cancel it and have the goods put back.
  'uncollected',
] as const;
export type ExceptionKind = (typeof EXCEPTION_KINDS)[number];
