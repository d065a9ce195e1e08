/** Who asks, by the signed list of registered verifiers: the panel above a question, and the red screen instead of one. */
import type { Bytes } from '../../../web/lib/bytes.ts';
import type { SigningKey } from '../../../web/lib/keys.ts';
import { signShowing } from '../../../web/lib/receipt/shown.ts';
import { judgeAsker, mustRefuse, type AskedFor, type Asking, type VerifierList } from '../../../web/lib/verifiers.ts';
import { bdi, h, icon, type Child } from '../shell/dom.ts';
import { announce, button, notice, show } from '../shell/frame.ts';
import { go } from '../shell/router.ts';
import { day, has, t, words, type Key } from '../shell/text.ts';
import { now, timeNow } from '../store/clock.ts';
import { record, type Event } from '../store/history.ts';
import { refreshVerifiers, signers, verifierList } from '../store/verifiers.ts';

/** What the question itself says: nothing of it is vouched for. */
export interface Claimed {
  readonly name: string;
  readonly detail?: string;
  readonly how: Key;
  readonly purpose: string;
  readonly key: string | undefined;
  readonly purposeId: string | undefined;
  readonly asked: readonly AskedFor[];
}

/** What this wallet knows about who asks; `asking` is undefined in a wallet that keeps no list at all. */
export interface Asker extends Claimed { readonly asking: Asking | undefined; readonly list: VerifierList | undefined }

export async function whoAsks(claimed: Claimed): Promise<Asker> {
  if (signers().length === 0) return { ...claimed, asking: undefined, list: undefined };
  const asker = judged(claimed, await verifierList());
  if (asker.asking?.standing === 'registered' || asker.asking?.standing === 'public_page') return asker;
  // Registered a moment ago, or for more than before: nobody is warned or refused by an older list while a newer one can be had.
  return judged(claimed, await refreshVerifiers());
}

const judged = (claimed: Claimed, list: VerifierList | undefined): Asker =>
  ({ ...claimed, list, asking: judgeAsker(list, timeNow().time, claimed.key, claimed.purposeId, claimed.asked) });

/** The name to use in sentences: the registered one, else the asker's own. */
export function nameOf({ asking, name }: Asker): string {
  return asking?.standing === 'public_page' ? t('public.title') : asking?.verifier?.name ?? name;
}

/** What for, in the person's language: as it was registered, else our translation of the same sentence, where it is one that everybody's check page asks with. */
export function purposeOf({ asking, purpose }: Asker): string {
  if (!asking?.purpose) return purpose;
  const { [words().lang]: own, en } = asking.purpose.text;
  const sentence = `purpose.${en}`;
  return own ?? (has(sentence) ? t(sentence) : en!);
}

/** How far the name was verified, as the history keeps it. */
export const standingKey = ({ asking, how }: Asker): string => asking ? `who.${asking.standing}` : how;

/** A line of the history about this asker. */
export const noted = (asker: Asker, way: Event['way'], outcome: Event['outcome'], shared: Event['shared'] = [], question?: string): Event => ({
  id: crypto.randomUUID(), at: now(), way, outcome, asker: nameOf(asker), verified: standingKey(asker), purpose: purposeOf(asker), shared,
  ...(asker.key !== undefined && { key: asker.key }), ...(question !== undefined && { question }), ...(asker.asking?.verifier?.url !== undefined && { from: asker.asking.verifier.url }),
});

/** Our own line about one copy that is about to be shown to this asker; `shown` is the text it is shown as. */
export const ownLine = (asker: Asker, type: string, claims: readonly string[], issued: Bytes | string, shown: string, question: string | undefined, holder: SigningKey): Promise<string> =>
  signShowing({ asker: nameOf(asker), standing: asker.asking?.standing ?? 'unlisted', key: asker.key, purpose: purposeOf(asker), type, claims, issued, shown, question }, timeNow().time, holder);

/** Whether a claim goes beyond the registration. */
export const isExtra = ({ asking }: Asker, vct: string, claim: string): boolean => asking?.extra.some(one => (one.type === vct || one.type === '') && one.claim === claim) ?? false;

