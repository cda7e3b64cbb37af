// Tests Azure OpenAI with the official package's client for it. Live, it needs AZURE_OPENAI_ENDPOINT, AZURE_OPENAI_KEY and AZURE_OPENAI_DEPLOYMENT
// (of a chat model). OFFHOOK_LIVE_AZURE_REALTIME_DEPLOYMENT names a deployment of Realtime.
import OpenAI, { AzureOpenAI } from 'openai';
import { assert, azure, azureSession, dated, finish, getTime, live, proof, rms, say } from './proof.mjs';

const model = azure.deployment;
const messages = [{ role: 'user', content: 'Say hello in Portuguese.' }];
const current = new OpenAI({ baseURL: `${azure.endpoint}/openai/v1`, apiKey: azure.apiKey, maxRetries: azure.maxRetries });

await proof('azure_chat', "Azure's client reaches the deployment at its address, with the date of the interface", async () => {
  const stream = await dated().chat.completions.create({ model, messages, stream: true });
  let text = '';
  for await (const chunk of stream) text += chunk.choices[0]?.delta.content ?? '';
  assert.ok(text.length > 1);
  if (!live) assert.equal(text, 'Ol\u00e1! Bom dia, n\u00e3o \u00e9?');
});
await proof('azure_chat_tools', 'the model calls a tool, and answers its result', async () => {
  const { type, ...described } = getTime;
  const tools = [{ type, function: described }];
  const ask = [{ role: 'user', content: 'Use the tool: what time is it in Lisbon?' }];
  const first = (await dated().chat.completions.stream({ model, messages: ask, tools }).finalChatCompletion()).choices[0];
  assert.equal(first.finish_reason, 'tool_calls');
  assert.match(JSON.parse(first.message.tool_calls[0].function.arguments).city, /Lisbon/);
  const answered = [...ask, first.message, { role: 'tool', tool_call_id: first.message.tool_calls[0].id, content: '{"time":"12:00"}' }];
  const second = (await dated().chat.completions.stream({ model, messages: answered, tools }).finalChatCompletion()).choices[0];
  assert.match(second.message.content, /12|twelve|noon/i);
});
await proof('azure_chat_now', "OpenAI's own client reaches Azure's current interface, with the deployment as the model", async () => {
  const whole = await current.chat.completions.create({ model, messages });
  assert.equal(whole.choices[0].finish_reason, 'stop');
});
await proof('azure_refuses', 'a request with a wrong key gets 401, and a request without the date of the interface gets 404', async () => {
  const wrong = new AzureOpenAI({ ...azure, apiKey: 'wrong', apiVersion: '2024-10-21' });
  await assert.rejects(wrong.chat.completions.create({ model, messages }), { status: 401 });
  const undated = await fetch(`${azure.endpoint}/openai/deployments/${model}/chat/completions`, { method: 'POST', headers: { 'api-key': azure.apiKey }, body: '{}' });
  assert.equal(undated.status, 404);
});

async function converse(session) {
  await session.next('session.created');
  say(session, 'Say hello in Portuguese.');
  const { done, audio, transcript } = await session.answer();
  assert.equal(done.status, 'completed');
  assert.ok(transcript.length > 1);
  assert.ok(rms(audio) > 300);
  session.close();
}
const deployment = live ? process.env.OFFHOOK_LIVE_AZURE_REALTIME_DEPLOYMENT : 'voice';
if (deployment) {
  await proof('azure_realtime', 'a Realtime session opens with the deployment as the model', async () => {
    const session = await azureSession(deployment);
    assert.match(session.rt.url.href, new RegExp(`/openai/v1/realtime\\?model=${deployment}$`));
    await converse(session);
  });
}
if (!live) {  // Azure announces that it will remove this address, so this is tested only with the simulator.
  await proof('azure_realtime_dated', 'a Realtime session opens at the older address, with a date and the deployment', async () => {
    const session = await azureSession(deployment, '2025-04-01-preview');
    assert.match(session.rt.url.href, /\/openai\/realtime\?api-version=2025-04-01-preview&deployment=voice$/);
    await converse(session);
  });
}

finish();
