/**
 * What does the timeline of orders say to the desk of one store?
 *
 * Every store that an event concerns is told in its own words: its own offer's id, who won, until when. What is not an offer
 * only says that a work of the store changed. Pure.
 */
import type { StoredEvent } from '../../timeline/timeline.ts';

/** What a desk is told. Instants are ISO text. */
export type DeskEvent =
  | {
      readonly type: 'offer';
      readonly offerId: string;
      readonly workId: string;
      readonly expiresAt: string;
    }
  /** Another store has it. */
  | {
      readonly type: 'offer_lost';
      readonly offerId: string;
      readonly workId: string;
      readonly wonBy: string;
      readonly at: string;
    }
  /** This store has it. */
  | {
      readonly type: 'offer_won';
      readonly offerId: string;
      readonly workId: string;
      readonly at: string;
    }
  | {
      readonly type: 'offer_ended';
      readonly offerId: string;
      readonly workId: string;
      readonly why: 'refused' | 'timed_out' | 'withdrawn';
      readonly at: string;
    }
  /** Something of a work of this store changed: `kind` is a word of the timeline. */
  | {
      readonly type: 'work';
      readonly workId: string;
      readonly kind: string;
      readonly at: string;
    };

type FeedEvent = Pick<StoredEvent, 'at' | 'kind' | 'workId' | 'nodeId' | 'facts'>;

/** Who is told what of an event. */
export function deskEvents(event: FeedEvent): readonly (readonly [string, DeskEvent])[] {
  const { at, kind, workId, nodeId, facts } = event;
  if (workId === null) return [];
  switch (kind) {
    case 'offered': {
      const expiries = textsOf(facts['expiresAt']);
      return [...textsOf(facts['offers'])].map(([node, offerId]) => [
        node,
        { type: 'offer', offerId, workId, expiresAt: expiries.get(node) ?? at },
      ]);
    }
    case 'claimed': {
      const wonBy = nodeId ?? '';
      const won = { type: 'offer_won', offerId: textOf(facts['offerId']), workId, at } as const;
      const lost = [...textsOf(facts['lost'])].map(
        ([node, offerId]) => [node, { type: 'offer_lost', offerId, workId, wonBy, at }] as const,
      );
      return [[wonBy, won], ...lost];
    }
    case 'refused':
    case 'offer_timed_out': {
      const why = kind === 'refused' ? 'refused' : 'timed_out';
      const offerId = textOf(facts['offerId']);
      return [[nodeId ?? '', { type: 'offer_ended', offerId, workId, why, at }]];
    }
    case 'offers_withdrawn':
      return [...textsOf(facts['offers'])].map(([node, offerId]) => [
        node,
        { type: 'offer_ended', offerId, workId, why: 'withdrawn', at },
      ]);
    default:
      return nodeId === null ? [] : [[nodeId, { type: 'work', workId, kind, at }]];
  }
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function textsOf(value: unknown): ReadonlyMap<string, string> {
  if (typeof value !== 'object' || value === null) return new Map();
  return new Map(Object.entries(value).map(([key, text]) => [key, textOf(text)]));
}
