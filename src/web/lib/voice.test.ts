import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { LANGUAGES } from './i18n.ts';
import { INSTEAD, promptsOf, voiceOf } from '../voice/voices.mjs';

const src = join(process.env['IDENTITY_ROOT']!, 'src');
const json = (file: string): Record<string, string> => JSON.parse(readFileSync(join(src, file), 'utf8')) as Record<string, string>;
const prefixed = (word: string, texts: Record<string, string>): Record<string, string> => Object.fromEntries(Object.entries(texts).map(([key, text]) => [`${word}.${key}`, text]));
const wallet = { ...json('web/strings/contract.en.json'), ...prefixed('paper', json('web/strings/paper.en.json')), ...prefixed('privacy', json('web/strings/privacy.en.json')), ...prefixed('recovery', json('web/strings/recovery.en.json')), ...json('web/strings/wallet.en.json') };
const verifier = { ...json('web/strings/verifier.en.json'), ...prefixed('verdict', json('web/strings/verdict.en.json')) };

function screensOf(app: string): Set<string> {
  const sources = readdirSync(join(src, app), { recursive: true }).filter(file => file.endsWith('.ts') && !file.includes('node_modules'));
  return new Set(sources.flatMap(file => [...readFileSync(join(src, app, file), 'utf8').matchAll(/screen: '([\w-]+)'/g)].map(match => match[1]!)));
}

test('every screen of the wallet has a spoken prompt, of texts that exist and need no value', async () => {
  const prompts = await promptsOf('wallet', wallet);
  const named = new Set([...Object.keys(prompts), 'scan']); // of scanning there are two
  assert.deepEqual([...screensOf('Wallet/app')].filter(screen => !named.has(screen)), []);
  for (const keys of Object.values(prompts)) for (const key of keys) assert.match(wallet[key] ?? '', /^[^{]+$/, key);
});

test('every verdict and every page of the scanner has one', async () => {
  const prompts = await promptsOf('verifier', verifier);
  for (const reason of ['valid', 'revoked', 'altered', 'paper', 'copy', 'stale_data']) assert.deepEqual(prompts[`verdict-${reason}`], [`verdict.${reason}.title`, `verdict.${reason}.next`]);
  assert.deepEqual([...screensOf('Verifier/app')].filter(screen => !(screen in prompts) && screen !== 'verdict' && !/^(desk|transparency)/.test(screen)), []);
  for (const keys of Object.values(prompts)) for (const key of keys) assert.match(verifier[key] ?? '', /^[^{]+$/, key);
});

test('all that is read aloud of a mandate, and each word that ends one, has a prompt without a value, in every language', async () => {
  const words = readFileSync(join(src, 'Wallet/Mandates/words.txt'), 'utf8').trim().split('\n').map(line => line.split(' '));
  assert.deepEqual([...new Set(words.map(row => row.length))], [LANGUAGES.length]);
  for (const language of LANGUAGES) {
    const texts = { ...prefixed('mandate', json(`web/strings/mandate.${language}.json`)), 'word.0': words[0]![0]! };
    const prompts = await promptsOf('desk', texts);
    const spoken = Object.values(prompts).flat();
    for (const key of Object.keys(texts).filter(key => /^mandate\.(read|scope|length)\.|^word\./.test(key))) assert.ok(spoken.includes(key), key);
    for (const key of spoken) assert.match((texts as Record<string, string>)[key] ?? '', /^[^{]+$/, `${key}, ${language}`);
  }
});

const texts = (app: 'wallet' | 'verifier'): Record<string, Record<string, string>> => Object.fromEntries(LANGUAGES.map(language => [language, app === 'wallet'
  ? { ...json(`web/strings/contract.${language}.json`), ...prefixed('paper', json(`web/strings/paper.${language}.json`)), ...prefixed('privacy', json(`web/strings/privacy.${language}.json`)), ...prefixed('recovery', json(`web/strings/recovery.${language}.json`)), ...json(`web/strings/wallet.${language}.json`) }
  : { ...json(`web/strings/verifier.${language}.json`), ...prefixed('verdict', json(`web/strings/verdict.${language}.json`)) }]));

function opened(file: Uint8Array): { readonly index: Readonly<Record<string, readonly [offset: number, length: number, byPerson?: 1]>>; readonly sounds: Uint8Array } {
  const length = new DataView(file.buffer, file.byteOffset).getUint32(0);
  return { index: JSON.parse(new TextDecoder().decode(file.subarray(4, 4 + length))) as ReturnType<typeof opened>['index'], sounds: file.subarray(4 + length) };
}

// Seconds that a letter takes. A voice that does not know a script leaves it out or names each sign, which takes several times as long.
const letters = (text: string): number => [...text].filter(sign => /\p{L}/u.test(sign)).length;
const PAUSE = 0.5;

for (const app of ['wallet', 'verifier'] as const) {
  test(`${app}: every prompt in every language is an MP3 that is as long as its text`, async () => {
    const all = texts(app);
    const prompts = await promptsOf(app, all['en']!);
    for (const language of LANGUAGES) {
      const spoken = all[INSTEAD[language] ?? language]!;
      const { index, sounds } = opened(await voiceOf(language, prompts, all));
      const told = Object.entries(prompts).map(([name, keys]) => {
        const [offset, size, byPerson] = index[name]!;
        assert.equal((sounds[offset]! << 8 | sounds[offset + 1]!) & 0xffe0, 0xffe0, `${language}, ${name}: an MP3 frame`);
        const seconds = size * 8 / 16_000;
        assert.ok(seconds > 0.4, `${language}, ${name}: ${seconds} s`);
        return { name, byPerson, seconds, letters: letters(keys.map(key => spoken[key]).join('')) };
      }).filter(({ byPerson }) => !byPerson); // people take their time
      const usual = told.map(({ seconds, letters }) => seconds / letters).sort((a, b) => a - b)[told.length >> 1]!;
      assert.ok(usual > 0.05 && usual < 0.2, `${language}: ${usual} s for a letter`);
      assert.deepEqual(told.filter(({ seconds, letters }) => seconds < 0.5 * usual * letters || seconds > PAUSE + 2.2 * usual * letters), [], language);
    }
  });
}

test('a language that the computer does not speak is heard in another', async () => {
  const all = { en: json('web/strings/wallet.en.json'), fil: json('web/strings/wallet.fil.json') };
  assert.deepEqual(INSTEAD, { fil: 'en' });
  assert.deepEqual(await voiceOf('fil', { welcome: ['welcome.title'] }, all), await voiceOf('en', { welcome: ['welcome.title'] }, all));
});

test('a recording by a person takes the place of the computer, and says so', async () => {
  const recordings = mkdtempSync(join(tmpdir(), 'recordings-'));
  try {
    const person = new Uint8Array([0xff, 0xfb, 1, 2, 3]);
    mkdirSync(join(recordings, 'ne'));
    writeFileSync(join(recordings, 'ne/welcome.mp3'), person);
    const { index, sounds } = opened(await voiceOf('ne', { welcome: ['welcome.title'], add: ['add.title'] }, { en: {}, ne: json('web/strings/wallet.ne.json') }, recordings));
    const [offset, size, byPerson] = index['welcome']!;
    assert.deepEqual([...sounds.slice(offset, offset + size)], [...person]);
    assert.equal(byPerson, 1);
    assert.equal(index['add']![2], undefined);
  } finally {
    rmSync(recordings, { recursive: true });
  }
});
