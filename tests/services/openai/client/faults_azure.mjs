// Checks how Azure's client reports the four faults at the addresses of Azure OpenAI. The k-th request, and the k-th of the first
// connections, have the k-th fault of the scenario. The order of this file therefore matters.
import { assert, azureSession, dated, finish, proof, say, stalled, timed } from './proof.mjs';

console.error = () => {};  // To this function, the client reports the events that it cannot parse.
const older = '2025-04-01-preview';
async function refused(status, date) {
  const session = await azureSession('voice', date);
  await session.until(() => session.errors.length > 0 && session.closed);
  assert.match(session.errors[0].message, new RegExp(`Unexpected server response: ${status}`));
  assert.equal(session.events.length, 0);
}
await proof('fault_azure_realtime_401', 'Realtime: a handshake is refused with 401', () => refused(401));
await proof('fault_azure_realtime_429', 'Realtime: a handshake at the older address is refused with 429', () => refused(429, older));

for (const [name, date] of [['', null], ['_dated', older]]) {
  await proof(`fault_azure_realtime${name}_latency`, 'Realtime: an answer begins late', async () => {
    const session = await azureSession('voice', date);
    await session.next('session.created');
    const { result, ms } = await timed(() => { say(session, 'late'); return session.answer(); });
    assert.equal(result.done.status, 'completed');
    assert.ok(ms >= 900, `${ms} ms`);
    session.close();
  });
  await proof(`fault_azure_realtime${name}_error`, 'Realtime: an error event arrives instead of the response', async () => {
    const session = await azureSession('voice', date);
    await session.next('session.created');
    say(session, 'error');
    assert.equal((await session.next('error')).error.code, 'overloaded');
    assert.equal(session.of('response.created').length, 0);
    session.close();
  });
  await proof(`fault_azure_realtime${name}_stall`, 'Realtime: an answer stalls in the middle, and the session continues', async () => {
    const session = await azureSession('voice', date);
    say(session, 'stall');
    await session.next('response.output_audio.delta');
    await new Promise((resolve) => { setTimeout(resolve, 1000); });  // The proof is about this silence.
    session.send({ type: 'input_audio_buffer.clear' });
    await session.next('input_audio_buffer.cleared');
    assert.equal(session.of('response.done').length, 0);
    session.close();
  });
  await proof(`fault_azure_realtime${name}_garbage`, 'Realtime: a frame between valid ones is not JSON', async () => {
    const session = await azureSession('voice', date);
    say(session, 'garbage');
    assert.equal((await session.answer()).done.status, 'completed');
    assert.match(session.errors[0].message, /could not parse/);
    session.close();
  });
}

const chat = (options = {}) => dated().chat.completions.create({ model: 'mini', messages: [{ role: 'user', content: 'hello' }], stream: true }, options);
async function text(stream, each = () => {}) {
  let said = '';
  for await (const chunk of stream) { each(chunk); said += chunk.choices[0]?.delta.content ?? ''; }
  return said;
}
await proof('fault_azure_chat_latency', 'chat: an answer begins late', async () => {
  const { result, ms } = await timed(async () => text(await chat()));
  assert.equal(result, 'Yes.');
  assert.ok(ms >= 700, `${ms} ms`);
});
await proof('fault_azure_chat_error', 'chat: the request gets 429 with retry-after', async () => {
  await assert.rejects(chat(), (error) => error.status === 429 && error.headers.get('retry-after') === '3');
});
await proof('fault_azure_chat_stall', 'chat: the stream stops', async () => {
  await stalled(async (signal, each) => { await text(await chat({ signal }), each); signal.throwIfAborted(); });
});
await proof('fault_azure_chat_garbage', 'chat: an event that is not JSON ends the stream', () => assert.rejects(async () => text(await chat()), SyntaxError));

finish();
