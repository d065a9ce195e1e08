import { keep } from './keep.ts';

/** The spoken prompts of one language, as src/web/voice/voices.mjs writes them. */
interface Prompts {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly index: Readonly<Record<string, readonly [offset: number, length: number, byPerson?: 1]>>;
}

let held: { file: string; prompts: Promise<Prompts> } | undefined;
let player: HTMLAudioElement | undefined;
let round = 0;

/**
 * Speaks a prompt, or several one after the other, out of a language's file, which is fetched once and kept. False where it could not be had; "computer" when no
 * person has read one of them yet. Another call, or `hush`, ends it; `ended` is called where it came to its end.
 */
export async function speak(file: string, name: string | readonly string[], ended?: () => void): Promise<'person' | 'computer' | false> {
  hush();
  const turn = round;
  if (held?.file !== file) held = { file, prompts: fetchPrompts(file) };
  try {
    const { bytes, index } = await held.prompts;
    const parts = [name].flat().map(one => index[one]!);
    const byPerson = parts.every(([, , person]) => person);
    if (turn !== round) return byPerson ? 'person' : 'computer';
    const address = URL.createObjectURL(new Blob(parts.map(([offset, length]) => bytes.slice(offset, offset + length)), { type: 'audio/mpeg' })); // an MP3 is its frames, one after the other
    player = new Audio(address);
    player.onended = player.onerror = () => { URL.revokeObjectURL(address); ended?.(); };
    await player.play();
    return byPerson ? 'person' : 'computer';
  } catch {
    held = undefined;
    return false;
  }
}

/** Ends what is being spoken. */
export function hush(): void {
  round++;
  player?.pause();
  player = undefined;
}

async function fetchPrompts(file: string): Promise<Prompts> {
  const response = await fetch(file);
  if (!response.ok) throw new Error('voice');
  keep(file);
  const all = new Uint8Array(await response.arrayBuffer());
  const length = new DataView(all.buffer).getUint32(0);
  return { index: JSON.parse(new TextDecoder().decode(all.subarray(4, 4 + length))) as Prompts['index'], bytes: all.slice(4 + length) };
}
