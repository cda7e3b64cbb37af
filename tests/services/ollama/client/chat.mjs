import { assert, ask, client, finish, gather, live, model, proof } from './proof.mjs';

const tools = [{ type: 'function', function: { name: 'get_time', description: 'Tells the time in a city', parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] } } }];
const question = [{ role: 'system', content: 'You answer telephone calls. Be brief.' }, { role: 'user', content: 'Use the tool: what time is it in Lisbon?' }];
const options = { num_ctx: 8192 };

await proof('chat_stream', 'text arrives in parts, and the last part has the reason and the statistics', async () => {
  const { text, last, parts } = await gather(await ask({ options, keep_alive: '10m', think: live ? undefined : false }));
  assert.equal(last.done, true);
  assert.equal(last.done_reason, 'stop');
  assert.ok(last.eval_count > 0 && last.prompt_eval_count > 0);
  assert.ok(parts > 2 && text.length > 1);
  if (!live) assert.equal(text, 'Ol\u00e1! Bom dia, n\u00e3o \u00e9?');
});

await proof('chat_tools', 'a call has its arguments as an object, in a part before the last; the model answers its result', async () => {
  const { text, calls, last } = await gather(await ask({ messages: question, tools, options }));
  assert.equal(calls.length, 1);
  assert.equal(calls[0].function.name, 'get_time');
  assert.match(calls[0].function.arguments.city, /Lisbon/);
  assert.equal(last.message.tool_calls, undefined);
  if (!live) assert.equal(last.done_reason, 'stop');
  const { text: second } = await gather(await ask({
    tools, options,
    messages: [...question, { role: 'assistant', content: text, tool_calls: calls }, { role: 'tool', tool_name: 'get_time', content: '{"time":"12:00"}' }],
  }));
  assert.match(second, /12|twelve|noon/i);
});

await proof('chat_whole', 'without a stream the answer is one object', async () => {
  const whole = await client.chat({ model, messages: [{ role: 'user', content: 'Say hello in Portuguese.' }] });
  assert.equal(whole.done, true);
  assert.ok(whole.message.content.length > 1);
});

await proof('chat_thinking', 'thoughts arrive beside the text, and are absent when the request disables them', async () => {
  const loud = await gather(await ask({ model: live ? model : 'qwen3:8b' }));
  assert.ok(loud.thoughts.length > 0);
  assert.ok(loud.text.length > 0 && !loud.text.includes(loud.thoughts));
  if (!live) assert.equal((await gather(await ask({ model: 'qwen3:8b', think: false }))).thoughts, '');
});

await proof('chat_abort', 'a stream is aborted in the middle, and the next request gets its answer', async () => {
  const stream = await ask({ messages: [{ role: 'user', content: 'Tell me a story.' }] });
  await assert.rejects(async () => {
    for await (const part of stream) if (part.message.content) stream.abort();
  }, { name: 'AbortError' });
  assert.ok((await gather(await ask())).text.length > 1);
});

await proof('chat_list', 'the server lists its models', async () => {
  const { models } = await client.list();
  assert.ok(models.length > 0);
});

await proof('chat_missing', 'a request with an unknown model gets 404 and an error text', async () => {
  await assert.rejects(ask({ model: 'no-such-model' }), (error) => error.status_code === 404 && /not found/.test(error.message));
});

finish();
