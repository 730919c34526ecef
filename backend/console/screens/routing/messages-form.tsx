/**
 * What buyers and Shopify are told, and who is warned: the sections `messages`, `fulfillment` and `outcome`.
 */
import { listAt } from '../draft.ts';
import { CheckField, NoteField, NumberField, TextField } from '../fields/simple.tsx';
import type { FormProps } from '../forms/entry-form.tsx';
import { useAnswer } from '../network.tsx';
import { t } from '../texts/text.ts';

/** Said when the operator has set no mail server. */
export function MessagesOff() {
  const { answer } = useAnswer<{ isOn: boolean }>('/outcome/messages?troubled=true');
  if (answer?.ok !== true || answer.value.isOn) return null;
  return <s-banner tone="warning">{t('messages.off')}</s-banner>;
}

export function MessagesForm({ draft }: FormProps) {
  return (
    <s-section heading={t('routing.messages')}>
      <div class="fields">
        {(['confirmed', 'ready', 'moved'] as const).map((kind) => (
          <CheckField key={kind} draft={draft} path={[kind]} label={`messages.${kind}`} />
        ))}
        <TextField
          draft={draft}
          path={['senderName']}
          label="messages.senderName"
          help="messages.senderName.help"
        />
        <TextField draft={draft} path={['replyTo']} label="messages.replyTo" />
        <NoteField<string[]>
          draft={draft}
          path={['alertsTo']}
          label={t('messages.alertsTo')}
          write={(value) => (Array.isArray(value) ? value.join('\n') : '')}
          read={(text) => text.split(/[\s,;]+/).filter(Boolean)}
          wrong="messages.alertsTo.help"
          help={t('messages.alertsTo.help')}
          rows={Math.max(3, listAt(draft, ['alertsTo']).length)}
        />
        <NumberField
          draft={draft}
          path={['digestMinutes']}
          label="messages.digest"
          min={5}
          max={1_440}
        />
      </div>
    </s-section>
  );
}

const FOLLOWS = ['notifiesShopper', 'reportsProgress', 'setsDeadlines', 'ranksLocations'] as const;

/** What Shopify is told: the section `fulfillment`. */
export function FollowForm({ draft }: FormProps) {
  return (
    <s-section heading={t('routing.shopify')}>
      <s-stack gap="base">
        {FOLLOWS.map((field) => (
          <CheckField key={field} draft={draft} path={[field]} label={`follows.${field}`} />
        ))}
      </s-stack>
    </s-section>
  );
}

const MILESTONES = ['routing', 'claim', 'pick_start', 'departure', 'delivery'] as const;

export function AlertsForm({ draft }: FormProps) {
  return (
    <>
      <s-section heading={t('routing.alerts')}>
        {MILESTONES.map((milestone) => (
          <fieldset key={milestone} class="plain">
            <legend>{t(`alerts.${milestone}`)}</legend>
            <div class="fields">
              <NumberField
                draft={draft}
                path={['alerts', milestone, 'beforeMinutes']}
                label="alerts.before"
              />
              <NumberField
                draft={draft}
                path={['alerts', milestone, 'afterMinutes']}
                label="alerts.after"
              />
            </div>
          </fieldset>
        ))}
      </s-section>
      <s-section heading={t('alerts.dates')}>
        <div class="fields">
          <CheckField draft={draft} path={['movesDates']} label="alerts.movesDates" />
          <NumberField draft={draft} path={['moveAfterMinutes']} label="alerts.moveAfter" />
        </div>
      </s-section>
      <s-section heading={t('alerts.pickups')}>
        <div class="fields">
          <NumberField
            draft={draft}
            path={['pickupKeepDays']}
            label="alerts.keepDays"
            min={1}
            max={90}
          />
          <NumberField
            draft={draft}
            path={['pickupReminderDays']}
            label="alerts.reminderDays"
            max={30}
          />
        </div>
      </s-section>
      <s-section heading={t('alerts.leads')}>
        <div class="fields">
          {(['claimLeadMinutes', 'routingLeadMinutes', 'unplacedLeadMinutes'] as const).map(
            (lead) => (
              <NumberField key={lead} draft={draft} path={[lead]} label={`alerts.${lead}`} />
            ),
          )}
        </div>
      </s-section>
      <s-section heading={t('alerts.judge')}>
        <div class="fields">
          <NumberField draft={draft} path={['paddedDays']} label="alerts.padded" min={1} max={60} />
          <NumberField draft={draft} path={['settleAfterHours']} label="alerts.settle" max={720} />
        </div>
      </s-section>
    </>
  );
}
