/** What is prepared for a lost phone, who is told, and stopping what somebody else has begun. */
import { bdi, h, icon, type Child, type IconName } from '../../../web/lib/dom.ts';
import { Declined, type ListState } from '../../../web/lib/recovery/service.ts';
import { notice, once, show } from '../shell/frame.ts';
import { go, redraw, type Screen } from '../shell/router.ts';
import { day, t, words } from '../shell/text.ts';
import { enrolment, keepUp, recovering, service, settled, untold, type Enrolment } from './store.ts';
import { action, field, sixDigits, tr, trouble, type RecoveryKey } from './words.ts';

/** Seconds for which a sheet works after another one took its place (docs/recovery.md, section 2). */
const OLD_SHEET = 30 * 86_400;

const enter = (label: Parameters<typeof tr>[0], picture: IconName, href: string, testid: string, tone = 'primary'): HTMLElement =>
  h('a', { class: `button ${tone}`, href, testid }, icon(picture), h('span', null, words().lang === 'en' || words().has(`recovery.${label}`) ? tr(label) : t('about.lost')));

export const recoveryScreen: Screen = async (_parameters, signal) => {
  const kept = await settled().catch(enrolment);
  if (!kept) {
    return {
      title: tr('title'), screen: 'recovery', sign: 'phone', back: '#/settings',
      body: [h('p', { class: 'lead' }, tr('lead')), h('p', null, tr('how')), notice('info', tr('nobody'))],
      actions: [enter('make', 'file', '#/recovery/sheet', 'make-sheet'), enter('lost', 'phone', '#/recover', 'lost', 'secondary')],
    };
  }
  let state: ListState;
  try {
    state = await (await service(kept.holder, kept.sheet)).state();
  } catch (error) {
    return { title: tr('title'), screen: 'recovery', sign: 'phone', back: '#/settings', body: [notice('error', h('p', { testid: 'recovery-error' }, trouble(error)))], actions: [action('again', 'again', () => void redraw(), 'again')] };
  }
  const missing = lacking(kept, state);
  const told = h('div', null, await untoldNotices());
  if (state.holder && !missing) void tellAgain(told, signal);
  return {
    title: tr('title'), screen: 'recovery', sign: 'phone', back: '#/settings',
    body: [
      state.holder ? runningNotice(kept, state) : notice('warning', h('p', { testid: 'moved-away' }, tr('moved'))),
      state.holder ? missing ?? [notice('success', tr('made')), told] : null,
      h('h2', null, tr('contacts')),
      state.contacts.length === 0 ? h('p', null, tr('contacts.none')) : h('ul', { class: 'list', testid: 'contacts' }, state.contacts.map(contact => h('li', null, h('div', { class: 'line' },
        h('strong', null, bdi(contact.address ?? '')), h('br'), h('span', { class: 'small quiet' }, tr(contact.counts ? 'contact.counts' : 'contact.new')),
        contact.id === null ? null : action('contact.remove', 'bin', () => void once(() => remove(kept, contact.id!)), 'contact-remove', 'plain'))))),
      state.holder ? h('p', { class: 'hint' }, tr('make.again.how')) : null,
    ],
    actions: state.holder ? [enter('contact.add', 'person', '#/recovery/contact', 'contact-add'), enter('make.again', 'file', '#/recovery/sheet', 'make-sheet', 'secondary')] : [],
  };
};

async function remove(kept: Enrolment, id: string): Promise<void> {
  try {
    await (await service(kept.holder, kept.sheet)).removeContact(id);
    await redraw();
  } catch (error) {
    show({ title: tr('title'), screen: 'recovery-problem', sign: 'warn', back: '#/recovery', body: [notice('error', h('p', { testid: 'recovery-error' }, trouble(error)))] });
  }
}

/** Names an address, then takes the code that was sent there. */
export const contactScreen: Screen = async (_parameters, signal) => {
  const kept = await enrolment();
  if (!kept) { go('#/recovery'); return undefined; }
  const speaking = await service(kept.holder, kept.sheet);
  const means = await speaking.means().catch(() => ({ email: true, sms: false, demonstration: false }));
  const address = field('contact-address', means.sms ? 'contact.either' : 'contact.email', { inputmode: 'email', autocomplete: 'email' }, 'contact.hint');
  const confirm = (id: string): void => {
    const code = field('contact-code', 'contact.code', { inputmode: 'numeric', autocomplete: 'one-time-code', maxlength: 10 });
    const submit = async (): Promise<void> => {
      try {
        await speaking.confirmContact(id, sixDigits(code.input.value));
        if (!signal.aborted) go('#/recovery');
      } catch (error) {
        code.wrong(trouble(error));
      }
    };
    show({
      title: tr('contact.add'), screen: 'contact-code', sign: 'person', back: '#/recovery',
      body: [h('p', { class: 'lead' }, tr('contact.sent')), means.demonstration ? notice('info', tr('demonstration'), 'demonstration') : null, code.part],
      actions: [action('confirm', 'check', () => void once(submit), 'contact-confirm')],
    });
    code.input.focus();
  };
  const submit = async (): Promise<void> => {
    const text = address.input.value.trim();
    try {
      confirm(await speaking.addContact(text.includes('@') ? 'email' : 'sms', text, words().lang));
    } catch (error) {
      address.wrong(trouble(error));
    }
  };
  return {
    title: tr('contact.add'), screen: 'contact', sign: 'person', back: '#/recovery',
    body: [h('p', { class: 'lead' }, tr('contact.lead')), notice('warning', tr('contact.own')), address.part],
    actions: [action('contact.send', 'send', () => void once(submit), 'contact-send'), enter('later', 'wait', '#/cards', 'later', 'plain')],
  };
};

