/** What can be asked for by a code on the screen: the questions by name, then a whole credential of each other type. */
import { TEMPLATES, TYPES } from 'verifier:data';
import { typeName } from '../../../web/lib/types.ts';
import type { Question } from '../shell/api.ts';
import { t, words } from '../shell/text.ts';

export interface Subject { readonly id: string; readonly title: string; readonly question: Question }

const OPTIONAL_AT_MOST = 4;
const PURPOSE_AT_MOST = 80;

export function subjects(): readonly Subject[] {
  const { lang } = words();
  const byTemplate = TEMPLATES.filter(template => template.credentials.length === 1).map(({ name, texts }) => ({ id: name, title: (texts[lang] ?? texts['en']!).title, question: { template: name } }));
  const byType = TYPES.filter(type => type.name !== 'qualification').map(type => {
    const title = typeName(type, lang);
    const carried = type.claims.filter(claim => claim.qr !== undefined).sort((a, b) => a.qr! - b.qr!);
    const required = carried.filter(claim => claim.mandatory).map(claim => claim.name);
    // What can be compared with the person comes first: the list is short.
    const optional = carried.filter(claim => !claim.mandatory).sort((a, b) => Number(b.compare ?? false) - Number(a.compare ?? false)).map(claim => claim.name).slice(0, OPTIONAL_AT_MOST);
    return { id: type.name, title, question: { type: type.name, required, optional, purpose: t('scan.purpose', { type: title }).replace(/[\u2068\u2069]/g, '').slice(0, PURPOSE_AT_MOST) } };
  });
  return [...byTemplate, ...byType];
}

const REMEMBERED = 'verifier.subject';

export function chosenSubject(): Subject {
  const all = subjects();
  return all.find(subject => subject.id === sessionStorage.getItem(REMEMBERED)) ?? all[0]!;
}

export const rememberSubject = (id: string): void => sessionStorage.setItem(REMEMBERED, id);
