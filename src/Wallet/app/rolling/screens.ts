/** Showing without being asked, where the other side has no screen: a code that is redrawn every 20 seconds. Nothing here needs a network. */
import { decodeBase64Url } from '../../../web/lib/base64url.ts';
import { decodeCompactCredential, type CompactCredential } from '../../../web/lib/compact/credential.ts';
import { rollingProof } from '../../../web/lib/compact/present.ts';
import { bdi, h, icon } from '../../../web/lib/dom.ts';
import { signingKey, type SigningKey } from '../../../web/lib/keys.ts';
import { signShowing } from '../../../web/lib/receipt/shown.ts';
import { refuse } from '../../../web/lib/refusal.ts';
import { keepAwake } from '../answer/wake-lock.ts';
import { cardSubtitle, claimByKey, claimLabel, claimText, definition, typeName } from '../cards/definitions.ts';
import { goodFirst, trouble } from '../cards/face.ts';
import { Agreement, arrange, claimSwitches, type AskedLine } from '../present/consent.ts';
import { announce, busy, button, facts, link, notice, once, show } from '../shell/frame.ts';
import { loadDrawing } from '../shell/later.ts';
import { problemView } from '../shell/problems.ts';
import { go, redraw, type Screen } from '../shell/router.ts';
import { t } from '../shell/text.ts';
import { card as find, cards, takeCopy, type Card } from '../store/cards.ts';
import { now, syncClock, timeNow } from '../store/clock.ts';
import { record } from '../store/history.ts';
import { due, EVERY, type Round } from './rounds.ts';
import { hasCode, inCode, keysOf, preparedSets } from './sets.ts';

/** Seconds by which a phone's clock may be off before its owner is told. */
const WRONG = 60;

/** One tap on what is prepared. */
export const showScreen: Screen = async () => {
  const moment = now();
  const offered = goodFirst((await Promise.all((await cards()).map(async card => {
    const credential = await inCode(card);
    return credential ? { card, sets: preparedSets(card, credential) } : undefined;
  }))).filter(entry => entry !== undefined), moment);
  return {
    title: t('show.title'),
    screen: 'show', sign: 'code',
    back: '#/scan/show',
    body: [
      notice('info', [h('p', null, t('show.anyone')), h('p', null, t('show.better'))], 'show-anyone'),
      offered.length === 0 ? h('p', { class: 'lead', testid: 'empty' }, t('show.empty')) : null,
      ...offered.map(({ card, sets }) => h('section', { class: 'card stack', testid: 'show-card', 'data-vct': card.vct, 'aria-label': typeName(card.vct) },
        h('div', null, h('h2', null, bdi(cardSubtitle(card.claims) || typeName(card.vct))), h('p', { class: 'small quiet' }, typeName(card.vct), ' · ', bdi(card.issuer.name))),
        trouble(card, moment) ? notice('warning', t(`status.${trouble(card, moment)!}.show`), 'trouble') : null,
        ...sets.map(({ name, keys }) => h('a', { class: 'button large primary go-on', href: `#/show/${card.id}/${keys.join('-')}`, testid: `set-${name}` }, icon(SIGNS[name]),
          h('span', { class: 'stack-tight' }, h('strong', null, t(`set.${name}`)), h('span', { class: 'small' }, keys.map(key => labelOf(card, key)).join(t('list.separator')))))),
        h('a', { class: 'button plain', href: `#/show/${card.id}`, testid: 'show-choose' }, icon('settings'), h('span', null, t('show.choose'))))),
    ],
  };
};

const SIGNS = { who: 'person', can: 'award', work: 'shield' } as const;

/** Claim by claim. */
export const chooseScreen: Screen = async ([id]) => {
  const card = await find(id!);
  const credential = card && await inCode(card);
  if (!card || !credential) { go('#/show'); return undefined; }
  const lines = linesOf(card, credential);
  const agreement = new Agreement(lines);
  for (const line of lines) agreement.set(line.id, false);
  const hint = h('p', { class: 'field-error', role: 'alert', testid: 'show-none' });
  const goOn = (): void => {
    const keys = lines.filter(line => agreement.has(line.id)).map(line => line.id);
    if (keys.length > 0) go(`#/show/${card.id}/${keys.join('-')}`);
    else hint.textContent = t('show.none');
  };
  return {
    title: t('show.choose.title'),
    screen: 'show-choose', sign: 'settings',
    back: '#/show',
    body: [h('p', { class: 'lead' }, typeName(card.vct)), claimSwitches(lines, agreement, () => { hint.textContent = ''; }, true), hint],
    actions: [button('show.go', goOn, { testid: 'show-go', icon: 'code' })],
  };
};

const labelOf = (card: Card, key: number): string => {
  const name = claimByKey(card.vct, key)?.name;
  return name === undefined ? String(key) : claimLabel(card.vct, name);
};

function linesOf(card: Card, credential: CompactCredential): AskedLine[] {
  return arrange(credential.leaves.map(({ key, value }) => {
    const claim = claimByKey(card.vct, key);
    return {
      id: String(key), name: claim?.name ?? String(key), label: labelOf(card, key), value: claim ? claimText(card.vct, claim.name, value) : String(value),
      optional: true, sensitive: claim?.sensitive ?? false, extra: false,
    };
  }), definition(card.vct)?.claims ?? []);
}

