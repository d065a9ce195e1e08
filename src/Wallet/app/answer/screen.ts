import { decodeBase64Url } from '../../../web/lib/base64url.ts';
import { parseChallenge, type Challenge } from '../../../web/lib/compact/challenge.ts';
import { decodeCompactCredential, type ClaimValue, type CompactCredential } from '../../../web/lib/compact/credential.ts';
import { answerChallenge } from '../../../web/lib/compact/present.ts';
import { signingKey, thumbprintText } from '../../../web/lib/keys.ts';
import { decompressPoint } from '../../../web/lib/p256.ts';
import { refuse } from '../../../web/lib/refusal.ts';
import { cardSubtitle, claimByKey, claimLabel, claimText, definition, typeName } from '../cards/definitions.ts';
import { goodFirst, trouble } from '../cards/face.ts';
import { askerPanel, isExtra, nameOf, noted, ownLine, refusedScreen, whoAsks, type Asker, type Claimed } from '../present/asker.ts';
import { Agreement, arrange, cardChoice, claimSwitches, type AskedLine } from '../present/consent.ts';
import { missingCard } from '../present/missing.ts';
import { h } from '../shell/dom.ts';
import { announce, busy, button, notice, once, show, update } from '../shell/frame.ts';
import * as inbox from '../shell/inbox.ts';
import { loadDrawing } from '../shell/later.ts';
import { problemView } from '../shell/problems.ts';
import { go, type Screen } from '../shell/router.ts';
import { t } from '../shell/text.ts';
import { cards, copies, takeCopy, type Card } from '../store/cards.ts';
import { now } from '../store/clock.ts';
import { record } from '../store/history.ts';
import { keepAwake } from './wake-lock.ts';

/** Above this version an ordinary camera in poor light no longer reads the code. */
const COMFORTABLE_VERSION = 20;

interface Usable { readonly card: Card; readonly values: ReadonlyMap<number, ClaimValue> }

/** Answers a verifier's code with a code. Nothing here needs a network. */
export const answerScreen: Screen = async (_parameters, signal) => {
  const item = inbox.take();
  if (!item) { go('#/cards'); return undefined; }
  show({ title: t('ask.loading.title'), screen: 'busy', sign: 'wait', back: '#/cards', body: [busy(t('ask.loading'))] });

  let challenge: Challenge;
  let usable: Usable[];
  let who: Asker;
  try {
    challenge = await parseChallenge(item.text);
    who = await whoAsks(await claimedBy(challenge));
    if (signal.aborted || await refusedScreen(who, 'code', signal)) return undefined;
    usable = goodFirst((await Promise.all((await cards()).filter(card => card.vct === challenge.type).map(open))).filter(entry => entry !== undefined), now());
  } catch (error) {
    return problemView(error, { title: 'ask.failed' });
  }

  if (signal.aborted) return undefined;
  const complete = usable.filter(({ values }) => challenge.required.every(key => values.has(key)));
  if (complete.length === 0) return missing(challenge, who, usable);
  consent(item.text.trim(), challenge, who, complete, signal);
  return undefined;
};

async function open(card: Card): Promise<Usable | undefined> {
  const text = (await copies(card.id)).find(copy => copy.content.compact)?.content.compact;
  if (text === undefined) return undefined;
  const { leaves } = await decodeCompactCredential(decodeBase64Url(text));
  return { card, values: new Map(leaves.map(leaf => [leaf.key, leaf.value])) };
}

async function claimedBy(challenge: Challenge): Promise<Claimed> {
  const keys = [...challenge.required, ...challenge.optional];
  const claimOf = (key: number): string => claimByKey(challenge.type, key)?.name ?? String(key);
  return {
    name: challenge.name, how: 'who.challenge', purpose: challenge.purpose, purposeId: challenge.purposeId,
    key: await thumbprintText(decompressPoint(challenge.key)),
    asked: keys.length === 0 ? [{ type: challenge.type, claim: '' }] : keys.map(key => ({ type: challenge.type, claim: claimOf(key) })),
  };
}

const labelOf = (challenge: Challenge, key: number): string => {
  const name = claimByKey(challenge.type, key)?.name;
  return name === undefined ? String(key) : claimLabel(challenge.type, name);
};

function missing(challenge: Challenge, who: Asker, usable: readonly Usable[]): ReturnType<typeof problemView> {
  return {
    title: t('missing.title'),
    screen: 'missing', sign: 'ask',
    back: '#/cards',
    body: [
      askerPanel(who),
      h('p', { class: 'lead' }, t('missing.lead')),
      missingCard([challenge.type], challenge.required.map(key => labelOf(challenge, key)), usable.map(({ card, values }) => ({ card, has: challenge.required.map(key => values.has(key)) }))),
      h('p', null, t('missing.next')),
    ],
    actions: [button('close', () => go('#/cards'), { testid: 'close', icon: 'cards' })],
  };
}

