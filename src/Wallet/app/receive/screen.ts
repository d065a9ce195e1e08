import { digitsOf } from '../../../web/lib/digits.ts';
import { generateKeyPair, signingKey } from '../../../web/lib/keys.ts';
import { loadIssuer, nameIn, type IssuerMetadata } from '../../../web/lib/openid4vci/issuer.ts';
import { loadOffer, type Offer, type TxCode } from '../../../web/lib/openid4vci/offer.ts';
import { requestToken, type AccessToken } from '../../../web/lib/openid4vci/token.ts';
import { browserOutside } from '../../../web/lib/outside.ts';
import { refuse } from '../../../web/lib/refusal.ts';
import { claimLabel, definition, typeName } from '../cards/definitions.ts';
import { face } from '../cards/face.ts';
import { bdi, h, icon } from '../shell/dom.ts';
import { announce, busy, button, facts, link, notice, show } from '../shell/frame.ts';
import * as inbox from '../shell/inbox.ts';
import { loadPage } from '../shell/later.ts';
import { codeOf, problemView } from '../shell/problems.ts';
import { go, redraw, type Screen } from '../shell/router.ts';
import { country, t, tn, words } from '../shell/text.ts';
import type { Card } from '../store/cards.ts';
import { keepPage, newSession, pending, takePage, type Session } from '../store/pending.ts';
import { begin, COPIES, issuerFacts, receive, type Step } from './receive.ts';

const TRIES = 5;
const STEPS: readonly Step[] = ['keys', 'copies', 'checks', 'store'];

/** From an offer to a card, one action per screen. */
export const receiveScreen: Screen = async (_parameters, signal) => {
  const item = inbox.take();
  if (!item) { go('#/add'); return undefined; }
  const outside = browserOutside();

  const load = async (): Promise<void> => {
    show({ title: t('receive.loading.title'), screen: 'busy', sign: 'wait', back: '#/cards', body: [busy(t('receive.loading'))] });
    try {
      const offer = await loadOffer(item.text, outside);
      const issuer = await loadIssuer(offer.credentialIssuer, outside);
      if (!signal.aborted) review(offer, issuer);
    } catch (error) {
      if (!signal.aborted) show(problemView(error, { title: 'receive.failed', retry: () => void load() }));
    }
  };

  const review = (offer: Offer, issuer: IssuerMetadata): void => show({
    title: t('receive.review.title'),
    screen: 'offer', sign: 'receive',
    back: '#/cards',
    body: [
      whoIssues(issuer),
      h('h2', null, t('receive.what')),
      offeredTypes(offer, issuer).map(({ vct, name }) => h('div', { class: 'card', testid: 'offered', 'data-vct': vct }, h('h3', null, name), storedClaims(vct))),
      h('p', { class: 'quiet small' }, tn('receive.copies', Math.max(1, Math.min(COPIES, issuer.batchSize)))),
      notice('info', t('receive.care')),
      offer.preAuthorizedCode === undefined ? notice('info', t('receive.page', { issuer: issuerFacts(issuer).name }), 'by-page') : null,
    ],
    actions: [
      button('continue', () => offer.preAuthorizedCode === undefined ? void leave(offer, issuer, signal) : offer.txCode ? askCode(offer, issuer, offer.txCode, 0) : void trade(offer, issuer, undefined, 0), { testid: 'accept', icon: 'check' }),
      button('refuse', () => go('#/cards'), { testid: 'refuse', icon: 'cross', tone: 'plain' }),
    ],
  });

  const askCode = (offer: Offer, issuer: IssuerMetadata, wanted: TxCode, wrong: number): void => {
    const length = wanted.length ?? 6;
    const numeric = wanted.inputMode === 'numeric';
    const input = h('input', {
      id: 'code', class: 'code-input', type: 'text', inputmode: numeric ? 'numeric' : 'text', autocomplete: 'one-time-code',
      testid: 'tx-code', 'aria-describedby': 'code-hint code-error', 'aria-invalid': wrong > 0 ? 'true' : undefined, dir: 'ltr', required: true,
    });
    const error = h('p', { id: 'code-error', class: 'field-error', role: 'alert', testid: 'tx-error', hidden: wrong === 0 });
    if (wrong > 0) error.textContent = `${t('code.wrong')} ${tn('code.left', TRIES - wrong)}`;
    const submit = (event: Event): void => {
      event.preventDefault();
      const code = numeric ? digitsOf(input.value) : input.value.trim();
      if (wanted.length === undefined ? code.length > 0 : code.length === length) {
        void trade(offer, issuer, code, wrong);
        return;
      }
      error.textContent = tn('code.short', length);
      error.hidden = false;
      input.setAttribute('aria-invalid', 'true');
      input.focus();
    };
    show({
      title: t('code.title'),
      screen: 'code', sign: 'lock',
      back: () => review(offer, issuer),
      body: [
        h('p', { class: 'lead' }, t('code.how', { issuer: issuerFacts(issuer).name })),
        h('form', { id: 'code-form', class: 'field', novalidate: true, onsubmit: submit },
          h('label', { for: 'code' }, tn('code.label', length)),
          h('p', { id: 'code-hint', class: 'hint' }, t('code.hint')), input, error),
      ],
      actions: [h('button', { class: 'button primary', type: 'submit', form: 'code-form', testid: 'tx-send' }, icon('receive'), h('span', null, t('receive')))],
    });
    input.focus();
  };

  const trade = async (offer: Offer, issuer: IssuerMetadata, code: string | undefined, wrong: number): Promise<void> => {
    show({ title: t('receive.progress.title'), screen: 'busy', sign: 'wait', body: [busy(t('receive.asking'))] });
    let token: AccessToken;
    // Bound to a key of this phone, the token can fetch more copies later; nobody else can use it.
    const key = issuer.dpop ? await generateKeyPair() : undefined;
    try {
      token = await requestToken(issuer, offer, code, outside, key && (await loadPage()).boundSend(await signingKey(key)));
    } catch (error) {
      if (signal.aborted) return;
      const wrongCode = codeOf(error) === 'tx_code_wrong';
      if (wrongCode && offer.txCode && wrong + 1 < TRIES) askCode(offer, issuer, offer.txCode, wrong + 1);
      else show(problemView(error, { title: 'receive.failed', ...(!wrongCode && { retry: () => void trade(offer, issuer, code, wrong) }) }));
      return;
    }
    const { send, ...kept } = token;
    await collect(newSession({ offer, issuer, token: kept, bound: send && key }), undefined, signal);
  };

  await load();
  return undefined;
};

