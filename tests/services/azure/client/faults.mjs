// What the official client makes of each fault that the simulator can play: so that a fault is what it says, and nothing else. The k-th
// socket and the k-th turn have the k-th fault of the scenario: order matters in this file.
import { Ear, assert, call, finish, loud, proof, sdk, silence, speaker } from './proof.mjs';

/// A second of voice and then silence, as a line has them: the client sends again what it has to only while more comes. The voice begins once the
/// client is connected, so that a fault comes when it says, and not in the burst behind the handshake.
function talk(ear) {
  const sound = Buffer.concat([loud, silence(60_000)]);
  let at = 0, timer;
  sdk.Connection.fromRecognizer(ear.recognizer).connected = () => {
    timer ??= setInterval(() => { ear.feed(sound.subarray(at, at += 1_600)); }, 50);
  };
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
/// Words come all the same, on another socket or in another turn: a second one.
async function going_on() {
  const ear = new Ear();
  const paths = received(sdk.Connection.fromRecognizer(ear.recognizer));
  const stop = talk(ear);
  await ear.start();
  await ear.until(() => ear.words().length > 0);
  stop();
  assert.equal(ear.words()[0], 'Yes please.');
  assert.ok(paths.filter((path) => path === 'turn.start').length > 1, paths.join(' '));
  ear.close();
}
/// The paths of the messages that a connection reads; undefined for a frame that is none.
function received(connection) {
  const paths = [];
  connection.messageReceived = ({ message }) => { paths.push(message.path); };
  return paths;
}
const details = (result) => sdk.CancellationDetails.fromResult(result);

await proof('fault_quota', 'a connection that ends with 1007: the client says why', async () => {
  const { result } = await listen();
  assert.equal(result.reason, sdk.ResultReason.Canceled);
  assert.match(result.errorDetails, /Quota exceeded.*1007/s);
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
  assert.ok(performance.now() - began >= 3000);
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

// In its middle stand a message of a new kind, two of which one is no JSON and one of another turn, and frames that are no messages. The
// client reads them all, and trips over them: it gives neither the words, nor an error, nor an end. What it read is told by its connection.
const surprised = (paths) => { assert.ok(paths.includes('speech.surprise') && paths.includes(undefined), paths.join(' ')); };
const quiet = (promise, ms) => Promise.race([promise, new Promise((resolve) => { setTimeout(resolve, ms, null); })]);
await proof('fault_garbage', 'garbage in the middle of a turn, of which the client does not recover', async () => {
  const ear = new Ear();
  const paths = received(sdk.Connection.fromRecognizer(ear.recognizer));
  const stop = talk(ear);
  assert.equal(await quiet(ear.once(), 4000), null);
  stop();
  surprised(paths);
  assert.equal(paths.at(-1), 'turn.end');  // It was all there.
  ear.close();
});

const say = (synthesizer) => call(synthesizer, 'speakTextAsync', 'Good day to you.');
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
await proof('fault_voice_error', 'a voice whose connection ends in the middle with 1007 and a reason', async () => {
  const synthesizer = speaker();
  let octets = 0;
  synthesizer.synthesizing = (_, event) => { octets += event.result.audioData.byteLength; };
  const result = await say(synthesizer);
  assert.equal(result.reason, sdk.ResultReason.Canceled);
  assert.match(result.errorDetails, /Broken.*1007/s);
  assert.ok(octets >= 3_200);
});
await proof('fault_voice_stall', 'a voice that stops in the middle', async () => {
  const synthesizer = speaker();
  const paths = received(sdk.Connection.fromSynthesizer(synthesizer));
  assert.equal(await quiet(say(synthesizer), 2000), null);
  assert.ok(paths.filter((path) => path === 'audio').length > 1);
  assert.ok(!paths.includes('turn.end'));
});
await proof('fault_voice_garbage', 'garbage in the middle of a voice, of which the client does not recover', async () => {
  const synthesizer = speaker();
  const paths = received(sdk.Connection.fromSynthesizer(synthesizer));
  assert.equal(await quiet(say(synthesizer), 3000), null);
  surprised(paths);
  assert.equal(paths.at(-1), 'turn.end');
});

finish();
