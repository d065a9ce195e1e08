/** The question as a code or a link, where it stands, and at its end the verdict. */
import { fill, h, icon } from '../../../web/lib/dom.ts';
import { Failure, progress, request, type Flow, type Progress, type Question, type Request, type State } from '../shell/api.ts';
import { announce, busy, button, codeImage, link, notice, show } from '../shell/frame.ts';
import { problem } from '../shell/problems.ts';
import { go, open, replace, type Page } from '../shell/router.ts';
import { t, words } from '../shell/text.ts';
import { answerPage } from '../verdict/verdict.ts';
import { rememberPending } from './pending.ts';

const PAUSE = 1000;

/** Puts a question and goes to its page; `message` says what is under way and what went wrong. */
export async function putQuestion(question: Question, title: string, flow: Flow, message: HTMLElement, signal: AbortSignal): Promise<void> {
  fill(message, busy(t('ask.making')));
  try {
    const made = await request(question, flow, words().lang);
    if (flow === 'same_device') rememberPending(made.id, Date.parse(made.expiresAt));
    if (!signal.aborted) open(flow === 'same_device' ? onThisDevicePage(made, title) : waitingPage(made, title));
  } catch (error) {
    fill(message, problem(error));
  }
}

/** The code for another person's phone. */
const waitingPage = (request: Request, title: string): Page => signal => {
  const steps = h('ol', { class: 'steps', testid: 'state', 'data-state': 'created' });
  const message = h('div');
  show({
    title,
    screen: 'waiting', sign: 'code',
    class: 'request',
    body: [
      h('p', { class: 'lead' }, t('ask.scan')),
      h('div', { class: 'qr-frame' }, codeImage(request.qr, t('ask.code', { what: title }), 'request')),
      steps,
      message,
      button('ask.copy', event => copy(event, request.link), { testid: 'copy-link', tone: 'plain', icon: 'paste' }),
    ],
    actions: [link('ask.another', '/ask', { testid: 'ask-another', icon: 'again', tone: 'secondary' })],
  });
  draw(steps, 'created');
  return watch(request.id, signal, state => {
    draw(steps, state);
    announce(t(`state.${state}`));
  }, error => message.replaceChildren(problem(error)));
};

/** Links for a wallet on this very device; it sends the browser back to `/result`. */
const onThisDevicePage = (request: Request, title: string): Page => () => {
  show({
    title,
    screen: 'here', sign: 'phone',
    body: [
      h('p', { class: 'lead' }, t('here.lead')),
      h('div', { class: 'stack' },
        request.walletLinks.map(({ name, url }) => h('a', { class: 'card go-on', href: url, testid: 'wallet-link' }, icon('cards'), h('span', null, h('strong', null, h('bdi', null, name)), h('span', { class: 'small quiet' }, t('here.web'))), icon('next'))),
        h('a', { class: 'card go-on', href: request.link, testid: 'app-link' }, icon('cards'), h('span', null, h('strong', null, t('here.app')), h('span', { class: 'small quiet' }, t('here.app.more'))), icon('next'))),
      notice('info', t('here.back')),
    ],
    actions: [link('ask.another', '/ask', { testid: 'ask-another', icon: 'again', tone: 'secondary' })],
  });
};

const ORDER: readonly State[] = ['created', 'fetched', 'answered'];

function draw(steps: HTMLElement, state: State): void {
  steps.dataset['state'] = state;
  const now = ORDER.indexOf(state);
  steps.replaceChildren(...ORDER.map((step, i) => h('li', { 'data-state': i < now ? 'done' : i === now ? 'now' : 'later', 'aria-current': i === now ? 'step' : undefined }, t(`state.${step}`))));
}

/** Asks until there is an end. A fault of the network is said and passes by itself. */
async function watch(id: string, signal: AbortSignal, changed: (state: State) => void, failed: (error: unknown) => void): Promise<void> {
  for (let before: State = 'created'; !signal.aborted;) {
    await new Promise(resolve => setTimeout(resolve, PAUSE));
    if (signal.aborted) return;
    let now: Progress;
    try {
      now = await progress(id);
    } catch (error) {
      if (signal.aborted) return;
      failed(error);
      if (error instanceof Failure && error.code === 'gone') return;
      continue;
    }
    if (signal.aborted) return;
    if (now.state !== before) changed(before = now.state);
    if (now.state !== 'created' && now.state !== 'fetched') return replace(endPage(now));
  }
}

/** Answered, refused or over. */
export const endPage = (end: Progress): Page => signal => {
  if (end.state === 'answered') return answerPage(end, '/ask')(signal);
  const state = end.state === 'refused' ? 'refused' : 'expired';
  show({
    title: t(`end.${state}`),
    screen: state, sign: 'warn',
    body: [notice('info', [t(`end.${state}.more`), end.error && h('p', { class: 'small' }, h('bdi', { class: 'fixed', testid: 'wallet-error' }, end.error))], { testid: 'ended' })],
    actions: [button('ask.again', () => go('/ask'), { testid: 'ask-another', icon: 'again' })],
  });
  announce(t(`end.${state}`));
};

function copy(event: Event, text: string): void {
  const label = (event.currentTarget as HTMLElement).querySelector('span')!;
  void navigator.clipboard.writeText(text).then(() => { label.textContent = t('copied'); announce(t('copied')); });
}
