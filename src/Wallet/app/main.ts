/** Starts the wallet: language, lock, routes, updates. */
import 'wallet:shared';
import { detailScreen, deleteScreen } from './cards/detail.ts';
import { listScreen } from './cards/list.ts';
import { reasonScreen } from './cards/reason.ts';
import { receiptScreen } from './cards/receipt.ts';
import { answerScreen } from './answer/screen.ts';
import { lockScreen, lockWhenIdle } from './lock/screen.ts';
import { begin, hasEntered, isShared, startScreen } from './shell/enter.ts';
import { presentScreen } from './present/screen.ts';
import { receiveScreen, resumeScreen, returnScreen } from './receive/screen.ts';
import { kindOfLink, SCREENS } from './scan/classify.ts';
import { addScreen, pasteScreen, scanScreen } from './scan/screen.ts';
import { aboutScreen, eraseScreen, languageScreen, lockSettingsScreen, pinScreen, settingsScreen } from './settings/screens.ts';
import { welcomeScreen } from './settings/welcome.ts';
import { notice, show } from './shell/frame.ts';
import * as inbox from './shell/inbox.ts';
import { contractsPart, historyPart, paperPart, privacyPart, recoveryPart, rollingPart } from './shell/later.ts';
import { problemView } from './shell/problems.ts';
import { redraw, startRouter, type Screen } from './shell/router.ts';
import { t, useLanguage } from './shell/text.ts';
import { watchForUpdates } from './shell/updates.ts';
import { closeDiary, guardsDiary, hasPin, isDiaryClosed, isLocked } from './store/vault.ts';

