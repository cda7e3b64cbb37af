// The two POST endpoints with late answers, no answers and garbage. The k-th request has the k-th fault of faults_http.json. faults.mjs
// tests the errors of these endpoints.
import { assert, client, finish, loud, proof, wav } from './proof.mjs';

const hear = (options) => client.listen.v1.media.transcribeFile(wav(loud), { model: 'nova-3', language: 'en' }, options);
const say = (options) => client.speak.v1.audio.generate({ text: 'Good day.', model: 'aura-2-thalia-en', encoding: 'linear16', sample_rate: 8000, container: 'none' }, options);
const words = (heard) => heard.results.channels[0].alternatives[0].transcript;
const sound = async (speech) => Buffer.from(await speech.arrayBuffer());
const impatient = { timeoutInSeconds: 1, maxRetries: 0 };
const gave_up = (error) => error.cause === 'timeout';
async function late(run) {
  const begun = performance.now();
  const result = await run();
  const ms = performance.now() - begun;
  assert.ok(ms >= 700, `${ms} ms`);
  return result;
}

await proof('fault_turn_latency', 'listen by POST: the answer is late', async () => { assert.equal(words(await late(hear)), 'yes please'); });
await proof('fault_turn_stall', 'listen by POST: there is no answer', () => assert.rejects(hear(impatient), gave_up));
await proof('fault_turn_stall_in_body', 'listen by POST: the answer stops in the middle', async () => {
  const controller = new AbortController();  // The client limits only the time until the answer begins.
  setTimeout(() => controller.abort(), 1000);
  await assert.rejects(hear({ ...impatient, abortSignal: controller.signal }), (error) => controller.signal.aborted && error.cause.name === 'AbortError');
});
await proof('fault_turn_garbage', 'listen by POST: the client returns an answer that is not JSON unchanged, and does not throw', async () => {
  const { ok, error } = await hear();
  assert.equal(ok, false);
  assert.equal(error.reason, 'non-json');
  assert.match(error.rawBody, /502 Bad Gateway/);
});

let voice = null;
await proof('fault_speech_latency', 'speak by POST: the voice is late', async () => {
  voice = await late(async () => sound(await say()));
  assert.ok(voice.length > 8_000);
});
await proof('fault_speech_stall', 'speak by POST: there is no voice', () => assert.rejects(say(impatient), gave_up));
await proof('fault_speech_stall_in_body', 'speak by POST: the voice stops in the middle', async () => {
  const reader = (await say()).stream().getReader();
  let octets = 0;
  const more = () => Promise.race([reader.read(), new Promise((resolve) => { setTimeout(resolve, 700, null); })]);
  for (let next = await more(); next; next = await more()) {
    assert.equal(next.done, false);
    octets += next.value.length;
  }
  assert.equal(octets, 4000);
});
await proof('fault_speech_garbage', 'speak by POST: the client returns garbage octets in the middle of a voice', async () => {
  const broken = await sound(await say());
  assert.deepEqual(broken.subarray(0, 4000), voice.subarray(0, 4000));
  assert.ok(broken.indexOf('<html>502 Bad Gateway</html>') > 4000);
  assert.ok(broken.length > voice.length);
});

finish();
