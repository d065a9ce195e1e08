/** What can be asked for by a code on the screen: the questions by name, and first of all what the desk has just chosen. */
import { TEMPLATES } from 'verifier:data';
import type { Question } from '../shell/api.ts';
import { recall, remember } from '../shell/memory.ts';
import { questionOf } from '../shell/text.ts';

export interface Subject { readonly id: string; readonly title: string; readonly question: Question }

const DESK = 'verifier.desk';

export function subjects(): readonly Subject[] {
  const byTemplate = TEMPLATES.filter(template => template.credentials.length === 1).map(template => ({ id: template.name, title: questionOf(template).title, question: { template: template.name } }));
  const chosen = recall('sessionStorage', DESK);
  return chosen === null ? byTemplate : [JSON.parse(chosen) as Subject, ...byTemplate];
}

const REMEMBERED = 'verifier.subject';

export function chosenSubject(): Subject {
  const [all, chosen] = [subjects(), recall('sessionStorage', REMEMBERED)];
  return all.find(subject => subject.id === chosen) ?? all[0]!;
}

export const rememberSubject = (id: string): void => remember('sessionStorage', REMEMBERED, id);

/** The desk's question, for this tab. */
export function rememberDesk(title: string, question: Question): void {
  remember('sessionStorage', DESK, JSON.stringify({ id: 'desk', title, question } satisfies Subject));
  rememberSubject('desk');
}
