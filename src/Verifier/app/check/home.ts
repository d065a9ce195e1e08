/** "Check a credential": one clear start, and three other ways for what is not in front of a camera. */
import { h, icon, type Child } from '../../../web/lib/dom.ts';
import { STRONG } from 'verifier:assets';
import { TYPES } from 'verifier:data';
import { orHere, type Judged } from '../offline/load.ts';
import { offlineSection } from '../offline/section.ts';
import { check, Failure } from '../shell/api.ts';
import { archivedAt, busy, button, fileButton, link, show } from '../shell/frame.ts';
import { canPass, explain, problem } from '../shell/problems.ts';
import { follow, open, type Page } from '../shell/router.ts';
import { t } from '../shell/text.ts';
import { verdictPage } from '../verdict/verdict.ts';
import { loadScanner } from './load-scanner.ts';
import { MAX_CHARACTERS, sort } from './sort.ts';

export const homePage: Page = signal => {
  const message = h('div', { testid: 'check-message' });
  const say = (child: Child): void => { message.replaceChildren(...(child instanceof Node ? [child] : [])); };

  const examine = async (text: string): Promise<void> => {
    const sorted = sort(text);
    if (sorted.kind !== 'proof' && sorted.kind !== 'credential') return say(problem(`text_${sorted.kind}`));
    if (sorted.text.length > MAX_CHARACTERS) return say(problem('too_large'));
    say(busy(t('check.busy')));
    const isCode = sorted.kind === 'proof'; // all that this device can judge by itself
    const { value, here } = await orHere<Judged>(
      async enough => ({ verdict: await check(sorted.text, isCode ? enough : undefined), queued: false }),
      offline => isCode ? offline.check(sorted.text, TYPES) : Promise.reject(new Failure('offline_text')));
    if (!signal.aborted) open(verdictPage(value.verdict, '/', here ? 'no_receipt' : undefined));
  };
  const tell = (work: () => Promise<void>): void => void work().catch((error: unknown) => {
    say(problem(error));
    if (canPass(error)) message.append(h('p', null, button('retry', () => tell(work), { testid: 'retry', icon: 'again', tone: 'secondary' })));
  });

  const photo = async (file: File): Promise<void> => {
    say(busy(t('photo.busy')));
    await examine(await (await loadScanner()).scanPhoto(file, STRONG));
  };
  const opened = async (file: File): Promise<void> => {
    if (file.type.startsWith('image/')) return photo(file);
    if (file.size > 4 * MAX_CHARACTERS) return say(problem('too_large'));
    await examine(await file.text());
  };

  show({
    title: t('check.title'),
    screen: 'check', sign: 'scan',
    body: [
      h('p', { class: 'lead' }, t('check.lead')),
      h('div', { class: 'actions' }, link('scan.open', '/scan', { testid: 'scan', icon: 'scan', large: true })),
      h('section', { class: 'stack', 'aria-labelledby': 'others' },
        h('h2', { id: 'others' }, t('check.others')),
        h('div', { class: 'ways' },
          fileButton('check.photo', file => tell(() => photo(file)), { testid: 'photo', accept: 'image/*', icon: 'photo', tone: 'secondary' }),
          fileButton('check.file', file => tell(() => opened(file)), { testid: 'file', icon: 'file', tone: 'secondary' }),
          button('check.paste', () => showPaste(), { testid: 'paste-open', icon: 'paste', tone: 'secondary' })),
        message),
      pasteForm(text => tell(() => examine(text))),
      h('a', { class: 'card go-on', href: '/ask', testid: 'ask', onclick: follow },
        icon('ask'), h('span', null, h('strong', null, t('ask.title')), h('span', { class: 'quiet small' }, t('check.ask'))), icon('next')),
      archivedAt() === undefined ? offlineSection(signal) : null, // an archive makes no trust packs
      h('p', null, link('read.title', '/read', { testid: 'read', tone: 'plain', icon: 'file' })),
      h('p', { class: 'small quiet' }, t('check.privacy')),
      h('p', null, link('transparency.title', '/transparency', { testid: 'transparency', tone: 'plain', icon: 'globe' })),
    ],
  });
};

function showPaste(): void {
  document.getElementById('paste-form')!.hidden = false;
  document.getElementById('paste')!.focus();
}

function pasteForm(submit: (text: string) => void): HTMLElement {
  const input = h('textarea', { id: 'paste', rows: 5, testid: 'paste', autocomplete: 'off', autocapitalize: 'off', spellcheck: 'false', dir: 'ltr', 'aria-describedby': 'paste-hint paste-error' });
  const error = h('p', { id: 'paste-error', class: 'field-error', role: 'alert', testid: 'paste-error', hidden: true });
  return h('form', {
    id: 'paste-form', class: 'field', novalidate: true, hidden: true,
    onsubmit: (event: Event) => {
      event.preventDefault();
      const { kind } = sort(input.value);
      const wrong = kind !== 'proof' && kind !== 'credential';
      error.textContent = wrong ? explain(`text_${kind}`) : '';
      error.hidden = !wrong;
      input.setAttribute('aria-invalid', String(wrong));
      if (wrong) input.focus();
      else submit(input.value);
    },
  }, h('label', { for: 'paste' }, t('paste.label')), h('p', { id: 'paste-hint', class: 'hint' }, t('paste.hint')), input, error,
  h('button', { class: 'button primary', type: 'submit', testid: 'paste-go' }, icon('check'), h('span', null, t('paste.go'))));
}
