import { Ear, assert, finish, proof, sdk, silence, speech } from './proof.mjs';

const question = 'What time is it in Lisbon?';

await proof('recognise_once', 'one phrase of a continuous stream ends when silence follows', async () => {
  const ear = new Ear();
  ear.feed(silence(200), await speech(question), silence(2000));
  const result = await ear.once();
  assert.equal(result.reason, sdk.ResultReason.RecognizedSpeech, result.errorDetails);
  assert.match(result.text, /Lisbon/);
  assert.ok(result.offset >= 0 && result.duration > 5_000_000, `${result.offset} ${result.duration}`);
  assert.ok(ear.hypotheses.length > 1);
  assert.equal(ear.starts.length, 1);
  ear.close();
});

await proof('recognise_continuous', 'phrases follow each other until the audio ends, with interim results between them', async () => {
  const ear = new Ear();
  const voice = await speech(question);
  ear.feed(voice, silence(1200), voice, silence(1200));
  ear.end();
  await ear.start();
  await ear.until(() => ear.stopped);
  assert.equal(ear.words().length, 2);
  assert.match(ear.words()[1], /Lisbon/);
  assert.ok(ear.phrases[1].offset > ear.phrases[0].offset + ear.phrases[0].duration);
  assert.ok(ear.hypotheses.length > 2);
  assert.equal(ear.canceled.reason, sdk.CancellationReason.EndOfStream);
  ear.close();
});

await proof('recognise_end_of_audio', 'the end of the audio ends the phrase without a silence', async () => {
  const ear = new Ear();
  ear.feed(await speech(question));
  ear.end();
  await ear.start();
  await ear.until(() => ear.stopped);
  assert.match(ear.words()[0], /Lisbon/);
  ear.close();
});

await proof('recognise_detailed', 'a result in the detailed form has confidences', async () => {
  const ear = new Ear((config) => { config.outputFormat = sdk.OutputFormat.Detailed; });
  ear.feed(await speech(question), silence(2000));
  const result = await ear.once();
  assert.equal(result.reason, sdk.ResultReason.RecognizedSpeech, result.errorDetails);
  const best = JSON.parse(result.json).NBest[0];
  assert.match(best.Display, /Lisbon/);
  assert.ok(best.Confidence > 0.3 && best.Confidence <= 1);
  ear.close();
});

await proof('recognise_silence', 'the result for silence is NoMatch', async () => {
  const ear = new Ear();
  ear.feed(silence(8000));
  ear.end();
  const result = await ear.once();
  assert.equal(result.reason, sdk.ResultReason.NoMatch, result.errorDetails);
  ear.close();
});

await proof('recognise_again', 'a second turn uses the same socket', async () => {
  const ear = new Ear();
  const voice = await speech('Thank you very much.');
  ear.feed(voice, silence(1500));
  const first = await ear.once();
  ear.feed(voice, silence(1500));
  const second = await ear.once();
  assert.equal(first.reason, sdk.ResultReason.RecognizedSpeech, first.errorDetails);
  assert.equal(second.reason, sdk.ResultReason.RecognizedSpeech, second.errorDetails);
  ear.close();
});

finish();
