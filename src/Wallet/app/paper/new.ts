/** A new paper in place of a lost one. The issuer ends the one before in the same act, whether this phone hears of it or not. */
import { h, icon } from '../../../web/lib/dom.ts';
import { PAPER } from '../../../web/lib/openid4vci/collect.ts';
import { requestCredentials } from '../../../web/lib/openid4vci/credential.ts';
import { browserOutside, type Outside } from '../../../web/lib/outside.ts';
import { refuse } from '../../../web/lib/refusal.ts';
import { pinForm } from '../lock/form.ts';
import { renewed } from '../more/token.ts';
import { typeName } from '../cards/definitions.ts';
import { announce, busy, notice, show } from '../shell/frame.ts';
import { problemView } from '../shell/problems.ts';
import { go, type Screen } from '../shell/router.ts';
import { t } from '../shell/text.ts';
import { card as find, copies, updateCard } from '../store/cards.ts';
import { hasPin, unlock } from '../store/vault.ts';
import { checkPaper } from './check.ts';
import { tp } from './words.ts';

/** Makes, checks and keeps it. Refusals `issuance_denied` (the issuer gives none, or none now), `session_ended`, those of a paper that is not what it should be, network codes. */
export async function makePaper(id: string, outside: Outside): Promise<void> {
  const { card, issuer, token } = await renewed(id, outside) ?? refuse('issuance_denied', 'no refresh token');
  const printed = Object.values(issuer.configurations).find(one => one.format === PAPER && one.vct === card.vct) ?? refuse('issuance_denied', 'no paper of this type');
  const text = (await requestCredentials(issuer, token, printed.id, [], new Map(), outside))[0]!;
  const [copy] = await copies(id);
  await checkPaper(text, card.vct, card.claims as Parameters<typeof checkPaper>[2], copy!.content.sdJwt, outside);
  await updateCard(id, { paper: { text, madeAt: outside.now() * 1000 } });
}

/** Says plainly that the paper before ends, and asks for the PIN where there is one: who holds the unlocked phone must not end what is carried elsewhere. */
export const newPaperScreen: Screen = async ([id], signal) => {
  const card = await find(id!);
  const back = `#/card/${id}/paper`;
  if (!card?.more) { go('#/cards'); return undefined; }
  const make = async (): Promise<void> => {
    show({ title: tp('new'), screen: 'busy', sign: 'wait', body: [busy(tp('new.busy'))] });
    try {
      await makePaper(card.id, browserOutside());
      if (signal.aborted) return;
      go(back);
      announce(tp('new.done'));
    } catch (problem) {
      if (!signal.aborted) show(problemView(problem, { back, retry: () => void make() }));
    }
  };
  return {
    title: tp('new'),
    screen: 'paper-new', sign: 'print',
    back,
    body: [
      h('p', { class: 'lead' }, typeName(card.vct)),
      notice('warning', [h('p', { testid: 'old-ends' }, h('strong', null, tp('new.ends'))), h('p', null, tp('new.back'))]),
      h('p', null, tp('new.stays')),
      hasPin() ? pinForm({ id: 'paper-form', testid: 'paper-pin', label: t('lock.pin') }, async pin => {
        const tried = await unlock(pin, Date.now());
        if (tried.outcome === 'open') await make();
        return tried;
      }) : h('form', { id: 'paper-form', onsubmit: (event: Event) => { event.preventDefault(); void make(); } }),
    ],
    actions: [h('button', { type: 'submit', form: 'paper-form', class: 'button danger', testid: 'paper-make' }, icon('again'), h('span', null, tp('new.yes'))), h('a', { class: 'button secondary', href: back, testid: 'paper-keep' }, icon('back'), h('span', null, tp('new.no')))],
  };
};
