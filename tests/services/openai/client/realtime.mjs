import { assert, finish, getTime, live, models, proof, question, rms, Session, silence } from './proof.mjs';

await proof('realtime_session', 'session.created comes first; an update without a type gets an error that names the type; other updates change only their members', async () => {
  const session = new Session();
  const created = await session.next('session.created');
  assert.equal(session.events[0].type, 'session.created');
  assert.equal(created.session.type, 'realtime');
  assert.ok(created.session.id && created.session.expires_at > 0);
  session.send({ type: 'session.update', event_id: 'mine', session: { instructions: 'x' } });
  const error = (await session.next('error')).error;
  assert.equal(error.code, 'missing_required_parameter');
  assert.equal(error.param, 'session.type');
  assert.equal(error.event_id, 'mine');
  const first = await session.update({ instructions: 'Be brief.', audio: { input: { format: { type: 'audio/pcmu' } } } });
  assert.equal(first.instructions, 'Be brief.');
  const second = await session.update({ audio: { output: { format: { type: 'audio/pcma' } } } });
  assert.equal(second.instructions, 'Be brief.');
  assert.equal(second.audio.input.format.type, 'audio/pcmu');
  assert.equal(second.audio.output.format.type, 'audio/pcma');
  const manual = await session.update({ audio: { input: { turn_detection: null } } });
  assert.equal(manual.audio.input.turn_detection, null);
  session.close();
  await session.until(() => session.closed);
  assert.equal(session.closed.code, 1000);
});

await proof('realtime_manual_turn', 'append and commit send audio, and the answer has audio with its transcript and its usage', async () => {
  const session = new Session();
  await session.update({ audio: { input: { turn_detection: null, transcription: { model: models.transcription } } }, instructions: 'Say: it is noon in Lisbon.' });
  session.append(await question(), 48);
  session.send({ type: 'input_audio_buffer.commit' });
  const committed = await session.next('input_audio_buffer.committed');
  const item = await session.next('conversation.item.added');
  assert.equal(item.item.id, committed.item_id);
  assert.equal(item.item.role, 'user');
  session.send({ type: 'response.create' });
  const created = await session.next('response.created');
  assert.equal(created.response.status, 'in_progress');
  const added = await session.next('response.output_item.added');
  assert.equal(added.item.role, 'assistant');
  const { done, audio, transcript } = await session.answer();
  assert.equal(done.status, 'completed');
  assert.ok(audio.length > 24_000, `${audio.length} octets of audio`);
  assert.equal(audio.length % 2, 0);
  assert.ok(rms(audio) > 200, `loudness ${rms(audio)}`);
  assert.equal(done.output[0].content[0].transcript.trim(), transcript.trim());
  assert.ok(done.usage.output_token_details.audio_tokens > 0);
  assert.ok(session.of('rate_limits.updated').length > 0 || live);
  session.at = 0;
  const heard = await session.next('conversation.item.input_audio_transcription.completed');
  assert.equal(heard.item_id, committed.item_id);
  assert.match(heard.transcript.toLowerCase(), /time/);
  const order = ['response.created', 'response.output_item.added', 'response.content_part.added', 'response.output_audio.delta', 'response.output_audio.done',
    'response.content_part.done', 'response.output_item.done', 'response.done'].map((type) => session.events.findIndex((event) => event.type === type));
  assert.deepEqual(order, [...order].sort((a, b) => a - b), session.types());
  assert.ok(!order.includes(-1), session.types());
  session.close();
});

await proof('realtime_server_vad', 'the service detects speech, ends it after the silence, and answers without a request', async () => {
  const session = new Session();
  await session.update({ audio: { input: { turn_detection: { type: 'server_vad', prefix_padding_ms: 300, silence_duration_ms: 500 } } } });
  const asked = await question();
  session.append(Buffer.concat([silence(1000), asked, silence(1500)]), 48);
  const started = await session.next('input_audio_buffer.speech_started');
  assert.ok(Math.abs(started.audio_start_ms - 700) <= 120, `begins at ${started.audio_start_ms} ms`);
  const stopped = await session.next('input_audio_buffer.speech_stopped');
  const expected = 1000 + asked.length / 48 + 500;
  assert.ok(stopped.audio_end_ms > 1000 && stopped.audio_end_ms <= expected + 100, `ends at ${stopped.audio_end_ms} ms, ${expected} at most`);
  assert.equal(stopped.item_id, started.item_id);
  assert.equal((await session.next('input_audio_buffer.committed')).item_id, started.item_id);
  const { done } = await session.answer();
  assert.equal(done.status, 'completed');
  session.close();
});