/** Who asks, as far as it is known, and why. */
export function askerPanel(asker: Asker): HTMLElement {
  const { asking, list } = asker;
  if (asking?.verifier && list) return asking.verifier.publicPage ? publicPanel(asker) : registeredPanel(asker, list);
  return h('div', { class: 'card', testid: 'asker' },
    h('p', { class: 'quiet small' }, t('ask.who')),
    h('h2', { testid: 'asker-name' }, bdi(asker.name)),
    asker.detail ? h('p', { class: 'fixed small', dir: 'ltr' }, asker.detail) : null,
    h('p', { class: 'small', testid: 'asker-how' }, t(asker.how)),
    notice('warning', [h('p', null, h('strong', null, t('ask.unregistered'))), h('p', null, t('ask.unregistered.more'))], 'not-registered'),
    why(asker));
}

function registeredPanel(asker: Asker, list: VerifierList): HTMLElement {
  const { standing, verifier } = asker.asking!;
  return h('div', { class: 'card asker', testid: 'asker', 'data-standing': standing },
    h('p', { class: 'quiet small' }, t('ask.who')),
    h('h2', { testid: 'asker-name' }, bdi(verifier!.name)),
    h('p', { class: 'registered', testid: 'registered' }, icon('shield'), h('span', null, t('ask.registered', { authority: list.authority }))),
    verifier!.demonstration ? h('p', { class: 'small quiet', testid: 'demonstration' }, t('demonstration')) : null,
    oldList(asker),
    standing === 'more' ? notice('warning', [h('p', null, h('strong', null, t('ask.more'))), h('p', null, t('ask.more.how'))], 'more-than-registered') : null,
    why(asker),
    h('p', { class: 'small quiet' }, t('ask.contact'), ' ', bdi(verifier!.contact)));
}

function publicPanel(asker: Asker): HTMLElement {
  return h('div', { class: 'card asker', testid: 'asker', 'data-standing': 'public_page' },
    h('p', { class: 'quiet small' }, t('ask.who')),
    h('h2', { testid: 'asker-name' }, t('public.title')),
    notice('info', [h('p', null, h('strong', null, t('public.anyone'))), h('p', null, t('public.more'))], 'public-page'),
    oldList(asker),
    why(asker),
    h('p', { class: 'small quiet' }, t('public.run'), ' ', bdi(asker.asking!.verifier!.name)));
}

const oldList = ({ asking, list }: Asker): Child => asking?.expired && list ? notice('warning', t('list.old', { day: day(list.issuedAt * 1000) }), 'list-old') : null;

const why = (asker: Asker): Child => [
  h('p', { class: 'quiet small' }, t('ask.why')),
  h('p', { testid: 'purpose' }, purposeOf(asker) ? bdi(purposeOf(asker)) : t('ask.nopurpose')),
];

/** The red screen, unless the person has left: nothing can be shared from here. Returns false where the question may be put to the person. */
export async function refusedScreen(asker: Asker, way: Event['way'], signal: AbortSignal): Promise<boolean> {
  const { asking, list } = asker;
  if (!asking || !mustRefuse(asking)) return false;
  const reason = asking.standing === 'unknown' && asking.expired ? 'old' : asking.standing;
  const sentence: Key = reason === 'no_list' ? 'refused.nolist' : reason === 'old' ? 'refused.old' : reason === 'public_page_more' ? 'refused.public' : 'refused.unknown';
  await record({ id: crypto.randomUUID(), at: now(), way, outcome: 'refused', asker: asker.name, verified: standingKey(asker), purpose: asker.purpose, shared: [] });
  if (signal.aborted) return true;
  show({
    title: t('refused.title'),
    screen: 'refused', sign: 'warn',
    back: '#/cards',
    body: [
      h('div', { class: 'stop', role: 'alert', testid: 'refused', 'data-reason': reason }, icon('warn'), h('div', { class: 'stack' }, h('p', null, h('strong', null, t(sentence))), h('p', null, t('refused.nothing')))),
      h('div', { class: 'card' },
        h('p', { class: 'quiet small' }, t('refused.says')),
        h('p', { testid: 'asker-name' }, bdi(asker.name)),
        asker.detail ? h('p', { class: 'fixed small', dir: 'ltr' }, asker.detail) : null),
      h('h2', null, t('refused.what')),
      h('ul', { testid: 'refused-next' },
        h('li', null, t('refused.ask')),
        list?.contact ? h('li', null, t('refused.authority', { authority: list.authority }), ' ', bdi(list.contact)) : null,
        reason === 'no_list' || reason === 'old' ? h('li', null, t('refused.connect')) : null,
        h('li', null, t('refused.paper'))),
      h('p', { class: 'small quiet' }, t('refused.noted')),
    ],
    actions: [button('close', () => go('#/cards'), { testid: 'close', icon: 'cards' })],
  });
  announce(t('refused.title'));
  return true;
}
