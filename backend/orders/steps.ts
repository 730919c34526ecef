/**
 * The points between which the life of an order may be cut off, by name.
 *
 * A test kills the process at each and looks whether everything ends as it would have; so a step is named here before
 * it is passed anywhere, and one that is never passed fails that test.
 */
export const ORDER_STEPS = [
  // intake
  'intake.stored',
  'intake.read',
  'intake.recorded',
  'intake.followed',
  'intake.joined',
  'intake.routed',
  'intake.published',
  // routing
  'route.locked',
  'route.read',
  'route.decided',
  'route.written',
  'route.allocated',
  'relocate.moved',
  'return.released',
  'sweep.expired',
  'sweep.noted',
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
  // the stores' desks
  'desk.locked',
  'desk.started',
  'desk.picked',
  'desk.short_returned',
  'desk.short_booked',
  'desk.packed',
  'desk.unpacked',
  'desk.shipped',
  'desk.ready',
  'desk.code_counted',
  'desk.code_unlocked',
  'desk.handed_over',
  'desk.committed',
  // Shopify's fulfillment orders
  'follow.marked',
  'follow.read',
  'follow.intent',
  'follow.fulfill_sent',
  'follow.hold_sent',
  'follow.move_sent',
  'follow.split_sent',
  'follow.told_sent',
  'follow.answered',
  'follow.found',
  'follow.adopted',
  'follow.ended',
] as const satisfies readonly string[];

export type OrderStep = (typeof ORDER_STEPS)[number];

/** Told of each step as it is passed; nothing in the product listens. */
export type OnOrderStep = (step: OrderStep) => void;
