import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import { encodeQr } from './qr.ts';
import { scanPhoto, startScan } from './scan.ts';

const TEXT = 'IDP:WHAT THE OTHER PHONE SHOWS';
const STRONG = 'data:application/wasm,'; // not to be had here: the small decoder goes on alone

/** Just so much of a browser that a camera can be opened and its picture looked at; time passes at once. `refused` are cameras that cannot be opened. */
function browser(detector?: object, refused: ReadonlySet<string> = new Set()): { readonly video: HTMLVideoElement; readonly lit: () => string[] } {
  const lit: string[] = [];
  const open = async ({ video }: { readonly video: { readonly deviceId?: { readonly exact: string } } }): Promise<unknown> => {
    const id = video.deviceId?.exact ?? 'back';
    if (refused.has(id) || lit.length > 0) throw Object.assign(new Error('lent to another app'), { name: 'NotReadableError' });
    lit.push(id);
    const track = { getSettings: () => ({ deviceId: id }), stop: () => { lit.splice(0, lit.length, ...lit.filter(one => one !== id)); } };
    return { getTracks: () => [track], getVideoTracks: () => [track] };
  };
  const picture = pictureOf(TEXT);
  const canvas = { width: picture.width, height: picture.height, getContext: () => ({ drawImage: () => undefined, getImageData: () => picture }) };
  const devices = ['back', 'front'].map(deviceId => ({ kind: 'videoinput', deviceId }));
  const later = globalThis.setTimeout;
  let [clock, waits] = [0, 0];
  const world: Record<string, unknown> = {
    BarcodeDetector: detector,
    navigator: { mediaDevices: { getUserMedia: open, enumerateDevices: async () => devices } },
    document: { baseURI: 'https://wallet.example/', createElement: () => canvas },
    createImageBitmap: async () => picture,
    performance: { now: () => clock += 100 },
    setTimeout: (work: () => void) => (++waits < 500 ? later(work, 0) : undefined), // nobody looks at pictures for ever
  };
  for (const [name, value] of Object.entries(world)) {
    const before = Object.getOwnPropertyDescriptor(globalThis, name);
    Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });
    restore.push(() => { if (before) Object.defineProperty(globalThis, name, before); else delete (globalThis as Record<string, unknown>)[name]; });
  }
  const video = { readyState: 4, videoWidth: picture.width, videoHeight: picture.height, play: async () => undefined, srcObject: null } as unknown as HTMLVideoElement;
  return { video, lit: () => [...lit] };
}

const restore: (() => void)[] = [];
afterEach(() => { for (const back of restore.splice(0)) back(); });

/** A decoder of the browser's own whose `detect` is this. */
const native = (detect: () => Promise<unknown[]>): object => class {
  static getSupportedFormats = async (): Promise<string[]> => ['qr_code'];
  detect = detect;
};

const read = (video: HTMLVideoElement): Promise<string> => new Promise((resolve, reject) => { startScan(video, text => { resolve(text); return true; }, STRONG).catch(reject); });

test('the decoder of the browser is enough where it reads', async () => {
  const { video } = browser(native(async () => [{ rawValue: 'READ BY THE BROWSER' }]));
  assert.equal(await read(video), 'READ BY THE BROWSER');
  assert.equal(await scanPhoto(new Blob(), STRONG), 'READ BY THE BROWSER');
});

for (const [what, detect] of [
  ['throws at every picture', async () => { throw new Error('the service is not there'); }],
  ['finds nothing', async () => []],
  ['never answers', () => new Promise<never>(() => undefined)],
] as const) test(`where the decoder of the browser ${what}, ours read the code`, async () => {
  const { video } = browser(native(detect));
  assert.equal(await read(video), TEXT);
  assert.equal(await scanPhoto(new Blob(), STRONG), TEXT);
});

test('a camera that does not open gives the one before back', async () => {
  const { video, lit } = browser(native(async () => []), new Set(['front']));
  const handle = await startScan(video, () => false, STRONG);

  assert.equal(await handle.switchCamera(), false);

  assert.deepEqual(lit(), ['back']);
  assert.notEqual(video.srcObject, null);
  handle.stop();
  assert.deepEqual(lit(), []);
});

test('a camera that opens takes the place of the one before, tapped once or twice', async () => {
  const { video, lit } = browser(native(async () => []));
  const handle = await startScan(video, () => false, STRONG);

  assert.deepEqual(await Promise.all([handle.switchCamera(), handle.switchCamera()]), [true, true]);

  assert.deepEqual(lit(), ['front']);
  handle.stop();
});

test('where neither camera opens again, it is said why', async () => {
  const refused = new Set<string>();
  const { video } = browser(native(async () => []), refused);
  const handle = await startScan(video, () => false, STRONG);
  for (const id of ['front', 'back']) refused.add(id);

  await assert.rejects(async () => handle.switchCamera(), { code: 'camera_busy' });
  handle.stop();
});

function pictureOf(text: string): { readonly data: Uint8ClampedArray; readonly width: number; readonly height: number } {
  const { rows, size } = encodeQr(text);
  const [module, margin] = [4, 4];
  const side = (size + 2 * margin) * module;
  const data = new Uint8ClampedArray(side * side * 4).fill(255);
  for (let y = 0; y < side; y++) for (let x = 0; x < side; x++)
    if (rows[Math.floor(y / module) - margin]?.[Math.floor(x / module) - margin]) data.fill(0, (y * side + x) * 4, (y * side + x) * 4 + 3);
  return { data, width: side, height: side };
}
