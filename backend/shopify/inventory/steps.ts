/**
 * The points between which a push may die, by name, in the order in which they are passed.
 *
 * A test kills the process at each and looks whether everything ends equal; so a step is named here before it is
 * passed anywhere.
 */
export const PUSH_STEPS = [
  'planned',
  'marked',
  'begun',
  'sent',
  'answered',
  'settled',
  'read',
  'committed_told',
  'read_booked',
  'bulk_started',
  'bulk_compared',
  'bulk_missing',
  'bulk_booked',
] as const;

export type PushStep = (typeof PUSH_STEPS)[number];

/** Told of each step as it is passed; nothing in the product listens. */
export type OnStep = (step: PushStep) => void;