const ROUTES = [
  { path: /^#\/welcome$/, screen: welcomeScreen },
  { path: /^#\/cards$/, screen: listScreen },
  { path: /^#\/card\/([\w-]+)$/, screen: detailScreen },
  { path: /^#\/card\/([\w-]+)\/receipt$/, screen: receiptScreen },
  { path: /^#\/card\/([\w-]+)\/why$/, screen: reasonScreen },
  { path: /^#\/card\/([\w-]+)\/delete$/, screen: deleteScreen },
  { path: /^#\/card\/([\w-]+)\/paper$/, screen: paperPart('paperScreen') },
  { path: /^#\/card\/([\w-]+)\/paper\/new$/, screen: paperPart('newPaperScreen') },
  { path: /^#\/add$/, screen: addScreen },
  { path: /^#\/paste$/, screen: pasteScreen },
  { path: /^#\/scan\/(add|show)$/, screen: scanScreen },
  { path: /^#\/receive$/, screen: receiveScreen },
  { path: /^#\/receive\/again\/([\w-]+)$/, screen: resumeScreen },
  { path: /^#\/receive\/page$/, screen: returnScreen },
  { path: /^#\/present$/, screen: presentScreen },
  { path: /^#\/answer$/, screen: answerScreen },
  { path: /^#\/show$/, screen: rollingPart('showScreen') },
  { path: /^#\/show\/([\w-]+)$/, screen: rollingPart('chooseScreen') },
  { path: /^#\/show\/([\w-]+)\/([\d-]{1,200})$/, screen: rollingPart('rollingScreen') },
  { path: /^#\/contracts$/, screen: contractsPart('contractsScreen') },
  { path: /^#\/contracts\/new$/, screen: contractsPart('newContractScreen') },
  { path: /^#\/contracts\/new\/(\d+)$/, screen: contractsPart('newContractScreen') },
  { path: /^#\/contracts\/compare$/, screen: contractsPart('compareScreen') },
  { path: /^#\/contracts\/workplace$/, screen: contractsPart('workplaceScreen') },
  { path: /^#\/contracts\/show$/, screen: contractsPart('engagementScreen') },
  { path: /^#\/contracts\/shown$/, screen: contractsPart('shownScreen') },
  { path: /^#\/contract\/([\w-]+)$/, screen: contractsPart('contractScreen') },
  { path: /^#\/contract\/([\w-]+)\/delete$/, screen: contractsPart('deleteContractScreen') },
  { path: /^#\/recovery$/, screen: recoveryPart('recoveryScreen') },
  { path: /^#\/recovery\/sheet$/, screen: recoveryPart('sheetScreen') },
  { path: /^#\/recovery\/contact$/, screen: recoveryPart('contactScreen') },
  { path: /^#\/recover$/, screen: recoveryPart('recoverScreen') },
  { path: /^#\/recover\/without$/, screen: recoveryPart('withoutScreen') },
  { path: /^#\/recover\/run$/, screen: recoveryPart('runScreen') },
  { path: /^#\/history$/, screen: historyPart('historyScreen') },
  { path: /^#\/history\/clear$/, screen: historyPart('clearScreen') },
  { path: /^#\/settings$/, screen: settingsScreen },
  { path: /^#\/settings\/language$/, screen: languageScreen },
  { path: /^#\/settings\/lock$/, screen: lockSettingsScreen },
  { path: /^#\/settings\/lock\/(set|change|remove)$/, screen: pinScreen },
  { path: /^#\/settings\/lock\/(set)\/(persons|diary)$/, screen: pinScreen },
  { path: /^#\/settings\/diary$/, screen: privacyPart('diaryScreen') },
  { path: /^#\/persons$/, screen: privacyPart('personsScreen') },
  { path: /^#\/persons\/me$/, screen: privacyPart('meScreen') },
  { path: /^#\/persons\/add$/, screen: privacyPart('addScreen') },
  { path: /^#\/settings\/about$/, screen: aboutScreen },
  { path: /^#\/settings\/erase$/, screen: eraseScreen },
];

/** Links to this wallet carry what they are about behind `#`, where no server reads it. */
function incoming(fragment: string): string | undefined {
  const kind = kindOfLink(fragment);
  if (kind) { inbox.put(location.href, 'link'); return SCREENS[kind]; }
  // An organisation's page sends its answer behind `#`, or, where it can do no better, behind `?`.
  const answer = location.search || `?${fragment.slice(1)}`;
  if (/[?&]state=/.test(answer)) { inbox.put(answer, 'link'); return '#/receive/page'; }
  return undefined;
}

const whoScreen = privacyPart('whoScreen');
const diaryLockScreen = privacyPart('diaryLockScreen');
const firstPinScreen: Screen = (_parameters, signal) => pinScreen(['set', 'start'], signal);

/** History, contracts and their setting: behind the PIN where the person wants it, closed again as soon as they are left. */
const inDiary = (): boolean => /^#\/(history|contracts?|settings\/diary)(\/|$)/.test(location.hash);

/** What stands before a screen: whose wallet, the lock, the PIN that everybody on a shared phone has, and the PIN before the history. */
function gate(): Screen | undefined {
  if (!hasEntered()) return whoScreen;
  if (location.hash === '#/settings/erase') return undefined;
  if (isLocked()) return lockScreen;
  if (isShared() && !hasPin() && (location.hash || startScreen()) !== '#/welcome') return firstPinScreen; // whoever is new chooses a language first
  if (!inDiary()) closeDiary();
  else if (isDiaryClosed()) return diaryLockScreen;
  return undefined;
}

async function start(): Promise<void> {
  if (!globalThis.isSecureContext || !crypto.subtle) {
    await useLanguage(undefined);
    show({ title: t('app.name'), screen: 'insecure', sign: 'warn', body: [notice('error', t('insecure'))] });
    return;
  }
  await begin(kindOfLink(location.hash) !== undefined);
  startRouter({ routes: ROUTES, start: startScreen, incoming, gate, failed: problemView });
  lockWhenIdle();
  document.addEventListener('visibilitychange', () => { if (document.visibilityState === 'hidden' && inDiary() && guardsDiary()) { closeDiary(); void redraw(); } });
  watchForUpdates();
}

start().catch((error: unknown) => show(problemView(error)));
