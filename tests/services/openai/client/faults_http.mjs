// Checks how the official client reports four faults at each HTTP endpoint: a late answer, an error, a stall, and garbage. The k-th request
// of an endpoint has the k-th fault of the scenario. The order of this file therefore matters.
import OpenAI from 'openai';
import { assert, client, finish, models, proof, question, silence, stalled, timed, wav } from './proof.mjs';

const whole = 'Ol\u00e1! Bom dia, n\u00e3o \u00e9?';
const limited = (error) => error instanceof OpenAI.RateLimitError && error.status === 429 && error.headers.get('retry-after') === '3' && error.code === 'rate_limit_exceeded';
const overloaded = (error) => error instanceof OpenAI.APIError && /overloaded/i.test(error.message) && error.code === 'overloaded';
// For a text that it cannot parse, the client has no error of its own.
const unreadable = (error) => error instanceof SyntaxError && /JSON/.test(error.message);
console.error = () => {};  // To this function, the client reports the events that it cannot parse.
/// Checks that the client skips lines that are not events. Such lines must be in the raw answer.
async function passed_over(stream, raw) {
  await stream();
  const came = await (await raw().asResponse()).text();
  const at = came.indexOf('<html>502 Bad Gateway</html>');
  assert.ok(at > 0 && at < came.length - 100, `garbage at ${at} of ${came.length}`);
}

const chat = (stream = true) => client.chat.completions.create({ model: 'm', messages: [{ role: 'user', content: 'hello' }], stream });
async function text(stream) {
  let said = '';
  for await (const chunk of stream) said += chunk.choices[0]?.delta.content ?? '';
  return said;
}
await proof('fault_chat_latency', 'chat: an answer begins late', async () => {
  const { result, ms } = await timed(async () => text(await chat()));
  assert.equal(result, whole);
  assert.ok(ms >= 700, `${ms} ms`);
});
await proof('fault_chat_garbage', 'chat: the client skips lines that are not events', async () => {
  await passed_over(async () => assert.equal(await text(await chat()), whole), () => chat());
});
await proof('fault_chat_broken_json', 'chat: an event that is not JSON ends the stream for the client', async () => {
  await assert.rejects(async () => text(await chat()), unreadable);
});
await proof('fault_chat_garbage_whole', 'chat: an answer that is entirely garbage ends the stream for the client', async () => {
  await assert.rejects(chat(false), unreadable);
});

const respond = (more = {}, options = {}) => client.responses.create({ model: 'm', input: 'hello', stream: true, ...more }, options);
async function events(stream, each = () => {}) {
  const all = [];
  for await (const event of stream) { all.push(event); each(event); }
  return all;
}
await proof('fault_responses_latency', 'responses: an answer begins late', async () => {
  const { result, ms } = await timed(async () => events(await respond()));
  assert.equal(result.at(-1).response.output[0].content[0].text, whole);
  assert.ok(ms >= 700, `${ms} ms`);
});
await proof('fault_responses_status', 'responses: the request gets 429 with retry-after', () => assert.rejects(respond(), limited));
await proof('fault_responses_error', 'responses: an error object arrives after 200', async () => {
  await assert.rejects(async () => events(await respond()), overloaded);
});
await proof('fault_responses_failed', 'responses: a response has the status failed', async () => {
  const last = (await events(await respond())).at(-1);
  assert.equal(last.type, 'response.failed');
  assert.deepEqual(last.response.error, { code: 'server_error', message: 'The model broke down.' });
});
await proof('fault_responses_stall', 'responses: the stream stops after the first events', async () => {
  const came = await stalled(async (signal, each) => { await events(await respond({}, { signal }), each); signal.throwIfAborted(); });
  assert.ok(came.length > 0);
  assert.ok(!came.some((event) => event.type === 'response.completed'));
});
await proof('fault_responses_garbage', 'responses: the client skips lines that are not events', async () => {
  await passed_over(async () => assert.equal((await events(await respond())).at(-1).type, 'response.completed'), () => respond());
});
await proof('fault_responses_broken_json', 'responses: an event that is not JSON ends the stream for the client', async () => {
  await assert.rejects(async () => events(await respond()), unreadable);
});
await proof('fault_responses_garbage_whole', 'responses: an answer that is entirely garbage ends the stream for the client', async () => {
  await assert.rejects(respond({ stream: false }), unreadable);
});

