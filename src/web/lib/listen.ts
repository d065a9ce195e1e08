import { h, icon } from './dom.ts';
import { hush, speak } from './voice.ts';

/** What a page brings: the voice's file where its language has one, the names of all prompts, and its words. */
export interface Spoken {
  readonly file: string | undefined;
  readonly names: readonly string[];
  readonly t: (key: 'voice.listen' | 'voice.again' | 'voice.failed' | 'voice.computer') => string;
}

/** "Listen": says what a screen is for or what a verdict means, for whoever does not read. Nothing where the language has no voice or there is no such prompt. */
export function listen(name: string, { file, names, t }: Spoken): HTMLElement | null {
  hush(); // what was being said belongs to the screen before
  if (!file || !names.includes(name)) return null;
  const label = h('span', { class: 'small' }, t('voice.listen'));
  const remark = h('p', { class: 'voice-remark', role: 'status', testid: 'voice-remark' });
  const button = h('button', { type: 'button', class: 'button plain', testid: 'listen', 'data-voice': name, onclick: () => void play() }, icon('sound'), label);
  const play = async (): Promise<void> => {
    button.setAttribute('aria-busy', 'true'); // the voice is fetched once, which can take some seconds
    const spoke = await speak(file, name);
    button.removeAttribute('aria-busy');
    if (spoke) label.textContent = t('voice.again');
    remark.textContent = spoke === 'person' ? '' : t(spoke ? 'voice.computer' : 'voice.failed');
    button.closest('header')?.append(remark);
  };
  return button;
}
