// What the official client makes of each fault that the simulator can play: so that a fault is what it says, and nothing else.
import { assert, ask, finish, gather, proof } from './proof.mjs';

// The k-th question has the k-th fault of the scenario: order matters in this file.
const whole = 'Ol\u00e1! Bom dia, n\u00e3o \u00e9? Fala o telefone.';
const breaks = (why) => assert.rejects(async () => gather(await ask()), why);
console.warn = () => {};  // The client says there which lines it could not read.

await proof('fault_queue_full', '503 when the queue is full', () => breaks({ status_code: 503, message: /maximum pending requests/ }));
await proof('fault_status', 'and 500', () => breaks({ status_code: 500, message: /terminated/ }));
await proof('fault_split', 'octet by octet, in the middle of lines and of UTF-8', async () => assert.equal((await gather(await ask())).text, whole));
await proof('fault_error', 'an error in the middle of the stream, under 200', () => breaks({ message: /unexpected EOF/ }));
await proof('fault_no_done', 'a stream without its end has failed', () => breaks({ message: /Did not receive done/ }));
await proof('fault_drop', 'the connection ends in the middle', () => breaks({ name: 'TypeError' }));
await proof('fault_stall', 'nothing more comes', async () => {
  const stream = await ask();
  setTimeout(() => stream.abort(), 500);
  await assert.rejects(gather(stream), { name: 'AbortError' });
});
await proof('fault_garbage', 'lines that are no JSON, between good ones', async () => assert.equal((await gather(await ask())).text, whole));
await proof('fault_broken_json', 'a line that ends too early, between good ones', async () => assert.equal((await gather(await ask())).text, whole));
await proof('fault_unknown', 'a line of which nobody knows what it is does no harm', async () => assert.equal((await gather(await ask())).text, whole));
await proof('fault_length', 'an answer that was cut off says so', async () => assert.equal((await gather(await ask())).last.done_reason, 'length'));
await proof('fault_empty', 'an answer without words', async () => assert.equal((await gather(await ask())).text, ''));
await proof('fault_latency', 'an answer that begins late', async () => {
  const begun = performance.now();
  assert.equal((await gather(await ask())).text, whole);
  assert.ok(performance.now() - begun >= 700);
});

finish();
