/**
 * A store's desk on a phone: pair, say who you are, then offers and works, live.
 */
import { render } from 'preact';
import { useEffect } from 'preact/hooks';
import { enter, follow, standing } from './desk.ts';
import { PairScreen, PersonScreen } from './enter.tsx';
import { ListScreen } from './lists.tsx';
import { followRoute, route, Said, Top } from './parts.tsx';
import { speak, t } from './texts/text.ts';
import { WorkScreen } from './work.tsx';

function Working() {
  useEffect(follow, []);
  return route.value[0] === 'work' ? <WorkScreen /> : <ListScreen />;
}

function Current() {
  switch (standing.value) {
    case 'unpaired':
      return <PairScreen />;
    case 'nobody':
      return <PersonScreen />;
    case 'working':
      return <Working />;
    default:
      return (
        <main>
          <p role="status">{t('common.loading')}</p>
        </main>
      );
  }
}

function App() {
  return (
    <>
      <Top />
      <Current />
      <Said />
    </>
  );
}

const root = document.getElementById('desk');
if (root !== null) {
  speak(document.documentElement.lang);
  followRoute();
  render(<App />, root);
  void enter();
}
