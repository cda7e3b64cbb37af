// Checks that each fault of the simulator has exactly its documented effect on the official client.
import OpenAI from 'openai';
import { assert, client, finish, proof, say, Session, timed } from './proof.mjs';

// The k-th connection, and the k-th request of an endpoint, have the k-th fault of the scenario. The order of this file therefore matters.
async function refused(status) {
  const session = new Session();
  await session.until(() => session.errors.length > 0);
  assert.match(session.errors[0].message, new RegExp(`${status}`));
  await session.until(() => session.closed);
  assert.equal(session.events.length, 0);
}

await proof('fault_handshake_401', 'a handshake is refused with 401', () => refused(401));
await proof('fault_handshake_429', 'a handshake is refused with 429', () => refused(429));
await proof('fault_handshake_drop', 'the connection closes in the handshake', async () => {
  const session = new Session();
  await session.until(() => session.closed);
  assert.equal(session.closed.code, 1006);
});

await proof('fault_error_event', 'an error event arrives instead of the response', async () => {
  const session = new Session();
  await session.next('session.created');
  say(session, 'error');
  assert.equal((await session.next('error')).error.code, 'overloaded');
  assert.equal(session.of('response.created').length, 0);
  session.close();
});
await proof('fault_failed', 'a response fails in the middle', async () => {
  const session = new Session();
  say(session, 'fail');
  const { done, audio } = await session.answer();
  assert.equal(done.status, 'failed');
  assert.equal(done.status_details.error.code, 'rate_limit_exceeded');
  assert.ok(audio.length >= 4000);
  session.close();
});
await proof('fault_empty', 'a response has no content', async () => {
  const session = new Session();
  say(session, 'empty');
  const { done } = await session.answer();
  assert.equal(done.status, 'completed');
  assert.deepEqual(done.output, []);
  session.close();
});
await proof('fault_garbage', 'a frame between valid ones is not JSON', async () => {
  const session = new Session();
  say(session, 'garbage');
  const { done } = await session.answer();
  assert.equal(done.status, 'completed');
  assert.match(session.errors[0].message, /could not parse/);
  session.close();
});
await proof('fault_broken_json', 'an event between valid ones is truncated', async () => {
  const session = new Session();
  say(session, 'half');
  assert.equal((await session.answer()).done.status, 'completed');
  assert.match(session.errors[0].message, /could not parse/);
  session.close();
});
await proof('fault_broken_base64', 'an audio event between valid ones is not base64', async () => {
  const session = new Session();
  say(session, 'sixty-four');
  assert.equal((await session.answer()).done.status, 'completed');
  assert.equal(session.of('response.output_audio.delta').filter((event) => /[^A-Za-z0-9+/=]/.test(event.delta)).length, 1);
  session.close();
});
await proof('fault_unknown_events', 'unknown event types have no effect', async () => {
  const session = new Session();
  say(session, 'unknown');
  assert.equal((await session.answer()).done.status, 'completed');
  assert.ok(session.of('response.surprise.delta').length > 1);
  session.close();
});
await proof('fault_drop', 'the connection ends in the middle of an answer without a close frame', async () => {
  const session = new Session();
  say(session, 'drop');
  await session.until(() => session.closed);
  assert.equal(session.closed.code, 1006);
  assert.ok(session.of('response.output_audio.delta').length > 0);
});
await proof('fault_close', 'the connection ends in the middle of an answer with a close frame', async () => {
  const session = new Session();
  say(session, 'close');
  await session.until(() => session.closed);
  assert.deepEqual(session.closed, { code: 1011, reason: 'server restarts' });
});
await proof('fault_stall', 'an answer stalls in the middle, and the session continues', async () => {
  const session = new Session();
  say(session, 'stall');
  await session.next('response.output_audio.delta');
  session.send({ type: 'input_audio_buffer.clear' });
  await session.next('input_audio_buffer.cleared');
  assert.equal(session.of('response.done').length, 0);
  session.close();
});
await proof('fault_latency', 'an answer begins late', async () => {
  const session = new Session();
  await session.next('session.created');
  const { result, ms } = await timed(() => { say(session, 'late'); return session.answer(); });
  assert.equal(result.done.status, 'completed');
  assert.ok(ms >= 900, `${ms} ms`);
  session.close();
});
await proof('session_expires', 'a session ends at its maximum duration with an error and 1001', async () => {
  const session = new Session();
  await session.until(() => session.closed);
  assert.equal(session.closed.code, 1001);
  assert.match(session.closed.reason, /maximum duration/);
  assert.equal(session.of('error')[0].error.code, 'session_expired');
});

const chat = (options) => client.chat.completions.create({ model: 'm', messages: [{ role: 'user', content: 'hello' }], stream: true }, options);
const text = async (stream) => {
  let said = '';
  for await (const chunk of stream) said += chunk.choices?.[0]?.delta?.content ?? '';
  return said;
};
const whole = 'Ol\u00e1! Bom dia, n\u00e3o \u00e9?';
await proof('fault_chat_status', 'chat: the first request gets 429 with retry-after, and the second gets 500', async () => {
  await assert.rejects(chat(), (error) => error instanceof OpenAI.RateLimitError && error.headers.get('retry-after') === '3' && error.code === 'rate_limit_exceeded');
  await assert.rejects(chat(), { status: 500 });
});
await proof('fault_chat_split', 'chat: the answer arrives octet by octet', async () => assert.equal(await text(await chat()), whole));
await proof('fault_chat_no_done', 'chat: the stream ends without [DONE]', async () => assert.equal(await text(await chat()), whole));
await proof('fault_chat_error', 'chat: an error object arrives after 200', async () => {
  await assert.rejects(async () => text(await chat()), /overloaded/i);
});
await proof('fault_chat_drop', 'chat: the connection ends in the middle', async () => {
  await assert.rejects(async () => text(await chat()));
});
await proof('fault_chat_stall', 'chat: the stream stops', async () => {
  const controller = new AbortController();
  const stream = await chat({ signal: controller.signal });
  setTimeout(() => controller.abort(), 300);
  const said = await text(stream).catch(() => 'aborted');
  assert.notEqual(said, whole);
});
await proof('fault_chat_unknown', 'chat: comments, other fields and unknown events have no effect', async () => assert.equal(await text(await chat()), whole));
await proof('fault_chat_empty', 'chat: an answer has no words', async () => assert.equal(await text(await chat()), ''));

finish();