await proof('realtime_g711', 'mu-law audio passes in both directions without conversion', async () => {
  const session = new Session();
  await session.update({ audio: { input: { format: { type: 'audio/pcmu' }, turn_detection: null }, output: { format: { type: 'audio/pcmu' } } } });
  session.append(Buffer.alloc(8 * 1000, 0x20), 8);
  session.send({ type: 'input_audio_buffer.commit' });
  session.send({ type: 'response.create' });
  const { done, audio } = await session.answer();
  assert.equal(done.status, 'completed');
  assert.ok(audio.length > 4000 && audio.length < 8 * 60_000, `${audio.length} octets`);
  session.close();
});

await proof('realtime_text', 'a text item gets a text answer, and items set the history', async () => {
  const session = new Session();
  await session.update({ output_modalities: ['text'] });
  session.send({ type: 'conversation.item.create', item: { type: 'message', role: 'assistant', content: [{ type: 'output_text', text: 'Good day.' }] } });
  const before = await session.next('conversation.item.done');
  session.send({ type: 'conversation.item.create', item: { type: 'message', role: 'user', content: [{ type: 'input_text', text: 'What time is it?' }] } });
  const after = await session.next('conversation.item.done');
  assert.equal(after.previous_item_id, before.item.id);
  session.send({ type: 'response.create' });
  const { done, text, audio } = await session.answer();
  assert.equal(done.status, 'completed');
  assert.ok(text.length > 3);
  assert.equal(audio.length, 0);
  assert.equal(done.output[0].content[0].type, 'output_text');
  session.close();
});

await proof('realtime_function_call', 'the model calls a function with JSON arguments, and answers its output', async () => {
  const session = new Session();
  await session.update({ tools: [getTime], tool_choice: 'auto', output_modalities: ['text'], instructions: 'Call get_time for any question about time.' });
  session.send({ type: 'conversation.item.create', item: { type: 'message', role: 'user', content: [{ type: 'input_text', text: 'Use the tool: what time is it in Lisbon?' }] } });
  session.send({ type: 'response.create' });
  const { done } = await session.answer();
  const call = done.output.find((item) => item.type === 'function_call');
  assert.equal(call.name, 'get_time');
  assert.match(JSON.parse(call.arguments).city, /Lisbon/);
  const deltas = session.of('response.function_call_arguments.delta').map((event) => event.delta).join('');
  assert.equal(deltas, call.arguments);
  assert.equal(session.of('response.function_call_arguments.done')[0].arguments, call.arguments);
  session.send({ type: 'conversation.item.create', item: { type: 'function_call_output', call_id: 'call_of_nobody', output: '{}' } });
  assert.ok((await session.next('error')).error.message);
  session.send({ type: 'conversation.item.create', item: { type: 'function_call_output', call_id: call.call_id, output: '{"time":"12:00"}' } });
  await session.next('conversation.item.done');
  session.send({ type: 'response.create' });
  const second = await session.answer();
  assert.equal(second.done.status, 'completed');
  assert.ok(second.text.length > 0);
  session.close();
});

await proof('realtime_truncate', 'an answer is truncated to the part that was heard; a position beyond its end, or in an item without audio, gets an error', async () => {
  const session = new Session();
  await session.update({ instructions: 'Count from one to five.' });
  session.send({ type: 'conversation.item.create', item: { type: 'message', role: 'user', content: [{ type: 'input_text', text: 'Tell me a story.' }] } });
  const user = await session.next('conversation.item.done');
  session.send({ type: 'response.create' });
  const { done, audio } = await session.answer();
  const item = done.output[0].id;
  session.send({ type: 'conversation.item.truncate', item_id: item, content_index: 0, audio_end_ms: Math.floor(audio.length / 48) + 1000 });
  assert.match((await session.next('error')).error.message, /shorter than/);
  session.send({ type: 'conversation.item.truncate', item_id: user.item.id, content_index: 0, audio_end_ms: 100 });
  assert.ok((await session.next('error')).error.message);
  session.send({ type: 'conversation.item.truncate', item_id: item, content_index: 0, audio_end_ms: 500 });
  const truncated = await session.next('conversation.item.truncated');
  assert.deepEqual([truncated.item_id, truncated.content_index, truncated.audio_end_ms], [item, 0, 500]);
  session.send({ type: 'conversation.item.delete', item_id: item });
  assert.equal((await session.next('conversation.item.deleted')).item_id, item);
  session.close();
});

