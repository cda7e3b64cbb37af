// Tests the three HTTP endpoints. The official client uses only the list of voices. For the other two endpoints, this file sends requests
// with fetch, as Microsoft's pages about REST describe them. The k-th request of an endpoint has the k-th fault of faults_http.json. The
// order of this file therefore matters.
import { assert, finish, loud, proof, rms, sdk } from './proof.mjs';
import { wavFile } from './proving.mjs';

const base = process.env.OFFHOOK_SIM;
const key = 'key-of-a-test';
async function timed(run) {
  const begun = performance.now();
  return { result: await run(), ms: performance.now() - begun };
}
const quiet = (promise, ms) => Promise.race([promise, new Promise((resolve) => { setTimeout(resolve, ms, null); })]);

const voices = () => new sdk.SpeechSynthesizer(sdk.SpeechConfig.fromHost(new URL(base), key), null).getVoicesAsync();
const names = (listed) => listed.voices.map((voice) => voice.shortName);
await proof('voices_list', 'the client gets the list of voices', async () => {
  const listed = await voices();
  assert.equal(listed.reason, sdk.ResultReason.VoicesListRetrieved, listed.errorDetails);
  assert.deepEqual(names(listed), ['en-US-JennyNeural']);
});
await proof('fault_voices_latency', 'the list of voices is late', async () => {
  const { result, ms } = await timed(voices);
  assert.deepEqual(names(result), ['en-US-JennyNeural']);
  assert.ok(ms >= 700, `${ms} ms`);
});
await proof('fault_voices_error', 'the request for the list of voices gets 503, and the client throws', () => assert.rejects(voices(), { statusCode: 503 }));
await proof('fault_voices_key', 'the request for the list of voices gets 401, and the client does not throw', async () => {
  const listed = await voices();
  assert.equal(listed.reason, sdk.ResultReason.Canceled);
  assert.match(listed.errorDetails, /401: Unauthorized/);
});
await proof('fault_voices_stall', 'the list of voices never arrives', async () => { assert.equal(await quiet(voices(), 1500), null); });
await proof('fault_voices_garbage', 'the list of voices is garbage', async () => {
  const listed = await voices();
  assert.equal(listed.reason, sdk.ResultReason.Canceled);
  assert.match(listed.errorDetails, /200: OK/);  // The client reports only this.
});

const authorized = (more) => ({ 'Ocp-Apim-Subscription-Key': key, ...more });
const hear = (signal) => fetch(`${base}/speech/recognition/conversation/cognitiveservices/v1?language=en-US&format=detailed`, {
  method: 'POST', headers: authorized({ 'Content-Type': 'audio/wav; codecs=audio/pcm; samplerate=16000', Accept: 'application/json' }), body: wavFile(loud, 16000), signal,
});
await proof('short_audio', 'a recording returns its words in the detailed form', async () => {
  const heard = await (await hear()).json();
  assert.equal(heard.RecognitionStatus, 'Success');
  assert.equal(heard.NBest[0].Display, 'Yes please.');
  assert.ok(heard.Duration > 0 && heard.Offset >= 0);
});
await proof('fault_short_audio_latency', 'the words of a recording are late', async () => {
  const { result, ms } = await timed(async () => (await hear()).json());
  assert.equal(result.RecognitionStatus, 'Success');
  assert.ok(ms >= 700, `${ms} ms`);
});
await proof('fault_short_audio_error', 'a recording is refused with 503', async () => { assert.equal((await hear()).status, 503); });
await proof('fault_short_audio_stall', 'a recording gets no answer', () => assert.rejects(hear(AbortSignal.timeout(1000)), { name: 'TimeoutError' }));
await proof('fault_short_audio_garbage', 'the answer to a recording is not JSON', async () => {
  const answer = await hear();
  assert.equal(answer.status, 200);
  await assert.rejects(answer.json(), SyntaxError);
});

const ssml = "<speak version='1.0' xml:lang='en-US'><voice xml:lang='en-US' name='en-US-JennyNeural'>Good day.</voice></speak>";
const say = (signal) => fetch(`${base}/cognitiveservices/v1`, {
  method: 'POST', headers: authorized({ 'Content-Type': 'application/ssml+xml', 'X-Microsoft-OutputFormat': 'raw-8khz-16bit-mono-pcm', 'User-Agent': 'a test' }), body: ssml, signal,
});
const sound = async (answer) => Buffer.from(await answer.arrayBuffer());
let voice = null;
await proof('speech', 'a text returns raw samples', async () => {
  voice = await sound(await say());
  assert.ok(voice.length > 8_000);
  assert.ok(rms(voice) > 300);
});
await proof('fault_speech_latency', 'the samples of a text are late', async () => {
  const { result, ms } = await timed(async () => sound(await say()));
  assert.deepEqual(result, voice);
  assert.ok(ms >= 700, `${ms} ms`);
});
await proof('fault_speech_error', 'a text is refused with 503', async () => { assert.equal((await say()).status, 503); });
await proof('fault_speech_stall', 'the samples of a text stop in the middle', async () => {
  let octets = 0;
  await assert.rejects(async () => { for await (const piece of (await say(AbortSignal.timeout(1500))).body) octets += piece.length; }, { name: 'TimeoutError' });
  assert.equal(octets, 3_200);
});
await proof('fault_speech_garbage', 'garbage octets are in the middle of the samples', async () => {
  const broken = await sound(await say());
  assert.deepEqual(broken.subarray(0, 3_200), voice.subarray(0, 3_200));
  assert.ok(broken.indexOf('<html>502 Bad Gateway</html>') > 3_200);
});

finish();
