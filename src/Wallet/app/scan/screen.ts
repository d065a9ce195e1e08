import { h, icon } from '../shell/dom.ts';
import { announce, busy, button, link, notice, show, update, type View } from '../shell/frame.ts';
import * as inbox from '../shell/inbox.ts';
import { explain } from '../shell/problems.ts';
import { loadScanner, strongDecoder } from '../shell/later.ts';
import { go, redraw, type Screen } from '../shell/router.ts';
import { t } from '../shell/text.ts';
import { classify, SCREENS, type Found } from './classify.ts';

type Scanner = Awaited<ReturnType<typeof loadScanner>>;

/** Goes where a code leads; gives words for those that lead nowhere. */
export function follow(found: Found, source: inbox.Source): string | undefined {
  switch (found.kind) {
    case 'proof': return t('scan.proof');
    case 'paper': return t('scan.paper');
    case 'foreign': return t('scan.foreign');
    case 'web': return t('scan.web', { host: found.host });
    case 'other': return t('scan.other');
    default: inbox.put(found.text, source); go(SCREENS[found.kind]); return undefined;
  }
}

/** Adding: scan the offer, or paste its link. */
export const addScreen: Screen = async () => ({
  title: t('add.title'),
  screen: 'add', sign: 'receive',
  back: '#/cards',
  body: [h('p', { class: 'lead' }, t('add.how')), pasteForm('add.paste', 'add.paste.hint')],
  actions: [link('scan.open', '#/scan/add', { testid: 'scan', icon: 'scan' })],
});

/** The question of a verifier as text: for people who cannot use the camera. */
export const pasteScreen: Screen = async () => ({
  title: t('paste.title'),
  screen: 'paste', sign: 'paste',
  back: '#/scan/show',
  body: [pasteForm('paste.label', 'paste.hint')],
});

function pasteForm(label: 'add.paste' | 'paste.label', hint: 'add.paste.hint' | 'paste.hint'): HTMLElement {
  const input = h('textarea', { id: 'link', rows: 4, testid: 'paste', autocomplete: 'off', autocapitalize: 'off', spellcheck: 'false', dir: 'ltr', 'aria-describedby': 'paste-hint paste-error' });
  const error = h('p', { id: 'paste-error', class: 'field-error', role: 'alert', testid: 'paste-error', hidden: true });
  return h('form', {
    class: 'field', novalidate: true,
    onsubmit: (event: Event) => {
      event.preventDefault();
      error.textContent = input.value.trim() === '' ? t('paste.empty') : follow(classify(input.value, location.origin), 'scan') ?? '';
      error.hidden = !error.textContent;
      if (error.textContent) input.focus();
    },
  }, h('label', { for: 'link' }, t(label)), h('p', { id: 'paste-hint', class: 'hint' }, t(hint)), input, error,
  h('button', { class: 'button secondary', type: 'submit', testid: 'paste-go' }, icon('next'), h('span', null, t('continue'))));
}

/** The camera. `purpose` is `add` or `show`; either reads any code of ours. */
export const scanScreen: Screen = async ([purpose], signal) => {
  const video = h('video', { playsinline: true, muted: true, testid: 'camera', 'aria-label': t('scan.camera') });
  video.muted = true;
  const message = h('div', { testid: 'scan-message', role: 'alert' });
  const controls = h('div', { class: 'row middle' });
  const photo = h('input', { type: 'file', accept: 'image/*', capture: 'environment', class: 'visually-hidden', id: 'photo', testid: 'photo' });

  let last = '';
  const found = (text: string): boolean => {
    const problem = follow(classify(text, location.origin), 'scan');
    if (problem === undefined) return true;
    if (text !== last) {
      message.replaceChildren(notice('error', problem, 'scan-refused'));
      navigator.vibrate?.(200);
    }
    last = text;
    return false;
  };

  const view: View = {
    title: t(purpose === 'show' ? 'scan.show.title' : 'scan.add.title'),
    screen: 'scan', sign: 'scan',
    voice: `scan-${purpose}`,
    back: purpose === 'show' ? '#/cards' : '#/add',
    body: [
      h('p', { class: 'lead' }, t(purpose === 'show' ? 'scan.show.how' : 'scan.add.how')),
      h('div', { class: 'camera' }, video),
      message, controls,
      h('div', { class: 'row middle' },
        h('label', { for: 'photo', class: 'button plain' }, icon('photo'), h('span', null, t('scan.photo'))), photo,
        purpose === 'show' ? link('show.instead', '#/show', { testid: 'show-instead', icon: 'code', tone: 'secondary' }) : null,
        purpose === 'show' ? link('paste.instead', '#/paste', { testid: 'paste-instead', icon: 'paste', tone: 'plain' }) : null),
    ],
  };
  show(view);

  let scanner: Scanner;
  try {
    scanner = await loadScanner();
  } catch {
    if (signal.aborted) return undefined;
    update(notice('error', t('scan.unloaded'), 'scan-refused'), button('retry', () => void redraw(), { testid: 'retry', icon: 'again' }));
    return undefined;
  }
  photo.addEventListener('change', () => void (async () => {
    const file = photo.files?.[0];
    if (!file) return;
    message.replaceChildren(busy(t('scan.reading')));
    try {
      const text = await scanner.scanPhoto(file, strongDecoder);
      message.replaceChildren();
      last = '';
      found(text);
    } catch (error) {
      message.replaceChildren(notice('error', explain(error), 'scan-refused'));
    }
    photo.value = '';
  })());

  const noCamera = (error: unknown): void => {
    if (!signal.aborted) message.replaceChildren(notice('error', explain(error), 'scan-refused'));
  };
  try {
    const handle = await scanner.startScan(video, found, strongDecoder);
    if (signal.aborted) { handle.stop(); return undefined; }
    signal.addEventListener('abort', () => handle.stop());
    announce(t('scan.ready'));
    if (handle.cameras > 1) controls.append(button('scan.switch', () => void handle.switchCamera().then(turned => { if (!turned) message.replaceChildren(notice('error', t('scan.switch.failed'), 'scan-refused')); }, noCamera), { testid: 'switch-camera', icon: 'camera', tone: 'plain' }));
    if (handle.hasTorch) {
      let on = false;
      controls.append(button('scan.torch', () => void handle.setTorch(on = !on), { testid: 'torch', tone: 'plain', icon: 'sun' }));
    }
  } catch (error) {
    noCamera(error);
  }
  return undefined;
};