await proof('realtime_cancel', 'a response is cancelled in the middle; a second response during a response, and a cancel without a response, get errors', async () => {
  const session = new Session();
  await session.update({ instructions: 'Count slowly from one to fifty.' });
  session.send({ type: 'conversation.item.create', item: { type: 'message', role: 'user', content: [{ type: 'input_text', text: 'Tell me a story.' }] } });
  session.send({ type: 'response.create' });
  await session.next('response.output_audio.delta');
  session.send({ type: 'response.create' });
  assert.equal((await session.next('error')).error.code, 'conversation_already_has_active_response');
  session.send({ type: 'response.cancel' });
  const { done } = await session.answer();
  assert.equal(done.status, 'cancelled');
  assert.equal(done.status_details.reason, 'client_cancelled');
  assert.ok(session.of('response.output_audio.done').length === 1);
  session.send({ type: 'response.cancel' });
  assert.equal((await session.next('error')).error.code, 'response_cancel_not_active');
  session.close();
});

await proof('realtime_barge_in', 'speech over a running answer cancels it with the reason turn_detected', async () => {
  const session = new Session();
  await session.update({ instructions: 'Count slowly from one to fifty.', audio: { input: { turn_detection: { type: 'server_vad', silence_duration_ms: 500 } } } });
  session.send({ type: 'conversation.item.create', item: { type: 'message', role: 'user', content: [{ type: 'input_text', text: 'Tell me a story.' }] } });
  session.send({ type: 'response.create' });
  await session.next('response.output_audio.delta');
  session.append(await question('Stop, please. Wait a moment.'), 48);
  await session.next('input_audio_buffer.speech_started');
  const { done } = await session.answer();
  assert.equal(done.status, 'cancelled');
  assert.equal(done.status_details.reason, 'turn_detected');
  session.close();
});

await proof('realtime_input_errors', 'an empty buffer, a wrong type and invalid audio get errors, and the session continues', async () => {
  const session = new Session();
  await session.update({ audio: { input: { turn_detection: null } } });
  session.send({ type: 'input_audio_buffer.commit' });
  assert.equal((await session.next('error')).error.code, 'input_audio_buffer_commit_empty');
  session.send({ type: 'no.such.event' });
  assert.equal((await session.next('error')).error.type, 'invalid_request_error');
  session.send({ type: 'input_audio_buffer.append', audio: '!!!!' });
  assert.ok((await session.next('error')).error.message);
  session.send({ type: 'input_audio_buffer.clear' });
  await session.next('input_audio_buffer.cleared');
  session.send({ type: 'conversation.item.truncate', item_id: 'item_of_nobody', content_index: 0, audio_end_ms: 1 });
  assert.ok((await session.next('error')).error.message);
  session.close();
});

await proof('realtime_transcription', 'a transcription session transcribes and gives no answers', async () => {
  const session = new Session({ intent: 'transcription' });
  const created = await session.next('session.created');
  assert.equal(created.session.type, 'transcription');
  session.send({ type: 'session.update', session: { type: 'transcription', audio: { input: { format: { type: 'audio/pcm', rate: 24000 }, transcription: { model: models.transcription, language: 'en' }, turn_detection: null } } } });
  await session.next('session.updated');
  session.append(await question(), 48);
  session.send({ type: 'input_audio_buffer.commit' });
  const committed = await session.next('input_audio_buffer.committed');
  const heard = await session.next('conversation.item.input_audio_transcription.completed');
  assert.equal(heard.item_id, committed.item_id);
  assert.match(heard.transcript.toLowerCase(), /time/);
  const deltas = session.of('conversation.item.input_audio_transcription.delta').map((event) => event.delta).join('');
  assert.equal(deltas.trim(), heard.transcript.trim());
  session.close();
});

finish();
