/** What the desk's pages (src/Wallet/Desk) cannot do without a script: read codes with a camera, speak, print at once, and lend letters that the computer lacks. They work without it. */
import { lendLetters } from '../../../web/lib/glyphs.ts';
import { hush, speak } from '../../../web/lib/voice.ts';
import { LETTERS, VOICES } from 'desk:assets';
import { attachScanner } from './scanner.ts';

const template = document.querySelector<HTMLTemplateElement>('#scanner');
if (template) for (const field of document.querySelectorAll<HTMLInputElement | HTMLTextAreaElement>('[data-scan]')) attachScanner(field, template);

for (const language of new Set([...document.querySelectorAll<HTMLElement>('[lang]')].map(element => element.lang))) {
  const letters = LETTERS[language];
  if (letters) void lendLetters(letters.sample, letters.file);
}

for (const place of document.querySelectorAll<HTMLElement>('[data-print-now]')) {
  place.hidden = false;
  document.querySelector<HTMLElement>('[data-print-how]')!.hidden = true;
  place.querySelector('button')!.onclick = () => { globalThis.print(); };
}

for (const place of document.querySelectorAll<HTMLElement>('[data-voice]')) {
  const file = VOICES[place.dataset['voiceLanguage']!];
  if (file === undefined) continue;
  let playing = false;
  const ended = (): void => { playing = false; };
  place.hidden = false;
  place.querySelector('button')!.onclick = async () => {
    hush();
    if (playing) return ended();
    playing = true;
    if (await speak(file, place.dataset['voice']!.split(' '), ended)) return;
    ended();
    const hint = place.querySelector<HTMLElement>('[data-failed]')!;
    hint.textContent = hint.dataset['failed']!;
  };
}
