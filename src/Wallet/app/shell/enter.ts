/** Whose wallet this page is. A page serves one person in its life: to change, it is loaded anew, and nothing of the one before is left in memory. */
import { keepClock } from '../store/clock.ts';
import { FIRST, useSpace } from '../store/db.ts';
import { persons, type Person } from '../store/persons.ts';
import { preferences } from '../store/settings.ts';
import { load, onOtherTab } from '../store/vault.ts';
import { refreshVerifiers } from '../store/verifiers.ts';
import { hideDiary } from './frame.ts';
import { redraw } from './router.ts';
import { useLanguage } from './text.ts';

// Of this tab alone: a reload, and the way back from an organisation's page, lead to the same person's lock.
const TAB = 'identity-wallet-person';

let all: readonly Person[] = [];
let space: string | undefined;
let welcomed = false;

/** Whether somebody has been chosen, or there is nobody to choose between. */
export const hasEntered = (): boolean => space !== undefined;
/** More than one person has a wallet here. */
export const isShared = (): boolean => all.length > 1;
/** The person whose page this is; undefined where nobody gave a name. */
export const self = (): Person | undefined => all.find(person => person.id === space);
/** The first screen. */
export const startScreen = (): string => (welcomed ? '#/cards' : '#/welcome');

/** At the start of the page. `asked`: it was opened by a link, so that nobody knows yet for whom. */
export async function begin(asked: boolean): Promise<void> {
  all = await persons();
  const same = asked ? undefined : all.find(person => person.id === sessionStorage.getItem(TAB));
  if (!isShared()) await enter(all[0]?.id ?? FIRST);
  else if (same) await enter(same.id);
  else await useLanguage(all[0]!.language);
}

/** Opens a person's space, which is still locked then. */
export async function enter(id: string): Promise<void> {
  if (space !== undefined) throw new Error('entered');
  useSpace(id);
  space = id;
  sessionStorage.setItem(TAB, id);
  await look();
  onOtherTab(() => void look().then(redraw));
  await keepClock();
  void refreshVerifiers();
}

async function look(): Promise<void> {
  const kept = await preferences();
  welcomed = kept.welcomed;
  hideDiary(kept.hideDiary === true);
  await useLanguage(kept.language ?? self()?.language);
  await load();
}

/** Reads anew who is on this phone. */
export async function lookAround(): Promise<readonly Person[]> {
  all = await persons();
  return all;
}

/** Leaves this person's page, for the screen of all or for `next`. `link`: what the page was opened by, where it is for somebody else; it waits in the address for a moment, until the next page takes it out. */
export function leavePerson(next?: string, link = location.pathname): void {
  if (next === undefined) sessionStorage.removeItem(TAB);
  else sessionStorage.setItem(TAB, next);
  history.replaceState(null, '', link);
  location.reload();
}
