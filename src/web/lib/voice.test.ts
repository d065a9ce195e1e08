import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { LANGUAGES } from './i18n.ts';
import { promptsOf, SILENT, voiceOf } from '../voice/voices.mjs';

const src = join(process.env['IDENTITY_ROOT']!, 'src');
const json = (file: string): Record<string, string> => JSON.parse(readFileSync(join(src, file), 'utf8')) as Record<string, string>;
const prefixed = (word: string, texts: Record<string, string>): Record<string, string> => Object.fromEntries(Object.entries(texts).map(([key, text]) => [`${word}.${key}`, text]));
const wallet = { ...json('web/strings/contract.en.json'), ...prefixed('paper', json('web/strings/paper.en.json')), ...prefixed('recovery', json('web/strings/recovery.en.json')), ...json('web/strings/wallet.en.json') };
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
  assert.deepEqual([...screensOf('Verifier/app')].filter(screen => !(screen in prompts) && screen !== 'verdict' && !screen.startsWith('desk')), []);
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

test('a prompt is spoken as MP3 in every language that has a voice, and a language without one has no file', async () => {
  for (const language of LANGUAGES.filter(tag => !SILENT.includes(tag))) {
    const file = (await voiceOf(language, { welcome: ['voice.wait'], more: ['cards.title'] }, json(`web/strings/wallet.${language}.json`)))!;
    const bytes = new DataView(file.buffer, file.byteOffset, file.length);
    const length = bytes.getUint32(0);
    const index = JSON.parse(new TextDecoder().decode(file.subarray(4, 4 + length))) as Record<string, number[]>;
    const [offset, size] = index['more']!;
    assert.equal(4 + length + offset! + size!, file.length);
    assert.equal(bytes.getUint16(4 + length + offset!) & 0xffe0, 0xffe0, 'an MP3 frame');
    assert.ok(size! > 1000, `${language} says nothing`);
  }
  assert.equal(await voiceOf('fil', {}, {}), undefined);
});
