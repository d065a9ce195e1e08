/** The words of this part, which travel with it; those of other languages lie in the file of the language. */
import english from '../../../web/strings/privacy.en.json' with { type: 'json' };
import { h, icon, type IconName } from '../../../web/lib/dom.ts';
import { partWords } from '../shell/text.ts';

export type PrivacyKey = keyof typeof english;

/** A text of this part in the person's language, else in English. */
export const tp = partWords<PrivacyKey>('privacy.', english);

/** A link that looks like a button, with a text of this part. */
export const way = (label: PrivacyKey, href: string, testid: string, sign: IconName, tone: 'primary' | 'secondary' = 'primary'): HTMLElement => h('a', { class: `button ${tone}`, href, testid }, icon(sign), h('span', null, tp(label)));

/** The button that sends a form. */
export const sender = (label: PrivacyKey, form: string, testid: string): HTMLElement => h('button', { class: 'button primary', type: 'submit', form, testid }, icon('check'), h('span', null, tp(label)));
