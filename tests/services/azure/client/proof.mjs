// Shared by the proofs: the official client, connected to the simulator or, with a key and a region, to Azure.
import assert from 'node:assert/strict';
import sdk from 'microsoft-cognitiveservices-speech-sdk';
import { finish, prover } from './proving.mjs';

// The client uses the browser's WebSocket if it exists, as it does in recent versions of Node, and then cannot send header fields. Without it, the
// client uses the WebSocket of its npm package.
delete globalThis.WebSocket;

export { assert, finish, sdk };
export const live = !process.env.OFFHOOK_SIM;
export const proof = prover('azure', live);

/// Returns the configuration for the service. The audio is raw samples at 8 kHz.
export function config() {
  const made = live
    ? sdk.SpeechConfig.fromSubscription(process.env.AZURE_SPEECH_KEY, process.env.AZURE_SPEECH_REGION)
    : sdk.SpeechConfig.fromHost(new URL(process.env.OFFHOOK_SIM.replace(/^http/, 'ws')), 'key-of-a-test');
  made.speechRecognitionLanguage = 'en-US';
  made.speechSynthesisVoiceName = 'en-US-JennyNeural';
  made.speechSynthesisOutputFormat = sdk.SpeechSynthesisOutputFormat.Raw8Khz16BitMonoPcm;
  return made;
}

/// Calls a method of the client that takes two callbacks, and returns a promise.
export const call = (object, method, ...given) => new Promise((resolve, reject) => { object[method](...given, resolve, (why) => reject(new Error(String(why)))); });

export const speaker = (voice) => {
  const made = config();
  if (voice) made.speechSynthesisVoiceName = voice;
  return new sdk.SpeechSynthesizer(made, null);
};
/// Returns the samples of synthesised speech for `text` at 8 kHz.
export async function speech(text, voice) {
  const synthesizer = speaker(voice);
  const result = await call(synthesizer, 'speakTextAsync', text);
  synthesizer.close();
  assert.equal(result.reason, sdk.ResultReason.SynthesizingAudioCompleted, result.errorDetails);
  return Buffer.from(result.audioData);
}
export const silence = (ms) => Buffer.alloc(ms * 16);
/// One second of a tone that is loud enough to count as voice.
export const loud = Buffer.alloc(16_000);
for (let at = 0; at < loud.length; at += 2) loud.writeInt16LE(Math.round(8000 * Math.sin(at / 7)), at);
export function rms(pcm) {
  let energy = 0;
  for (let at = 0; at + 1 < pcm.length; at += 2) energy += pcm.readInt16LE(at) ** 2;
  return Math.sqrt(energy / (pcm.length / 2));
}

/// A recogniser that gets samples, and the results that it has reported. If `languages` is set, it detects which of these languages is spoken.
export class Ear {
  constructor(change = () => {}, languages = null) {
    const made = config();
    change(made);
    this.stream = sdk.AudioInputStream.createPushStream(sdk.AudioStreamFormat.getWaveFormatPCM(8000, 16, 1));
    const audio = sdk.AudioConfig.fromStreamInput(this.stream);
    this.recognizer = languages
      ? sdk.SpeechRecognizer.FromConfig(made, sdk.AutoDetectSourceLanguageConfig.fromLanguages(languages), audio)
      : new sdk.SpeechRecognizer(made, audio);
    this.hypotheses = [];
    this.phrases = [];
    this.starts = [];
    this.canceled = null;
    this.stopped = false;
    this.waiting = [];
    this.recognizer.recognizing = (_, event) => { this.hypotheses.push(event.result); this.wake(); };
    this.recognizer.recognized = (_, event) => { this.phrases.push(event.result); this.wake(); };
    this.recognizer.speechStartDetected = (_, event) => { this.starts.push(event.offset); this.wake(); };
    this.recognizer.canceled = (_, event) => { this.canceled = event; this.wake(); };
    this.recognizer.sessionStopped = () => { this.stopped = true; this.wake(); };
  }
  feed(...sounds) {
    for (const pcm of sounds) this.stream.write(pcm.buffer.slice(pcm.byteOffset, pcm.byteOffset + pcm.length));
  }
  end() { this.stream.close(); }
  wake() { for (const waiter of this.waiting.splice(0)) waiter(); }
  async until(condition) {
    while (!condition()) await new Promise((resolve) => { this.waiting.push(resolve); });
  }
  start() { return call(this.recognizer, 'startContinuousRecognitionAsync'); }
  stop() { return call(this.recognizer, 'stopContinuousRecognitionAsync'); }
  once() { return call(this.recognizer, 'recognizeOnceAsync'); }
  close() { this.recognizer.close(); }
  words() { return this.phrases.map((each) => each.text).filter((text) => text); }
}