/** Goes on with what was cut off, or asks again for what was put off. */
export const resumeScreen: Screen = async ([id], signal) => {
  const unfinished = (await pending(browserOutside().now())).get(id!);
  if (!unfinished) go('#/cards');
  else if ('asked' in unfinished) await leave(unfinished.asked.offer, unfinished.asked.issuer, signal);
  else await collect(unfinished.session, unfinished.keys, signal);
  return undefined;
};

/** Leads to the organisation's page. What comes back starts the wallet anew, so everything that is needed then is written down first. */
async function leave(offer: Offer, issuer: IssuerMetadata, signal: AbortSignal): Promise<void> {
  show({ title: t('receive.progress.title'), screen: 'busy', sign: 'wait', back: '#/cards', body: [busy(t('receive.asking'))] });
  try {
    const { openPage } = await loadPage();
    const key = await generateKeyPair();
    const { page, asked } = await openPage(offer, issuer, { id: location.origin, redirectUri: `${location.origin}/` }, await signingKey(key), browserOutside());
    if (signal.aborted) return;
    await keepPage(asked, key);
    if (signal.aborted) return; // it stands under the cards
    // Who comes back without an answer finds the cards, and there what is unfinished.
    history.replaceState(null, '', '#/cards');
    addEventListener('pageshow', () => void redraw(), { signal });
    location.assign(page);
  } catch (error) {
    if (!signal.aborted) show(problemView(error, { title: 'receive.failed', retry: () => void leave(offer, issuer, signal) }));
  }
}

