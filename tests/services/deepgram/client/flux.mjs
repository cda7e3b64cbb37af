import { Line, assert, client, finish, proof, question, silence } from './proof.mjs';

const flux = { model: 'flux-general-en', encoding: 'linear16', sample_rate: 8000 };
const turns = (line, event) => line.messages.filter((each) => each.type === 'TurnInfo' && each.event === event);

await proof('flux_turn', 'a turn begins with its first words, grows, and ends when the server is sure; the next turn has the next number', async () => {
  const line = await Line.open(client.listen.v2, { ...flux, eot_threshold: 0.7 });
  const connected = await line.next('Connected');
  assert.ok(connected.request_id.length > 0);
  for (const index of [0, 1]) {
    line.send(await question(), 16);
    line.send(silence(1500), 16);
    const begun = await line.next('TurnInfo', (each) => each.event === 'StartOfTurn');
    assert.notEqual(begun.transcript, '');
    const ended = await line.next('TurnInfo', (each) => each.event === 'EndOfTurn');
    assert.equal(ended.turn_index, index);
    assert.equal(ended.trigger, 'model');
    assert.match(ended.transcript.toLowerCase(), /lisbon/);
    assert.ok(ended.words.length > 3 && ended.words[0].confidence > 0.3);
    assert.ok(ended.audio_window_end > begun.audio_window_end);
  }
  const numbers = line.messages.map((each) => each.sequence_id);
  assert.deepEqual(numbers, numbers.map((_, k) => k));
  line.close();
});

await proof('flux_force', 'ForceEndTurn ends an open turn, and causes a warning when no turn is open', async () => {
  const line = await Line.open(client.listen.v2, { ...flux, eot_threshold: 1, eot_timeout_ms: 60000 });
  line.socket.sendForceEndTurn({ type: 'ForceEndTurn' });
  const warning = await line.next('Warning');
  assert.equal(warning.code, 'FORCE_END_TURN_NO_ACTIVE_TURN');
  const voice = await question();
  line.send(voice, 16);
  line.send(silence(1500), 16);
  await line.next('TurnInfo', (each) => each.audio_window_end >= voice.length / 16_000 + 0.5);
  assert.equal(turns(line, 'EndOfTurn').length, 0);
  line.socket.sendForceEndTurn({ type: 'ForceEndTurn' });
  const ended = await line.next('TurnInfo', (each) => each.event === 'EndOfTurn');
  assert.equal(ended.trigger, 'manual');
  assert.match(ended.transcript.toLowerCase(), /lisbon/);
  line.close();
});

await proof('flux_eager', 'an eager end precedes the end, with the same words', async () => {
  const line = await Line.open(client.listen.v2, { ...flux, eot_threshold: 0.8, eager_eot_threshold: 0.4 });
  line.send(await question(), 16);
  line.send(silence(2000), 16);
  const ended = await line.next('TurnInfo', (each) => each.event === 'EndOfTurn');
  const eager = turns(line, 'EagerEndOfTurn');
  assert.ok(eager.length >= 1);
  assert.equal(eager.at(-1).transcript, ended.transcript);
  line.close();
});

await proof('flux_configure', 'Configure gets one answer, whether it is accepted or refused', async () => {
  const line = await Line.open(client.listen.v2, flux);
  line.socket.sendConfigure({ type: 'Configure', thresholds: { eot_threshold: 0.6, eot_timeout_ms: 4000 } });
  const taken = await line.next('ConfigureSuccess');
  assert.equal(Number(taken.thresholds.eot_threshold), 0.6);
  line.socket.sendConfigure({ type: 'Configure', thresholds: { eot_threshold: 0.1 } });
  await line.next('ConfigureFailure');
  line.close();
});

await proof('flux_close', 'CloseStream ends the stream without an end of the turn', async () => {
  const line = await Line.open(client.listen.v2, { ...flux, eot_threshold: 1, eot_timeout_ms: 60000 });
  line.send(await question(), 16);
  line.socket.sendCloseStream({ type: 'CloseStream' });
  await line.until(() => line.closed);
  assert.equal(turns(line, 'EndOfTurn').length, 0);
  assert.notEqual(turns(line, 'Update').length + turns(line, 'StartOfTurn').length, 0);
});

await proof('flux_refuses', 'the service refuses a model of /v1/listen', async () => {
  const line = await Line.open(client.listen.v2, { ...flux, model: 'nova-3' });
  assert.equal(line.opened, false);
});

finish();
