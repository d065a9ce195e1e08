import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import type { Outcome } from '../shell/api.ts';
import { signalVerdict, turnSignals } from './signal.ts';

const OUTCOMES: readonly Outcome[] = ['valid', 'not_valid', 'cannot_tell'];
const heard: number[] = [];
const felt: number[][] = [];

/** Just so much of a device that it sounds and shakes. */
class Audio {
  readonly currentTime = 0;
  readonly destination = {};
  createOscillator(): object {
    const frequency = { value: 0 };
    return { frequency, connect: (to: unknown) => to, start: () => heard.push(frequency.value), stop: () => undefined };
  }
  createGain(): object {
    return { gain: { setValueAtTime: () => undefined, exponentialRampToValueAtTime: () => undefined }, connect: (to: unknown) => to };
  }
}

function device(more: Readonly<Record<string, unknown>> = {}): void {
  const kept = new Map<string, string>();
  const world = {
    localStorage: { getItem: (key: string) => kept.get(key) ?? null, setItem: (key: string, value: string) => void kept.set(key, value) },
    navigator: { vibrate: (pulses: number[]) => felt.push(pulses), userActivation: { hasBeenActive: true } }, AudioContext: Audio, ...more,
  };
  for (const [name, value] of Object.entries(world)) Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });
}

beforeEach(() => { heard.length = felt.length = 0; device(); });

function signal(outcome: Outcome): { readonly sound: string; readonly shake: string } {
  heard.length = felt.length = 0;
  signalVerdict(outcome);
  return { sound: heard.join(' '), shake: felt.join('|') };
}

test('without anything turned on, each outcome sounds and shakes in its own way', () => {
  const all = OUTCOMES.map(signal);
  for (const { sound, shake } of all) assert.ok(sound !== '' && shake !== '');
  assert.equal(new Set(all.map(({ sound }) => sound)).size, 3);
  assert.equal(new Set(all.map(({ shake }) => shake)).size, 3);
});

test('valid rises and not valid falls', () => {
  const [rising, falling] = OUTCOMES.map(outcome => signal(outcome).sound.split(' ').map(Number)) as [number[], number[]];
  assert.ok(rising[0]! < rising[1]!);
  assert.ok(falling[0]! > falling[1]!);
});

test('turned off it is still, and turned on again it is not', () => {
  turnSignals(false);
  assert.deepEqual(signal('valid'), { sound: '', shake: '' });
  turnSignals(true);
  assert.notEqual(signal('valid').sound, '');
});

test('where storage is blocked the choice holds as long as the page is open', () => {
  Object.defineProperty(globalThis, 'localStorage', { configurable: true, get: () => { throw new Error('SecurityError'); } });
  assert.notEqual(signal('valid').sound, '');
  turnSignals(false);
  assert.equal(signal('valid').sound, '');
  turnSignals(true);
});

test('a device that makes no sound shakes all the same and stops no verdict', () => {
  device({ AudioContext: undefined });
  assert.notEqual(signal('not_valid').shake, '');
});
