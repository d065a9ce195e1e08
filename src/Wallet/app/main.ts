/** Starts the wallet: language, lock, routes, updates. */
import { detailScreen, deleteScreen } from './cards/detail.ts';
import { listScreen } from './cards/list.ts';
import { receiptScreen } from './cards/receipt.ts';
import { answerScreen } from './answer/screen.ts';
import { clearScreen, historyScreen } from './history/screen.ts';
import { lockScreen, lockWhenIdle } from './lock/screen.ts';
import { presentScreen } from './present/screen.ts';
import { receiveScreen, resumeScreen } from './receive/screen.ts';
import { addScreen, pasteScreen, scanScreen } from './scan/screen.ts';
import { aboutScreen, eraseScreen, languageScreen, lockSettingsScreen, pinScreen, settingsScreen } from './settings/screens.ts';
import { welcomeScreen } from './settings/welcome.ts';
import { notice, show } from './shell/frame.ts';
import * as inbox from './shell/inbox.ts';
import { problemView } from './shell/problems.ts';
import { redraw, startRouter } from './shell/router.ts';
import { t, useLanguage } from './shell/text.ts';
import { watchForUpdates } from './shell/updates.ts';
import { preferences } from './store/settings.ts';
import { isLocked, load, onOtherTab } from './store/vault.ts';

const ROUTES = [
  { path: /^#\/welcome$/, screen: welcomeScreen },
  { path: /^#\/cards$/, screen: listScreen },
  { path: /^#\/card\/([\w-]+)$/, screen: detailScreen },
  { path: /^#\/card\/([\w-]+)\/receipt$/, screen: receiptScreen },
  { path: /^#\/card\/([\w-]+)\/delete$/, screen: deleteScreen },
  { path: /^#\/add$/, screen: addScreen },
  { path: /^#\/paste$/, screen: pasteScreen },
  { path: /^#\/scan\/(add|show)$/, screen: scanScreen },
  { path: /^#\/receive$/, screen: receiveScreen },
  { path: /^#\/receive\/again$/, screen: resumeScreen },
  { path: /^#\/present$/, screen: presentScreen },
  { path: /^#\/answer$/, screen: answerScreen },
  { path: /^#\/history$/, screen: historyScreen },
  { path: /^#\/history\/clear$/, screen: clearScreen },
  { path: /^#\/settings$/, screen: settingsScreen },
  { path: /^#\/settings\/language$/, screen: languageScreen },
  { path: /^#\/settings\/lock$/, screen: lockSettingsScreen },
  { path: /^#\/settings\/lock\/(set|change|remove)$/, screen: pinScreen },
  { path: /^#\/settings\/about$/, screen: aboutScreen },
  { path: /^#\/settings\/erase$/, screen: eraseScreen },
];

/** Links of issuers and verifiers carry their question behind `#`, where no server reads it. */
function incoming(fragment: string): string | undefined {
  if (fragment.startsWith('#offer?')) { inbox.put(location.href, 'link'); return '#/receive'; }
  if (fragment.startsWith('#present?')) { inbox.put(location.href, 'link'); return '#/present'; }
  return undefined;
}

async function start(): Promise<void> {
  if (!globalThis.isSecureContext || !crypto.subtle) {
    await useLanguage(undefined);
    show({ title: t('app.name'), screen: 'insecure', body: [notice('error', t('insecure'))] });
    return;
  }
  const { language, welcomed } = await preferences();
  await useLanguage(language);
  await load();
  startRouter({
    routes: ROUTES,
    start: welcomed ? '#/cards' : '#/welcome',
    incoming,
    gate: () => isLocked() && location.hash !== '#/settings/erase' ? lockScreen : undefined,
    failed: problemView,
  });
  lockWhenIdle();
  onOtherTab(() => void load().then(redraw));
  watchForUpdates();
}

start().catch((error: unknown) => show(problemView(error)));
