import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { TypeDefinition } from '../types.ts';

const root = process.env['IDENTITY_ROOT'] ?? '.';

export const vectorPath = (path: string): string => join(root, 'tests/vectors', path);

/** A JSON file of tests/vectors; undefined when it is not there. */
export function vector(path: string): unknown {
  return read(vectorPath(path));
}

export function vectorFiles(folder: string): string[] {
  const path = join(root, 'tests/vectors', folder);
  return existsSync(path) ? readdirSync(path).filter(name => name.endsWith('.json')).map(name => `${folder}/${name}`) : [];
}

/** Every file of src/Credentials/Types. */
export function typeDefinitions(): TypeDefinition[] {
  const folder = join(root, 'src/Credentials/Types');
  return readdirSync(folder).filter(name => name.endsWith('.json')).map(name => read(join(folder, name)) as TypeDefinition);
}

/** A file of the vectors kept beside the checkout; undefined when it is not there. */
export function sharedText(path: string): string | undefined {
  const file = join(root, '../shared/vectors', path);
  return existsSync(file) ? readFileSync(file, 'utf8') : undefined;
}

export function sharedVector(path: string): unknown {
  const text = sharedText(path);
  return text === undefined ? undefined : JSON.parse(text);
}

function read(file: string): unknown {
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined;
}
