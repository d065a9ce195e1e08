import { readEngagement, sealContracts, sharedStatus, type Engagement, type SealedBundle } from '../../../web/lib/contract/share.ts';
import { browserOutside } from '../../../web/lib/outside.ts';
import { bdi, h } from '../shell/dom.ts';
import { busy, button, notice, once, show } from '../shell/frame.ts';
import * as inbox from '../shell/inbox.ts';
import { codeOf, problemView } from '../shell/problems.ts';
import { go, redraw, type Screen } from '../shell/router.ts';
import { day, t, tn, words } from '../shell/text.ts';
import { contracts, keepShown, keptContract, shownBundles, workplaces, type Contract, type Shown, type StoredWorkplace } from '../store/contracts.ts';
import { sendShown, takeBack } from './sending.ts';
import { tc, versionName } from './words.ts';

type Choice = { readonly contract: Contract; readonly place: StoredWorkplace };

/** An auditor asks: who, what for, until when, and which versions the person wants to show. Nothing is chosen beforehand. */
export const engagementScreen: Screen = async (_parameters, signal) => {
  const item = inbox.take();
  if (!item) { go('#/contracts'); return undefined; }
  show({ title: tc('engagement.title'), screen: 'busy', sign: 'wait', back: '#/contracts', body: [busy(t('ask.loading'))] });
  try {
    const engagement = await readEngagement(item.text, browserOutside());
    const places = await workplaces();
    const choices = (await contracts()).flatMap(contract => {
      const place = places.find(known => known.id === contract.workplace && engagement.sites.some(site => site.code === known.site));
      return place && contract.state === 'recorded' ? [{ contract, place }] : [];
    });
    if (!signal.aborted) ask(engagement, choices, signal);
  } catch (error) {
    if (!signal.aborted) show(problemView(error, { title: 'ask.failed', back: '#/contracts' }));
  }
  return undefined;
};

function ask(engagement: Engagement, choices: readonly Choice[], signal: AbortSignal): void {
  const chosen = new Set<Choice>();
  const send = button('engagement.send', () => void share(engagement, [...chosen], signal), { testid: 'send', icon: 'check', disabled: true });
  show({
    title: tc('engagement.title'),
    screen: 'engagement', sign: 'show',
    back: '#/contracts',
    body: [
      engagement.demonstration ? h('p', { class: 'demonstration', testid: 'demonstration' }, t('demonstration')) : null,
      h('section', { class: 'card' },
        h('h2', { testid: 'auditor' }, bdi(engagement.auditor)), h('p', { class: 'small quiet' }, new URL(engagement.address).host),
        h('p', { testid: 'purpose' }, tc('engagement.purpose', { purpose: engagement.purpose })),
        h('p', null, tc('engagement.until', { day: words().date(engagement.until) }))),
      notice('info', tc('engagement.care')),
      choices.length === 0 ? notice('warning', tc('engagement.none'), 'nothing-to-show') : h('fieldset', { class: 'field' }, h('legend', null, tc('engagement.choose')),
        h('div', { class: 'choices' }, choices.map(choice => h('label', { class: 'choice' },
          h('input', { type: 'checkbox', testid: `share-${choice.contract.values['stage']}`, onchange: (event: Event) => {
            if ((event.target as HTMLInputElement).checked) chosen.add(choice);
            else chosen.delete(choice);
            send.disabled = chosen.size === 0;
          } }), h('span', null, versionName(choice.contract.values)))))),
    ],
    actions: [choices.length > 0 ? send : null, button('refuse', () => go('#/contracts'), { testid: 'refuse', icon: 'cross', tone: 'plain' })],
  });
}

async function share(engagement: Engagement, chosen: readonly Choice[], signal: AbortSignal, before?: SealedBundle): Promise<void> {
  show({ title: tc('engagement.title'), screen: 'busy', sign: 'wait', body: [busy(tc('engagement.sending'))] });
  const outside = browserOutside();
  let sealed = before;
  try {
    sealed ??= await sealContracts(engagement, await Promise.all(chosen.map(({ contract, place }) => keptContract(contract, place.site))), outside);
    await sendShown(sealed, { auditor: engagement.auditor, purpose: engagement.purpose, until: engagement.until, at: outside.now() * 1000, contracts: chosen.length }, before !== undefined, outside);
    if (signal.aborted) return; // the lock may stand before it by now
    show({
      title: tc('engagement.sent'), screen: 'engagement-sent', sign: 'check',
      body: [notice('success', tc('engagement.sent.text', { auditor: engagement.auditor }), 'sent')],
      actions: [button('close', () => go('#/contracts/shown'), { testid: 'close', icon: 'cards' })],
    });
  } catch (error) {
    // Again is the same bundle again, whether it had arrived or not.
    if (!signal.aborted) show(problemView(error, { back: '#/contracts', ...(codeOf(error) !== 'contract_refused' && { retry: () => void share(engagement, chosen, signal, sealed) }) }));
  }
}

/** What was shown to whom, how often it was opened, and taking it back. */
export const shownScreen: Screen = async (_parameters, signal) => {
  const all = await shownBundles();
  const lines = all.map(shown => ({ shown, state: h('p', { class: 'small', testid: 'opened' }, shown.perhaps ? tc('shown.perhaps') : null) }));
  for (const { shown, state } of lines.filter(line => !line.shown.withdrawn)) {
    void sharedStatus(shown, browserOutside())
      .then(async ({ state: now, opened }) => {
        if (shown.perhaps) await keepShown({ ...shown, perhaps: false }); // it did arrive
        if (!signal.aborted) state.textContent = now === 'held' ? tn('shown.opened', opened) : tc('shown.over');
      })
      .catch(() => undefined); // without a network the line stays empty
  }
  return {
    title: t('shown.title'),
    screen: 'contracts-shown', sign: 'show',
    back: '#/contracts',
    body: [all.length === 0
      ? h('div', { class: 'empty', testid: 'empty' }, h('p', { class: 'lead' }, tc('shown.empty')))
      : lines.map(({ shown, state }) => h('section', { class: 'card', testid: 'shown', 'data-withdrawn': shown.withdrawn ? 'yes' : 'no' },
        h('h2', null, bdi(shown.auditor)), h('p', null, bdi(shown.purpose)), h('p', { class: 'small quiet' }, `${tn('shown.count', shown.contracts)} ${tc('shown.when', { day: day(shown.at), until: words().date(shown.until) })}`),
        state, shown.withdrawn ? h('p', null, tc('shown.withdrawn')) : button('shown.withdraw', () => void once(() => withdraw(shown)), { testid: 'withdraw', icon: 'cross', tone: 'secondary' })))],
  };
};

async function withdraw(shown: Shown): Promise<void> {
  try {
    await takeBack(shown, browserOutside());
    await redraw();
  } catch (error) {
    show(problemView(error, { title: 'shown.withdraw.failed', back: '#/contracts/shown' }));
  }
}
