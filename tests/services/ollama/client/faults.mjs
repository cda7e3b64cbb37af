// Checks that each fault of the simulator has exactly its documented effect on the official client.
import { assert, ask, finish, gather, proof } from './proof.mjs';

// The k-th request has the k-th fault of the scenario. The order of this file therefore matters.
const whole = 'Ol\u00e1! Bom dia, n\u00e3o \u00e9? Fala o telefone.';
const breaks = (why) => assert.rejects(async () => gather(await ask()), why);
console.warn = () => {};  // To this function, the client reports the lines that it cannot parse.

await proof('fault_queue_full', 'a request for which the queue is full gets 503', () => breaks({ status_code: 503, message: /maximum pending requests/ }));
await proof('fault_status', 'a request that causes a server error gets 500', () => breaks({ status_code: 500, message: /terminated/ }));
await proof('fault_split', 'the answer arrives octet by octet', async () => assert.equal((await gather(await ask())).text, whole));
await proof('fault_error', 'an error is in the middle of the stream, under 200', () => breaks({ message: /unexpected EOF/ }));
await proof('fault_no_done', 'the client reports a stream without its end as a failure', () => breaks({ message: /Did not receive done/ }));
await proof('fault_drop', 'the connection ends in the middle', () => breaks({ name: 'TypeError' }));
await proof('fault_stall', 'the stream stops', async () => {
  const stream = await ask();
  setTimeout(() => stream.abort(), 500);
  await assert.rejects(gather(stream), { name: 'AbortError' });
});
await proof('fault_garbage', 'some lines between valid ones are not JSON', async () => assert.equal((await gather(await ask())).text, whole));
await proof('fault_broken_json', 'a line between valid ones is truncated', async () => assert.equal((await gather(await ask())).text, whole));
await proof('fault_unknown', 'an unknown line has no effect', async () => assert.equal((await gather(await ask())).text, whole));
await proof('fault_length', 'a truncated answer has the reason length', async () => assert.equal((await gather(await ask())).last.done_reason, 'length'));
await proof('fault_empty', 'an answer has no words', async () => assert.equal((await gather(await ask())).text, ''));
await proof('fault_latency', 'an answer begins late', async () => {
  const begun = performance.now();
  assert.equal((await gather(await ask())).text, whole);
  assert.ok(performance.now() - begun >= 700);
});

finish();
