// Bundles the wallet and the scanner and compiles the contract. Run by web.csproj; nobody calls it by hand.
import { cp, mkdir, readdir, rm } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const src = join(here, '..');
const dist = join(here, 'dist');

await rm(dist, { recursive: true, force: true });
await mkdir(dist, { recursive: true });

// Each part brings its own build step beside its sources.
for (const step of ['Wallet/app/build.mjs', 'Verifier/app/build.mjs', 'Ledger/contracts/build.mjs']) {
  const file = join(src, step);
  if (!existsSync(file)) continue;
  const { build } = await import(file);
  await build({ src, dist });
}
