// Looks whether the pages use only what the oldest browsers know, by MDN's compatibility data. Scripts and service workers are type-checked against TypeScript's description of
// the browser without the members that are too new; at-rules, selectors, properties and values of style sheets are looked up.
//   node tests/oldest-browser/check.mjs [tsconfig.json … style.css …]   → what is too new, one a line; exits 1 when there is any
import data from '@mdn/browser-compat-data' with { type: 'json' };
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createRequire } from 'node:module';
import { newerIn } from './styles.mjs';
import { lackedBy } from './support.mjs';

// Looked for before it is used, and what happens without it.
const GUARDED = new Set([
  'Navigator.wakeLock', 'WakeLock.request', 'WakeLockSentinel.release', // the screen may go dark; the page says how long the code is shown
  'Navigator.userActivation', 'UserActivation.hasBeenActive', // no sound before a touch
  'Navigator.vibrate', // sound, colour and words stay
  'Navigator.locks', 'LockManager.request', // tabs take turns by the database alone
  'MediaStreamTrack.getCapabilities', // no switch for the light
  'HTMLVideoElement.playsInline', // only telephones of one maker need to be told
]);

// What TypeScript describes by itself and the data where it is mixed in.
const MIXED = new Map([['Body', 'Response']]);

const lacks = feature => lackedBy(feature).length > 0;
const root = join(dirname(fileURLToPath(import.meta.url)), '../..');
const lib = join(dirname(createRequire(join(root, 'package.json')).resolve(`@typescript/typescript-${process.platform}-${process.arch}/package.json`)), 'lib');

/** The lines of a library of types that the oldest browsers know. */
function old(text) {
  let [owner, kept, removed] = [undefined, [], 0];
  let dropping = false;
  for (const line of text.split('\n')) {
    const opened = /^(?:declare )?(interface|var) (\w+)\b.*\{\s*$/.exec(line);
    if (opened) [owner, dropping] = [{ name: opened[2], statics: opened[1] === 'var' }, opened[1] === 'var' && !GUARDED.has(opened[2]) && lacks(data.api[opened[2]])];
    const [member] = owner && !opened && /^    (?:readonly |get |set )?(\w+)[?(<:]/.exec(line)?.slice(1) || [];
    const known = member && data.api[MIXED.get(owner.name) ?? owner.name]?.[owner.statics ? `${member}_static` : member];
    if (dropping || (known && !GUARDED.has(`${owner.name}.${member}`) && lacks(known))) removed++;
    else kept.push(line);
    if (line === '}' || line === '};') [owner, dropping] = [undefined, false];
  }
  if (removed < 100) throw new Error('The library of types is written in another way than this reads it.');
  return kept.join('\n');
}

/** Style sheets of every page: those for checking and the desks have the design system in common. */
const styles = folder => readdirSync(folder, { withFileTypes: true }).flatMap(entry =>
  entry.isDirectory() ? (['node_modules', 'dist', 'bin', 'obj'].includes(entry.name) ? [] : styles(join(folder, entry.name))) : entry.name.endsWith('.css') ? [join(folder, entry.name)] : []);

const src = join(root, 'src');
const given = process.argv.slice(2).map(file => resolve(file));
const all = given.length > 0 ? given : [...['Wallet/app', 'Wallet/app/sw', 'Verifier/app', 'Verifier/app/sw'].map(project => join(src, project, 'tsconfig.json')), ...styles(src)];

for (const file of all.filter(file => file.endsWith('.css'))) {
  for (const { line, what, browsers } of newerIn(readFileSync(file, 'utf8'))) {
    console.log(`${relative(root, file)}:${line}: '${what}' is not known to the oldest ${browsers.join(', ')}.`);
    process.exitCode = 1;
  }
}

const folder = mkdtempSync(join(tmpdir(), 'oldest-browser-'));
try {
  for (const world of ['dom', 'webworker']) writeFileSync(join(folder, `${world}.d.ts`), old(readFileSync(join(lib, `lib.${world}.d.ts`), 'utf8')));
  for (const [i, project] of all.filter(file => file.endsWith('.json')).entries()) {
    const { include, exclude = [], files = [], compilerOptions } = JSON.parse(readFileSync(project, 'utf8'));
    const here = path => join(dirname(project), path);
    const world = compilerOptions?.lib?.includes('WebWorker') ? 'webworker' : 'dom';
    const config = join(folder, `tsconfig.${i}.json`);
    writeFileSync(config, JSON.stringify({
      extends: project, compilerOptions: { lib: ['ES2022'] }, files: [join(folder, `${world}.d.ts`), ...files.map(here)],
      ...(include && { include: include.map(here), exclude: [...exclude.map(here), here('**/*.test.ts')] }),
    }));
    const { status, stdout } = spawnSync(join(root, 'node_modules/.bin/tsc'), ['--noEmit', '--pretty', 'false', '-p', config], { encoding: 'utf8' });
    process.stdout.write(stdout);
    if (status !== 0) process.exitCode = 1;
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
