/** node src/web/fuzz.mjs [--target NAME] [--inputs 100000] [--seed N] [--compare FILE] */
import { readFileSync } from 'node:fs';
import { decodeBase64 } from '../base64url.ts';
import { sha256, toHex, type Bytes } from '../bytes.ts';
import { parseChallenge } from '../compact/challenge.ts';
import { decodeCompactCredential, verifyIssuerPart, type ClaimValue } from '../compact/credential.ts';
import { readPaper, verifyPaper } from '../compact/paper.ts';
import { readProof } from '../compact/verify.ts';
import { sameJson, type Json } from '../json.ts';
import { parsePublicJwk, type PublicJwk } from '../keys.ts';
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

type Kind = 'compact-proof' | 'compact-paper' | 'challenge' | 'compact-issued' | 'verdict' | 'sd-jwt';
interface Line { readonly kind: Kind; readonly input: string; readonly says: Json | null }
/** What verdicts rest on: the first line. */
interface World { readonly issuer: Json; readonly pack: string; readonly signer: string; readonly challenge: string; readonly now: number }
type Judge = (text: string) => Promise<Json>;

/** Reads what the C# library said (`dotnet run --project tests/Fuzz -- --emit`), one line of JSON each, and says where this library says otherwise. */
async function compare(file: string): Promise<boolean> {
  let [agreed, both, differing] = [0, 0, 0];
  const [world, ...rows] = readFileSync(file, 'utf8').split('\n').filter(Boolean);
  const read = JSON.parse(world!) as World;
  const [issuer, judge] = [parsePublicJwk(read.issuer), await judgeIn(read)];
  for (const row of rows) {
    const line = JSON.parse(row) as Line;
    const says = await ours(line.kind, decodeBase64(line.input), issuer, judge) ?? null;
    if ((says === null) === (line.says === null) && (says === null || sameJson(says, line.says!))) {
      agreed++;
      if (says !== null) both++;
    } else if (++differing <= 10) {
      console.log(`DIFFERS ${line.kind}: C# ${JSON.stringify(line.says)}, TypeScript ${JSON.stringify(says)}: ${line.input}`);
    }
  }
  console.log(`${agreed} alike (${both} accepted), ${differing} differing`);
  return differing === 0 && both > 0;
}

function byKey(claims: Iterable<readonly [number, ClaimValue]>): Json {
  return Object.fromEntries([...claims].map(([key, value]) => [`#${key}`, value as Json]));
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

function placeOf({ originalIssuer }: { readonly originalIssuer: Bytes | undefined }): string | null {
  return originalIssuer ? toHex(originalIssuer) : null;
}

async function ours(kind: Kind, input: Uint8Array, issuer: PublicJwk, judge: Judge): Promise<Json | undefined> {
  const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(input);
  try {
    switch (kind) {
      case 'compact-proof': {
        // By its form alone: behind a broken signature nobody would see what one reader takes and the other does not.
        const proof = readProof(text);
        const { claims, binding, rolling } = proof;
        const holds = await proof.requireRoot().then(() => true, (error: unknown) => { if (error instanceof Refusal) return false; throw error; });
        return {
          claims: byKey(claims), binding: rolling ? [rolling.time, rolling.clockUnsure] : toHex(binding!),
          holds, shown: await proof.verifyHolder(), signed: await verifyIssuerPart(proof.issuer, issuer), place: placeOf(proof.issuer),
        };
      }
      case 'compact-paper': {
        const paper = readPaper(text);
        const { type, notBefore, expires, list, index, claims } = paper;
        return {
          type, from: notBefore ?? null, until: expires ?? null, list, index, entry: toHex(await sha256(paper.bytes)), claims: byKey(claims), signed: await verifyPaper(paper, issuer), place: placeOf(paper),
        };
      }
      case 'challenge': {
        const { digest, required, optional, purpose, name } = await parseChallenge(text);
        return { digest: toHex(digest), asks: [...required, ...optional], purpose, name };
      }
      case 'compact-issued': {
        const { issuer: part, leaves } = await decodeCompactCredential(input);
        return { claims: byKey(leaves.map(leaf => [leaf.key, leaf.value] as const)), signed: await verifyIssuerPart(part, issuer), place: placeOf(part) };
      }
      case 'verdict': return await judge(text);
      case 'sd-jwt': return (await processSdJwt(parseSdJwt(text))).claims;
    }
  } catch (error) {
    if (error instanceof Refusal) return undefined;
    throw error;
  }
}
