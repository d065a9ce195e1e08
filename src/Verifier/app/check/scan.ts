/** Both steps on one screen: the phone of the other person reads the question here, then this camera reads its answer. */
import { h, icon, type Child, type IconName } from '../../../web/lib/dom.ts';
import { STRONG } from 'verifier:assets';
import { TEMPLATES, TYPES } from 'verifier:data';
import { orHere, type Judged, type Offline } from '../offline/load.ts';
import { answer, challenge, Failure } from '../shell/api.ts';
import { announce, busy, button, codeImage, notice, show } from '../shell/frame.ts';
import { canPass, explain, problem } from '../shell/problems.ts';
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
  readonly answer: (proof: string) => Promise<Judged & { readonly here: boolean }>;
}

async function asksService(subject: Subject, enough: AbortSignal): Promise<Shown> {
  const asked = await challenge(subject.question, words().lang, enough);
  const since = { running: performance.now(), device: Date.now() }; // by both clocks, as offline.left
  const { template } = subject.question;
  const values = TEMPLATES.find(({ name }) => name === template)?.credentials[0]?.values ?? {};
  return {
    text: asked.text, picture: label => codeImage(asked.qr, label, 'challenge'), life: asked.expiresIn * 1000,
    // The other person gave a copy away for this answer: where it does not reach the service, this device judges it.
    answer: async proof => {
      const { value, here } = await orHere<Judged>(
        async late => ({ verdict: await answer(asked.id, proof, late), queued: false }),
        async offline => offline.answer(proof, await offline.askedByService(asked.text, template, values, since), TYPES));
      return { ...value, here };
    },
  };
}

async function asksHere(offline: Offline, subject: Subject): Promise<Shown> {
  const asked = subject.question.template === undefined ? undefined : await offline.ask(subject.question.template);
  if (!asked) throw new Failure('offline'); // a desk's own question needs its service
  return {
    text: asked.text, life: offline.left(asked), answer: async proof => ({ ...await offline.answer(proof, asked, TYPES), here: true }),
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
    screen: 'scan', sign: 'scan',
    class: 'scanning',
    body: [
      h('p', { class: 'compact-field' },
        h('label', { for: 'subject' }, t('scan.subject')),
        h('select', { id: 'subject', testid: 'subject', onchange: (event: Event) => { rememberSubject((event.target as HTMLSelectElement).value); void redraw(); } },
          subjects().map(({ id, title }) => h('option', { value: id, selected: id === subject.id }, title)))),
      h('div', { class: 'scan' },
        h('section', { class: 'panel', 'aria-labelledby': 'step-1' }, step(1, 'phone', t('scan.step1')), frame),
        h('section', { class: 'panel', 'aria-labelledby': 'step-2' }, step(2, 'camera', t('scan.step2')), h('div', { class: 'camera' }, video), message, controls)),
      pasteAnswer(text => asked === undefined ? explain('gone') : void found(text)),
    ],
  });

  let asked: Shown | undefined;
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
    send(asked, sorted.text);
    return true;
  };

  const send = (to: Shown, proof: string): void => {
    say(busy(t('check.busy')));
    void to.answer(proof).then(
      ({ verdict, queued, here }) => { if (!signal.aborted) open(verdictPage(verdict, '/scan', here ? queued ? 'receipt_later' : 'no_receipt' : undefined)); },
      (error: unknown) => {
        if (signal.aborted) return;
        stopCamera();
        sending = false;
        say(problem(error));
        message.append(h('p', { class: 'row' },
          canPass(error) && button('retry', () => send(to, proof), { testid: 'retry-answer', icon: 'send' }),
          button('scan.new', () => void redraw(), { testid: 'new-challenge', icon: 'again', tone: canPass(error) ? 'secondary' : 'primary' })));
      });
  };

  const over = (child: Child): void => {
    frame.classList.add('over');
    frame.append(h('div', { class: 'over-text' }, child, button('scan.new', () => void redraw(), { testid: 'new-challenge', icon: 'again' })));
  };
  const ask = async (): Promise<void> => {
    try {
      asked = (await orHere(enough => asksService(subject, enough), offline => asksHere(offline, subject))).value;
    } catch (error) {
      if (!signal.aborted) frame.replaceChildren(problem(error), button('retry', () => void redraw(), { testid: 'retry', icon: 'again' }));
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
    if (handle.cameras > 1) controls.append(button('scan.switch', () => void handle.switchCamera().then(turned => { if (!turned) say(notice('warning', t('scan.switch.failed'), { testid: 'switch-failed' })); }, noCamera), { testid: 'switch-camera', tone: 'plain', icon: 'camera' }));
    if (handle.hasTorch) {
      let on = false;
      controls.append(button('scan.torch', () => void handle.setTorch(on = !on), { testid: 'torch', tone: 'plain', icon: 'sun' }));
    }
  };
  const noCamera = (error: unknown): void => {
    if (signal.aborted) return;
    say(problem(error));
    message.append(h('p', { class: 'row' }, button('retry', () => void redraw(), { testid: 'retry-camera', icon: 'again', tone: 'secondary' }), button('scan.elsewhere', () => go('/'), { testid: 'elsewhere', icon: 'back', tone: 'plain' })));
  };
  await Promise.all([ask(), look().catch(noCamera)]);
};

function step(number: number, picture: IconName, text: string): HTMLElement {
  return h('h2', { id: `step-${number}` }, h('span', { class: 'number', 'aria-hidden': 'true' }, words().number(number)), icon(picture), h('span', null, text));
}

/** For who cannot use a camera: the phone can copy its answer as text. `submit` says what is wrong, if anything. */
function pasteAnswer(submit: (text: string) => string | void): HTMLElement {
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
      button('scan.copy', copied, { testid: 'copy-challenge', icon: 'paste', tone: 'secondary' }),
      h('form', {
        class: 'field', novalidate: true,
        onsubmit: (event: Event) => {
          event.preventDefault();
          const { kind } = sort(input.value);
          error.textContent = (kind === 'proof' ? submit(input.value) : explain(kind === 'credential' ? 'scan_credential' : `text_${kind}`)) ?? '';
          error.hidden = error.textContent === '';
          if (!error.hidden) input.focus();
        },
      }, h('label', { for: 'answer' }, t('scan.answer')), input, error, h('button', { class: 'button primary', type: 'submit', testid: 'paste-answer-go' }, icon('check'), h('span', null, t('paste.go'))))));
}
