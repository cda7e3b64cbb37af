import { Line, assert, client, finish, live, proof, question, silence } from './proof.mjs';

const sound = { encoding: 'mulaw', sample_rate: 8000 };
const settings = {
  type: 'Settings',
  audio: { input: { encoding: 'linear16', sample_rate: 8000 }, output: { ...sound, container: 'none' } },
  agent: {
    listen: { provider: { type: 'deepgram', version: 'v2', model: 'flux-general-en', eot_threshold: 1.0, eot_timeout_ms: 10_000 } },
    think: {
      provider: { type: 'open_ai', model: 'gpt-4o-mini' },
      prompt: 'Whenever you are asked for the time, call get_time.',
      functions: [{
        name: 'get_time',
        description: 'Tells the time in a city.',
        parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
        defer_until_eot: true,
      }],
    },
    speak: { provider: { type: 'deepgram', model: 'aura-2-thalia-en' } },
  },
};

async function asked() {
  const line = await Line.open(client.agent.v1, {});
  await line.next('Welcome');
  line.socket.sendSettings(settings);
  await line.next('SettingsApplied');
  line.socket.sendInjectUserMessage({ type: 'InjectUserMessage', content: 'What time is it in Lisbon?' });
  const request = await line.next('FunctionCallRequest');
  const [call] = request.functions;
  assert.equal(call.name, 'get_time');
  assert.equal(call.client_side, true);
  assert.match(JSON.parse(call.arguments).city, /Lisbon/);
  return [line, call];
}

await proof('agent_function', 'the agent requests a function, gets its result, and speaks about it', async () => {
  const [line, call] = await asked();
  line.socket.sendFunctionCallResponse({ type: 'FunctionCallResponse', id: call.id, name: call.name, content: '{"time":"noon"}' });
  const answer = await line.next('ConversationText', (message) => message.role === 'assistant');
  assert.match(answer.content.toLowerCase(), /noon|12/);
  await line.next('AgentAudioDone');
  line.close();
});

await proof('agent_function_cancelled', 'if the caller speaks, the request of a function is cancelled', async () => {
  const [line, call] = await asked();
  const voice = Buffer.concat([await question(), silence(200)]);
  for (let at = 0; at < voice.length; at += 320) {
    line.socket.sendMedia(voice.subarray(at, at + 320));
    if (live) await new Promise((resolve) => { setTimeout(resolve, 20); });
  }
  const cancelled = await line.next('FunctionCallCancelled');
  assert.deepEqual(cancelled.functions.map((each) => each.id), [call.id]);
  line.close();
});

finish();
