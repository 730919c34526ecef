/**
 * Why an order was routed as it was: the plan first, every other place and why it lost folded below.
 */
import type { RouteDecision } from '../../../routing/decision.ts';
import {
  isDetail,
  type Sentence,
  sentencesOf,
  writeSentences,
} from '../../../routing/sentences.ts';
import { momentAt, money } from '../format.ts';
import { SENTENCES } from '../texts/sentences/sentences.ts';
import { language, t, tc, tn } from '../texts/text.ts';
import { type Ground, type OrderView, reasonText } from './ground.ts';

/** The last decisions of an order, the newest open. */
export function Decisions({ view, ground }: { view: OrderView; ground: Ground }) {
  const { decisions } = view;
  return (
    <s-section heading={t('order.decisions')}>
      {decisions.length === 0 ? <p class="empty">{t('order.noDecision')}</p> : null}
      {decisions.map(({ decisionId, decidedAt, cause, decision }, index) => (
        <details key={decisionId} class="folded" open={index === 0}>
          <summary>
            {t('decision.at', {
              when: momentAt(decidedAt, ground.timeZone),
              cause: reasonText(cause),
            })}
          </summary>
          <DecisionText decision={decision} ground={{ ...ground, currency: view.order.currency }} />
        </details>
      ))}
    </s-section>
  );
}

/** A decision in the merchant's language. */
export function DecisionText({ decision, ground }: { decision: RouteDecision; ground: Ground }) {
  const rows = sentencesOf(decision).map((row) => inWords(row, ground));
  const texts = writeSentences(rows, {
    templates: SENTENCES[language()],
    nodeName: ground.placeOf,
    instant: (minute) => momentAt(new Date(minute * 60_000).toISOString(), ground.timeZone),
    money: (minor) => money(minor, ground.currency),
  });
  const said = rows.map((row, index) => ({ row, text: texts[index] ?? '' }));
  const first = said.findIndex(({ row }) => isOfLoser(row));
  const chosen = first < 0 ? said : said.slice(0, first);
  const losers = first < 0 ? [] : said.slice(first);
  const count = losers.filter(({ row }) => !isDetail(row) && row.key !== 'not_listed').length;
  return (
    <>
      <Rows said={chosen} />
      {losers.length === 0 ? null : (
        <details class="folded">
          <summary>{tn('decision.losers', count)}</summary>
          <Rows said={losers} />
        </details>
      )}
    </>
  );
}

type Said = { readonly row: Sentence; readonly text: string };

function Rows({ said }: { said: readonly Said[] }) {
  return (
    <ul class="sentences">
      {said.map(({ row, text }, index) => (
        <li key={`${index} ${row.key}`} class={isDetail(row) ? 'detail' : undefined}>
          {text}
        </li>
      ))}
    </ul>
  );
}

function isOfLoser({ key }: Sentence): boolean {
  return /^(fenced_|outscored|cannot_complete|not_listed)/.test(key);
}

// Codes among the facts in the merchant's words.
function inWords({ key, facts }: Sentence, ground: Ground): Sentence {
  const { kind, why, seenAt } = facts;
  return {
    key,
    facts: {
      ...facts,
      ...(kind === undefined ? {} : { kind: tc('field.kind', String(kind)) }),
      ...(why === undefined ? {} : { why: reasonText(String(why)) }),
      ...(seenAt === undefined ? {} : { seenAt: ground.placeOf(String(seenAt)) }),
    },
  };
}
