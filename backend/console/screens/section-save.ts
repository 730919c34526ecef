/**
 * Saves sections of the policy that have a form of their own, based on the version the form began with.
 */
import { useState } from 'preact/hooks';
import { call, type Problem } from './api.ts';
import { toast } from './host.ts';
import { t } from './texts/text.ts';

/** How the last save went, and how to make one; `onSaved` loads the stored section again. */
export function useSectionSave(basedOnVersion: number, onSaved: () => void) {
  const [problem, setProblem] = useState<Problem>();
  const [isSaving, setSaving] = useState(false);
  const save = async (sections: Readonly<Record<string, unknown>>): Promise<void> => {
    setSaving(true);
    const body = { basedOnVersion, sections };
    const answer = await call<{ version: number }>('/policy', { body });
    setSaving(false);
    setProblem(answer.ok ? undefined : answer.problem);
    if (!answer.ok) return;
    toast(t('save.saved', { version: answer.value.version }));
    onSaved();
  };
  return { problem, isSaving, save };
}
