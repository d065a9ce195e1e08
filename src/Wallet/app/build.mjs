import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';

/** Builds the wallet into dist/wallet. */
export async function build({ dist }) {
  await mkdir(join(dist, 'wallet'), { recursive: true });
}
