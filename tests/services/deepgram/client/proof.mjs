// Shared by the proofs: the official client, connected to the simulator or, with a key, to Deepgram.
import assert from 'node:assert/strict';
import { DeepgramClient } from '@deepgram/sdk';
import { finish, prover, wavFile } from './proving.mjs';

export { assert, finish };
export const live = !process.env.OFFHOOK_SIM;
const base = process.env.OFFHOOK_SIM ?? 'https://api.deepgram.com';
export const sockets = base.replace(/^http/, 'ws');
export const client = new DeepgramClient({
  apiKey: live ? process.env.DEEPGRAM_API_KEY : 'key-of-a-test',
  environment: { base, production: sockets, agent: sockets, agentRest: base },
  maxRetries: 0,
});
export const proof = prover('deepgram', live);
export const voice = 'aura-2-thalia-en';

/// A socket of the official client, with functions that wait for its messages.
export class Line {
  static async open(resource, options) {
    const socket = await resource.connect({ reconnectAttempts: 0, ...options });
    const line = new Line(socket);
    socket.connect();
    await line.until(() => line.opened || line.closed || line.errors.length > 0);
    return line;
  }
  constructor(socket) {
    this.socket = socket;
    this.messages = [];
    this.audio = [];
    this.errors = [];
    this.opened = false;
    this.closed = null;
    this.waiting = [];
    this.at = 0;
    socket.on('open', () => { this.opened = true; this.wake(); });
    socket.on('message', async (message) => {
      if (message instanceof Blob) this.audio.push(message);
      else this.messages.push(message);
      this.wake();
    });
    socket.on('error', (error) => { this.errors.push(error); this.wake(); });
    socket.on('close', (event) => { this.closed = event; this.wake(); });
  }
  wake() { for (const resolve of this.waiting.splice(0)) resolve(); }
  async until(condition) {
    while (!condition()) await new Promise((resolve) => this.waiting.push(resolve));
  }
  /// Returns the next message of this type for which accept() returns true, after the message that was returned last.
  async next(type, accept = () => true) {
    for (;;) {
      for (; this.at < this.messages.length; this.at += 1) {
        if (this.messages[this.at].type === type && accept(this.messages[this.at])) return this.messages[this.at++];
      }
      if (this.closed) throw new Error(`closed (${this.closed.code} ${this.closed.reason}) before ${type}; there were: ${this.messages.map((each) => each.type).join(' ')}`);
      await new Promise((resolve) => this.waiting.push(resolve));
    }
  }
  async bytes() { return Buffer.concat(await Promise.all(this.audio.map(async (each) => Buffer.from(await each.arrayBuffer())))); }
  /// Sends audio in messages of 20 ms.
  send(audio, octetsPerMs) {
    for (let at = 0; at < audio.length; at += 20 * octetsPerMs) this.socket.sendMedia(audio.subarray(at, at + 20 * octetsPerMs));
  }
  close() { this.socket.close(); }
}

export function text(results) { return results.channel.alternatives[0].transcript; }
/// Returns the root mean square of 16-bit samples.
export function rms(pcm) {
  let sum = 0;
  for (let i = 0; i + 1 < pcm.length; i += 2) sum += pcm.readInt16LE(i) ** 2;
  return Math.sqrt(sum / Math.max(pcm.length / 2, 1));
}
/// Returns a spoken question as 16-bit samples at 8 kHz.
export async function question(words = 'What time is it in Lisbon?') {
  const speech = await client.speak.v1.audio.generate({ text: words, model: voice, encoding: 'linear16', sample_rate: 8000, container: 'none' });
  return Buffer.from(await speech.arrayBuffer());
}
export function silence(ms) { return Buffer.alloc(16 * ms); }
export const wav = (pcm, rate = 8000) => wavFile(pcm, rate);
export const listening = { model: 'nova-3', language: 'en', encoding: 'linear16', sample_rate: 8000, channels: 1, interim_results: 'true', endpointing: 300 };
/// One second of a tone that is loud enough to count as voice.
export const loud = Buffer.alloc(16_000);
for (let i = 0; i < loud.length; i += 2) loud.writeInt16LE(Math.round(8000 * Math.sin(i / 7)), i);
/// Waits for `ms`. Nothing may arrive in this time, which the proof then checks.
export const later = (ms) => new Promise((resolve) => { setTimeout(resolve, ms); });
/// Checks that the service refused the handshake with `status`. The client retries only if its options say so.
export function refused(line, status) {
  assert.equal(line.opened, false);
  assert.deepEqual(line.errors.map((error) => error.message), [`Unexpected server response: ${status}`]);
}
/// Returns the messages that are not JSON. The client passes them on as text.
export const unreadable = (line) => line.messages.filter((each) => typeof each === 'string');

const conversing = {
  type: 'Settings',
  audio: { input: { encoding: 'mulaw', sample_rate: 8000 }, output: { encoding: 'mulaw', sample_rate: 8000, container: 'none' } },
  agent: {
    listen: { provider: { type: 'deepgram', version: 'v2', model: 'flux-general-en' } },
    think: { provider: { type: 'open_ai', model: 'gpt-4o-mini' } },
    speak: { provider: { type: 'deepgram', model: 'aura-2-thalia-en' } },
  },
};
/// Starts a conversation in which the user asks a question.
export async function converse() {
  const line = await Line.open(client.agent.v1, {});
  await line.next('Welcome');
  line.socket.sendSettings(conversing);
  line.socket.sendInjectUserMessage({ type: 'InjectUserMessage', content: 'Hello.' });
  await line.next('SettingsApplied');
  return line;
}
