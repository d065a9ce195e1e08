import { contractReceipt, readCode, recordContract, type Workplace } from '../../../web/lib/contract/share.ts';
import { generateKeyPair, signingKey } from '../../../web/lib/keys.ts';
import { browserOutside } from '../../../web/lib/outside.ts';
import { h } from '../shell/dom.ts';
import { busy, button, notice, once, show } from '../shell/frame.ts';
import * as inbox from '../shell/inbox.ts';
import { codeOf, problemView } from '../shell/problems.ts';
import { go, type Screen } from '../shell/router.ts';
import { t } from '../shell/text.ts';
import { addWorkplace, contracts, keptContract, updateContract, workplaceKey, workplaces, type Contract, type StoredWorkplace } from '../store/contracts.ts';
import { tc } from './words.ts';

/** What can pass by itself: the version waits and is sent later. */
const PASSING: readonly (string | undefined)[] = ['offline', 'unreachable', 'server_fault', 'too_many_tries'];

/** A code from the union or whoever hands them out: which workplace, and nothing of the person. */
export const workplaceScreen: Screen = async (_parameters, signal) => {
  const item = inbox.take();
  if (!item) { go('#/contracts'); return undefined; }
  show({ title: tc('workplace.title'), screen: 'busy', sign: 'wait', back: '#/contracts', body: [busy(tc('workplace.loading'))] });
  try {
    const place = await readCode(item.text, browserOutside());
    const known = (await workplaces()).some(one => one.code === place.code && one.service === place.service);
    if (!signal.aborted) offerPlace(place, known);
  } catch (error) {
    if (!signal.aborted) show(problemView(error, { back: '#/contracts' }));
  }
  return undefined;
};

function offerPlace(place: Workplace, known: boolean): void {
  const keep = async (): Promise<void> => {
    const { service, code, site, name } = place;
    await addWorkplace({ id: crypto.randomUUID(), service, code, site, name }, await generateKeyPair());
    go('#/contracts');
  };
  show({
    title: tc('workplace.title'),
    screen: 'workplace', sign: 'send',
    back: '#/contracts',
    body: [
      place.demonstration ? h('p', { class: 'demonstration', testid: 'demonstration' }, t('demonstration')) : null,
      h('p', { class: 'lead', testid: 'workplace-name' }, tc('workplace.lead', { name: place.name, site: place.site })),
      known ? notice('info', tc('workplace.known')) : place.taken ? notice('warning', t('refusal.contract.voucher_taken'), 'taken') : notice('info', tc('workplace.sent')),
    ],
    actions: [known || place.taken ? button('close', () => go('#/contracts'), { testid: 'close', icon: 'cards' }) : button('workplace.keep', () => void once(keep), { testid: 'workplace-keep', icon: 'check' })],
  });
}

/** Records a version for a workplace: at once, or when there is a network again. */
export async function record(one: Contract, place: StoredWorkplace): Promise<void> {
  show({ title: tc('contracts.recording'), screen: 'busy', sign: 'wait', body: [busy(tc('contracts.recording'))] });
  await updateContract(one.id, { state: 'waiting', workplace: place.id });
  try {
    await sendOne(one, place);
  } catch (error) {
    if (!PASSING.includes(codeOf(error))) {
      await updateContract(one.id, { state: 'kept' });
      show(problemView(error, { back: `#/contract/${one.id}` }));
      return;
    }
  }
  go(`#/contract/${one.id}`);
}

let sending: Promise<boolean> | undefined;

/** Sends what waits and fetches proofs that have come; whether anything changed. One run at a time. */
export function sendWaiting(): Promise<boolean> {
  sending ??= run().finally(() => { sending = undefined; });
  return sending;
}

async function run(): Promise<boolean> {
  const places = await workplaces();
  let changed = false;
  for (const one of await contracts()) {
    const place = places.find(known => known.id === one.workplace);
    if (!place || one.receipt || one.state === 'kept') continue;
    try {
      changed = (one.state === 'waiting' ? await sendOne(one, place) : await proveOne(one, place)) || changed;
    } catch (error) {
      if (PASSING.includes(codeOf(error))) continue;
      if (codeOf(error) === undefined) throw error;
      await updateContract(one.id, { state: 'kept' }); // refused for good: the person sees it on the next try
      changed = true;
    }
  }
  return changed;
}

async function sendOne(one: Contract, place: StoredWorkplace): Promise<boolean> {
  const keys = await workplaceKey(place.id);
  if (!keys) return false;
  await recordContract(place.service, place.code, await signingKey(keys), await keptContract(one, place.site), browserOutside());
  await updateContract(one.id, { state: 'recorded' });
  return true;
}

async function proveOne(one: Contract, place: StoredWorkplace): Promise<boolean> {
  const receipt = await contractReceipt(place.service, await keptContract(one, place.site), browserOutside());
  const anchor = receipt?.['anchor'] as { time?: unknown; block?: unknown } | undefined;
  if (typeof anchor?.time !== 'string') return false;
  await updateContract(one.id, { receipt: { time: anchor.time, block: String(anchor.block) } });
  return true;
}
