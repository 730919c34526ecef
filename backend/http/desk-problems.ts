/**
 * Which HTTP answer does the refusal of a store's desk become?
 *
 * 401: pair the device or say who you are. 403: this desk may not. 409: the work is not as it was seen. 422: a lawful request
 * that cannot be done. 423: locked until somebody looks.
 */
import { assertNever } from '../base/result.ts';
import type { DeskRouteRefusal } from '../orders/desk/routes.ts';
import type { OfferRefusal } from '../orders/offers/offers.ts';

/** Refusals of desks and their offers that no other part of the product has. */
export type DeskProblem =
  | Exclude<DeskRouteRefusal, { readonly code: 'invalid_input' | 'unauthorized' | 'not_found' }>
  | OfferRefusal;

type Answer = { readonly status: number; readonly title: string; readonly detail: string };

type ParcelCode =
  | 'not_all_picked'
  | 'tracking_number_known'
  | 'return_refused'
  | 'pickup_code_wrong'
  | 'pickup_code_locked';
type PairingCode =
  | 'device_not_paired'
  | 'device_revoked'
  | 'wrong_location'
  | 'pairing_wrong'
  | 'pairing_locked'
  | 'paired_elsewhere'
  | 'pairing_expired';
type PersonCode = 'person_unknown' | 'not_a_manager' | 'pin_wrong' | 'pin_locked';
type Of<Code extends DeskProblem['code']> = Extract<DeskProblem, { readonly code: Code }>;

export function describeDesk(refusal: DeskProblem): Answer {
  switch (refusal.code) {
    case 'not_your_work':
      return answer(
        404,
        'Not this store’s work',
        'It does not exist, or another place has it. Load the list again.',
      );
    case 'nothing_to_put_back':
      return answer(
        404,
        'Nothing to put back',
        'It was put back already, or lies at another place. Load the list again.',
      );
    case 'work_changed':
      return answer(
        409,
        'The work has changed',
        `It is at version ${refusal.version} now. Load it, look, and do it again.`,
      );
    case 'still_offered':
      return answer(
        409,
        'The work is still offered',
        'Stores are asked who takes it. Claim it first.',
      );
    case 'work_on_hold':
      return answer(
        409,
        'The work is on hold',
        `Nobody may go on with it now: ${refusal.reason}. Wait until it is released.`,
      );
    case 'work_state_forbids':
      return answer(
        409,
        'Not in this state',
        `It is ${refusal.state} and cannot become ${refusal.wanted}. Allowed: ${refusal.allowed.join(', ') || 'nothing'}.`,
      );
    case 'line_unknown':
      return answer(
        422,
        'No such line',
        `${refusal.lineId} is no line of this work. Load it again.`,
      );
    case 'units_beyond':
      return answer(
        422,
        'More units than there are',
        `${refusal.wanted} of line ${refusal.lineId} were said, at most ${refusal.most} are possible.`,
      );
    default:
      return describeParcel(refusal);
  }
}

function describeParcel(
  refusal: Of<ParcelCode | PairingCode | PersonCode | OfferRefusal['code']>,
): Answer {
  switch (refusal.code) {
    case 'not_all_picked':
      return answer(
        409,
        'Not everything is picked',
        `Missing: ${refusal.lines.map(({ sku, missing }) => `${missing} × ${sku}`).join(', ')}. Pick them, or say that they are not to be had.`,
      );
    case 'tracking_number_known':
      return answer(
        409,
        'The tracking number is known',
        `${refusal.trackingNumber} belongs to another parcel. Look at the label again.`,
      );
    case 'return_refused':
      return answer(
        409,
        'It could not be given back',
        `Routing says ${refusal.why}. Nothing was changed; call customer service.`,
      );
    case 'pickup_code_wrong':
      return answer(
        422,
        'The code is wrong',
        `Nothing was handed over. ${refusal.triesLeft} tries are left.`,
      );
    case 'pickup_code_locked':
      return answer(
        423,
        'The code is locked',
        `After ${refusal.wrongTries} wrong tries a manager of the store must unlock it.`,
      );
    default:
      return describePairing(refusal);
  }
}

function describePairing(refusal: Of<PairingCode | PersonCode | OfferRefusal['code']>): Answer {
  switch (refusal.code) {
    case 'device_not_paired':
      return answer(
        401,
        'The device is not paired',
        'Ask a manager for a pairing code and type it here.',
      );
    case 'device_revoked':
      return answer(
        401,
        'The device was revoked',
        `It ended at ${refusal.revokedAt}. Ask a manager for a new pairing code.`,
      );
    case 'wrong_location':
      return answer(
        403,
        'Another location',
        `This device is at location ${refusal.locationId || '(none)'}, which is not the place it was paired for. Pair it here.`,
      );
    case 'pairing_wrong':
      return answer(
        422,
        'The code is wrong',
        'It is unknown or was used before. Compare it, or ask for a new one.',
      );
    case 'pairing_locked':
      return answer(
        423,
        'The code is locked',
        `After ${refusal.wrongTries} wrong tries a new one is needed. Ask a manager.`,
      );
    case 'paired_elsewhere':
      return answer(
        422,
        'The code is for another place',
        `It is for ${refusal.nodeId}, not for where this device is.`,
      );
    case 'pairing_expired':
      return answer(
        410,
        'The code has expired',
        `It ended at ${refusal.expiredAt}. Ask for a new one.`,
      );
    default:
      return describePerson(refusal);
  }
}

function describePerson(refusal: Of<PersonCode | OfferRefusal['code']>): Answer {
  switch (refusal.code) {
    case 'person_unknown':
      return answer(401, 'Nobody is known here', 'Choose your name and type your PIN.');
    case 'not_a_manager':
      return answer(
        403,
        'For managers only',
        `${refusal.name} is no manager of this store. Ask one to do it.`,
      );
    case 'pin_wrong':
      return answer(422, 'The PIN is wrong', `${refusal.triesLeft} tries are left.`);
    case 'pin_locked':
      return answer(
        423,
        'The PIN is locked',
        `It can be tried again at ${refusal.lockedUntil}; a manager’s new PIN ends the wait.`,
      );
    default:
      return describeOffer(refusal);
  }
}

function describeOffer(refusal: OfferRefusal): Answer {
  switch (refusal.code) {
    case 'not_your_offer':
      return answer(
        404,
        'Not this store’s offer',
        'It does not exist, or another store was asked. Load the list again.',
      );
    case 'already_claimed':
      return answer(
        409,
        'Another store was faster',
        `${refusal.wonBy} took it at ${refusal.at}. Nothing is to be done here.`,
      );
    case 'expired':
      return answer(
        410,
        'The offer has ended',
        `Its time was over at ${refusal.at}. Nothing is to be done here.`,
      );
    case 'withdrawn':
      return answer(
        410,
        'The offer was withdrawn',
        `At ${refusal.at} it was not to be had any more. Nothing is to be done here.`,
      );
    case 'refused_before':
      return answer(
        409,
        'The offer was refused',
        `This store refused it at ${refusal.at}. Another has been asked.`,
      );
    case 'no_stock':
      return answer(
        409,
        'Not enough units here',
        `The store does not have what is wanted${refusal.skus.length === 0 ? '' : ` of ${refusal.skus.join(', ')}`}. Another store is asked.`,
      );
    case 'already_begun':
      return answer(
        409,
        'The work has begun',
        `It is ${refusal.state}. Say what is not to be had on the pick list instead.`,
      );
    default:
      return assertNever(refusal, 'the map from refusals of desks to HTTP');
  }
}

function answer(status: number, title: string, detail: string): Answer {
  return { status, title, detail };
}
