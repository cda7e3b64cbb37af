import { Ear, assert, finish, proof, sdk, silence, speech } from './proof.mjs';

const german = () => speech('Guten Tag, ich möchte einen Tisch bestellen.', 'de-DE-KatjaNeural');
const english = () => speech('Good day, I would like to book a table.');
// With a custom host, such as a simulator, the client uses the older addresses, except if this property is set.
const asOurs = (config) => {
  config.outputFormat = sdk.OutputFormat.Detailed;
  config.setProperty(sdk.PropertyId.SpeechServiceConnection_RecognitionEndpointVersion, '2');
};
const detected = (result) => sdk.AutoDetectSourceLanguageResult.fromResult(result).language;

// The scenario's phrases are German, English and German, repeatedly. Each proof begins with a German phrase.
await proof('languages_each_turn', 'the service detects the language of each turn among the named languages', async () => {
  const ear = new Ear(asOurs, ['en-US', 'de-DE']);
  ear.feed(await german(), silence(1500));
  const first = await ear.once();
  assert.equal(first.reason, sdk.ResultReason.RecognizedSpeech, first.errorDetails);
  assert.equal(detected(first), 'de-DE');
  assert.equal(JSON.parse(first.json).PrimaryLanguage.Language, 'de-DE');
  assert.ok(ear.hypotheses.length > 1);
  assert.ok(ear.hypotheses.some((each) => detected(each) === 'de-DE'));
  ear.feed(await english(), silence(1500));
  const second = await ear.once();
  assert.equal(second.reason, sdk.ResultReason.RecognizedSpeech, second.errorDetails);
  assert.equal(detected(second), 'en-US');
  ear.close();
});

await proof('languages_continuous', 'a continuous stream has one language, which the service detects at its start, in the simple form too', async () => {
  const ear = new Ear(undefined, ['en-US', 'de-DE', 'fr-FR', 'it-IT']);
  ear.feed(await german());
  ear.end();
  await ear.start();
  await ear.until(() => ear.stopped);
  assert.equal(ear.canceled.reason, sdk.CancellationReason.EndOfStream, ear.canceled.errorDetails);
  assert.equal(ear.words().length, 1);
  assert.equal(detected(ear.phrases[0]), 'de-DE');
  ear.close();
});

finish();
