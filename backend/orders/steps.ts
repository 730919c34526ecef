/**
 * The points between which the life of an order may be cut off, by name.
 *
 * A test kills the process at each and looks whether everything ends as it would have; so a step is named here before
 * it is passed anywhere, and one that is never passed fails that test.
 */
export const ORDER_STEPS = [
  // offers and claims
  'claim.won',
  'claim.moved',
  'claim.booked',
  'claim.committed',
  'refuse.ended',
  'refuse.booked',
  'refuse.committed',
  'turn.timed_out',
  'turn.asked',
  'turn.place_left',
  'turn.fell_back',
  'turn.committed',
] as const satisfies readonly string[];

export type OrderStep = (typeof ORDER_STEPS)[number];

/** Told of each step as it is passed; nothing in the product listens. */
export type OnOrderStep = (step: OrderStep) => void;
