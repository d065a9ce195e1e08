/** Both steps on one screen: the phone of the other person reads the question here, then this camera reads its answer. */
import { h, type Child } from '../../../web/lib/dom.ts';
import { STRONG } from 'verifier:assets';
import { TYPES } from 'verifier:data';
import { orHere, type Offline } from '../offline/load.ts';
import { answer, challenge, Failure, type Verdict } from '../shell/api.ts';
import { announce, busy, button, codeImage, notice, show } from '../shell/frame.ts';
import { explain, problem } from '../shell/problems.ts';
import { go, open, redraw, type Page } from '../shell/router.ts';
import { t, words } from '../shell/text.ts';
import { verdictPage } from '../verdict/verdict.ts';
import { loadScanner } from './load-scanner.ts';
import { sort } from './sort.ts';
import { chosenSubject, rememberSubject, subjects, type Subject } from './subjects.ts';

/** The question on the screen: the service's, or, without a network, one that it signed in advance. */
interface Shown {
  /** Undefined where none is left: then only codes that need no question can be read. */
  readonly text: string | undefined;
  readonly picture: (label: string) => Element;
  /** Milliseconds. */
  readonly life: number;
  readonly answer: (proof: string) => Promise<Verdict>;
}

async function asksService(subject: Subject): Promise<Shown> {
  const asked = await challenge(subject.question, words().lang);
  return { text: asked.text, picture: label => codeImage(asked.qr, label, 'challenge'), life: Math.max(0, Date.parse(asked.expiresAt) - Date.now()), answer: proof => answer(asked.id, proof) };
}

async function asksHere(offline: Offline, subject: Subject): Promise<Shown> {
  const asked = subject.question.template === undefined ? undefined : await offline.ask(subject.question.template);
  if (!asked) throw new Failure('offline'); // a desk's own question needs its service
  return {
    text: asked.text, life: offline.left(asked), answer: proof => offline.answer(proof, asked, TYPES),
    picture: label => {
      if (asked.text === undefined) return notice('info', t('offline.noquestion'), { testid: 'no-question' });
      const picture = offline.picture(asked.text, label);
      picture.dataset['testid'] = 'challenge';
      return picture;
    },
  };
}

