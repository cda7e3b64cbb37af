// Further sockets: late messages, errors, silence, and garbage between messages. The k-th socket has the k-th fault of faults_sockets.json.
import { Line, assert, client, converse, finish, later, loud, proof, refused, silence, unreadable } from './proof.mjs';

const garbage = ['\x01<html>502 Bad Gateway</html>'];
const flux = () => Line.open(client.listen.v2, { model: 'flux-general-en', encoding: 'linear16', sample_rate: 8000, eot_threshold: 0.7 });
const turn = Buffer.concat([loud, silence(1500)]);
const ended = (line) => line.next('TurnInfo', (each) => each.event === 'EndOfTurn');

await proof('fault_flux_latency', 'Flux: all messages are late', async () => {
  const opened = performance.now();
  const line = await flux();
  await line.next('Connected');
  assert.ok(performance.now() - opened >= 700);
  line.send(turn, 16);
  const sent = performance.now();
  assert.equal((await ended(line)).transcript, 'yes please');
  assert.ok(performance.now() - sent >= 690);
  line.close();
});
await proof('fault_flux_error', 'Flux: the service closes with 1011 and NET-0000', async () => {
  const line = await flux();
  await line.next('Connected');
  line.send(turn, 16);
  await line.until(() => line.closed);
  assert.equal(line.closed.code, 1011);
  assert.equal(line.closed.reason, 'NET-0000');
  assert.ok(!line.messages.some((each) => each.event === 'EndOfTurn'));
});
await proof('fault_flux_stall', 'Flux: the service sends nothing more after half a second of audio', async () => {
  const line = await flux();
  await line.next('Connected');
  line.send(turn, 16);
  await later(700);
  assert.ok(!line.messages.some((each) => each.event === 'EndOfTurn'));
  assert.equal(line.closed, null);
  line.close();
});
await proof('fault_flux_garbage', 'Flux: a message is not JSON, and the end of the turn follows it', async () => {
  const line = await flux();
  await line.next('Connected');
  line.send(turn, 16);
  assert.equal((await ended(line)).transcript, 'yes please');
  assert.deepEqual(unreadable(line), garbage);
  line.close();
});
await proof('fault_flux_busy', 'Flux: the service refuses a handshake with 429', async () => { refused(await flux(), 429); });

await proof('fault_agent_latency', 'Voice Agent: all messages are late', async () => {
  const opened = performance.now();
  const line = await converse();  // converse() waits for Welcome and SettingsApplied. Both messages are late.
  assert.ok(performance.now() - opened >= 1400);
  await line.next('AgentAudioDone');
  assert.ok((await line.bytes()).length > 4_000);
  line.close();
});
await proof('fault_agent_stall', 'Voice Agent: it stops in the middle of a sentence', async () => {
  const line = await converse();
  await line.until(() => line.audio.length > 0);
  await later(1500);
  assert.ok((await line.bytes()).length < 4_000);
  assert.ok(!line.messages.some((each) => each.type === 'AgentAudioDone'));
  assert.equal(line.closed, null);
  line.close();
});
await proof('fault_agent_garbage', 'Voice Agent: a message is not JSON, and the rest of the sentence follows it', async () => {
  const line = await converse();
  await line.next('AgentAudioDone');
  assert.deepEqual(unreadable(line), garbage);
  assert.ok((await line.bytes()).length > 4_000);
  line.close();
});

async function speak() {
  const line = await Line.open(client.speak.v1, { model: 'aura-2-thalia-en', encoding: 'linear16', sample_rate: 8000 });
  line.socket.sendText({ type: 'Speak', text: 'Good day. How may I help you?' });
  line.socket.sendFlush({ type: 'Flush' });
  return line;
}
await proof('fault_speak_latency', 'speak: all messages are late', async () => {
  const line = await speak();
  const asked = performance.now();
  await line.until(() => line.audio.length > 0);
  assert.ok(performance.now() - asked >= 690);
  await line.next('Flushed');
  line.close();
});
await proof('fault_speak_garbage', 'speak: a message is not JSON, and the rest of the voice follows it', async () => {
  const line = await speak();
  await line.next('Flushed');
  assert.deepEqual(unreadable(line), garbage);
  assert.ok((await line.bytes()).length > 8_000);
  line.close();
});
await proof('fault_speak_error', 'speak: the service closes in the middle with 1011 and NET-0001', async () => {
  const line = await speak();
  await line.until(() => line.closed);
  assert.equal(line.closed.code, 1011);
  assert.equal(line.closed.reason, 'NET-0001');
  assert.ok((await line.bytes()).length >= 2_000);
});

finish();
