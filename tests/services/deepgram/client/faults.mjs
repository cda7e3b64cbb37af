// The k-th request of this file gets the k-th fault of faults.json. The order of this file therefore matters.
import { Line, assert, client, converse, finish, later, listening, loud, proof, refused, silence, text, unreadable } from './proof.mjs';

const listen = (options = {}) => Line.open(client.listen.v1, { ...listening, ...options });

await proof('fault_payment', 'the service refuses a handshake with 402', async () => {
  refused(await listen(), 402);
});

await proof('fault_garbage', 'a message is not JSON, and the words follow it', async () => {
  const line = await listen();
  line.send(loud, 16);
  line.socket.sendFinalize({ type: 'Finalize' });
  const answer = await line.next('Results', (each) => each.from_finalize);
  assert.deepEqual(unreadable(line), ['\x01<html>502 Bad Gateway</html>']);
  assert.equal(text(answer), 'yes please');
  line.close();
});

await proof('fault_stall', 'the service sends nothing more after half a second of audio', async () => {
  const line = await listen();
  line.send(loud, 16);
  line.send(silence(1000), 16);
  line.socket.sendFinalize({ type: 'Finalize' });
  await later(500);
  assert.equal(line.messages.filter((each) => each.from_finalize).length, 0);
  assert.equal(line.closed, null);
  line.close();
});

await proof('fault_latency', 'all messages are late', async () => {
  const line = await listen();
  line.send(loud, 16);
  const sent = performance.now();
  line.socket.sendFinalize({ type: 'Finalize' });
  const answer = await line.next('Results', (each) => each.from_finalize);
  assert.ok(performance.now() - sent >= 690);
  assert.equal(text(answer), 'yes please');
  line.close();
});

await proof('fault_error', 'the service closes with 1011 and NET-0000', async () => {
  const line = await listen();
  line.send(loud, 16);
  await line.until(() => line.closed);
  assert.equal(line.closed.code, 1011);
  assert.match(line.closed.reason, /^NET-0000/);
});

await proof('fault_drop', 'the connection ends without a close frame', async () => {
  const line = await listen();
  line.send(loud, 16);
  await line.until(() => line.closed);
  assert.equal(line.closed.code, 1006);
});

const speaking = { model: 'aura-2-thalia-en', encoding: 'linear16', sample_rate: 8000 };
await proof('fault_speak_stall', 'speech stops in the middle', async () => {
  const line = await Line.open(client.speak.v1, speaking);
  line.socket.sendText({ type: 'Speak', text: 'Good day. How may I help you?' });
  line.socket.sendFlush({ type: 'Flush' });
  await line.until(() => line.audio.length > 0);
  await later(500);
  assert.equal(line.messages.filter((each) => each.type === 'Flushed').length, 0);
  line.close();
});

await proof('fault_speak_close', 'the service closes with 1008 and DATA-0000', async () => {
  const line = await Line.open(client.speak.v1, speaking);
  await line.until(() => line.closed);
  assert.equal(line.closed.code, 1008);
});

await proof('fault_agent_busy', 'the service refuses a handshake with 429', async () => {
  refused(await Line.open(client.agent.v1, {}), 429);
});

await proof('fault_agent_error', 'an Error in the middle of a reply ends the conversation', async () => {
  const line = await converse();
  const error = await line.next('Error');
  assert.equal(error.code, 'INTERNAL_SERVER_ERROR');
  await line.until(() => line.closed);
});

await proof('fault_agent_drop', 'a conversation ends without a close frame', async () => {
  const line = await converse();
  await line.until(() => line.closed);
  assert.equal(line.closed.code, 1006);
});

await proof('fault_turn_busy', 'a request beyond the limit gets 429', async () => {
  await assert.rejects(client.listen.v1.media.transcribeFile(loud, { model: 'nova-3' }), { statusCode: 429 });
});

await proof('fault_speech_auth', 'a request with a wrong key gets 401', async () => {
  await assert.rejects(client.speak.v1.audio.generate({ text: 'x', ...speaking, container: 'none' }), { statusCode: 401 });
});

finish();
