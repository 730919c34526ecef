/**
 * Sync health: whether Shopify shows our figures, what waits, what it refuses, and what the last night's comparison found.
 *
 * Asked again every few seconds. Below: which places Kept writes at all, and how a figure becomes levels.
 */
import { useEffect, useState } from 'preact/hooks';
import type { DriftView, RefusedLevelView, SyncView } from '../sync-view.ts';
import { call, type Problem } from './api.ts';
import { momentAt, number } from './format.ts';
import { toast } from './host.ts';
import { InventorySettings } from './inventory-settings.tsx';
import { useAnswer } from './network.tsx';
import { Fault, Figures, Screen, Waiting } from './parts.tsx';
import { t, tc, tn } from './texts/text.ts';

const ASK_AGAIN_MILLISECONDS = 3_000;
// Beyond this a person should look: a sale is promised to be visible within two seconds.
const LATE_SECONDS = 60;

export function SyncScreen() {
  const { answer, reload } = useAnswer<SyncView>('/sync');
  useEffect(() => {
    const timer = setInterval(reload, ASK_AGAIN_MILLISECONDS);
    return () => clearInterval(timer);
  }, [reload]);
  return (
    <Screen heading={t('sync.title')} isWide>
      <s-paragraph color="subdued">{t('sync.intro')}</s-paragraph>
      {answer === undefined ? <Waiting /> : null}
      {answer?.ok === false ? <Fault problem={answer.problem} onRetry={reload} /> : null}
      {answer?.ok === true ? <Loaded sync={answer.value} onRetried={reload} /> : null}
      <InventorySettings />
    </Screen>
  );
}

function zone(): string {
  return Intl.DateTimeFormat().resolvedOptions().timeZone;
}

function Loaded({ sync, onRetried }: { sync: SyncView; onRetried: () => void }) {
  const { waiting, bucket, storefront } = sync;
  return (
    <>
      <State sync={sync} />
      <s-section heading={t('sync.now')}>
        <Figures
          pairs={[
            [t('sync.lag'), t('sync.seconds', { seconds: number(sync.lagSeconds ?? 0) })],
            [t('sync.sale'), number(waiting.sale)],
            [t('sync.read'), number(waiting.read)],
            [t('sync.resync'), number(waiting.resync)],
            [t('sync.unplanned'), number(sync.unplannedChanges)],
            [t('sync.openCalls'), number(sync.openCalls)],
            [
              t('sync.lastPush'),
              sync.lastPushAt === null ? t('sync.never') : momentAt(sync.lastPushAt, zone()),
            ],
            [
              t('sync.bucket'),
              t('sync.points', {
                points: number(Math.floor(bucket.points)),
                capacity: number(bucket.capacity),
                rate: number(bucket.restorePerSecond),
              }),
            ],
          ]}
        />
        <p class="subdued">
          {t('sync.bound', {
            variants: number(storefront.variants),
            seconds: number(storefront.boundSeconds),
          })}
        </p>
      </s-section>
      <Refused rows={sync.refused} count={sync.refusedCount} onRetried={onRetried} />
      <Comparison sync={sync} />
    </>
  );
}

function State({ sync }: { sync: SyncView }) {
  const isLate = (sync.lagSeconds ?? 0) > LATE_SECONDS;
  const tone = sync.trouble !== null ? 'critical' : isLate ? 'warning' : 'success';
  const text =
    sync.trouble !== null
      ? t('sync.trouble', { reason: sync.trouble })
      : isLate
        ? t('sync.late')
        : t('sync.fine');
  return (
    <div role="status">
      <s-banner tone={tone}>{text}</s-banner>
    </div>
  );
}

function Refused(props: {
  rows: readonly RefusedLevelView[];
  count: number;
  onRetried: () => void;
}) {
  const { rows, count, onRetried } = props;
  const [problem, setProblem] = useState<Problem>();
  const retry = async (levels: readonly RefusedLevelView[] | 'all') => {
    const body = {
      levels:
        levels === 'all'
          ? levels
          : levels.map(({ locationId, itemId }) => ({ locationId, itemId })),
    };
    const answer = await call<{ retried: number }>('/sync/retry', { body });
    setProblem(answer.ok ? undefined : answer.problem);
    if (!answer.ok) return;
    toast(tn('sync.retried', answer.value.retried));
    onRetried();
  };
  return (
    <s-section heading={t('sync.refused')}>
      {problem === undefined ? null : <Fault problem={problem} />}
      {rows.length === 0 ? (
        <p class="empty">{t('sync.noneRefused')}</p>
      ) : (
        <s-stack gap="base">
          <div>
            <s-button onClick={() => void retry('all')}>{tn('sync.retryAll', count)}</s-button>
          </div>
          <ul class="refused">
            {rows.map((row) => (
              <li key={`${row.locationId} ${row.itemId}`}>
                <div>
                  <strong>{row.sku ?? row.itemId}</strong> <span>{row.message}</span>
                  <span class="subdued">
                    {' '}
                    {t('sync.location', { id: row.locationId })} · {momentAt(row.refusedAt, zone())}
                  </span>
                </div>
                <s-button
                  accessibilityLabel={`${t('sync.retry')}: ${row.sku ?? row.itemId}`}
                  onClick={() => void retry([row])}
                >
                  {t('sync.retry')}
                </s-button>
              </li>
            ))}
          </ul>
        </s-stack>
      )}
    </s-section>
  );
}

function Comparison({ sync: { reconcile } }: { sync: SyncView }) {
  const { last, rows } = reconcile;
  return (
    <s-section heading={t('sync.comparison')}>
      <p>
        {last === undefined
          ? t('sync.notCompared')
          : t(last.endedAt === null ? 'sync.comparing' : 'sync.compared', {
              when: momentAt(last.startedAt, zone()),
              levels: number(last.levels),
              drifted: number(last.drifted),
            })}
      </p>
      {rows.length === 0 ? null : <DriftTable rows={rows} />}
    </s-section>
  );
}

function outcomeOf({ cause, isOurs }: DriftView) {
  if (cause === 'taken_off') return 'sync.waits';
  return isOurs ? 'sync.mended' : 'sync.taken';
}

function DriftTable({ rows }: { rows: readonly DriftView[] }) {
  return (
    <div class="scroll">
      <table class="plain-table">
        <caption class="hidden">{t('sync.comparison')}</caption>
        <thead>
          <tr>
            <th scope="col">{t('import.field.sku')}</th>
            <th scope="col">{t('sync.place')}</th>
            <th scope="col">{t('sync.ours')}</th>
            <th scope="col">{t('sync.theirs')}</th>
            <th scope="col">{t('sync.cause')}</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={`${row.locationId} ${row.itemId}`}>
              <th scope="row">{row.sku ?? row.itemId}</th>
              <td>{row.locationId}</td>
              <td>{row.ours ?? '–'}</td>
              <td>{row.theirs ?? '–'}</td>
              <td>
                {tc('sync.cause', row.cause)} · {t(outcomeOf(row))}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
