/**
 * What has this shop decided, and since when?
 *
 * A policy is the shop's configuration at one version: named sections, opaque here, each parsed by
 * the module that owns it. A change writes whole sections and makes the next version; the version a
 * change was based on must still be the current one, or the change is refused.
 * Invariants: versions are 1, 2, 3 … per shop without gaps; 0 is the empty policy of a new shop; a
 * stored version never changes; an invalid section is never stored.
 */
import type { InvalidInput, Refused, Result } from '../base/result.ts';

/** A shop's configuration at one version. Sections are as their owner's parser accepts them. */
export type Policy = {
  readonly version: number;
  readonly sections: ReadonlyMap<string, unknown>;
};

/** Whole sections to replace, based on a version. `author` is a user id or the name of a job. */
export type PolicyChange = {
  readonly basedOnVersion: number;
  readonly sections: Readonly<Record<string, unknown>>;
  readonly author: string;
};

/** Somebody else saved first: load `currentVersion`, look at the difference, save again. */
export type PolicyConflict = {
  readonly code: 'policy_conflict';
  readonly basedOnVersion: number;
  readonly currentVersion: number;
};

/** Accepts a section or says what is wrong with it, with pointers from the section's root. */
export type SectionParser = (value: unknown) => Result<unknown>;

/** Who understands which section. */
export type SectionParsers = Readonly<Record<string, SectionParser>>;

/** The policy of a shop that never saved one. */
export const EMPTY_POLICY: Policy = { version: 0, sections: new Map() };

/**
 * Checks a change before it is stored: at least one section, every name known, every value accepted.
 * Refuses with the first problem, its pointer starting at the change (`/sections/network/nodes/0`).
 */
export function checkChange(
  change: PolicyChange,
  parsers: SectionParsers,
): Result<PolicyChange, InvalidInput> {
  const names = Object.keys(change.sections);
  if (names.length === 0) {
    return refuse('/sections', 'at least one section', 'Send the sections that change.');
  }
  for (const name of names) {
    const parser = Object.hasOwn(parsers, name) ? parsers[name] : undefined;
    if (parser === undefined) {
      const known = Object.keys(parsers).toSorted().join(', ');
      return refuse(`/sections/${name}`, `one of: ${known}`, 'Correct the name of the section.');
    }
    const parsed = parser(change.sections[name]);
    if (!parsed.ok) {
      const pointer = `/sections/${name}${parsed.refusal.pointer}`;
      return { ok: false, refusal: { ...parsed.refusal, pointer } };
    }
  }
  return { ok: true, value: change };
}

function refuse(pointer: string, allowed: string, remedy: string): Refused<InvalidInput> {
  return { ok: false, refusal: { code: 'invalid_input', pointer, allowed, remedy } };
}

/** The policy after a change that was granted `version`: its sections replace those of that name. */
export function applyChange(policy: Policy, change: PolicyChange, version: number): Policy {
  const sections = new Map([...policy.sections, ...Object.entries(change.sections)]);
  return { version, sections };
}
