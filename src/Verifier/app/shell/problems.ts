/** Faults and refusals in words, each with what to do next. */
import type { Child } from '../../../web/lib/dom.ts';
import { Failure } from './api.ts';
import { button, link, notice, show } from './frame.ts';
import { has, t, type Key } from './text.ts';

/** A short name of what went wrong. By name, not by class: the scanner is a file of its own and brings its own copy of the class. */
export function codeOf(error: unknown): string {
  if (error instanceof Failure) return error.code;
  const refusal = error as { name?: unknown; code?: unknown } | null;
  return refusal?.name === 'Refusal' ? String(refusal.code) : 'fault';
}

/** Whether the same may well succeed when it is tried again. */
export const canPass = (error: unknown): boolean => ['offline', 'busy', 'too_many', 'fault'].includes(codeOf(error));

/** A sentence that names the trouble and the next step. */
export function explain(code: string): string {
  const key = `problem.${code}`;
  return t(has(key) ? key : 'problem.fault');
}

/** The same as a box for the place where it happened. */
export function problem(error: unknown, more?: Child): HTMLElement {
  const code = typeof error === 'string' ? error : codeOf(error);
  if (code === 'fault') console.error(error);
  return notice('error', [explain(code), more], { testid: 'problem', 'data-code': code });
}

/** A page of its own, where nothing else can be shown. */
export function problemPage(error: unknown, options: { readonly title?: Key; readonly retry?: () => void } = {}): void {
  show({
    title: t(options.title ?? 'problem.title'),
    screen: 'problem', sign: 'warn',
    body: [problem(error)],
    actions: [
      options.retry && button('retry', options.retry, { testid: 'retry', icon: 'again' }),
      link('again', '/', { testid: 'check-another', icon: 'again', tone: options.retry ? 'secondary' : 'primary' }),
    ],
  });
}
