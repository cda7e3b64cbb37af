// Tests sockets that the service refuses. The client retries a few times before it reports the error. Here it never connects.
import { Ear, assert, call, finish, proof, sdk, speaker } from './proof.mjs';

await proof('fault_key', 'the service refuses a handshake with 401', async () => {
  const ear = new Ear();
  ear.feed(Buffer.alloc(16_000));
  const result = await ear.once();
  assert.equal(result.reason, sdk.ResultReason.Canceled);
  assert.match(result.errorDetails, /Unexpected server response: 401/);
  ear.close();
});
await proof('fault_voice_429', 'the service refuses a synthesis handshake with 429', async () => {
  const result = await call(speaker(), 'speakTextAsync', 'Good day to you.');
  assert.equal(result.reason, sdk.ResultReason.Canceled);
  assert.match(result.errorDetails, /Unexpected server response: 429/);
});

finish();