export const scanPage: Page = async signal => {
  const frame = h('div', { class: 'qr-frame' }, busy(t('scan.making')));
  const video = h('video', { playsinline: true, muted: true, testid: 'camera', 'aria-label': t('scan.camera') });
  video.muted = true;
  const message = h('div', { testid: 'scan-message' });
  const controls = h('div', { class: 'row middle' });
  const say = (child: Child): void => { message.replaceChildren(...(child instanceof Node ? [child] : [])); };

  const subject = chosenSubject();
  show({
    title: t('scan.title'),
    screen: 'scan',
    class: 'scanning',
    body: [
      h('p', { class: 'compact-field' },
        h('label', { for: 'subject' }, t('scan.subject')),
        h('select', { id: 'subject', testid: 'subject', onchange: (event: Event) => { rememberSubject((event.target as HTMLSelectElement).value); void redraw(); } },
          subjects().map(({ id, title }) => h('option', { value: id, selected: id === subject.id }, title)))),
      h('div', { class: 'scan' },
        h('section', { class: 'panel', 'aria-labelledby': 'step-1' }, step(1, t('scan.step1')), frame),
        h('section', { class: 'panel', 'aria-labelledby': 'step-2' }, step(2, t('scan.step2')), h('div', { class: 'camera' }, video), message, controls)),
      pasteAnswer(text => found(text)),
    ],
  });

  let asked: Shown | undefined;
  let here = false;
  let sending = false;
  let last = '';
  let stopCamera = (): void => undefined;

  /** True when nothing more is to be read. */
  const found = (text: string): boolean => {
    if (signal.aborted || sending) return sending;
    const sorted = sort(text);
    if (sorted.kind === 'challenge' || asked === undefined) return false; // a mirror, or the screen itself
    if (sorted.kind !== 'proof') {
      if (text !== last) say(notice('warning', explain(sorted.kind === 'credential' ? 'scan_credential' : `text_${sorted.kind}`), { testid: 'scan-refused', 'data-code': sorted.kind }));
      last = text;
      return false;
    }
    sending = true;
    say(busy(t('check.busy')));
    void asked.answer(sorted.text).then(
      verdict => { if (!signal.aborted) open(verdictPage(verdict, '/scan', here)); },
      (error: unknown) => {
        if (signal.aborted) return;
        stopCamera();
        say(problem(error));
        message.append(button('scan.new', () => void redraw(), { testid: 'new-challenge' }));
      });
    return true;
  };

  const over = (child: Child): void => {
    frame.classList.add('over');
    frame.append(h('div', { class: 'over-text' }, child, button('scan.new', () => void redraw(), { testid: 'new-challenge' })));
  };
  const ask = async (): Promise<void> => {
    try {
      ({ value: asked, here } = await orHere(() => asksService(subject), offline => asksHere(offline, subject)));
    } catch (error) {
      if (!signal.aborted) frame.replaceChildren(problem(error), button('retry', () => void redraw(), { testid: 'retry' }));
      return;
    }
    if (signal.aborted) return;
    frame.replaceChildren(asked.picture(t('scan.code', { what: subject.title })));
    if (asked.text !== undefined) frame.dataset['challenge'] = asked.text;
    const timer = setTimeout(() => { asked = undefined; over(h('p', null, t('scan.over'))); announce(t('scan.over')); }, asked.life);
    signal.addEventListener('abort', () => clearTimeout(timer));
  };

  const look = async (): Promise<void> => {
    const handle = await (await loadScanner()).startScan(video, found, STRONG);
    stopCamera = () => handle.stop();
    if (signal.aborted) return stopCamera();
    signal.addEventListener('abort', stopCamera);
    announce(t('scan.ready'));
    if (handle.cameras > 1) controls.append(button('scan.switch', () => void handle.switchCamera(), { testid: 'switch-camera', tone: 'plain', icon: 'camera' }));
    if (handle.hasTorch) {
      let on = false;
      controls.append(button('scan.torch', () => void handle.setTorch(on = !on), { testid: 'torch', tone: 'plain', icon: 'sun' }));
    }
  };
  await Promise.all([ask(), look().catch((error: unknown) => {
    if (signal.aborted) return;
    say(problem(error));
    message.append(h('p', { class: 'row' }, button('retry', () => void redraw(), { testid: 'retry-camera', tone: 'secondary' }), button('scan.elsewhere', () => go('/'), { testid: 'elsewhere', tone: 'plain' })));
  })]);
};

function step(number: number, text: string): HTMLElement {
  return h('h2', { id: `step-${number}` }, h('span', { class: 'number', 'aria-hidden': 'true' }, words().number(number)), text);
}

/** For who cannot use a camera: the phone can copy its answer as text. */
function pasteAnswer(submit: (text: string) => boolean): HTMLElement {
  const input = h('textarea', { id: 'answer', rows: 3, dir: 'ltr', spellcheck: 'false', autocomplete: 'off', testid: 'paste-answer', 'aria-describedby': 'answer-error' });
  const error = h('p', { id: 'answer-error', class: 'field-error', role: 'alert', hidden: true, testid: 'paste-answer-error' });
  const copied = (event: Event): void => {
    const text = document.querySelector<HTMLElement>('[data-challenge]')?.dataset['challenge'];
    if (text === undefined) return;
    const label = (event.currentTarget as HTMLElement).querySelector('span')!;
    void navigator.clipboard.writeText(text).then(() => { label.textContent = t('copied'); announce(t('copied')); });
  };
  return h('details', { testid: 'no-camera' }, h('summary', null, t('scan.nocamera')),
    h('div', { class: 'stack' },
      button('scan.copy', copied, { testid: 'copy-challenge', tone: 'secondary' }),
      h('form', {
        class: 'field', novalidate: true,
        onsubmit: (event: Event) => {
          event.preventDefault();
          const { kind } = sort(input.value);
          error.hidden = kind === 'proof';
          error.textContent = error.hidden ? '' : explain(kind === 'credential' ? 'scan_credential' : `text_${kind}`);
          if (error.hidden) submit(input.value);
          else input.focus();
        },
      }, h('label', { for: 'answer' }, t('scan.answer')), input, error, h('button', { class: 'button primary', type: 'submit', testid: 'paste-answer-go' }, t('paste.go')))));
}
