// Builds the wallet into dist/wallet: one page with its styles and first script inside, parts that are loaded when needed,
// one file of texts per further language, and a service worker that knows exactly these files.
import { mkdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { INSTEAD } from '../../web/voice/voices.mjs';
import { copyShell, jsonOf, made, prefixed, sharing, stringsOf, text, textsBeside, typesOf, writeChunks, writeHashed, writePage, writeScript, writeStrong, writeVoices, writeWorker } from '../../web/pages.mjs';
import { writeScripts } from '../../web/scripts.mjs';

// Columns of Mandates/words.txt, as in MandateWords.
const WORDS = ['en', 'ar', 'fr', 'es', 'fil', 'id', 'sw', 'ur', 'hi', 'ne', 'bn', 'si', 'ta', 'my', 'am'];

const here = dirname(fileURLToPath(import.meta.url));

// What parts that are loaded later take from the page: all that has state, and what they have in common with it.
const SHARED = [
  'shell/enter.ts', 'shell/frame.ts', 'shell/inbox.ts', 'shell/later.ts', 'shell/problems.ts', 'shell/router.ts', 'shell/text.ts', 'store/cards.ts', 'store/clock.ts', 'store/db.ts', 'store/history.ts', 'store/persons.ts', 'store/vault.ts', 'store/verifiers.ts',
  'store/pending.ts', 'cards/definitions.ts', 'cards/face.ts', 'present/consent.ts', 'receive/receive.ts',
  ...['base64url', 'bytes', 'compact/credential', 'compact/present', 'dom', 'json', 'jwe', 'jws', 'keys', 'link', 'net', 'openid4vci/issuer', 'openid4vci/offer', 'openid4vci/token', 'outside', 'receipt/shown', 'refusal'].map(name => `../../web/lib/${name}.ts`),
];

/** Builds the wallet into dist/wallet. */
export async function build({ src, dist }) {
  const out = join(dist, 'wallet');
  await mkdir(join(out, 'chunks'), { recursive: true });

  const texts = await textsOf(src);
  const strings = await writeStrings(src, out, texts);
  const [letters, voices] = [await writeScripts(out), await writeVoices(out, 'wallet', texts)];
  const strong = await writeStrong(out);
  const later = async (name, entry) => (await writeChunks(out, name, join(here, entry))).map(file => `chunks/${file}`);
  // A decoder that only some browsers need is a file of its own within the scanner.
  const [scanner, drawing, page] = [await later('scanner', 'scan/camera.ts'), await later('drawing', 'answer/drawing.ts'), await later('page', 'receive/page.ts')];
  const types = { TYPES: await typesOf(src) };
  const { giving, taking } = await sharing('wallet', 'identityWallet', SHARED.map(file => join(here, file)), [await testModules(src)]);
  const contracts = (await writeChunks(out, 'contracts', join(here, 'contracts/screens.ts'), [taking])).map(file => `chunks/${file}`);
  const history = (await writeChunks(out, 'history', join(here, 'history/screen.ts'), [taking])).map(file => `chunks/${file}`);
  const rolling = (await writeChunks(out, 'rolling', join(here, 'rolling/screens.ts'), [taking])).map(file => `chunks/${file}`);
  const paper = (await writeChunks(out, 'paper', join(here, 'paper/screens.ts'), [taking])).map(file => `chunks/${file}`);
  const more = (await writeChunks(out, 'more', join(here, 'more/more.ts'), [taking])).map(file => `chunks/${file}`);
  const paperStyle = `chunks/${await writeHashed(out, 'paper', await text({ entryPoints: [join(src, 'web/design/paper.css')] }), 'css')}`;
  const recovery = (await writeChunks(out, 'recovery', join(here, 'recovery/screens.ts'), [taking])).map(file => `chunks/${file}`);
  const privacy = (await writeChunks(out, 'privacy', join(here, 'privacy/screens.ts'), [taking])).map(file => `chunks/${file}`);
  const assets = {
    STRINGS: strings, LETTERS: letters, VOICES: voices.files, SPOKEN: voices.names,
    SCANNER: scanner[0], STRONG: strong, DRAWING: drawing[0], PAGE: page[0], MORE: more[0], PAPER: paper[0], PAPER_STYLE: paperStyle, CONTRACTS: contracts[0], HISTORY: history[0], ROLLING: rolling[0], PRIVACY: privacy[0], RECOVERY: recovery[0],
  };
  await writePage(here, out, [giving, made('wallet', { assets, types })]);

  await buildDesk({ src, out, strong, letters });

  const files = ['./', ...await copyShell(here, out), ...scanner, ...drawing, ...page, ...contracts, ...history, ...rolling, ...more, ...paper, paperStyle, ...privacy, ...recovery];
  await writeWorker(here, out, files, { LATER: [strong, ...Object.values(strings), ...Object.values(letters).map(({ file }) => file), ...Object.values(voices.files)] });
}

/** The script of the desk's pages (src/Wallet/Desk), at /desk/desk.js. Its files belong to no phone: the worker does not keep them. */
async function buildDesk({ src, out, strong, letters }) {
  const [mandate, words] = [await stringsOf(src, 'mandate'), (await readFile(join(src, 'Wallet/Mandates/words.txt'), 'utf8')).trim().split('\n').map(line => line.split(' '))];
  const texts = Object.fromEntries(Object.entries(mandate).map(([language, own]) => [language, { ...prefixed('mandate', own), ...Object.fromEntries(words.map((row, i) => [`word.${i}`, row[WORDS.indexOf(language)].replaceAll('-', ' ')])) }]));
  // A mandate is read in the person's own language or not at all: the words that end it differ.
  const { files } = await writeVoices(out, 'desk', Object.fromEntries(Object.entries(texts).filter(([language]) => !(language in INSTEAD))));
  const assets = {
    STRONG: `/${strong}`, VOICES: Object.fromEntries(Object.entries(files).map(([language, file]) => [language, `/${file}`])),
    LETTERS: Object.fromEntries(Object.entries(letters).map(([language, { file, sample }]) => [language, { file: `/${file}`, sample }])),
  };
  await writeScript(out, 'desk', join(here, 'desk/desk.ts'), [made('desk', { assets })]);
}

/** The modules made here, for tests that run without a browser. */
export const testModules = async src => made('wallet', {
  assets: { STRINGS: {}, LETTERS: {}, VOICES: {}, SPOKEN: [], STRONG: '', SCANNER: '', DRAWING: '', PAGE: '', MORE: '', PAPER: '', PAPER_STYLE: '', CONTRACTS: '', HISTORY: '', ROLLING: '', PRIVACY: '', RECOVERY: '' }, types: { TYPES: await typesOf(src) },
});

/** Language → all texts of the wallet. */
async function textsOf(src) {
  const [contract, paper, privacy, recovery] = await Promise.all(['contract', 'paper', 'privacy', 'recovery'].map(area => stringsOf(src, area)));
  const purposes = await purposesOf(src);
  return Object.fromEntries(Object.entries(await stringsOf(src, 'wallet')).map(([language, texts]) => [language, { ...contract[language], ...purposes[language], ...prefixed('paper', paper[language]), ...prefixed('privacy', privacy[language]), ...prefixed('recovery', recovery[language]), ...texts }]));
}

/** Language → under "purpose." and the English sentence, what the check page asks for: a profile in the contract has no room for fifteen languages. */
async function purposesOf(src) {
  const english = (await jsonOf(join(src, 'Verifier/Policies/Templates'))).map(({ name, texts }) => [name, texts.en.purpose]);
  return Object.fromEntries(Object.entries(await stringsOf(src, 'questions')).map(([language, own]) => [language, prefixed('purpose', Object.fromEntries(english.map(([name, sentence]) => [sentence, own[`${name}.purpose`]])))]));
}

/** Every language but English, which travels in the page. */
async function writeStrings(src, out, texts) {
  const files = {};
  for (const [language, own] of Object.entries(texts))
    if (language !== 'en') files[language] = `chunks/${await writeHashed(out, `strings-${language}`, JSON.stringify({ ...await textsBeside(src, language), ...own }), 'json')}`;
  return files;
}
