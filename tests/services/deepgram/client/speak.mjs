import { Line, assert, client, finish, proof, rms, voice } from './proof.mjs';

const speaking = { model: voice, encoding: 'linear16', sample_rate: 8000 };

await proof('speech_raw', 'a text by POST returns raw samples', async () => {
  const speech = await client.speak.v1.audio.generate({ text: 'Good day. How may I help you?', ...speaking, container: 'none' });
  const pcm = Buffer.from(await speech.arrayBuffer());
  assert.equal(pcm.length % 2, 0);
  assert.ok(pcm.length > 8_000, `${pcm.length} octets`);
  assert.ok(rms(pcm) > 300, `loudness ${rms(pcm)}`);
});

await proof('speech_wav', 'a text by POST without container=none returns a WAV', async () => {
  const speech = await client.speak.v1.audio.generate({ text: 'Good day.', ...speaking });
  const file = Buffer.from(await speech.arrayBuffer());
  assert.equal(file.toString('latin1', 0, 4), 'RIFF');
  assert.equal(file.readUInt32LE(24), 8000);
});

await proof('speech_refuses', 'the service refuses a text of 2401 characters', async () => {
  await assert.rejects(client.speak.v1.audio.generate({ text: 'x'.repeat(2401), ...speaking, container: 'none' }), (error) => [400, 413].includes(error.statusCode));
});

await proof('speak_flush', 'Flush returns the audio of the text before it, then Flushed, and this repeats', async () => {
  const line = await Line.open(client.speak.v1, speaking);
  line.socket.sendText({ type: 'Speak', text: 'Good day.' });
  line.socket.sendFlush({ type: 'Flush' });
  const metadata = await line.next('Metadata');
  assert.ok(metadata.request_id);
  const first = await line.next('Flushed');
  const before = (await line.bytes()).length;
  assert.ok(before > 4_000, `${before} octets`);
  assert.ok(rms(await line.bytes()) > 300);
  line.socket.sendText({ type: 'Speak', text: 'How may I help you?' });
  line.socket.sendFlush({ type: 'Flush' });
  const second = await line.next('Flushed');
  assert.ok(second.sequence_id > first.sequence_id);
  assert.ok((await line.bytes()).length > 1.5 * before);
  line.close();
});

await proof('speak_clear', 'Clear stops the current utterance', async () => {
  const whole = await Line.open(client.speak.v1, speaking);
  const story = 'Once upon a time there was a telephone that nobody answered. It rang in the morning, it rang in the evening, and it rang at night.';
  whole.socket.sendText({ type: 'Speak', text: story });
  whole.socket.sendFlush({ type: 'Flush' });
  await whole.next('Flushed');
  whole.close();
  const line = await Line.open(client.speak.v1, speaking);
  line.socket.sendText({ type: 'Speak', text: story });
  line.socket.sendFlush({ type: 'Flush' });
  await line.until(() => line.audio.length > 0);
  line.socket.sendClear({ type: 'Clear' });
  await line.next('Cleared');
  line.socket.sendText({ type: 'Speak', text: 'Yes.' });
  line.socket.sendFlush({ type: 'Flush' });
  await line.next('Flushed');
  assert.ok((await line.bytes()).length < (await whole.bytes()).length);
  line.close();
});

await proof('speak_close', 'Close ends the connection with 1000', async () => {
  const line = await Line.open(client.speak.v1, speaking);
  line.socket.sendClose({ type: 'Close' });
  await line.until(() => line.closed);
  assert.equal(line.closed.code, 1000);
});

finish();