/** Why the sheet that somebody has on paper is not, or soon not, the one that counts. */
function lacking(kept: Enrolment, { replaced_at }: ListState): Child[] | undefined {
  if (kept.unseen) return [notice('error', h('p', { testid: 'sheet-unseen' }, tr('unseen')))];
  return replaced_at === null ? undefined : [notice('error', h('p', { testid: 'sheet-replaced' }, tr('replaced', { day: day((replaced_at + OLD_SHEET) * 1000) })))];
}

/** Tells the issuers that do not know of the sheet, and then says which still do not. */
export async function tellAgain(slot: HTMLElement, signal: AbortSignal): Promise<readonly Node[]> {
  await keepUp(true).catch(() => undefined);
  const notices = await untoldNotices();
  if (!signal.aborted) slot.replaceChildren(...notices);
  return notices;
}

/** Which issuers do not know of the sheet: yet, or at all. */
async function untoldNotices(): Promise<Node[]> {
  const { later, never } = await untold();
  const list = (label: RecoveryKey, names: readonly string[], testid: string): Node[] =>
    names.length === 0 ? [] : [notice('warning', [h('p', null, tr(label)), h('ul', { testid }, names.map(name => h('li', null, bdi(name))))])];
  return [...list('untold', later, 'untold'), ...list('untold.never', never, 'untold-never')];
}

function runningNotice(kept: Enrolment, { recovery }: ListState): Child {
  if (!recovery || recovery.state === 'stopped' || recovery.state === 'done') return null;
  const stop = async (): Promise<void> => {
    try {
      await (await service(kept.holder, kept.sheet)).stop();
    } catch (error) {
      if (!(error instanceof Declined && error.code === 'ended')) {
        show({ title: tr('title'), screen: 'recovery-problem', sign: 'warn', back: '#/recovery', body: [notice('error', h('p', { testid: 'recovery-error' }, trouble(error)))] });
        return;
      }
    }
    await redraw();
  };
  return notice('error', [
    h('p', null, h('strong', null, recovery.ends_at === null ? tr('running') : tr('running.until', { day: day(recovery.ends_at * 1000) }))),
    action('running.stop', 'cross', () => void once(stop), 'stop-recovery', 'danger'),
  ], 'recovery-running');
}

/** What stands on the screen of the cards: a recovery that somebody has begun, before all; else the offer of a sheet, or the way back for a new phone. */
export async function fillSlot(slot: HTMLElement, held: number, signal: AbortSignal): Promise<void> {
  const kept = await settled().catch(enrolment);
  const content = (...children: Child[]): void => { if (!signal.aborted) slot.replaceChildren(...children.filter((child): child is Node => child instanceof Node)); };
  if (kept) {
    const state = await (await service(kept.holder, kept.sheet)).state();
    if (state.holder) {
      const missing = lacking(kept, state);
      content(runningNotice(kept, state), ...missing ?? [], missing ? enter('make.again', 'file', '#/recovery', 'offer-sheet', 'secondary') : null);
      await keepUp();
    } else content(notice('warning', h('p', { testid: 'moved-away' }, tr('moved'))));
    return;
  }
  if (await recovering()) content(notice('info', [h('p', null, tr('run.goes')), enter('run.see', 'next', '#/recover/run', 'recovering', 'secondary')]));
  else if (held === 0) content(h('p', null, enter('lost', 'phone', '#/recover', 'lost', 'plain')));
  else if (words().has('recovery.offer') || words().lang === 'en') content(notice('info', [h('p', null, tr('offer')), enter('make', 'file', '#/recovery', 'offer-sheet', 'secondary')], 'sheet-offer'));
  else content(h('p', null, enter('make', 'file', '#/recovery', 'offer-sheet', 'plain'))); // not translated yet: one line that is
}

