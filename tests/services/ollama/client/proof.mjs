// Shared by the proofs: Ollama's own client, connected to the simulator or, with a key, to Ollama's cloud.
import assert from 'node:assert/strict';
import { Ollama } from 'ollama';
import { finish, prover } from './proving.mjs';

export { assert, finish };
export const live = !process.env.OFFHOOK_SIM;
export const model = live ? process.env.OFFHOOK_LIVE_OLLAMA_MODEL ?? 'gpt-oss:20b' : 'llama3.2';
export const host = live ? 'https://ollama.com' : process.env.OFFHOOK_SIM;
export const client = new Ollama({ host });
export const proof = prover('ollama', live);

/// Sends a request for a stream. `more` replaces members of the request.
export const ask = (more = {}) => client.chat({ model, messages: [{ role: 'user', content: 'Say hello in Portuguese.' }], stream: true, ...more });

/// Reads a stream to its end. Returns its text, thoughts, calls, last part, and the number of parts.
export async function gather(stream) {
  const all = { text: '', thoughts: '', calls: [], last: null, parts: 0 };
  for await (const part of stream) {
    all.text += part.message?.content ?? '';
    all.thoughts += part.message?.thinking ?? '';
    all.calls.push(...(part.message?.tool_calls ?? []));
    all.last = part;
    all.parts += 1;
  }
  return all;
}
