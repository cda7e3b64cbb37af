// The three doors of HTTP. Of these the official client asks for the list of voices alone; the others are asked as Microsoft's pages about REST
// have it, by fetch. The k-th request of a door has the k-th fault of faults_http.json: order matters in this file.
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
await proof('voices_list', 'the list of voices', async () => {
  const listed = await voices();
  assert.equal(listed.reason, sdk.ResultReason.VoicesListRetrieved, listed.errorDetails);
  assert.deepEqual(names(listed), ['en-US-JennyNeural']);
});
await proof('fault_voices_latency', 'a list of voices that comes late', async () => {
  const { result, ms } = await timed(voices);
  assert.deepEqual(names(result), ['en-US-JennyNeural']);
  assert.ok(ms >= 700, `${ms} ms`);
});
await proof('fault_voices_error', 'a list of voices that is 503: the client throws', () => assert.rejects(voices(), { statusCode: 503 }));
await proof('fault_voices_key', 'one that is 401: it does not', async () => {
  const listed = await voices();
  assert.equal(listed.reason, sdk.ResultReason.Canceled);
  assert.match(listed.errorDetails, /401: Unauthorized/);
});
await proof('fault_voices_stall', 'a list of voices that does not come', async () => { assert.equal(await quiet(voices(), 1500), null); });
await proof('fault_voices_garbage', 'a list of voices that is none', async () => {
  const listed = await voices();
  assert.equal(listed.reason, sdk.ResultReason.Canceled);
  assert.match(listed.errorDetails, /200: OK/);  // All that it says.
});

const authorized = (more) => ({ 'Ocp-Apim-Subscription-Key': key, ...more });
const hear = (signal) => fetch(`${base}/speech/recognition/conversation/cognitiveservices/v1?language=en-US&format=detailed`, {
  method: 'POST', headers: authorized({ 'Content-Type': 'audio/wav; codecs=audio/pcm; samplerate=16000', Accept: 'application/json' }), body: wavFile(loud, 16000), signal,
});
await proof('short_audio', 'words of a recording, in the detailed form', async () => {
  const heard = await (await hear()).json();
  assert.equal(heard.RecognitionStatus, 'Success');
  assert.equal(heard.NBest[0].Display, 'Yes please.');
  assert.ok(heard.Duration > 0 && heard.Offset >= 0);
});
await proof('fault_short_audio_latency', 'words that come late', async () => {
  const { result, ms } = await timed(async () => (await hear()).json());
  assert.equal(result.RecognitionStatus, 'Success');
  assert.ok(ms >= 700, `${ms} ms`);
});
await proof('fault_short_audio_error', '503', async () => { assert.equal((await hear()).status, 503); });
await proof('fault_short_audio_stall', 'no answer', () => assert.rejects(hear(AbortSignal.timeout(1000)), { name: 'TimeoutError' }));
await proof('fault_short_audio_garbage', 'an answer that is no JSON', async () => {
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
await proof('speech', 'a voice as raw samples', async () => {
  voice = await sound(await say());
  assert.ok(voice.length > 8_000);
  assert.ok(rms(voice) > 300);
});
await proof('fault_speech_latency', 'a voice that comes late', async () => {
  const { result, ms } = await timed(async () => sound(await say()));
  assert.deepEqual(result, voice);
  assert.ok(ms >= 700, `${ms} ms`);
});
await proof('fault_speech_error', '503', async () => { assert.equal((await say()).status, 503); });
await proof('fault_speech_stall', 'a voice that stops in the middle', async () => {
  let octets = 0;
  await assert.rejects(async () => { for await (const piece of (await say(AbortSignal.timeout(1500))).body) octets += piece.length; }, { name: 'TimeoutError' });
  assert.equal(octets, 3_200);
});
await proof('fault_speech_garbage', 'octets in the middle that are no voice', async () => {
  const broken = await sound(await say());
  assert.deepEqual(broken.subarray(0, 3_200), voice.subarray(0, 3_200));
  assert.ok(broken.indexOf('<html>502 Bad Gateway</html>') > 3_200);
});

finish();
