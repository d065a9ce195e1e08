/** The service worker keeps the wallet usable offline. A new version waits until the person agrees. */
import { watchForUpdates as watch } from '../../../web/lib/updates.ts';
import { h } from './dom.ts';
import { button } from './frame.ts';
import { t } from './text.ts';

export const watchForUpdates = (): void =>
  watch('sw.js', './', use => [h('span', null, t('update.ready')), button('update.now', use, { testid: 'update', icon: 'again', tone: 'plain' })]);
