import { assert, call, finish, proof, rms, sdk, speaker, speech } from './proof.mjs';

await proof('speak_text', 'a text returns raw samples', async () => {
  const pcm = await speech('Good day. How may I help you?');
  assert.equal(pcm.length % 2, 0);
  assert.ok(pcm.length > 16_000, `${pcm.length} octets`);
  assert.ok(rms(pcm) > 300, `loudness ${rms(pcm)}`);
});

await proof('speak_marks', 'the characters of XML markup in a text are spoken as text', async () => {
  assert.ok((await speech('AT&T is <here>, "isn\'t" it?')).length > 8_000);
});

await proof('speak_again', 'a second text uses the same socket, and its audio arrives in pieces', async () => {
  const synthesizer = speaker();
  let pieces = 0, octets = 0;
  synthesizer.synthesizing = (_, event) => { pieces += 1; octets += event.result.audioData.byteLength; };
  const first = await call(synthesizer, 'speakTextAsync', 'Good day.');
  const second = await call(synthesizer, 'speakTextAsync', 'How may I help you?');
  assert.equal(first.reason, sdk.ResultReason.SynthesizingAudioCompleted, first.errorDetails);
  assert.equal(second.reason, sdk.ResultReason.SynthesizingAudioCompleted, second.errorDetails);
  assert.ok(pieces > 4);
  assert.equal(octets, first.audioData.byteLength + second.audioData.byteLength);
  assert.ok(second.audioDuration > 5_000_000);
  synthesizer.close();
});

await proof('speak_words', 'the service reports the positions of words when the client requests them', async () => {
  const synthesizer = speaker();
  const words = [];
  synthesizer.wordBoundary = (_, event) => { if (/\w/.test(event.text)) words.push(event); };
  await call(synthesizer, 'speakTextAsync', 'How may I help you');
  assert.deepEqual(words.map((each) => each.text), ['How', 'may', 'I', 'help', 'you']);
  for (let i = 1; i < words.length; ++i) assert.ok(words[i].audioOffset > words[i - 1].audioOffset);
  synthesizer.close();
});

await proof('speak_broken', 'the service refuses SSML that is not XML', async () => {
  const synthesizer = speaker();
  const result = await call(synthesizer, 'speakSsmlAsync', '<speak><voice>');
  assert.equal(result.reason, sdk.ResultReason.Canceled);
  assert.ok(result.errorDetails.length > 0);
  synthesizer.close();
});

finish();
