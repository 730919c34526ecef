/**
 * Stock from a file: choose it, see what its columns mean and which rows are wrong, then book it and watch.
 *
 * Nothing is booked before the merchant has seen the preview. A booking goes on in the service when the page is closed;
 * opening the page again shows how far it is.
 */
import { useEffect, useState } from 'preact/hooks';
import {
  IMPORT_FIELDS,
  type ImportField,
  type ImportOptionsView,
  type ImportPreviewView,
  type ImportView,
} from '../connect-view.ts';
import { type Answer, call, type Problem, sendFile } from './api.ts';
import { number } from './format.ts';
import { useAnswer } from './network.tsx';
import { Fault, Waiting } from './parts.tsx';
import { t, tc, tn } from './texts/text.ts';

const WATCH_MILLISECONDS = 500;

export function ImportScreen() {
  const { answer, reload } = useAnswer<{ imports: readonly ImportView[] }>('/imports');
  const [preview, setPreview] = useState<ImportPreviewView>();
  const [problem, setProblem] = useState<Problem>();
  const [isReading, setReading] = useState(false);
  const show = (looked: Answer<ImportPreviewView>) => {
    setProblem(looked.ok ? undefined : looked.problem);
    if (looked.ok) setPreview(looked.value);
  };
  const choose = async (file: File) => {
    setReading(true);
    const query = new URLSearchParams({ fileName: file.name });
    const uploaded = await sendFile<ImportView>(`/imports?${query}`, file);
    if (uploaded.ok)
      show(
        await call<ImportPreviewView>(`/imports/${uploaded.value.importId}/preview`, { body: {} }),
      );
    else setProblem(uploaded.problem);
    setReading(false);
    reload();
  };
  const imports = answer?.ok === true ? answer.value.imports : [];
  return (
    <>
      <s-paragraph color="subdued">{t('import.intro')}</s-paragraph>
      {problem === undefined ? null : <Fault problem={problem} />}
      <s-section heading={t('import.choose')}>
        <label class="file">
          <span>{t('import.file')}</span>
          <input
            type="file"
            accept=".csv,.txt,.tsv,text/csv"
            onChange={(event) => {
              const file = event.currentTarget.files?.[0];
              if (file !== undefined) void choose(file);
            }}
          />
        </label>
        {isReading ? <Waiting label={t('import.reading')} /> : null}
      </s-section>
      {preview === undefined ? null : (
        <Preview
          preview={preview}
          onLooked={show}
          onStarted={() => {
            setPreview(undefined);
            reload();
          }}
          onProblem={setProblem}
        />
      )}
      {answer?.ok === false ? <Fault problem={answer.problem} onRetry={reload} /> : null}
      {imports.length === 0 ? null : (
        <s-section heading={t('import.earlier')}>
          <ul class="imports">
            {imports.map((one) => (
              <Earlier key={one.importId} first={one} />
            ))}
          </ul>
        </s-section>
      )}
    </>
  );
}

function Preview(props: {
  preview: ImportPreviewView;
  onLooked: (looked: Answer<ImportPreviewView>) => void;
  onStarted: () => void;
  onProblem: (problem: Problem) => void;
}) {
  const { preview, onLooked, onStarted, onProblem } = props;
  const { layout, rows, missing } = preview;
  const path = `/imports/${preview.import.importId}`;
  const [kind, setKind] = useState<ImportOptionsView['kind']>('count');
  const [isFull, setFull] = useState(false);
  const [nodeId, setNodeId] = useState('');
  const options = (mapping: ImportOptionsView['mapping']): ImportOptionsView => ({
    separator: layout.separator,
    linesBefore: layout.linesBefore,
    mapping,
    kind,
    isFull,
    ...(nodeId === '' ? {} : { nodeId }),
  });
  const look = async (mapping = layout.mapping) =>
    onLooked(await call(`${path}/preview`, { body: { options: options(mapping) } }));
  const start = async () => {
    const started = await call(`${path}/start`, { body: { options: options(layout.mapping) } });
    if (started.ok) onStarted();
    else onProblem(started.problem);
  };
  return (
    <s-section heading={t('import.preview', { name: preview.import.fileName })}>
      <s-stack gap="base">
        <div role="status">
          <s-banner tone={rows.wrong === 0 && missing.length === 0 ? 'success' : 'warning'}>
            {tn('import.right', rows.right)}{' '}
            {rows.wrong === 0 ? '' : tn('import.wrong', rows.wrong)}
            {missing.length === 0
              ? ''
              : ` ${t('import.missing', { fields: missing.map((one) => tc('import.field', one)).join(', ') })}`}
          </s-banner>
        </div>
        <fieldset class="plain">
          <legend>{t('import.columns')}</legend>
          <div class="fields">
            {IMPORT_FIELDS.map((field) => (
              <ColumnField
                key={field}
                field={field}
                layout={layout}
                onChange={(mapping) => void look(mapping)}
              />
            ))}
          </div>
        </fieldset>
        <div class="fields">
          <s-select
            label={t('import.kind')}
            value={kind}
            onChange={(event) => setKind(event.currentTarget.value === 'delta' ? 'delta' : 'count')}
          >
            <s-option value="count">{t('import.kind.count')}</s-option>
            <s-option value="delta">{t('import.kind.delta')}</s-option>
          </s-select>
          <s-text-field
            label={t('import.node')}
            details={t('import.node.help')}
            value={nodeId}
            onInput={(event) => setNodeId(event.currentTarget.value)}
            onChange={() => void look()}
          />
        </div>
        {kind === 'count' ? (
          <s-checkbox
            label={t('import.full')}
            details={t('import.full.help')}
            checked={isFull}
            onChange={(event) => setFull(event.currentTarget.checked)}
          />
        ) : null}
        <FirstRows preview={preview} />
        <div>
          <s-button
            variant="primary"
            disabled={rows.right === 0 || missing.length > 0}
            onClick={() => void start()}
          >
            {tn('import.start', rows.right)}
          </s-button>
        </div>
      </s-stack>
    </s-section>
  );
}

