// Tests the list of models and their capabilities. The tests need a scenario, because a real server has other models.
import { assert, ask, client, finish, live, proof } from './proof.mjs';

if (live) finish();
const tools = [{ type: 'function', function: { name: 'f', description: 'does it', parameters: { type: 'object', properties: {} } } }];

await proof('models_list', 'the server lists its models', async () => {
  assert.deepEqual((await client.list()).models.map((one) => one.name), ['llama3.2:latest', 'qwen3:8b', 'llama2:latest']);
});
await proof('models_show', 'the server shows the capabilities of a model, and its version', async () => {
  assert.deepEqual((await client.show({ model: 'qwen3:8b' })).capabilities, ['completion', 'tools', 'thinking']);
  assert.match((await client.version()).version, /^\d+\./);
});
await proof('models_refuse', 'a model without support for tools and thoughts refuses requests for them', async () => {
  await assert.rejects(ask({ model: 'llama2', tools }), { status_code: 400, message: /does not support tools/ });
  await assert.rejects(ask({ model: 'llama2', think: true }), { status_code: 400, message: /does not support thinking/ });
});

finish();
