/** The admin around the app frame: hands out id tokens, shows toasts, lists the app's own pages. */
import { type FromApp, isFromApp, type ToApp } from './bridge-protocol.ts';
import { readPageData } from './page-data.ts';

const TOAST_MS = 4_000;
const { appOrigin } = readPageData<{ appOrigin: string }>('admin-data');
const frame = document.querySelector<HTMLIFrameElement>('#app-frame');

const tell = (message: ToApp): void => frame?.contentWindow?.postMessage(message, appOrigin);

async function handToken(id: number): Promise<void> {
  const answer: { token: string } = await (await fetch('/admin/id-token')).json();
  tell({ kept: 'token', id, token: answer.token });
}

function showToast(text: string, isError: boolean): void {
  const toast = document.createElement('div');
  toast.className = isError ? 'toast bad' : 'toast';
  toast.textContent = text;
  document.querySelector('#toasts')?.append(toast);
  setTimeout(() => toast.remove(), TOAST_MS);
}

function listPages(links: { href: string; text: string }[]): void {
  const list = document.querySelector('#app-nav');
  list?.replaceChildren(
    ...links.map(({ href, text }) => {
      const item = document.createElement('li');
      const link = document.createElement('a');
      link.href = `/admin/apps/app${href}`;
      link.textContent = text;
      link.addEventListener('click', (event) => {
        event.preventDefault();
        tell({ kept: 'go', path: href });
      });
      item.append(link);
      return item;
    }),
  );
}

function receive(message: FromApp): void {
  switch (message.kept) {
    case 'ask-token':
      void handToken(message.id);
      break;
    case 'toast':
      showToast(message.text, message.isError);
      break;
    case 'nav':
      listPages(message.links);
      break;
    case 'title':
      document.title = message.text;
      break;
    case 'moved':
      break;
  }
}

addEventListener('message', (event) => {
  if (event.origin === appOrigin && isFromApp(event.data)) receive(event.data);
});
