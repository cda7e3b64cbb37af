import { Line, assert, client, finish, listening, live, proof, question, silence, text, wav as wavOf } from './proof.mjs';

await proof('listen_endpoint', 'interim words arrive first, and final words when the voice is silent', async () => {
  const line = await Line.open(client.listen.v1, { ...listening, vad_events: 'true', utterance_end_ms: 1000 });
  line.send(await question(), 16);
  line.send(silence(1500), 16);
  const started = await line.next('SpeechStarted');
  assert.ok(started.timestamp >= 0);
  const interim = await line.next('Results', (each) => !each.is_final && text(each) !== '');
  assert.ok(interim.duration > 0);
  const last = await line.next('Results', (each) => each.speech_final);
  assert.equal(last.is_final, true);
  assert.match(text(last).toLowerCase(), /lisbon/);
  assert.ok(last.channel.alternatives[0].words.length > 3);
  assert.ok(last.channel.alternatives[0].confidence > 0.5);
  const end = await line.next('UtteranceEnd');
  assert.ok(end.last_word_end > 0);
  line.close();
});

await proof('listen_finalize', 'Finalize returns the words so far, and the next window begins after them', async () => {
  const line = await Line.open(client.listen.v1, { ...listening, endpointing: 'false' });
  const voice = await question();
  line.send(voice, 16);
  line.socket.sendFinalize({ type: 'Finalize' });
  const answer = await line.next('Results', (each) => each.from_finalize);
  assert.equal(answer.is_final, true);
  const words = line.messages.filter((each) => each.type === 'Results' && each.is_final).map(text).join(' ').toLowerCase();
  assert.match(words, /lisbon/);
  assert.ok(Math.abs(answer.start + answer.duration - voice.length / 16_000) < 0.1, `it ends at ${answer.start + answer.duration}`);
  line.send(voice, 16);
  line.socket.sendFinalize({ type: 'Finalize' });
  const second = await line.next('Results', (each) => each.from_finalize);
  assert.ok(second.start + second.duration > answer.start + answer.duration);
  line.close();
});

await proof('listen_close', 'KeepAlive has no answer; CloseStream returns the last words, Metadata and 1000', async () => {
  const line = await Line.open(client.listen.v1, { ...listening, interim_results: 'false' });
  const voice = await question();
  line.socket.sendKeepAlive({ type: 'KeepAlive' });
  line.send(voice, 16);
  line.socket.sendCloseStream({ type: 'CloseStream' });
  await line.until(() => line.closed);
  const results = line.messages.filter((each) => each.type === 'Results');
  assert.ok(results.every((each) => each.is_final));
  assert.match(results.map(text).join(' ').toLowerCase(), /lisbon/);
  const metadata = line.messages.at(-1);
  assert.equal(metadata.type, 'Metadata');
  assert.ok(Math.abs(metadata.duration - voice.length / 16_000) < 0.1);
  assert.equal(line.closed.code, 1000);
});

await proof('listen_refuses', 'the service refuses raw audio without its rate', async () => {
  const { sample_rate: _, ...incomplete } = listening;
  const line = await Line.open(client.listen.v1, incomplete);
  assert.equal(line.opened, false);
  assert.ok(line.errors.length > 0 || line.closed);
});

await proof('turn_json', 'a recording returns its words as one object', async () => {
  const heard = await client.listen.v1.media.transcribeFile(wavOf(await question()), { model: 'nova-3', language: 'en', punctuate: true });
  assert.match(heard.results.channels[0].alternatives[0].transcript.toLowerCase(), /lisbon/);
  assert.ok(heard.results.channels[0].alternatives[0].confidence > 0.5);
  assert.ok(heard.metadata.duration > 0.5);
});

await proof('turn_silence', 'silence has no words', async () => {
  const heard = await client.listen.v1.media.transcribeFile(wavOf(silence(1000)), { model: 'nova-3', language: 'en' });
  if (!live) assert.equal(heard.results.channels[0].alternatives[0].transcript, '');
});

await proof('turn_refuses', 'a request whose body is not a recording gets 400', async () => {
  await assert.rejects(client.listen.v1.media.transcribeFile(Buffer.from('no audio'), { model: 'nova-3' }), { statusCode: 400 });
});

finish();
