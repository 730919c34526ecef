/**
 * What happened to an order, the newest first: a sentence for each event, who did it and when.
 */
import { dateOf, momentAt } from '../format.ts';
import { t, tc } from '../texts/text.ts';
import { type Ground, type OrderView, reasonText, stepOf } from './ground.ts';

type Event = OrderView['timeline'][number];

export function Timeline(props: { events: readonly Event[]; method: string; ground: Ground }) {
  const { events, method, ground } = props;
  return (
    <s-section heading={t('order.timeline')}>
      <ol class="events" reversed>
        {events.toReversed().map((event) => (
          <li key={event.seq}>
            <time dateTime={event.at}>{momentAt(event.at, ground.timeZone)}</time>
            <div>
              <span>{eventText(event, method, ground)}</span>
              <div class="subdued">
                {[t('timeline.by', { actor: actorText(event, ground) }), ...details(event, ground)]
                  .filter((text) => text !== '')
                  .join(' · ')}
              </div>
            </div>
          </li>
        ))}
      </ol>
    </s-section>
  );
}

/** One event as a sentence. */
function eventText({ kind, nodeId, facts }: Event, method: string, ground: Ground): string {
  const { sku, to, offers, milestone, level, dueAt, outcome, message } = facts;
  const isMissed = kind === 'at_risk' && level === 'missed';
  return t(isMissed ? 'risk.missedAt' : `event.${kind}`, {
    place: nodeId === null ? t('event.somewhere') : ground.placeOf(nodeId),
    sku: textOf(sku),
    to: typeof to === 'string' ? dateOf(to.slice(0, 10)) : '–',
    count: typeof offers === 'object' && offers !== null ? Object.keys(offers).length : 0,
    milestone: tc('milestone', stepOf(textOf(milestone), { method })),
    due: typeof dueAt === 'string' ? momentAt(dueAt, ground.timeZone) : '–',
    outcome: tc('outcome', textOf(outcome)),
    message: tc('message', textOf(message)),
  });
}

function textOf(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '–';
}

function actorText({ actor, nodeId }: Event, ground: Ground): string {
  const who = t(`actor.${actor.kind}`);
  return actor.kind === 'store' && nodeId !== null ? ground.placeOf(nodeId) : who;
}

/** What else is known: units, why, where before. */
function details({ kind, facts }: Event, ground: Ground): string[] {
  const { units, reason, cause, why, from, triesLeft } = facts;
  const said: string[] = [];
  if (typeof units === 'number') said.push(t('event.units', { units }));
  for (const one of [reason, cause, why]) said.push(reasonText(one));
  const isMove = kind === 'moved' || kind === 'moved_in_shopify';
  if (isMove && typeof from === 'string') {
    said.push(t('event.before', { place: ground.placeOf(from) }));
  }
  if (typeof triesLeft === 'number') said.push(t('event.triesLeft', { count: triesLeft }));
  return said;
}
