// Type-checks the pages against only what the oldest browsers know: TypeScript's description of the browser without the members that are too new by MDN's compatibility data.
//   node tests/oldest-browser/check.mjs [tsconfig.json …]   → the compiler's errors, one a line; exits 1 when there is any
import data from '@mdn/browser-compat-data' with { type: 'json' };
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createRequire } from 'node:module';
import { OLDEST } from '../../src/web/oldest.mjs';

// Looked for before it is used, and what happens without it.
const GUARDED = new Set([
  'Navigator.wakeLock', 'WakeLock.request', 'WakeLockSentinel.release', // the screen may go dark; the page says how long the code is shown
  'Navigator.userActivation', 'UserActivation.hasBeenActive', // no sound before a touch
  'Navigator.vibrate', // sound, colour and words stay
  'Navigator.locks', 'LockManager.request', // tabs take turns by the database alone
  'MediaStreamTrack.getCapabilities', // no switch for the light
  'HTMLVideoElement.playsInline', // only telephones of one maker need to be told
]);

const root = join(dirname(fileURLToPath(import.meta.url)), '../..');
const lib = join(dirname(createRequire(join(root, 'package.json')).resolve(`@typescript/typescript-${process.platform}-${process.arch}/package.json`)), 'lib');

const newer = (a, b) => {
  const [x, y] = [a, b].map(version => version.split('.').map(Number));
  return x[0] !== y[0] ? x[0] > y[0] : (x[1] ?? 0) > (y[1] ?? 0);
};

/** Whether one of the oldest browsers lacks a feature, so that it may not be used unguarded. */
function lacking(feature) {
  const support = feature?.__compat?.support;
  return support !== undefined && Object.entries(OLDEST).some(([browser, oldest]) => {
    return [support[browser] ?? []].flat().every(({ version_added: since, flags, prefix, alternative_name: other }) =>
      !since || since === 'preview' || flags || prefix || other || newer(String(since).replace('≤', ''), oldest));
  });
}

/** The lines of a library of types that the oldest browsers know. */
function old(text) {
  let [owner, kept, removed] = [undefined, [], 0];
  let dropping = false;
  for (const line of text.split('\n')) {
    const opened = /^(?:declare )?(interface|var) (\w+)\b.*\{\s*$/.exec(line);
    if (opened) [owner, dropping] = [{ name: opened[2], statics: opened[1] === 'var' }, opened[1] === 'var' && !GUARDED.has(opened[2]) && lacking(data.api[opened[2]])];
    const [member] = owner && !opened && /^    (?:readonly |get |set )?(\w+)[?(<:]/.exec(line)?.slice(1) || [];
    const known = member && data.api[owner.name]?.[owner.statics ? `${member}_static` : member];
    if (dropping || (known && !GUARDED.has(`${owner.name}.${member}`) && lacking(known))) removed++;
    else kept.push(line);
    if (line === '}' || line === '};') [owner, dropping] = [undefined, false];
  }
  if (removed < 100) throw new Error('The library of types is written in another way than this reads it.');
  return kept.join('\n');
}

const folder = mkdtempSync(join(tmpdir(), 'oldest-browser-'));
try {
  const projects = process.argv.slice(2).length > 0 ? process.argv.slice(2).map(file => resolve(file)) : ['src/Wallet/app', 'src/Verifier/app'].map(project => join(root, project, 'tsconfig.json'));
  writeFileSync(join(folder, 'dom.d.ts'), old(readFileSync(join(lib, 'lib.dom.d.ts'), 'utf8')));
  let bad = false;
  for (const [i, project] of projects.entries()) {
    const { include, exclude = [], files = [] } = JSON.parse(readFileSync(project, 'utf8'));
    const here = path => join(dirname(project), path);
    const config = join(folder, `tsconfig.${i}.json`);
    writeFileSync(config, JSON.stringify({
      extends: project, compilerOptions: { lib: ['ES2022'] }, files: [join(folder, 'dom.d.ts'), ...files.map(here)],
      ...(include && { include: include.map(here), exclude: [...exclude.map(here), here('**/*.test.ts')] }),
    }));
    const { status, stdout } = spawnSync(join(root, 'node_modules/.bin/tsc'), ['--noEmit', '--pretty', 'false', '-p', config], { encoding: 'utf8' });
    process.stdout.write(stdout);
    bad ||= status !== 0;
  }
  if (bad) process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