const recording = await wav(Buffer.concat([await question(), silence(200)]));  // This first request to the speech endpoint has no fault.
const transcribe = (more = {}, options = {}) => client.audio.transcriptions.create({ model: models.transcription, file: recording, ...more }, options);
await proof('fault_transcription_latency', 'transcription: an answer begins late', async () => {
  const { result, ms } = await timed(() => transcribe());
  assert.match(result.text, /Lisbon/);
  assert.ok(ms >= 700, `${ms} ms`);
});
await proof('fault_transcription_status', 'transcription: the request gets 429 with retry-after', () => assert.rejects(transcribe(), limited));
await proof('fault_transcription_error', 'transcription: an error object arrives in the stream, after 200', async () => {
  await assert.rejects(async () => events(await transcribe({ stream: true })), overloaded);
});
await proof('fault_transcription_stall', 'transcription: the stream stops after the first words', async () => {
  const came = await stalled(async (signal, each) => { await events(await transcribe({ stream: true }, { signal }), each); signal.throwIfAborted(); });
  assert.ok(came.length > 0);
  assert.ok(came.every((event) => event.type === 'transcript.text.delta'));
});
await proof('fault_transcription_stall_whole', 'transcription: there is no answer', async () => {
  assert.deepEqual(await stalled(async (signal, each) => each(await transcribe({}, { signal }))), []);
});
await proof('fault_transcription_garbage', 'transcription: the client skips lines that are not events', async () => {
  await passed_over(async () => assert.equal((await events(await transcribe({ stream: true }))).at(-1).type, 'transcript.text.done'), () => transcribe({ stream: true }));
});
await proof('fault_transcription_broken_json', 'transcription: an event that is not JSON ends the stream for the client', async () => {
  await assert.rejects(async () => events(await transcribe({ stream: true })), unreadable);
});
await proof('fault_transcription_garbage_whole', 'transcription: an answer that is entirely garbage ends the stream for the client', async () => {
  await assert.rejects(transcribe(), unreadable);
});

// The client returns the octets of speech unchanged. Garbage among them causes no error, and is part of the result.
const speak = (more = {}, options = {}) => client.audio.speech.create({ model: models.speech, voice: 'alloy', input: 'Good day.', response_format: 'pcm', ...more }, options);
const octets = async (speech) => Buffer.from(await speech.arrayBuffer());
let sound = null;
await proof('fault_speech_latency', 'speech: the audio starts late', async () => {
  const { result, ms } = await timed(async () => octets(await speak()));
  sound = result;
  assert.ok(sound.length > 8_000);
  assert.ok(ms >= 700, `${ms} ms`);
});
await proof('fault_speech_status', 'speech: 503', () => assert.rejects(speak(), { status: 503, code: 'overloaded' }));
await proof('fault_speech_error', 'speech: an error object arrives in the stream of events, after 200', async () => {
  const all = (await (await speak({ stream_format: 'sse' })).text()).split('\n\n').filter((event) => event).map((event) => JSON.parse(event.slice(6)));
  assert.equal(all.at(-1).error.code, 'overloaded');
  assert.ok(!all.some((event) => event.type === 'speech.audio.done'));
});
await proof('fault_speech_stall', 'speech: the audio stops in the middle', async () => {
  const came = await stalled(async (signal, each) => { for await (const piece of (await speak({}, { signal })).body) each(piece); });
  assert.equal(Buffer.concat(came).length, 6000);
});
await proof('fault_speech_garbage', 'speech: garbage octets are in the middle of the audio', async () => {
  const broken = await octets(await speak());
  const at = broken.indexOf('<html>502 Bad Gateway</html>');
  assert.ok(at > 6000, `it is at ${at}`);
  assert.ok(broken.length > sound.length);
  assert.deepEqual(broken.subarray(0, 6000), sound.subarray(0, 6000));
});
await proof('fault_speech_broken_base64', 'speech: the audio of an event is not base64', async () => {
  const all = await (await speak({ stream_format: 'sse' })).text();
  assert.match(all, /"audio":"!!!! no base64 !!!!"/);
  assert.match(all, /speech\.audio\.done/);
});

finish();
