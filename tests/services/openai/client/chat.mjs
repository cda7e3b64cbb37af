import { assert, client, finish, live, models, proof } from './proof.mjs';

const tools = [{ type: 'function', function: { name: 'get_time', description: 'Tells the time in a city', parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] } } }];
const ask = [{ role: 'system', content: 'You answer telephone calls. Be brief.' }, { role: 'user', content: 'Use the tool: what time is it in Lisbon?' }];

await proof('chat_stream', 'text arrives in pieces and ends with a reason, and the usage follows', async () => {
  const stream = await client.chat.completions.create({ model: models.chat, messages: [{ role: 'user', content: 'Say hello in Portuguese.' }], stream: true, stream_options: { include_usage: true } });
  let text = '', pieces = 0, finish_reason = null, usage = null;
  for await (const chunk of stream) {
    assert.equal(chunk.object, 'chat.completion.chunk');
    const choice = chunk.choices[0];
    if (choice?.delta.content) { text += choice.delta.content; pieces += 1; }
    finish_reason = choice?.finish_reason ?? finish_reason;
    if (chunk.usage) { usage = chunk.usage; assert.equal(chunk.choices.length, 0); }
  }
  assert.equal(finish_reason, 'stop');
  assert.ok(pieces > 1);
  assert.ok(usage.total_tokens > 0);
  if (!live) assert.equal(text, 'Ol\u00e1! Bom dia, n\u00e3o \u00e9?');
});

await proof('chat_tools', 'the stream helper calls a tool, and the model answers its result', async () => {
  const first = await client.chat.completions.stream({ model: models.chat, messages: ask, tools }).finalChatCompletion();
  const message = first.choices[0].message;
  assert.equal(first.choices[0].finish_reason, 'tool_calls');
  assert.equal(message.tool_calls.length, 1);
  assert.equal(message.tool_calls[0].function.name, 'get_time');
  assert.match(JSON.parse(message.tool_calls[0].function.arguments).city, /Lisbon/);
  const second = await client.chat.completions.stream({
    model: models.chat, tools,
    messages: [...ask, message, { role: 'tool', tool_call_id: message.tool_calls[0].id, content: '{"time":"12:00"}' }],
  }).finalChatCompletion();
  assert.equal(second.choices[0].finish_reason, 'stop');
  assert.match(second.choices[0].message.content, /12|twelve|noon/);
});

await proof('chat_whole', 'without a stream the answer is one object', async () => {
  const whole = await client.chat.completions.create({ model: models.chat, messages: [{ role: 'user', content: 'Say hello in Portuguese.' }] });
  assert.equal(whole.object, 'chat.completion');
  assert.equal(whole.choices[0].finish_reason, 'stop');
  assert.ok(whole.choices[0].message.content.length > 1);
  assert.ok(whole.usage.total_tokens > 0);
});

await proof('chat_refuses', 'a request with a tool result without a call, or with an unknown argument, gets 400', async () => {
  await assert.rejects(client.chat.completions.create({ model: models.chat, messages: [...ask, { role: 'tool', tool_call_id: 'call_x', content: '{}' }] }), { status: 400 });
  await assert.rejects(client.chat.completions.create({ model: models.chat, messages: ask, no_such_argument: 1 }), { status: 400 });
});

finish();
