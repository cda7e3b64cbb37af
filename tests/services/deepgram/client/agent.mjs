import { Line, assert, client, finish, live, proof, question, rms, silence } from './proof.mjs';

const sound = { encoding: 'linear16', sample_rate: 8000 };
/// Returns the settings of a Voice Agent. `listen`, `think` and `agent` replace members of its parts.
function settings({ listen = {}, think = {}, agent = {} } = {}) {
  return {
    type: 'Settings',
    audio: { input: sound, output: { ...sound, container: 'none' } },
    agent: {
      listen: { provider: { type: 'deepgram', version: 'v2', model: 'flux-general-en', ...listen } },
      think: { provider: { type: 'open_ai', model: 'gpt-4o-mini' }, prompt: 'Answer in one short sentence.', ...think },
      speak: { provider: { type: 'deepgram', model: 'aura-2-thalia-en' } },
      ...agent,
    },
  };
}
const manual = { eot_threshold: 1.0, eot_timeout_ms: 10_000 };
const open = () => Line.open(client.agent.v1, {});
async function settled(changes) {
  const line = await open();
  await line.next('Welcome');
  line.socket.sendSettings(settings(changes));
  await line.next('SettingsApplied');
  return line;
}
const statement = (role) => (message) => message.role === role;
/// Sends 20 ms of audio every 20 ms, as a telephone does.
async function speak(line, pcm) {
  for (let at = 0; at < pcm.length; at += 320) {
    line.socket.sendMedia(pcm.subarray(at, at + 320));
    await new Promise((resolve) => { setTimeout(resolve, live ? 20 : 1); });
  }
}

await proof('agent_force_end_turn', 'a turn ends by ForceEndTurn, and its words, the answer, the audio and the end follow', async () => {
  const line = await settled({ listen: manual });
  await speak(line, Buffer.concat([await question(), silence(500)]));
  await line.next('UserStartedSpeaking');
  line.socket.sendForceEndTurn({ type: 'ForceEndTurn' });
  const words = await line.next('ConversationText', statement('user'));
  assert.match(words.content.toLowerCase(), /lisbon/);
  const answer = await line.next('ConversationText', statement('assistant'));
  assert.ok(answer.content.length > 0);
  await line.next('AgentAudioDone');
  assert.ok(rms(await line.bytes()) > 300);
  line.close();
});

await proof('agent_model_ends_turn', 'a model other than Flux ends the turn after silence, and refuses ForceEndTurn', async () => {
  const line = await settled({ listen: { version: 'v1', model: 'nova-3', language: 'en' } });
  line.socket.sendForceEndTurn({ type: 'ForceEndTurn' });
  const warning = await line.next('Warning');
  assert.equal(warning.code, 'FORCE_END_TURN_UNSUPPORTED');
  await speak(line, Buffer.concat([await question(), silence(2000)]));
  await line.next('ConversationText', statement('user'));
  await line.next('AgentAudioDone');
  line.close();
});

await proof('agent_user_message', 'the agent answers a text message', async () => {
  const line = await settled();
  line.socket.sendInjectUserMessage({ type: 'InjectUserMessage', content: 'Say good day.' });
  await line.next('ConversationText', statement('assistant'));
  await line.next('AgentAudioDone');
  assert.ok((await line.bytes()).length > 4_000);
  line.close();
});

await proof('agent_interrupted', 'if the caller speaks, the agent stops', async () => {
  const line = await settled({ listen: manual });
  line.socket.sendInjectUserMessage({ type: 'InjectUserMessage', content: 'Tell me a long story.' });
  await line.until(() => line.audio.length > 0);
  await speak(line, await question());
  await line.next('UserStartedSpeaking');
  const before = line.audio.length;
  await new Promise((resolve) => { setTimeout(resolve, 500); });  // The proof is about this silence.
  assert.ok(line.audio.length - before < 5, `${line.audio.length - before} messages of audio after it`);
  line.close();
});

await proof('agent_greeting', 'the agent speaks a greeting without a question, and the prompt can be extended', async () => {
  const line = await settled({ agent: { greeting: 'Good day, this is Offhook.' } });
  const greeting = await line.next('ConversationText', statement('assistant'));
  assert.equal(greeting.content, 'Good day, this is Offhook.');
  await line.next('AgentAudioDone');
  line.socket.sendUpdatePrompt({ type: 'UpdatePrompt', prompt: '[The caller heard nothing of that.]' });
  await line.next('PromptUpdated');
  line.close();
});

await proof('agent_message', 'the agent speaks an injected message when nothing else is spoken, and refuses it otherwise', async () => {
  const line = await settled();
  line.socket.sendInjectAgentMessage({ type: 'InjectAgentMessage', message: 'One moment, please, while I look at all of this for you. '.repeat(20) });
  await line.until(() => line.audio.length > 0);
  line.socket.sendInjectAgentMessage({ type: 'InjectAgentMessage', message: 'And another.' });
  await line.next('InjectionRefused');
  line.close();
});

await proof('agent_history', 'the settings carry the earlier conversation with its function calls', async () => {
  const messages = [
    { type: 'History', role: 'user', content: 'My name is Smith.' },
    { type: 'History', role: 'assistant', content: 'Good day, Mr Smith. What [interrupted]' },
    { type: 'History', function_calls: [{ id: 'fc-1', name: 'get_time', client_side: true, arguments: '{}', response: '{"time":"noon"}' }] },
  ];
  const line = await settled({ agent: { context: { messages } } });
  line.close();
});

await proof('agent_settings_first', 'a message before Settings causes an Error, and the connection closes', async () => {
  const line = await open();
  await line.next('Welcome');
  line.socket.sendInjectUserMessage({ type: 'InjectUserMessage', content: 'hello' });
  const error = await line.next('Error');
  assert.equal(error.code, 'NON_SETTINGS_MESSAGE_BEFORE_SETTINGS');
  await line.until(() => line.closed);
});

await proof('agent_settings_wrong', 'settings with an unknown version of a model cause an Error', async () => {
  const line = await open();
  await line.next('Welcome');
  line.socket.sendSettings(settings({ listen: { version: 'v1', model: 'flux-general-en' } }));
  const error = await line.next('Error');
  assert.ok(error.code.length > 0);
  line.close();
});

finish();
