// What the builds of the wallet and of the verifier's pages share: one page with styles and first script inside, chunks
// named by their content, and data made at build time as modules.
import { createHash } from 'node:crypto';
import { copyFile, mkdir, readFile, readdir, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { build as bundle } from 'esbuild';
import { SYNTAX } from './oldest.mjs';
import { LACKING, tablesOf } from './tables.mjs';
import { INSTEAD, promptsOf, voiceOf } from './voice/voices.mjs';

const SETTINGS = { bundle: true, minify: true, write: false, format: 'esm', target: SYNTAX, charset: 'utf8', legalComments: 'none', logLevel: 'warning' };

/** One bundle as text. */
export async function text(options) {
  const { outputFiles } = await bundle({ ...SETTINGS, ...options });
  return outputFiles[0].text;
}

/** index.html of a folder with `app.css` and `main.ts` inside; written to `out`. */
export async function writePage(here, out, plugins) {
  const css = await text({ entryPoints: [join(here, 'app.css')] });
  const js = await text({ entryPoints: [join(here, 'main.ts')], plugins });
  const page = (await readFile(join(here, 'index.html'), 'utf8')).replace('/*css*/', () => css.trim()).replace('/*js*/', () => js.trim());
  await writeFile(join(out, 'index.html'), page);
}

/**
 * Lets a part that is loaded later use modules of the page itself, with their state, where it would bring its own copies. The page hands over what they
 * export as `globalThis[name]` when it imports `APP:shared`; in the part, an import of one of them reads from there.
 */
export async function sharing(app, name, files, plugins) {
  const names = new Map();
  for (const file of files) {
    const { metafile } = await bundle({ ...SETTINGS, entryPoints: [file], outfile: 'exports.js', metafile: true, plugins });
    names.set(file, Object.values(metafile.outputs)[0].exports);
  }
  const id = file => JSON.stringify(basename(dirname(file)) + '/' + basename(file, '.ts'));
  const giving = {
    name: 'giving',
    setup(build) {
      build.onResolve({ filter: new RegExp(`^${app}:shared$`) }, () => ({ path: 'shared', namespace: 'giving' }));
      build.onLoad({ filter: /.*/, namespace: 'giving' }, () => ({
        resolveDir: dirname(files[0]),
        contents: files.map((file, i) => `import * as part${i} from ${JSON.stringify(file)};`).join('\n') + `\nglobalThis[${JSON.stringify(name)}] = { ${files.map((file, i) => `${id(file)}: part${i}`).join(', ')} };`,
      }));
    },
  };
  const taking = {
    name: 'taking',
    setup(build) {
      build.onResolve({ filter: /^\.{1,2}\/.*\.ts$/ }, ({ path, resolveDir }) => names.has(join(resolveDir, path)) ? { path: join(resolveDir, path), namespace: 'taking' } : undefined);
      build.onLoad({ filter: /.*/, namespace: 'taking' }, ({ path }) => ({ contents: `export const { ${names.get(path).join(', ')} } = globalThis[${JSON.stringify(name)}][${id(path)}];` }));
    },
  };
  return { giving, taking };
}

/** Bundles a part that is loaded later, split where it splits itself; the names of its files in `out`/chunks, the entry first. */
export async function writeChunks(out, name, entry, plugins = []) {
  const { outputFiles } = await bundle({
    ...SETTINGS, plugins, entryPoints: { [name]: entry }, splitting: true, outdir: join(out, 'chunks'), entryNames: '[name]-[hash]', chunkNames: 'chunk-[hash]',
  });
  for (const file of outputFiles) await writeFile(file.path, file.contents);
  const files = outputFiles.map(file => basename(file.path));
  return files.sort((a, b) => Number(b.startsWith(`${name}-`)) - Number(a.startsWith(`${name}-`)));
}

/** Bundles the script of pages that a server makes: at `out`/NAME/NAME.js, what it loads later in `out`/chunks. */
export async function writeScript(out, name, entry, plugins) {
  const { outputFiles } = await bundle({ ...SETTINGS, plugins, entryPoints: { [`${name}/${name}`]: entry }, splitting: true, outdir: out, chunkNames: 'chunks/chunk-[hash]' });
  await mkdir(join(out, name), { recursive: true });
  for (const file of outputFiles) await writeFile(file.path, file.contents);
}

/** Language → texts of one area, English included. */
export async function stringsOf(src, area) {
  const folder = join(src, 'web/strings');
  const all = {};
  for (const name of (await readdir(folder)).sort()) {
    const [of, language, extension] = name.split('.');
    if (of === area && extension === 'json') all[language] = JSON.parse(await readFile(join(folder, name), 'utf8'));
  }
  return all;
}

/** Writes a file named by its content into `out`/chunks; its name. */
export async function writeHashed(out, stem, content, extension) {
  const name = `${stem}-${hash(content)}.${extension}`;
  await writeFile(join(out, 'chunks', name), content);
  return name;
}

/** Writes the decoder for dense codes in poor light, which only browsers without one of their own fetch; its file. */
export const writeStrong = async out =>
  `chunks/${await writeHashed(out, 'zxing', await readFile(createRequire(import.meta.url).resolve('zxing-wasm/reader/zxing_reader.wasm')), 'wasm')}`;

/** Every JSON file of a folder, by name. */
export async function jsonOf(folder) {
  const names = (await readdir(folder)).filter(name => name.endsWith('.json')).sort();
  return Promise.all(names.map(async name => JSON.parse(await readFile(join(folder, name), 'utf8'))));
}

/** The type definitions, named in English alone, without what only issuers' forms need; further languages travel with their texts. */
export async function typesOf(src, also = []) {
  const english = display => ({ en: display.en });
  const named = ({ hint, values, maxLength, notBefore, neededWith, ...claim }) =>
    ({ ...claim, display: english(claim.display), ...(values && { values: Object.fromEntries(Object.entries(values).map(([value, names]) => [value, english(names)])) }) });
  return (await jsonOf(join(src, 'Credentials/Types')))
    .map(({ vct, name, display, color, sets, claims, ...rest }) => ({ vct, name, display: { en: { name: display.en.name } }, color, sets, claims: claims.map(named), ...Object.fromEntries(also.map(member => [member, rest[member]])) }));
}

/**
 * What a page needs beside its own texts in a language other than English: names of types and claims (from the types themselves, or strings/types.LANG.json), and dates
 * and countries where browsers lack them.
 */
export async function textsBeside(src, language) {
  const texts = { ...(LACKING.includes(language) && tablesOf(language)), ...prefixed('type', (await stringsOf(src, 'types'))[language]) };
  const put = (key, text) => { if (text) texts[`type.${key}`] = text; };
  for (const { name, display, claims } of await jsonOf(join(src, 'Credentials/Types'))) {
    put(name, display[language]?.name);
    for (const claim of claims) {
      put(`${name}.${claim.name}`, claim.display[language]);
      for (const [value, names] of Object.entries(claim.values ?? {})) put(`${name}.${claim.name}=${value}`, names[language]);
    }
  }
  return texts;
}

/** The same texts with a word and a dot before each key. */
export const prefixed = (word, texts = {}) => Object.fromEntries(Object.entries(texts).map(([key, text]) => [`${word}.${key}`, text]));

/** Writes the spoken prompts of an app; language → file, and the names of all prompts. `texts`: language → all texts of the app. */
export async function writeVoices(out, app, texts) {
  const prompts = await promptsOf(app, texts.en);
  const files = {};
  for (const language of Object.keys(texts)) files[language] = `chunks/${await writeHashed(out, `voice-${INSTEAD[language] ?? language}`, await voiceOf(language, prompts, texts), 'bin')}`;
  return { files, names: Object.keys(prompts) };
}

/** The service worker, with the files it keeps and a version that changes with any of them; './' is the document. `more`: further constants of its script. */
export async function writeWorker(here, out, files, more = {}) {
  const contents = await Promise.all(files.map(file => readFile(join(out, file === './' ? 'index.html' : file))));
  const constants = { VERSION: hash(contents.map(hash).join()), FILES: files, ...more };
  const define = Object.fromEntries(Object.entries(constants).map(([name, value]) => [name, JSON.stringify(value)]));
  await writeFile(join(out, 'sw.js'), await text({ entryPoints: [join(here, 'sw/sw.ts')], format: 'iife', define }));
}

/** Copies manifest and icons; their names. */
export async function copyShell(here, out) {
  await mkdir(join(out, 'icons'), { recursive: true });
  const files = ['manifest.webmanifest', ...(await readdir(join(here, 'icons'))).sort().map(name => `icons/${name}`)];
  for (const file of files) await copyFile(join(here, file), join(out, file));
  return files;
}

/** Modules `<app>:<name>` made at build time: name → exports. */
export function made(app, modules) {
  return {
    name: `made-${app}`,
    setup(build) {
      build.onResolve({ filter: new RegExp(`^${app}:`) }, ({ path }) => ({ path: path.slice(app.length + 1), namespace: `made-${app}` }));
      build.onLoad({ filter: /.*/, namespace: `made-${app}` }, ({ path }) => ({ contents: Object.entries(modules[path]).map(([name, value]) => `export const ${name} = ${JSON.stringify(value)};`).join('\n') }));
    },
  };
}

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
/** Eight capitals or digits, as esbuild names its files; the server lets such names be kept for ever. */
export const hash = content => [...createHash('sha256').update(content).digest()].slice(0, 8).map(byte => ALPHABET[byte & 31]).join('');
