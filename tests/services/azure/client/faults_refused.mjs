// Sockets that are refused. The client knocks a few times before it says so: here it never gets in.
import { Ear, assert, call, finish, proof, sdk, speaker } from './proof.mjs';

await proof('fault_key', 'a handshake that is refused with 401', async () => {
  const ear = new Ear();
  ear.feed(Buffer.alloc(16_000));
  const result = await ear.once();
  assert.equal(result.reason, sdk.ResultReason.Canceled);
  assert.match(result.errorDetails, /Unexpected server response: 401/);
  ear.close();
});
await proof('fault_voice_429', 'a handshake of the voice that is refused with 429', async () => {
  const result = await call(speaker(), 'speakTextAsync', 'Good day to you.');
  assert.equal(result.reason, sdk.ResultReason.Canceled);
  assert.match(result.errorDetails, /Unexpected server response: 429/);
});

finish();
