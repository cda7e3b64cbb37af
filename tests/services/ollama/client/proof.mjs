// What the proofs share: Ollama's own client, pointed at the simulator or, with a key, at Ollama's cloud.
import assert from 'node:assert/strict';
import { Ollama } from 'ollama';
import { finish, prover } from './proving.mjs';

export { assert, finish };
export const live = !process.env.OFFHOOK_SIM;
export const model = live ? process.env.OFFHOOK_LIVE_OLLAMA_MODEL ?? 'gpt-oss:20b' : 'llama3.2';
export const host = live ? 'https://ollama.com' : process.env.OFFHOOK_SIM;
export const client = new Ollama({ host });
export const proof = prover('ollama', live);

/// A question, streamed, with what is to be different.
export const ask = (more = {}) => client.chat({ model, messages: [{ role: 'user', content: 'Say hello in Portuguese.' }], stream: true, ...more });

/// A whole stream: its text, its thoughts, its calls, its last part, and how many parts there were.
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
