/**
 * What every screen of the desk is made of. Structure and signs are Polaris; what is pressed is a plain button of 48 pixels,
 * because it is pressed at a counter, with a parcel in the other hand.
 */
import { signal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { isLive, leave, person, place, said, standing } from './desk.ts';
import { t } from './texts/text.ts';

/** Where we are: `/offers`, `/pick`, `/done`, `/work/<id>`. The browser’s back button works. */
export const route = signal(read());

function read(): readonly string[] {
  return location.hash.replace(/^#\/?/, '').split('/').map(decodeURIComponent);
}

export function followRoute(): void {
  addEventListener('hashchange', () => {
    route.value = read();
  });
}

export function go(...path: readonly string[]): void {
  location.hash = `/${path.map(encodeURIComponent).join('/')}`;
}

/** A button that shows that it is at work, and cannot be pressed twice meanwhile. */
export function Press(props: {
  readonly children: ComponentChildren;
  /** A promise is waited for. */
  readonly onPress: () => unknown;
  readonly look?: 'main' | 'plain' | 'line';
  /** What it is about, for ears: eyes see it beside. */
  readonly about?: string;
  readonly type?: 'button' | 'submit';
  readonly isOff?: boolean;
}) {
  const { children, onPress, look = 'plain', about, type = 'button', isOff = false } = props;
  const [isBusy, setBusy] = useState(false);
  const press = async (event: Event) => {
    event.preventDefault();
    if (isBusy || isOff) return;
    setBusy(true);
    try {
      await onPress();
    } finally {
      setBusy(false);
    }
  };
  return (
    <button
      type={type}
      class={`press ${look}`}
      aria-busy={isBusy}
      aria-disabled={isBusy || isOff}
      onClick={press}
    >
      {children}
      {about === undefined ? null : <span class="hidden">{about}</span>}
    </button>
  );
}

/** A labelled field; `onInput` hears its text. */
export function Field(props: {
  readonly label: string;
  readonly value: string;
  readonly onInput: (text: string) => void;
  readonly kind?: 'text' | 'code' | 'secret' | 'number';
}) {
  const { label, value, onInput, kind = 'text' } = props;
  const isDigits = kind !== 'text';
  return (
    <label class="field">
      <span>{label}</span>
      <input
        type={kind === 'secret' ? 'password' : 'text'}
        inputMode={isDigits ? 'numeric' : 'text'}
        autocomplete="off"
        autocapitalize={kind === 'text' ? 'characters' : 'off'}
        spellcheck={false}
        value={value}
        onInput={(event) => onInput(event.currentTarget.value)}
      />
    </label>
  );
}

/** A screen: its heading takes the focus when it appears, so that it is read first. */
export function Screen(props: {
  readonly heading: string;
  readonly children: ComponentChildren;
  readonly focusKey: string;
}) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus({ preventScroll: true }), [props.focusKey]);
  return (
    <main>
      <h1 ref={heading} tabIndex={-1}>
        {props.heading}
      </h1>
      {props.children}
    </main>
  );
}

/** Who and where, on top of every screen. */
export function Top() {
  const who = person.value;
  const isWorking = standing.value === 'working';
  return (
    <header>
      <strong>{place.value?.node.name ?? 'Kept'}</strong>
      {isWorking ? (
        <span class={isLive.value ? 'live on' : 'live'} role="status">
          {isLive.value ? t('live.on') : t('live.off')}
        </span>
      ) : null}
      {isWorking && who !== undefined ? (
        <button
          type="button"
          class="who"
          aria-label={t('person.leave', { name: who.name })}
          onClick={leave}
        >
          {who.name}
        </button>
      ) : null}
    </header>
  );
}

/** What happened last: read aloud at once, shown until something else happens. */
export function Said() {
  const last = said.value;
  return (
    <>
      <div role="status" aria-live="polite" class={last?.isFault === false ? 'said' : 'hidden'}>
        {last?.isFault === false ? last.text : ''}
      </div>
      <div role="alert" class={last?.isFault === true ? 'said fault' : 'hidden'}>
        {last?.isFault === true ? last.text : ''}
      </div>
    </>
  );
}
