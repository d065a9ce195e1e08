// The spoken prompts of every screen and verdict, one file for each language, made from the texts themselves. A recording by a person, voice/LANGUAGE/NAME.mp3,
// takes the place of the computer's voice of that prompt.
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = process.env.IDENTITY_ROOT ? join(process.env.IDENTITY_ROOT, 'src/web/voice') : dirname(fileURLToPath(import.meta.url)); // tests are bundled elsewhere
const { resolve } = createRequire(join(here, 'voices.mjs'));
const made = join(here, '../obj/voices'); // speaking takes a minute: each prompt is spoken once, until its text changes
const RATE = 22_050; // samples a second, as eSpeak speaks
const KILOBITS = 16;
const WORDS_A_MINUTE = 150;
const SETTINGS = `1 ${RATE} ${KILOBITS} ${WORDS_A_MINUTE}`;

/** Languages that eSpeak does not speak, and the one that is heard in its place: of the Philippines English is an official language. */
export const INSTEAD = { fil: 'en' };

/** Names of an app's prompts and the keys of the texts that each speaks. Of verdicts: title, then what to do; the words that end a mandate, each by itself. */
export async function promptsOf(app, strings) {
  const prompts = JSON.parse(await readFile(join(here, 'prompts.json'), 'utf8'))[app];
  for (const key of Object.keys(strings)) {
    const reason = /^verdict\.(\w+)\.next$/.exec(key)?.[1];
    if (reason) prompts[`verdict-${reason}`] = [`verdict.${reason}.title`, key];
    if (/^word\.\d+$/.test(key)) prompts[key] = [key];
  }
  return prompts;
}

/**
 * The file of one language: the length of the index as four bytes (big endian), the index as JSON { "NAME": [offset, length, 1 if a person reads it], … },
 * then the MP3s in one piece. `texts`: language → its texts, English included; `recordings`: where LANGUAGE/NAME.mp3 may lie.
 */
export async function voiceOf(language, prompts, texts, recordings = here) {
  const heard = INSTEAD[language] ?? language;
  const strings = { ...texts.en, ...texts[heard] };
  await mkdir(made, { recursive: true });
  const [index, parts] = [{}, []];
  let offset = 0;
  for (const [name, keys] of Object.entries(prompts)) {
    const recorded = join(recordings, language, `${name}.mp3`);
    const byPerson = existsSync(recorded);
    const sound = byPerson ? await readFile(recorded) : await spoken(heard, keys.map(key => strings[key]).join('\n'));
    index[name] = [offset, sound.length, ...(byPerson ? [1] : [])];
    parts.push(sound);
    offset += sound.length;
  }
  const head = Buffer.from(JSON.stringify(index));
  const length = Buffer.alloc(4);
  length.writeUInt32BE(head.length);
  return Buffer.concat([length, head, ...parts]);
}

async function spoken(language, text) {
  const file = join(made, `${language}-${createHash('sha256').update(`${SETTINGS}\n${text}`).digest('hex').slice(0, 32)}.mp3`);
  if (existsSync(file)) return readFile(file);
  const sound = await speak(language, text);
  await writeFile(file, sound);
  return sound;
}

let tools;
async function speak(language, text) {
  tools ??= await (async () => {
    const [{ default: load }, { createMp3Encoder }] = await Promise.all(['@echogarden/espeak-ng-emscripten', 'wasm-media-encoders'].map(name => import(resolve(name))));
    const espeak = await load();
    return { speaker: await new espeak.eSpeakNGWorker(), encoder: await createMp3Encoder() };
  })();
  const { speaker, encoder } = tools;
  if (speaker.set_voice(language, '', 0) !== 0) throw new Error(`eSpeak has no voice for "${language}".`);
  speaker.set_rate(WORDS_A_MINUTE);
  const chunks = [];
  speaker.synthesize(text, audio => { if (audio) chunks.push(new Int16Array(audio.slice(0).buffer ?? audio.slice(0))); return false; });
  const samples = new Float32Array(chunks.reduce((sum, chunk) => sum + chunk.length, 0));
  let at = 0;
  for (const chunk of chunks) for (const sample of chunk) samples[at++] = sample / 32_768;
  encoder.configure({ sampleRate: RATE, channels: 1, bitrate: KILOBITS });
  return Buffer.concat([Buffer.from(encoder.encode([samples])), Buffer.from(encoder.finalize())]);
}