/** Back from the organisation's page. */
export const returnScreen: Screen = async (_parameters, signal) => {
  const item = inbox.take();
  if (!item) { go('#/cards'); return undefined; }
  const outside = browserOutside();
  show({ title: t('receive.progress.title'), screen: 'busy', sign: 'wait', body: [busy(t('receive.asking'))] });
  let back: Awaited<ReturnType<typeof takePage>>;
  const exchange = async (): Promise<void> => {
    try {
      const { answerOfPage } = await loadPage();
      back ??= await takePage(new URLSearchParams(item.text).get('state')!, outside.now()) ?? refuse('page_unknown');
      const { asked: { offer, issuer, client }, key } = back;
      const { send, ...token } = await answerOfPage(back.asked, item.text, await signingKey(key), outside);
      await collect(newSession({ offer, issuer, token, client: client.id, bound: send && key }), undefined, signal);
    } catch (error) {
      if (!signal.aborted) show(problemView(error, { title: 'receive.failed', ...retryOf(codeOf(error)) }));
    }
  };
  // What did not reach the organisation is sent once more; what it turned down begins again on its page.
  const retryOf = (code: ReturnType<typeof codeOf>): { retry?: () => void } => {
    if (code === 'page_unknown' || code === 'page_other_issuer') return {};
    if (code === 'offline' || code === 'unreachable') return { retry: () => void exchange() };
    return back ? { retry: () => void leave(back!.asked.offer, back!.asked.issuer, signal) } : {};
  };
  await exchange();
  return undefined;
};

async function collect(session: Session, kept: readonly CryptoKeyPair[] | undefined, signal: AbortSignal): Promise<void> {
  let keys = kept;
  const reached = (step: Step): void => {
    if (signal.aborted) return;
    show({ title: t('receive.progress.title'), screen: 'progress', sign: 'wait', body: [progress(step)] });
    announce(t(`step.${step}`));
  };
  try {
    reached('keys');
    keys ??= await begin(session);
    const cards = await receive(session, keys, browserOutside(), reached);
    void navigator.storage?.persist?.();
    if (!signal.aborted) done(cards);
  } catch (error) {
    if (signal.aborted) return;
    // Once keys are written down, what is stored counts: tokens may have been renewed meanwhile.
    const retry = (): void => { if (keys) go(`#/receive/again/${session.id}`); else void collect(session, undefined, signal); };
    show(problemView(error, codeOf(error) === 'not_ready' ? { title: 'receive.waiting', tone: 'info' } : { title: 'receive.failed', retry }));
  }
}

function done(cards: readonly Card[]): void {
  show({
    title: t('receive.done.title'),
    screen: 'received', sign: 'check',
    body: [notice('success', t('receive.done')), cards.map(face)],
    actions: [
      link('receive.see', `#/card/${cards[0]!.id}`, { testid: 'see-card', icon: 'next' }),
      link('receive.all', '#/cards', { testid: 'all-cards', icon: 'cards', tone: 'plain' }),
    ],
  });
}

function progress(reached: Step): HTMLElement {
  const at = STEPS.indexOf(reached);
  return h('div', { role: 'status' },
    h('progress', { max: STEPS.length, value: at + 0.5, 'aria-label': t('receive.progress.title') }),
    h('ol', { class: 'steps', testid: 'steps' }, STEPS.map((step, index) =>
      h('li', { 'data-state': index < at ? 'done' : index === at ? 'now' : 'next', 'aria-current': index === at ? 'step' : undefined }, t(`step.${step}`)))));
}

function whoIssues(issuer: IssuerMetadata): HTMLElement {
  const who = issuerFacts(issuer);
  return h('div', { class: 'card', testid: 'issuer' },
    h('p', { class: 'quiet small' }, t('receive.who')),
    h('h2', { testid: 'issuer-name' }, bdi(who.name)),
    facts([
      who.country ? [t('issuer.country'), country(who.country), 'issuer-country'] : null,
      [t('issuer.address'), h('bdi', { class: 'fixed', dir: 'ltr' }, who.iss), 'issuer-address'],
    ]),
    who.demonstration ? notice('warning', t('demonstration.long'), 'demonstration') : null);
}

/** Each type once, whatever forms it is offered in. */
function offeredTypes(offer: Offer, issuer: IssuerMetadata): { vct: string; name: string }[] {
  const found = new Map<string, string>();
  for (const id of offer.configurationIds) {
    const configuration = issuer.configurations[id];
    const vct = configuration?.vct ?? id;
    if (!found.has(vct)) found.set(vct, definition(vct) ? typeName(vct) : nameIn(configuration?.names ?? [], words().lang) ?? vct);
  }
  return [...found].map(([vct, name]) => ({ vct, name }));
}

function storedClaims(vct: string): HTMLElement {
  const claims = definition(vct)?.claims ?? [];
  return h('details', { testid: 'stored' }, h('summary', null, t('receive.stored')),
    h('ul', null, claims.map(claim => h('li', null, claimLabel(vct, claim.name)))));
}
