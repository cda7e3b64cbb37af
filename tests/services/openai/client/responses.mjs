import { assert, client, finish, getTime, live, models, proof } from './proof.mjs';

await proof('responses_stream', 'events arrive in order with numbers, and end with the whole response', async () => {
  const stream = await client.responses.create({ model: models.chat, input: 'Say hello in Portuguese.', instructions: 'Be brief.', stream: true });
  const events = [];
  for await (const event of stream) events.push(event);
  assert.deepEqual(events.map((event) => event.sequence_number), events.map((_, i) => i));
  assert.equal(events[0].type, 'response.created');
  const last = events.at(-1);
  assert.equal(last.type, 'response.completed');
  const text = events.filter((event) => event.type === 'response.output_text.delta').map((event) => event.delta).join('');
  const message = last.response.output.find((item) => item.type === 'message');
  assert.equal(message.content[0].text, text);
  assert.ok(last.response.usage.total_tokens > 0);
  if (!live) assert.equal(text, 'Ol\u00e1! Bom dia, n\u00e3o \u00e9?');
});

await proof('responses_tools', 'the model calls a function, and gets its output in two ways: in the whole input, and with previous_response_id', async () => {
  const question = { role: 'user', content: 'Use the tool: what time is it in Lisbon?' };
  const first = await client.responses.stream({ model: models.chat, input: [question], tools: [{ ...getTime, strict: false }] }).finalResponse();
  const call = first.output.find((item) => item.type === 'function_call');
  assert.equal(call.name, 'get_time');
  assert.match(JSON.parse(call.arguments).city, /Lisbon/);
  const output = { type: 'function_call_output', call_id: call.call_id, output: '{"time":"12:00"}' };
  const { type, call_id, name } = call;
  const second = await client.responses.stream({ model: models.chat, input: [question, { type, call_id, name, arguments: call.arguments }, output] }).finalResponse();
  assert.match(second.output_text, /12|twelve|noon/);
  const third = await client.responses.stream({ model: models.chat, previous_response_id: first.id, input: [output] }).finalResponse();
  assert.match(third.output_text, /12|twelve|noon/);
});

await proof('responses_whole', 'without a stream the answer is one object', async () => {
  const whole = await client.responses.create({ model: models.chat, input: 'Say hello in Portuguese.' });
  assert.equal(whole.status, 'completed');
  assert.ok(whole.output_text.length > 1);
});

await proof('responses_refuses', 'a request with an output without a call, or with an unknown response id, gets 400', async () => {
  await assert.rejects(client.responses.create({ model: models.chat, input: [{ type: 'function_call_output', call_id: 'call_x', output: '{}' }] }), { status: 400 });
  await assert.rejects(client.responses.create({ model: models.chat, input: 'x', previous_response_id: 'resp_x' }), { status: 400 });
});

finish();
