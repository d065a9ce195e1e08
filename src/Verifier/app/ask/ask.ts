/** "Ask for a proof" on the public page: a question by name. Other details are asked at the desk of a registered verifier. */
import { TEMPLATES } from 'verifier:data';
import { fill, h } from '../../../web/lib/dom.ts';
import { request } from '../shell/api.ts';
import { busy, button, notice, show } from '../shell/frame.ts';
import { problem } from '../shell/problems.ts';
import { open, type Page } from '../shell/router.ts';
import { t, words } from '../shell/text.ts';
import { rememberPending } from './pending.ts';
import { onThisDevicePage, waitingPage } from './waiting.ts';

export const askPage: Page = signal => {
  const { lang } = words();
  let template = TEMPLATES[0]!.name;
  const message = h('div', { testid: 'ask-message' });

  const choice = (name: string, title: string, description: string): HTMLElement =>
    h('label', { class: 'choice' },
      h('input', {
        type: 'radio', name: 'question', value: name, testid: `template-${name}`, checked: name === template,
        onchange: () => { template = name; },
      }),
      h('span', null, h('strong', null, title), h('small', null, description)));

  const ask = async (flow: 'cross_device' | 'same_device'): Promise<void> => {
    fill(message, busy(t('ask.making')));
    try {
      const made = await request({ template }, flow, lang);
      if (flow === 'same_device') rememberPending(made.id, Date.parse(made.expiresAt));
      const texts = TEMPLATES.find(({ name }) => name === template)?.texts;
      const title = (texts?.[lang] ?? texts!['en'])!.title;
      if (!signal.aborted) open(flow === 'same_device' ? onThisDevicePage(made, title) : waitingPage(made, title));
    } catch (error) {
      fill(message, problem(error));
    }
  };

  show({
    title: t('ask.title'),
    screen: 'ask',
    body: [
      h('p', { class: 'lead' }, t('ask.lead')),
      h('fieldset', { class: 'field' }, h('legend', { class: 'visually-hidden' }, t('ask.which')),
        h('div', { class: 'choices' },
          TEMPLATES.map(({ name, texts }) => { const { title, description } = texts[lang] ?? texts['en']!; return choice(name, title, description); }))),
      notice('info', t('ask.public'), { testid: 'public-page' }),
      message,
    ],
    actions: [
      button('ask.qr', () => void ask('cross_device'), { testid: 'ask-qr', icon: 'scan', large: true }),
      button('ask.here', () => void ask('same_device'), { testid: 'ask-here', tone: 'secondary' }),
    ],
  });
};