/** The code itself. One copy serves one showing, however often it is redrawn. */
export const rollingScreen: Screen = async ([id, wanted], signal) => {
  const keys = keysOf(wanted!);
  const card = await find(id!);
  const known = card && await inCode(card);
  if (!card || !keys?.some(key => known?.leaves.some(leaf => leaf.key === key))) { go('#/show'); return undefined; }
  show({ title: t('show.busy'), screen: 'busy', sign: 'wait', back: '#/show', body: [busy(t('show.busy'))] });
  try {
    const [drawing] = await Promise.all([loadDrawing(), syncClock()]); // before a copy counts as shown
    if (signal.aborted) return undefined;
    const copy = await takeCopy(card.id, hasCode) ?? refuse('not_matched');
    const credential = await decodeCompactCredential(decodeBase64Url(copy.content.compact!));
    const held = keys.filter(key => credential.leaves.some(leaf => leaf.key === key));
    const [claims, holder] = [held.map(key => claimByKey(card.vct, key)?.name ?? String(key)), await signingKey(copy.keys)];
    const line = await signShowing({ asker: '', standing: 'anyone', key: undefined, purpose: '', type: card.vct, claims, issued: credential.issuer.bytes, shown: undefined, question: undefined }, timeNow().time, holder);
    await record({ id: crypto.randomUUID(), at: now(), way: 'code', outcome: 'shared', asker: '', verified: 'who.anyone', purpose: '', shared: [{ vct: card.vct, issuer: card.issuer.name, claims, line }] });
    if (!signal.aborted) await roll(card, credential, held, holder, drawing, signal);
    return undefined;
  } catch (error) {
    return signal.aborted ? undefined : problemView(error, { title: 'ask.failed', back: '#/show' });
  }
};

type Drawing = Awaited<ReturnType<typeof loadDrawing>>;

async function roll(card: Card, credential: CompactCredential, keys: readonly number[], holder: SigningKey, { drawQr, encodeQr }: Drawing, signal: AbortSignal): Promise<void> {
  const canvas = h('canvas', { role: 'img', 'aria-label': t('roll.code'), testid: 'rolling-code' });
  const left = h('progress', { max: EVERY, testid: 'countdown', 'aria-label': t('roll.countdown') });
  const seconds = h('span', { class: 'small quiet', 'aria-hidden': 'true', testid: 'countdown-text' });
  const doubt = h('div', { testid: 'clock' });
  const stopped = h('div', { class: 'stack', hidden: true, testid: 'rolling-over' }, notice('info', t('roll.over')), button('roll.again', () => void once(redraw), { testid: 'roll-again', icon: 'again' }));
  const values = new Map(credential.leaves.map(leaf => [leaf.key, leaf.value]));
  let [code, unsure, round]: [ReturnType<typeof encodeQr>, boolean, Round] = [undefined!, false, { startedAt: Date.now(), drawnAt: 0, drawn: 0 }];
  const draw = (): void => drawQr(canvas, code, Math.min(canvas.parentElement!.clientWidth, innerHeight * 0.66, 640));

  const renew = async (): Promise<void> => {
    round = { ...round, drawnAt: Date.now(), drawn: round.drawn + 1 };
    const clock = timeNow();
    const text = await rollingProof(credential, keys, clock.time, clock.unsure, holder);
    if (signal.aborted) return;
    code = encodeQr(text, 'L');
    unsure = clock.unsure;
    Object.assign(canvas.dataset, { version: code.version, drawn: clock.time });
    doubt.replaceChildren(...(clock.unsure ? [notice('warning', t('roll.unsure'), 'clock-unsure')] : Math.abs(clock.slow) > WRONG ? [notice('info', t('roll.corrected'), 'clock-corrected')] : []));
    if (canvas.isConnected) draw();
  };
  await renew();
  if (signal.aborted) return;
  show({
    title: t('roll.title'),
    screen: 'rolling', sign: 'code',
    back: '#/show',
    body: [
      h('div', { class: 'qr-frame full' }, canvas),
      h('div', { class: 'countdown' }, left, seconds),
      stopped, doubt,
      h('section', { class: 'card', 'aria-label': t('roll.shows') }, h('h2', null, t('roll.shows')),
        facts(keys.map(key => [labelOf(card, key), claimText(card.vct, claimByKey(card.vct, key)?.name ?? '', values.get(key)), `shows-${claimByKey(card.vct, key)?.name ?? key}`]), 'shows')),
      h('p', { class: 'small quiet' }, t('roll.how')),
    ],
    actions: [button('done', () => go('#/cards'), { testid: 'done', icon: 'cards' }), link('show.choose', `#/show/${card.id}`, { testid: 'show-choose', icon: 'settings', tone: 'plain' })],
  });
  draw();
  addEventListener('resize', draw, { signal });
  keepAwake(signal);
  announce(t('roll.ready'));

  let working = false;
  /** Looks at the clock; `anew`: draws although the code could stand. */
  const tick = (anew = false): void => {
    if (working || !stopped.hidden) return;
    const next = due(round, Date.now());
    if (next === 'over') {
      clearInterval(timer);
      canvas.parentElement!.hidden = left.parentElement!.hidden = true;
      stopped.hidden = false;
      announce(t('roll.over'));
    } else if (next === 'renew' || anew) {
      working = true;
      void renew().then(() => { working = false; tick(); }, (error: unknown) => { clearInterval(timer); if (!signal.aborted) show(problemView(error, { back: '#/show' })); });
    } else {
      left.value = next;
      seconds.textContent = t('roll.left', { seconds: next });
    }
  };
  const timer = setInterval(tick, 1000);
  tick();
  signal.addEventListener('abort', () => clearInterval(timer));
  // While the page was not seen timers stood still, and the phone may have slept, which makes the time doubtful.
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState !== 'visible') return;
    tick();
    void syncClock().then(() => { if (unsure && !signal.aborted) tick(true); });
  }, { signal });
}
