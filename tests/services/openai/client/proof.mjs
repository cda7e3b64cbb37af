// Shared by the proofs: the official client, connected to the simulator or, with a key, to OpenAI.
import assert from 'node:assert/strict';
import OpenAI, { AzureOpenAI, toFile } from 'openai';
import { OpenAIRealtimeWS } from 'openai/realtime/ws';
import { finish, prover, wavFile } from './proving.mjs';

export { assert, finish };
export const live = !process.env.OFFHOOK_SIM;
export const models = {
  realtime: process.env.OFFHOOK_LIVE_REALTIME_MODEL ?? 'gpt-realtime-mini',
  chat: process.env.OFFHOOK_LIVE_CHAT_MODEL ?? 'gpt-4o-mini',
  transcription: process.env.OFFHOOK_LIVE_TRANSCRIPTION_MODEL ?? 'gpt-4o-mini-transcribe',
  speech: process.env.OFFHOOK_LIVE_SPEECH_MODEL ?? 'gpt-4o-mini-tts',
};
export const client = live
  ? process.env.OPENAI_API_KEY ? new OpenAI({ maxRetries: 2 }) : null  // Azure's proofs have clients of their own.
  : new OpenAI({ baseURL: `${process.env.OFFHOOK_SIM}/v1`, apiKey: process.env.OFFHOOK_OPENAI_SIM_KEY ?? 'sk-of-a-test', maxRetries: 0 });
export const proof = prover('openai', live);

/// Azure OpenAI: a resource, its key, and a deployment of a chat model. `dated` returns Azure's client, which requests the interface of a date.
export const azure = live
  ? { endpoint: process.env.AZURE_OPENAI_ENDPOINT, apiKey: process.env.AZURE_OPENAI_KEY, deployment: process.env.AZURE_OPENAI_DEPLOYMENT, maxRetries: 2 }
  : { endpoint: process.env.OFFHOOK_SIM, apiKey: 'key-of-a-test', deployment: 'mini', maxRetries: 0 };
export const dated = (date = '2024-10-21') => new AzureOpenAI({ ...azure, apiVersion: date });
/// Opens a Realtime session at Azure: at the current address, or, if `date` is set, at the older address with this date.
export async function azureSession(deploymentName, date = null) {
  const older = () => new URL(`${azure.endpoint.replace(/^http/, 'ws')}/openai/realtime?api-version=${date}&deployment=${deploymentName}`);
  const rt = await OpenAIRealtimeWS.azure(dated(), { deploymentName, ...(date ? { buildRealtimeURL: older } : {}) });
  return new Session(undefined, rt);
}

/// A Realtime session of the official client, with functions that wait for its events.
export class Session {
  constructor(options = { model: models.realtime }, rt = new OpenAIRealtimeWS(options, client)) {
    this.events = [];
    this.errors = [];   // errors of the transport or of parsing, which have no event
    this.closed = null;
    this.waiting = [];
    this.at = 0;
    this.unsent = [];   // messages that are queued until the session is open
    this.rt = rt;
    this.rt.socket.on('open', () => {
      const unsent = this.unsent;
      this.unsent = null;
      for (const event of unsent) this.rt.send(event);
    });
    this.rt.on('event', (event) => { this.events.push(event); this.wake(); });
    this.rt.on('error', (error) => { if (!error.error) this.errors.push(error); this.wake(); });
    this.rt.socket.on('close', (code, reason) => { this.closed = { code, reason: reason.toString() }; this.wake(); });
  }
  wake() { for (const resolve of this.waiting.splice(0)) resolve(); }
  async until(condition) {
    while (!condition()) await new Promise((resolve) => this.waiting.push(resolve));
  }
  /// Returns the next event of this type, after the event that was returned last.
  async next(type) {
    for (;;) {
      for (; this.at < this.events.length; this.at += 1) {
        const event = this.events[this.at];
        if (event.type === 'error' && type !== 'error') throw new Error(`an error instead of ${type}: ${JSON.stringify(event.error)}`);
        if (event.type === type) return this.events[this.at++];
      }
      if (this.closed) throw new Error(`closed (${this.closed.code} ${this.closed.reason}) before ${type}; there were: ${this.types()}`);
      await new Promise((resolve) => this.waiting.push(resolve));
    }
  }
  types() { return this.events.map((event) => event.type).join(' '); }
  of(type) { return this.events.filter((event) => event.type === type); }
  send(event) {
    if (this.unsent) this.unsent.push(event);
    else this.rt.send(event);
  }
  async update(session) {
    this.send({ type: 'session.update', session: { type: 'realtime', ...session } });
    return (await this.next('session.updated')).session;
  }
  /// Appends raw audio in events of 20 ms.
  append(audio, octetsPerMs) {
    for (let at = 0; at < audio.length; at += 20 * octetsPerMs) {
      this.send({ type: 'input_audio_buffer.append', audio: audio.subarray(at, at + 20 * octetsPerMs).toString('base64') });
    }
  }
  /// Waits for the end of the current answer, and returns it.
  async answer() {
    const done = (await this.next('response.done')).response;
    const mine = (type) => this.of(type).filter((event) => event.response_id === done.id);
    return {
      done,
      audio: Buffer.concat(mine('response.output_audio.delta').map((event) => Buffer.from(event.delta, 'base64'))),
      transcript: mine('response.output_audio_transcript.delta').map((event) => event.delta).join(''),
      text: mine('response.output_text.delta').map((event) => event.delta).join(''),
    };
  }
  close() { this.rt.close(); }
}

/// 16-bit samples at 24 kHz: silence, or a spoken question.
export function silence(ms) { return Buffer.alloc(48 * ms); }
export async function question(words = 'What time is it in Lisbon?') {
  const speech = await client.audio.speech.create({ model: models.speech, voice: 'alloy', input: words, response_format: 'pcm' });
  return Buffer.from(await speech.arrayBuffer());
}
/// Returns these samples as a file, as a client sends a recording.
export const wav = (pcm) => toFile(wavFile(pcm, 24000), 'turn.wav', { type: 'audio/wav' });
/// Returns the root mean square of 16-bit samples.
export function rms(pcm) {
  let sum = 0;
  for (let i = 0; i + 1 < pcm.length; i += 2) sum += pcm.readInt16LE(i) ** 2;
  return Math.sqrt(sum / (pcm.length / 2));
}
export const getTime = { type: 'function', name: 'get_time', description: 'Tells the time in a city', parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] } };

/// Sends a message of the user, and requests an answer.
export function say(session, text) {
  session.send({ type: 'conversation.item.create', item: { type: 'message', role: 'user', content: [{ type: 'input_text', text }] } });
  session.send({ type: 'response.create' });
}
/// Returns the result of `run`, and the time in ms that it took.
export async function timed(run) {
  const begun = performance.now();
  const result = await run();
  return { result, ms: performance.now() - begun };
}
/// Runs a request that never ends, aborts it after `ms`, and returns the pieces that arrived. `run` gets a signal, and a function that it
/// calls with each piece.
export async function stalled(run, ms = 700) {
  const controller = new AbortController();
  const pieces = [];
  const timer = setTimeout(() => controller.abort(), ms);
  await assert.rejects(run(controller.signal, (piece) => pieces.push(piece)), (error) => controller.signal.aborted && /abort/i.test(`${error.name} ${error.message}`));
  clearTimeout(timer);
  return pieces;
}
