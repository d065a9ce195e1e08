/** "Ask for a proof" on the public page: a question by name. Other details are asked at the desk of a registered verifier. */
import { TEMPLATES } from 'verifier:data';
import { h } from '../../../web/lib/dom.ts';
import type { Flow } from '../shell/api.ts';
import { button, notice, show } from '../shell/frame.ts';
import type { Page } from '../shell/router.ts';
import { questionOf, t } from '../shell/text.ts';
import { putQuestion } from './waiting.ts';

export const askPage: Page = signal => {
  let template = TEMPLATES[0]!;
  const message = h('div', { testid: 'ask-message' });
  const ask = (flow: Flow): void => void putQuestion({ template: template.name }, questionOf(template).title, flow, message, signal);

  show({
    title: t('ask.title'),
    screen: 'ask', sign: 'ask',
    body: [
      h('p', { class: 'lead' }, t('ask.lead')),
      h('fieldset', { class: 'field' }, h('legend', { class: 'visually-hidden' }, t('ask.which')),
        h('div', { class: 'choices' }, TEMPLATES.map(one =>
          h('label', { class: 'choice' },
            h('input', { type: 'radio', name: 'question', value: one.name, testid: `template-${one.name}`, checked: one === template, onchange: () => { template = one; } }),
            h('span', null, h('strong', null, questionOf(one).title), h('small', null, questionOf(one).description)))))),
      notice('info', t('ask.public'), { testid: 'public-page' }),
      message,
    ],
    actions: [
      button('ask.qr', () => ask('cross_device'), { testid: 'ask-qr', icon: 'code', large: true }),
      button('ask.here', () => ask('same_device'), { testid: 'ask-here', icon: 'phone', tone: 'secondary' }),
    ],
  });
};
