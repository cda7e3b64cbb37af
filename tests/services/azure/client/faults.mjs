// What the official client makes of each fault that the simulator can play: so that a fault is what it says, and nothing else. The k-th
// socket and the k-th turn have the k-th fault of the scenario: order matters in this file.
import { Ear, assert, call, finish, proof, sdk, silence, speaker } from './proof.mjs';

const loud = Buffer.alloc(16_000);
for (let at = 0; at < loud.length; at += 2) loud.writeInt16LE(Math.round(8000 * Math.sin(at / 7)), at);

/// A second of voice and then silence, as a line has them: the client sends again what it has to only while more comes.
function talk(ear) {
  const sound = Buffer.concat([loud, silence(60_000)]);
  let at = 0;
  const timer = setInterval(() => { ear.feed(sound.subarray(at, at += 1_600)); }, 50);
  return () => { clearInterval(timer); };
}
/// One phrase of a second, and what the client says of it.
async function listen() {
  const ear = new Ear();
  const stop = talk(ear);
  try {
    return { ear, result: await ear.once() };
  } finally {
    stop();
    ear.close();
  }
}
/// Words come all the same, on another socket or in another turn.
async function going_on() {
  const ear = new Ear();
  const stop = talk(ear);
  await ear.start();
  await ear.until(() => ear.words().length > 0);
  stop();
  assert.equal(ear.words()[0], 'Yes please.');
  ear.close();
}
const details = (result) => sdk.CancellationDetails.fromResult(result);

await proof('fault_key', 'a handshake that is refused with 401', async () => {
  // The client knocks once more with the same key, and is let in: to a quota.
  const { result } = await listen();
  assert.equal(result.reason, sdk.ResultReason.Canceled);
  assert.match(result.errorDetails, /401|Quota|1007/);
});
await proof('fault_error', 'a phrase that says TooManyRequests', async () => {
  const { result } = await listen();
  assert.equal(result.reason, sdk.ResultReason.Canceled);
  assert.equal(details(result).ErrorCode, sdk.CancellationErrorCode.TooManyRequests);
});
await proof('fault_drop', 'a connection that ends without a word: the client comes back with its audio', () => going_on());
await proof('fault_early_end', 'a turn that the service ends by itself: the client goes on with another', () => going_on());
await proof('fault_empty', 'a turn with nothing in it', async () => {
  const ear = new Ear();
  ear.feed(loud);
  ear.end();
  await ear.start();
  await ear.until(() => ear.stopped);
  assert.deepEqual(ear.words(), []);
  ear.close();
});
await proof('fault_latency', 'everything comes later', async () => {
  const began = performance.now();
  const { result } = await listen();
  assert.ok(performance.now() - began >= 700);
  assert.equal(result.text, 'Yes please.');
});
await proof('fault_stall', 'nothing more comes of a turn', async () => {
  const ear = new Ear();
  const stop = talk(ear);
  await ear.start();
  await new Promise((resolve) => { setTimeout(resolve, 2500); });
  stop();
  assert.deepEqual(ear.words(), []);
  assert.equal(ear.canceled, null);
  ear.close();
});

const say = (synthesizer) => call(synthesizer, 'speakTextAsync', 'Good day to you.');
await proof('fault_voice_429', 'a handshake of the voice that is refused with 429', async () => {
  const result = await say(speaker());
  assert.equal(result.reason, sdk.ResultReason.Canceled);
  assert.match(result.errorDetails, /429|Unable to contact server/);
});
await proof('fault_voice_quota', 'a voice that closes with 1007', async () => {
  const result = await say(speaker());
  assert.equal(result.reason, sdk.ResultReason.Canceled);
  assert.match(result.errorDetails, /Quota exceeded.*1007/s);
});
await proof('fault_voice_empty', 'a voice that says nothing', async () => {
  const result = await say(speaker());
  assert.equal(result.reason, sdk.ResultReason.SynthesizingAudioCompleted);
  assert.equal(result.audioData.byteLength, 0);
});
await proof('fault_voice_latency', 'a voice that takes its time', async () => {
  const began = performance.now();
  const result = await say(speaker());
  assert.ok(performance.now() - began >= 700);
  assert.ok(result.audioData.byteLength > 8_000);
});
await proof('fault_voice_drop', 'a voice whose connection ends in the middle', async () => {
  const result = await say(speaker());
  assert.equal(result.reason, sdk.ResultReason.Canceled);
});

finish();
