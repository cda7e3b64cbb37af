// Checks how OpenAI's client reacts to the faults of the OpenAI-compatible interface.
import OpenAI from 'openai';
import { assert, finish, host, model, proof } from './proof.mjs';

// The k-th request has the k-th fault of the scenario. The order of this file therefore matters.
const openai = new OpenAI({ baseURL: `${host}/v1`, apiKey: 'ollama', maxRetries: 0 });
const whole = 'Ol\u00e1! Bom dia, n\u00e3o \u00e9?';
const ask = (more = {}, options = {}) => openai.chat.completions.create({ model, messages: [{ role: 'user', content: 'hello' }], stream: true, ...more }, options);
async function text(stream, each = () => {}) {
  let said = '';
  for await (const chunk of stream) { each(chunk); said += chunk.choices[0]?.delta.content ?? ''; }
  return said;
}
console.error = () => {};  // To this function, the client reports the events that it cannot parse.

await proof('fault_compatible_latency', 'an answer begins late', async () => {
  const begun = performance.now();
  assert.equal(await text(await ask()), whole);
  assert.ok(performance.now() - begun >= 700);
});
await proof('fault_compatible_status', 'a request for which the queue is full gets 503', () => assert.rejects(ask(), { status: 503, message: /maximum pending requests/ }));
await proof('fault_compatible_error', 'an error is in the middle of the stream, under 200', async () => {
  await assert.rejects(async () => text(await ask()), (error) => error instanceof OpenAI.APIError && /unexpected EOF/.test(error.message));
});
await proof('fault_compatible_stall', 'the stream stops', async () => {
  const controller = new AbortController();
  setTimeout(() => controller.abort(), 700);
  let chunks = 0;
  const said = await text(await ask({}, { signal: controller.signal }), () => { chunks += 1; });
  assert.ok(controller.signal.aborted);  // Only the abort has ended the stream.
  assert.ok(chunks > 0);
  assert.notEqual(said, whole);
});
await proof('fault_compatible_garbage', 'the client skips lines that are not events', async () => {
  assert.equal(await text(await ask()), whole);
  const came = await (await ask().asResponse()).text();
  const at = came.indexOf('<html>502 Bad Gateway</html>');
  assert.ok(at > 0 && at < came.length - 100, `garbage at ${at} of ${came.length}`);
});
await proof('fault_compatible_broken_json', 'an event that is not JSON ends the stream for the client', async () => {
  await assert.rejects(async () => text(await ask()), SyntaxError);
});
await proof('fault_compatible_garbage_whole', 'an answer that is entirely garbage ends the stream for the client', async () => {
  await assert.rejects(ask({ stream: false }), SyntaxError);
});

finish();
