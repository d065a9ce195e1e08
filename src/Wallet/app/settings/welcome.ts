import { h, icon } from '../shell/dom.ts';
import { button, once } from '../shell/frame.ts';
import { go, type Screen } from '../shell/router.ts';
import { t } from '../shell/text.ts';
import { prefer } from '../store/settings.ts';
import { languageChoice } from './screens.ts';

/** The first screen of all: the language, then what this is. */
export const welcomeScreen: Screen = async () => ({
  title: t('welcome.title'),
  screen: 'welcome', sign: 'cards',
  sticky: true,
  body: [
    h('p', { class: 'lead' }, t('welcome.lead')),
    h('ul', { class: 'points' },
      h('li', null, icon('cards'), h('span', null, t('welcome.keep'))),
      h('li', null, icon('show'), h('span', null, t('welcome.show'))),
      h('li', null, icon('shield'), h('span', null, t('welcome.free')))),
    languageChoice(),
  ],
  actions: [button('welcome.start', () => void once(() => prefer({ welcomed: true }).then(() => go('#/cards'))), { testid: 'start', icon: 'next' })],
});
