import type { ScanHandle } from '../../../web/lib/scan.ts';
import { numberOf } from '../../../web/lib/recovery/code.ts';
import { STRONG } from 'desk:assets';
import { belongs, type Wanted } from './belongs.ts';

/** Puts camera and photo under a field for codes; what is read goes into the field, and on where nothing else is to be filled in. A picture may be pasted into the field, too. */
export function attachScanner(field: HTMLInputElement | HTMLTextAreaElement, template: HTMLTemplateElement): void {
  const texts = JSON.parse(template.dataset['words']!) as Record<string, string>;
  const panel = (template.content.cloneNode(true) as DocumentFragment).firstElementChild as HTMLElement;
  const part = <E extends HTMLElement>(selector: string): E => panel.querySelector<E>(selector)!;
  const [video, camera, controls, photo, message] = [part<HTMLVideoElement>('video'), part('.camera'), part('[data-with-camera]'), part<HTMLInputElement>('[type=file]'), part('[role=alert]')];
  photo.id = `${field.id}-photo`;
  part<HTMLLabelElement>('label').htmlFor = photo.id;
  field.closest('.field')!.append(panel);

  let handle: ScanHandle | undefined;
  const say = (key: string, values: Readonly<Record<string, string>> = {}, tone = 'error'): void => {
    message.className = key === '' ? '' : `notice ${tone}`;
    message.textContent = key === '' ? '' : (texts[key] ?? texts['other'] ?? '').replace(/\{(\w+)\}/g, (_, name: string) => values[name] ?? '');
  };
  const show = (open: boolean): void => { camera.hidden = controls.hidden = !open; };
  const close = (): void => { handle?.stop(); handle = undefined; show(false); };
  const found = (text: string): boolean => {
    const wrong = belongs(text, field.dataset['scan'] as Wanted, location.origin);
    if (wrong) {
      say(wrong.kind, wrong.host === undefined ? {} : { host: wrong.host });
      return false;
    }
    field.value = numberOf(text.trim()) ?? text.trim();
    field.dispatchEvent(new Event('change', { bubbles: true }));
    close();
    say('read', {}, 'success');
    goOn(field);
    return true;
  };
  const trying = async (act: () => Promise<void>): Promise<void> => {
    say('busy', {}, '');
    try {
      await act();
    } catch (error) {
      close();
      const code = (error as { code?: unknown }).code;
      say(typeof code === 'string' && code in texts ? code : 'unreachable');
    }
  };
  const readPhoto = (file: File): Promise<void> => trying(async () => {
    const text = await (await load()).scanPhoto(file, STRONG);
    found(text);
  });

  part('[data-do=open]').onclick = () => void trying(async () => {
    close();
    const { startScan } = await load();
    show(true);
    handle = await startScan(video, found, STRONG);
    say('');
    camera.scrollIntoView({ block: 'nearest' });
    part('[data-do=switch]').hidden = handle.cameras < 2;
    part('[data-do=torch]').hidden = !handle.hasTorch;
  });
  part('[data-do=close]').onclick = () => { close(); say(''); };
  part('[data-do=switch]').onclick = () => void trying(async () => { await handle?.switchCamera(); say(''); });
  let lit = false;
  part('[data-do=torch]').onclick = () => void handle?.setTorch(lit = !lit);
  photo.onchange = () => { if (photo.files?.[0]) void readPhoto(photo.files[0]); photo.value = ''; };
  (field as HTMLElement).onpaste = event => {
    const picture = [...event.clipboardData?.files ?? []].find(file => file.type.startsWith('image/'));
    if (picture) void readPhoto(picture);
  };
  addEventListener('pagehide', close);
}

const load = (): Promise<typeof import('../../../web/lib/scan.ts')> => import('../../../web/lib/scan.ts');

// A form with nothing else to fill in is sent; else the next thing waits for its hand.
function goOn(field: HTMLInputElement | HTMLTextAreaElement): void {
  const others = [...field.form!.elements].filter((one): one is HTMLInputElement => one instanceof HTMLInputElement && one !== field && !['hidden', 'file'].includes(one.type));
  if (others.length === 0) field.form!.requestSubmit();
  else (others.find(one => one.value === '') ?? others[0])!.focus();
}
