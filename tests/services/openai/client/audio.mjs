import { toFile } from 'openai';
import { assert, client, finish, live, models, proof, question, rms, wav } from './proof.mjs';

await proof('speech_pcm', 'a text returns raw samples in chunks', async () => {
  const speech = await client.audio.speech.create({ model: models.speech, voice: 'alloy', input: 'Good day. How may I help you?', response_format: 'pcm' });
  let chunks = 0;
  const parts = [];
  for await (const part of speech.body) { chunks += 1; parts.push(Buffer.from(part)); }
  const pcm = Buffer.concat(parts);
  assert.equal(pcm.length % 2, 0);
  assert.ok(pcm.length > 48_000 / 2, `${pcm.length} octets`);
  assert.ok(chunks > 1);
  assert.ok(rms(pcm) > 300, `loudness ${rms(pcm)}`);
});

await proof('speech_wav', 'a text returns a WAV', async () => {
  const speech = await client.audio.speech.create({ model: models.speech, voice: 'alloy', input: 'Good day.', response_format: 'wav' });
  const file = Buffer.from(await speech.arrayBuffer());
  assert.equal(file.toString('latin1', 0, 4), 'RIFF');
  assert.equal(file.readUInt32LE(24), 24000);
  assert.ok(file.length > 10_000);
});

await proof('speech_sse', 'a text returns server-sent events', async () => {
  const response = await client.audio.speech.create({ model: models.speech, voice: 'alloy', input: 'Good day.', response_format: 'pcm', stream_format: 'sse' });
  const events = (await response.text()).split('\n\n').filter((event) => event.includes('data: ')).map((event) => JSON.parse(event.slice(event.indexOf('data: ') + 6)));
  const pcm = Buffer.concat(events.filter((event) => event.type === 'speech.audio.delta').map((event) => Buffer.from(event.audio, 'base64')));
  assert.ok(rms(pcm) > 300);
  assert.equal(events.at(-1).type, 'speech.audio.done');
  assert.ok(events.at(-1).usage.total_tokens > 0);
});

await proof('speech_refuses', 'a request with a text of 4097 characters gets 400', async () => {
  await assert.rejects(client.audio.speech.create({ model: models.speech, voice: 'alloy', input: 'x'.repeat(4097), response_format: 'pcm' }), { status: 400 });
});

await proof('transcription_json', 'a recording returns its words as one object', async () => {
  const heard = await client.audio.transcriptions.create({ model: models.transcription, file: await wav(await question()), language: 'en', prompt: 'a telephone call' });
  assert.match(heard.text.toLowerCase(), /time/);
  assert.ok(heard.usage.total_tokens > 0);
});

await proof('transcription_stream', 'a recording returns its words piece by piece', async () => {
  const stream = await client.audio.transcriptions.create({ model: models.transcription, file: await wav(await question()), stream: true });
  const events = [];
  for await (const event of stream) events.push(event);
  const text = events.filter((event) => event.type === 'transcript.text.delta').map((event) => event.delta).join('');
  assert.equal(events.at(-1).type, 'transcript.text.done');
  assert.equal(events.at(-1).text, text);
  assert.match(text.toLowerCase(), /time/);
});

await proof('transcription_silence', 'silence has no words', async () => {
  const heard = await client.audio.transcriptions.create({ model: models.transcription, file: await wav(Buffer.alloc(48_000)) });
  if (!live) assert.equal(heard.text, '');
});

await proof('transcription_refuses', 'a request whose body is not a recording gets 400', async () => {
  await assert.rejects(client.audio.transcriptions.create({ model: models.transcription, file: await toFile(Buffer.from('no audio'), 'turn.wav') }), { status: 400 });
});

finish();
