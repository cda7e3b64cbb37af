// Checks that each fault of the simulator has exactly its documented effect on the official client. The k-th socket and the k-th turn have
// the k-th fault of the scenario. The order of this file therefore matters.
import { Ear, assert, call, finish, loud, proof, sdk, silence, speaker } from './proof.mjs';

/// Sends a second of voice and then silence, as a telephone line does, because the client resends its audio only while more audio arrives.
/// The voice starts when the client is connected. Therefore a fault comes at its time, and not in the burst after the handshake.
function talk(ear) {
  const sound = Buffer.concat([loud, silence(60_000)]);
  let at = 0, timer;
  sdk.Connection.fromRecognizer(ear.recognizer).connected = () => {
    timer ??= setInterval(() => { ear.feed(sound.subarray(at, at += 1_600)); }, 50);
  };
  return () => { clearInterval(timer); };
}
/// Returns the client's result for one phrase of one second.
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
/// Checks that the words arrive in spite of the fault, on another socket or in a second turn.
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
/// Returns the paths of the messages that a connection reads. A frame that is not a message gives `undefined`.
function received(connection) {
  const paths = [];
  connection.messageReceived = ({ message }) => { paths.push(message.path); };
  return paths;
}
const details = (result) => sdk.CancellationDetails.fromResult(result);

await proof('fault_quota', 'the connection closes with 1007, and the client reports the reason', async () => {
  const { result } = await listen();
  assert.equal(result.reason, sdk.ResultReason.Canceled);
  assert.match(result.errorDetails, /Quota exceeded.*1007/s);
});
await proof('fault_error', 'a phrase has the status TooManyRequests', async () => {
  const { result } = await listen();
  assert.equal(result.reason, sdk.ResultReason.Canceled);
  assert.equal(details(result).ErrorCode, sdk.CancellationErrorCode.TooManyRequests);
});
await proof('fault_drop', 'the connection ends without a close frame, and the client reconnects and resends its audio', () => going_on());
await proof('fault_early_end', 'the service ends a turn without a request, and the client continues with another turn', () => going_on());
await proof('fault_empty', 'a turn has no content', async () => {
  const ear = new Ear();
  ear.feed(loud);
  ear.end();
  await ear.start();
  await ear.until(() => ear.stopped);
  assert.deepEqual(ear.words(), []);
  ear.close();
});
await proof('fault_latency', 'all messages are late', async () => {
  const began = performance.now();
  const { result } = await listen();
  assert.ok(performance.now() - began >= 3000);
  assert.equal(result.text, 'Yes please.');
});
await proof('fault_stall', 'the service sends nothing more in a turn', async () => {
  const ear = new Ear();
  const stop = talk(ear);
  await ear.start();
  await new Promise((resolve) => { setTimeout(resolve, 2500); });  // The proof is about this silence.
  stop();
  assert.deepEqual(ear.words(), []);
  assert.equal(ear.canceled, null);
  ear.close();
});

// In the middle of the turn, the service sends a message of a new kind, a message that is not JSON, a message of another turn, and frames
// that are not messages. The client reads all of them and then fails: it reports no words, no error and no end. The paths of its connection
// show which messages it has read.
const surprised = (paths) => { assert.ok(paths.includes('speech.surprise') && paths.includes(undefined), paths.join(' ')); };
const quiet = (promise, ms) => Promise.race([promise, new Promise((resolve) => { setTimeout(resolve, ms, null); })]);
await proof('fault_garbage', 'the client does not recover from garbage in the middle of a turn', async () => {
  const ear = new Ear();
  const paths = received(sdk.Connection.fromRecognizer(ear.recognizer));
  const stop = talk(ear);
  assert.equal(await quiet(ear.once(), 4000), null);
  stop();
  surprised(paths);
  assert.equal(paths.at(-1), 'turn.end');  // This shows that the whole turn arrived.
  ear.close();
});

const say = (synthesizer) => call(synthesizer, 'speakTextAsync', 'Good day to you.');
await proof('fault_voice_quota', 'during synthesis, the connection closes with 1007', async () => {
  const result = await say(speaker());
  assert.equal(result.reason, sdk.ResultReason.Canceled);
  assert.match(result.errorDetails, /Quota exceeded.*1007/s);
});
await proof('fault_voice_empty', 'the synthesis returns no audio', async () => {
  const result = await say(speaker());
  assert.equal(result.reason, sdk.ResultReason.SynthesizingAudioCompleted);
  assert.equal(result.audioData.byteLength, 0);
});
await proof('fault_voice_latency', 'the synthesised audio starts late', async () => {
  const began = performance.now();
  const result = await say(speaker());
  assert.ok(performance.now() - began >= 700);
  assert.ok(result.audioData.byteLength > 8_000);
});
await proof('fault_voice_drop', 'during synthesis, the connection ends', async () => {
  const result = await say(speaker());
  assert.equal(result.reason, sdk.ResultReason.Canceled);
});
await proof('fault_voice_error', 'during synthesis, the connection closes with 1007 and a reason', async () => {
  const synthesizer = speaker();
  let octets = 0;
  synthesizer.synthesizing = (_, event) => { octets += event.result.audioData.byteLength; };
  const result = await say(synthesizer);
  assert.equal(result.reason, sdk.ResultReason.Canceled);
  assert.match(result.errorDetails, /Broken.*1007/s);
  assert.ok(octets >= 3_200);
});
await proof('fault_voice_stall', 'the synthesised audio stops in the middle', async () => {
  const synthesizer = speaker();
  const paths = received(sdk.Connection.fromSynthesizer(synthesizer));
  assert.equal(await quiet(say(synthesizer), 2000), null);
  assert.ok(paths.filter((path) => path === 'audio').length > 1);
  assert.ok(!paths.includes('turn.end'));
});
await proof('fault_voice_garbage', 'the client does not recover from garbage in the middle of synthesised audio', async () => {
  const synthesizer = speaker();
  const paths = received(sdk.Connection.fromSynthesizer(synthesizer));
  assert.equal(await quiet(say(synthesizer), 3000), null);
  surprised(paths);
  assert.equal(paths.at(-1), 'turn.end');
});

finish();
