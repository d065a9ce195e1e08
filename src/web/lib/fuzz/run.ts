/** node src/web/fuzz.mjs [--target NAME] [--inputs 100000] [--seed N] [--compare FILE] */
import { readFileSync } from 'node:fs';
import { decodeBase64 } from '../base64url.ts';
import { toHex } from '../bytes.ts';
import { parseChallenge } from '../compact/challenge.ts';
import type { ClaimValue } from '../compact/credential.ts';
import { parseProof } from '../compact/verify.ts';
import { sameJson, type Json } from '../json.ts';
import { Refusal } from '../refusal.ts';
import { parseSdJwt, processSdJwt } from '../sdjwt.ts';
import { typeDefinitions } from '../testkit/vectors.ts';
import { readTrustPack } from '../trustpack/pack.ts';
import { examine } from '../verdict/examine.ts';
import { storm } from './storm.ts';
import { targets } from './targets.ts';

const option = (name: string): string | undefined => {
  const at = process.argv.indexOf(name);
  return at < 0 ? undefined : process.argv[at + 1];
};

const compared = option('--compare');
process.exitCode = await (compared === undefined ? pour() : compare(compared)) ? 0 : 1;

async function pour(): Promise<boolean> {
  const inputs = Number(option('--inputs') ?? 100_000);
  const seed = Number(option('--seed') ?? 20_261_122);
  console.log(`seed ${seed}, ${inputs} inputs for each reader`);
  let good = true;
  for (const target of (await targets()).filter(t => (option('--target') ?? t.name) === t.name)) {
    const started = Date.now();
    const findings = await storm(target, inputs, seed);
    good &&= findings.length === 0;
    console.log(`${target.name.padEnd(16)} ${Math.round(inputs / Math.max(1, Date.now() - started) * 1000)}/s ${findings.length === 0 ? 'ok' : `${findings.length} FINDINGS`}`);
    for (const finding of findings) console.log(JSON.stringify(finding));
  }
  return good;
}

interface Line { readonly kind: 'compact-proof' | 'verdict' | 'sd-jwt'; readonly text: string; readonly accepted: boolean; readonly claims: Json }
/** What verdicts rest on: the first line. */
interface World { readonly pack: string; readonly signer: string; readonly challenge: string; readonly now: number }
type Judge = (text: string) => Promise<Json>;

/** Reads what the C# library said (`dotnet run --project tests/Fuzz -- --emit`), one line of JSON each, and says where this library says otherwise. */
async function compare(file: string): Promise<boolean> {
  let [agreed, both, differing] = [0, 0, 0];
  const [world, ...rows] = readFileSync(file, 'utf8').split('\n').filter(Boolean);
  const judge = await judgeIn(JSON.parse(world!) as World);
  for (const row of rows) {
    const line = JSON.parse(row) as Line;
    const text = new TextDecoder().decode(decodeBase64(line.text));
    const claims = await ours(line.kind, text, judge);
    if ((claims !== undefined) === line.accepted && (claims === undefined || sameJson(claims, line.claims))) {
      agreed++;
      if (line.accepted) both++;
    } else if (++differing <= 10) {
      console.log(`DIFFERS ${line.kind}: C# ${line.accepted ? JSON.stringify(line.claims) : 'refuses'}, TypeScript ${claims === undefined ? 'refuses' : JSON.stringify(claims)}: ${line.text}`);
    }
  }
  console.log(`${agreed} alike (${both} accepted), ${differing} differing`);
  return differing === 0 && agreed > 0;
}

function byKey(claims: ReadonlyMap<number, ClaimValue>): Json {
  return Object.fromEntries([...claims].map(([key, value]) => [String(key), value as Json]));
}

/** The verdict from the world's trust pack; the machine words of a form that cannot be read are each library's own. */
async function judgeIn({ pack, signer, challenge, now }: World): Promise<Judge> {
  const trust = await readTrustPack(decodeBase64(pack), { signers: [signer], heldVersion: 0, now });
  const question = await parseChallenge(challenge);
  const types = typeDefinitions();
  return async text => {
    const { verdict } = await examine(text, { kind: 'challenge', question }, trust, types, now);
    const checks = verdict.checks.map(check => check.name === 'format' && check.result === 'failed' ? { ...check, evidence: '' } : check);
    return JSON.parse(JSON.stringify({ ...verdict, checks })) as Json;
  };
}

async function ours(kind: Line['kind'], text: string, judge: Judge): Promise<Json | undefined> {
  try {
    if (kind === 'verdict') return await judge(text);
    if (kind === 'compact-proof') {
      const { claims, binding, rolling } = await parseProof(text);
      return { claims: byKey(claims), binding: rolling ? [rolling.time, rolling.clockUnsure] : toHex(binding!) };
    }
    return (await processSdJwt(parseSdJwt(text))).claims;
  } catch (error) {
    if (error instanceof Refusal) return undefined;
    throw error;
  }
}
