// Tests delays: a model that must be loaded first, and the queue of a loaded model. Only a simulator can cause these delays on request.
import { assert, ask, client, finish, gather, live, model, proof } from './proof.mjs';

if (live) finish();
const options = { num_ctx: 8192 };
const about = (content) => ({ options, messages: [{ role: 'user', content }] });

await proof('loading_slowly', 'the first answer waits until the model is loaded, and reports the load time; the second answer does not wait', async () => {
  const begun = performance.now();
  assert.equal((await gather(await ask({ options }))).last.load_duration, 1_500_000_000);
  assert.ok(performance.now() - begun >= 1500);
  assert.equal((await client.ps()).models[0].name, 'llama3.2:latest');
  assert.equal((await gather(await ask({ options }))).last.load_duration, 0);
});

await proof('loading_anew', 'another context length reloads the model', async () => {
  assert.equal((await gather(await ask({ options: { num_ctx: 4096 } }))).last.load_duration, 1_500_000_000);
});

await proof('loading_ahead', 'a request without messages loads the model and has the reason "load", and keep_alive 0 unloads it', async () => {
  const gone = await client.chat({ model, messages: [], keep_alive: 0 });
  assert.equal(gone.done_reason, 'unload');
  assert.deepEqual((await client.ps()).models, []);
  const there = await client.chat({ model, messages: [], options, keep_alive: -1 });
  assert.equal(there.done_reason, 'load');
  assert.equal(there.message.content, '');
  assert.equal((await client.ps()).models[0].context_length, 8192);
});

await proof('loading_queue', 'if two requests come to a busy model, one waits and the other gets 503', async () => {
  const first = await ask(about('Something long.'));
  const others = await Promise.allSettled([ask({ options }), ask({ options })]);
  const refused = others.filter((one) => one.status === 'rejected').map((one) => one.reason);
  assert.equal(refused.length, 1);
  assert.equal(refused[0].status_code, 503);
  assert.match(refused[0].message, /maximum pending requests exceeded/);
  assert.match((await gather(first)).text, /twenty$/);
  assert.equal((await gather(others.find((one) => one.status === 'fulfilled').value)).text, 'Yes.');
});

await proof('loading_abort', 'an aborted request frees its place without delay', async () => {
  const first = await ask(about('Go on for ever.'));
  await assert.rejects(async () => {
    for await (const part of first) if (part.message.content) first.abort();
  }, { name: 'AbortError' });
  await new Promise((resolve) => { setTimeout(resolve, 500); });  // The server notices the abort when it sends its next piece.
  assert.equal((await gather(await ask({ options }))).text, 'Yes.');
});

finish();
