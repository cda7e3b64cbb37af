// Tests the OpenAI-compatible interface with OpenAI's client.
import OpenAI from 'openai';
import { assert, finish, host, live, model, proof } from './proof.mjs';

const openai = new OpenAI({ baseURL: `${host}/v1`, apiKey: process.env.OLLAMA_API_KEY || 'ollama', maxRetries: 0 });
const tools = [{ type: 'function', function: { name: 'get_time', description: 'Tells the time in a city', parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] } } }];
const question = [{ role: 'user', content: 'Use the tool: what time is it in Lisbon?' }];

await proof('compatible_stream', 'text arrives in pieces over /v1/chat/completions', async () => {
  const chat = await openai.chat.completions.stream({ model, messages: [{ role: 'user', content: 'Say hello in Portuguese.' }] }).finalChatCompletion();
  assert.equal(chat.choices[0].finish_reason, 'stop');
  if (!live) assert.equal(chat.choices[0].message.content, 'Ol\u00e1! Bom dia, n\u00e3o \u00e9?');
});

await proof('compatible_tools', 'the model calls a tool, and answers its result', async () => {
  const first = (await openai.chat.completions.stream({ model, messages: question, tools }).finalChatCompletion()).choices[0];
  assert.equal(first.finish_reason, 'tool_calls');
  assert.match(JSON.parse(first.message.tool_calls[0].function.arguments).city, /Lisbon/);
  const messages = [...question, first.message, { role: 'tool', tool_call_id: first.message.tool_calls[0].id, content: '{"time":"12:00"}' }];
  const second = (await openai.chat.completions.stream({ model, messages, tools }).finalChatCompletion()).choices[0];
  assert.match(second.message.content, /12|twelve|noon/i);
});

await proof('compatible_models', 'the server lists its models, and a request with an unknown model gets 404', async () => {
  assert.ok((await openai.models.list()).data.length > 0);
  await assert.rejects(openai.chat.completions.create({ model: 'no-such-model', messages: question }), { status: 404 });
});

finish();