function ColumnField(props: {
  field: ImportField;
  layout: ImportPreviewView['layout'];
  onChange: (mapping: ImportOptionsView['mapping']) => void;
}) {
  const { field, layout, onChange } = props;
  return (
    <s-select
      label={tc('import.field', field)}
      value={String(layout.mapping[field] ?? '')}
      onChange={(event) => {
        const { [field]: _, ...others } = layout.mapping;
        const column = event.currentTarget.value;
        onChange(column === '' ? others : { ...others, [field]: Number(column) });
      }}
    >
      <s-option value="">{t('import.noColumn')}</s-option>
      {layout.headings.map((heading, column) => (
        <s-option key={`${column} ${heading}`} value={String(column)}>
          {heading}
        </s-option>
      ))}
    </s-select>
  );
}

function FirstRows({ preview: { layout, firstRows } }: { preview: ImportPreviewView }) {
  return (
    <div class="scroll">
      <table class="plain-table">
        <caption class="hidden">{t('import.firstRows')}</caption>
        <thead>
          <tr>
            <th scope="col">{t('import.line')}</th>
            {layout.headings.map((heading, column) => (
              <th scope="col" key={`${column} ${heading}`}>
                {heading}
              </th>
            ))}
            <th scope="col">{t('import.problem')}</th>
          </tr>
        </thead>
        <tbody>
          {firstRows.map((row) => (
            <tr key={row.line} class={row.problem === null ? '' : 'wrong'}>
              <th scope="row">{row.line}</th>
              {layout.headings.map((heading, column) => (
                <td key={`${column} ${heading}`}>{row.cells[column] ?? ''}</td>
              ))}
              <td>{row.problem === null ? '✓' : `⚠ ${row.problem}`}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Earlier({ first }: { first: ImportView }) {
  const [shown, setShown] = useState(first);
  const isGoing = shown.state === 'booking';
  useEffect(() => setShown(first), [first]);
  useEffect(() => {
    if (!isGoing) return undefined;
    const timer = setInterval(async () => {
      const answer = await call<ImportView>(`/imports/${first.importId}`);
      if (answer.ok) setShown(answer.value);
    }, WATCH_MILLISECONDS);
    return () => clearInterval(timer);
  }, [isGoing, first.importId]);
  const total = shown.rowsTotal ?? shown.cursorRow;
  const facts = {
    booked: number(shown.booked),
    unchanged: number(shown.unchanged),
    refused: number(shown.refused),
  };
  return (
    <li>
      <div>
        <strong>{shown.fileName}</strong>{' '}
        <s-badge tone={isGoing ? 'info' : 'neutral'}>{tc('import.state', shown.state)}</s-badge>
        <p role={isGoing ? 'status' : undefined}>{t('import.sum', facts)}</p>
        {isGoing ? (
          <progress max={Math.max(1, total)} value={shown.cursorRow} aria-label={shown.fileName} />
        ) : null}
      </div>
      {shown.refused > 0 ? <ErrorsButton importId={shown.importId} /> : null}
    </li>
  );
}

// The file needs the session token, so it is fetched here and handed over as a download.
function ErrorsButton({ importId }: { importId: string }) {
  const [problem, setProblem] = useState<Problem>();
  const download = async () => {
    const answer = await call<Blob>(`/imports/${importId}/errors.csv`, { as: 'blob' });
    setProblem(answer.ok ? undefined : answer.problem);
    if (!answer.ok) return;
    const link = document.createElement('a');
    link.href = URL.createObjectURL(answer.value);
    link.download = 'errors.csv';
    link.click();
    URL.revokeObjectURL(link.href);
  };
  return (
    <>
      {problem === undefined ? null : <Fault problem={problem} />}
      <s-button icon="download" onClick={() => void download()}>
        {t('import.errors')}
      </s-button>
    </>
  );
}
