/**
 * How often each branch of the rules decided something, by name. The comparison prints them and refuses to call
 * itself thorough while one is rare.
 */

/** Says that a branch decided once more. */
export type Count = (branch: Branch) => void;

/** Counts nothing. */
export const SILENT: Count = () => {};

/** Every branch the oracle counts; `ruleN.…` of docs/semantics.md. */
export const BRANCHES = [
  'time.twofoldOpening',
  'time.twofoldCutOff',
  'rule1.cutOffToday',
  'rule1.cutOffPassed',
  'rule1.cutOffYesterdayNightShift',
  'rule1.cutOffPast24',
  'rule1.exceptionOwnCutOff',
  'rule1.exceptionWeekdayCutOff',
  'rule1.lastClosing',
  'rule1.exceptionClosed',
  'rule1.exceptionOpensHoliday',
  'rule1.holidayClosed',
  'rule1.weeklyClosed',
  'rule1.incomingAt',
  'rule1.incomingOn',
  'rule1.incomingPast',
  'rule2.backlogWaits',
  'rule2.backlogDone',
  'rule2.backlogFromStart',
  'rule2.unitsPerHour',
  'rule2.unitsPerDay',
  'rule2.unitsPerDayWithoutRate',
  'rule2.fullDate',
  'rule2.leadOverClosing',
  'rule2.leadWithin',
  'rule2.nothingToDo',
  'rule3.firstPickup',
  'rule3.extraPickup',
  'rule3.nonWorkingDay',
  'rule3.notOpen',
  'rule3.atClosing',
  'rule3.beyondHorizon',
  'rule4.n0sameDay',
  'rule4.n0afterDeliverBy',
  'rule4.n0notWorking',
  'rule4.closure',
  'rule4.worked',
  'rule4.holiday',
  'rule4.weekly',
  'rule5.quantile',
  'rule5.thin',
  'rule5.thinExtraDay',
  'rule6.wholeDay',
  'rule6.deliverFrom',
  'rule6.deliverBy',
  'rule7.cap',
  'rule7.windowMoves',
  'rule7.disappears',
  'rule8.onlyPlan',
  'rule8.windowEnd',
  'rule8.undivided',
  'rule8.parcels',
  'rule8.incoming',
  'rule8.cost',
  'rule8.meters',
  'rule8.nodeIds',
  'rule8.lines',
  'rule8.splitDropped',
  'rule8.laterForCost',
  'rule8.splitWins',
  'rule8.dividedWins',
  'rule8.otherService',
  'rule9.sameArea',
  'rule9.customsCrossed',
  'rule9.customsRefused',
  'rule10.no_lane',
  'rule10.restricted',
  'rule10.limit',
  'rule10.limitOfPlans',
  'rule10.no_price',
  'rule10.no_departure.no_pickup',
  'rule10.no_stock.figure',
  'rule10.no_stock.nodes',
  'rule10.no_departure.nothing_in_time',
  'rule10.no_opening',
  'rule10.full',
  'rule10.estimateCode',
  'rule10.estimateLane',
  'rule10.confidence',
  'rule10.confidenceNull',
  'rule11.pickupCutOff',
  'rule11.noPickupCutOff',
  'rule11.readyOnQuarter',
  'rule11.nextQuarter',
  'rule11.lastHandOver',
  'rule11.laterOpening',
  'rule11.pickupRule',
  'rule11.withinTwoHours',
  'rule11.laterThanTwoHours',
  'rule12.openAtEnd',
  'rule12.waitsForOpening',
  'rule12.closing',
  'rule12.after24h',
  'rule13.actual',
  'rule13.volumetric',
  'rule13.firstTier',
  'rule13.laterTier',
  'rule13.namedZonePrice',
  'rule13.anyZonePrice',
  'rule13.parcelLimitAvoided',
  'rule14.single',
  'rule14.tie',
  'rule14.notGreenest',
  'rule16.channelNodes',
  'rule16.horizon',
  'rule16.quota',
  'rule16.share',
  'rule16.threshold',
  'rule16.reservation',
  'rule17.stockRow',
  'rule17.policy',
] as const;

/** The name of one counted branch. */
export type Branch = (typeof BRANCHES)[number];

/** How often each branch decided. */
export type BranchCounts = Record<Branch, number>;

/** All at zero. */
export function noBranches(): BranchCounts {
  const counts: Partial<BranchCounts> = {};
  for (const branch of BRANCHES) counts[branch] = 0;
  return counts as BranchCounts;
}