function consent(question: string, challenge: Challenge, who: Asker, usable: readonly Usable[], signal: AbortSignal): void {
  let { card, values } = usable[0]!;
  let lines = linesOf(challenge, who, values);
  let agreement = new Agreement(lines);

  const send = button('answer.show', () => void once(() => answer(question, challenge, who, card, lines, agreement, signal)), { testid: 'send', icon: 'check' });
  const hint = h('p', { class: 'small', testid: 'send-hint', 'aria-live': 'polite' });
  const changed = (): void => {
    send.disabled = agreement.missing.length > 0;
    hint.textContent = send.disabled ? t('ask.needs') : '';
  };
  const draw = (): HTMLElement[] => {
    const wrong = trouble(card, now());
    return [
      askerPanel(who),
      h('section', { class: 'card', testid: 'asked-card', 'data-vct': card.vct, 'aria-label': typeName(card.vct) },
        h('h2', null, typeName(card.vct)),
        h('p', { class: 'quiet small' }, card.issuer.name),
        wrong ? notice('warning', t(`status.${wrong}.show`), 'trouble') : null,
        usable.length > 1
          ? cardChoice('card', usable.map(entry => ({ id: entry.card.id, title: cardSubtitle(entry.card.claims) || typeName(card.vct), detail: entry.card.issuer.name })), card.id, id => {
            ({ card, values } = usable.find(entry => entry.card.id === id)!);
            lines = linesOf(challenge, who, values);
            agreement = new Agreement(lines);
            update(draw());
            changed();
          })
          : null,
        h('h3', null, t('ask.what')),
        lines.length > 0 ? claimSwitches(lines, agreement, changed) : h('p', null, t('ask.nothing'))),
      hint,
    ];
  };
  const decline = async (): Promise<void> => {
    await record(noted(who, 'code', 'declined', [], question));
    go('#/cards');
  };
  show({
    title: t('ask.title'),
    screen: 'consent', sign: 'show',
    body: draw(),
    actions: [send, button('ask.decline', () => void once(decline), { testid: 'decline', icon: 'cross', tone: 'plain' })],
  });
  changed();
}

function linesOf(challenge: Challenge, who: Asker, values: ReadonlyMap<number, ClaimValue>): AskedLine[] {
  return arrange([...challenge.required, ...challenge.optional.filter(key => !challenge.required.includes(key))].filter(key => values.has(key)).map(key => {
    const claim = claimByKey(challenge.type, key);
    return {
      id: String(key),
      name: claim?.name ?? String(key),
      label: labelOf(challenge, key),
      value: claim ? claimText(challenge.type, claim.name, values.get(key)) : String(values.get(key)),
      optional: !challenge.required.includes(key),
      sensitive: claim?.sensitive ?? false,
      extra: isExtra(who, challenge.type, claim?.name ?? String(key)),
    };
  }), definition(challenge.type)?.claims ?? []);
}

async function answer(question: string, challenge: Challenge, who: Asker, card: Card, lines: readonly AskedLine[], agreement: Agreement, signal: AbortSignal): Promise<void> {
  try {
    const drawing = await loadDrawing(); // before a copy counts as shown
    const copy = await takeCopy(card.id, candidate => candidate.content.compact !== undefined) ?? refuse('not_matched');
    const credential: CompactCredential = await decodeCompactCredential(decodeBase64Url(copy.content.compact!));
    const keys = lines.filter(line => agreement.has(line.id)).map(line => Number(line.id));
    const holder = await signingKey(copy.keys);
    const text = await answerChallenge(credential, keys, challenge, holder);
    const names = keys.map(key => claimByKey(challenge.type, key)?.name ?? String(key));
    const line = await ownLine(who, card.vct, names, credential.issuer.bytes, text, question, holder);
    await record(noted(who, 'code', 'shared', [{ vct: card.vct, issuer: card.issuer.name, claims: names, line }], question));
    if (!signal.aborted) showCode(text, who, drawing, signal);
  } catch (error) {
    if (!signal.aborted) show(problemView(error, { title: 'ask.failed' }));
  }
}

function showCode(text: string, who: Asker, { drawQr, encodeQr }: Awaited<ReturnType<typeof loadDrawing>>, signal: AbortSignal): void {
  const code = encodeQr(text, 'L');
  const canvas = h('canvas', { role: 'img', 'aria-label': t('answer.code', { name: nameOf(who) }), testid: 'answer-code', 'data-version': code.version });
  const copy = button('answer.copy', () => void navigator.clipboard.writeText(text).then(() => announce(t('answer.copied'))), { testid: 'copy-answer', icon: 'paste', tone: 'plain' });
  show({
    title: t('answer.title'),
    screen: 'answer', sign: 'code',
    body: [
      h('div', { class: 'qr-frame full' }, canvas),
      h('p', { class: 'lead centred' }, t('answer.how', { name: nameOf(who) })),
      code.version > COMFORTABLE_VERSION ? notice('warning', t('answer.dense'), 'dense') : null,
      notice('info', t('answer.bright')),
    ],
    actions: [button('done', () => go('#/cards'), { testid: 'done', icon: 'cards' }), copy],
  });
  const draw = (): void => {
    const frame = canvas.parentElement!;
    drawQr(canvas, code, Math.min(frame.clientWidth, innerHeight * 0.72, 640));
  };
  draw();
  addEventListener('resize', draw, { signal });
  keepAwake(signal);
}
