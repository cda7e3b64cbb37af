// A server of the Model Context Protocol over stdio with the tool `opening_hours`. It needs only Node. It lists the tool only after it has read a
// file, which Node does in another thread.
import { readFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';

const tools = [{ name: 'opening_hours', description: 'When the shop is open.', inputSchema: { type: 'object', properties: {} } }];

async function answer_to(method) {
  if (method === 'initialize') {
    return { protocolVersion: '2025-11-25', capabilities: { tools: {} }, serverInfo: { name: 'shop', version: '1' } };
  }
  if (method === 'tools/list') {
    await readFile(new URL(import.meta.url));
    return { tools };
  }
  return undefined;
}

for await (const line of createInterface({ input: process.stdin })) {
  const { id, method } = JSON.parse(line);
  if (id === undefined) continue;
  const result = await answer_to(method);
  const said = result ? { result } : { error: { code: -32601, message: 'no such method' } };
  process.stdout.write(`${JSON.stringify({ jsonrpc: '2.0', id, ...said })}\n`);
}
