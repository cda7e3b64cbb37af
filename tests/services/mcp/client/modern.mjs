// A server of the protocol's own library, for both eras. It runs over stdio, or over HTTP on its own port, which it prints.
//   modern.mjs stdio|http [legacy: serve|reject|stateless]
import { createServer } from 'node:http';
import { McpServer, createMcpHandler } from '@modelcontextprotocol/server';
import { serveStdio } from '@modelcontextprotocol/server/stdio';
import * as z from 'zod';

const [, , way, legacy] = process.argv;

function makeServer() {
  const server = new McpServer({ name: 'proof', version: '1.0.0' }, { capabilities: { tools: { listChanged: true } } });
  const words = (text) => ({ content: [{ type: 'text', text }] });
  server.registerTool('add', { description: 'Adds.', inputSchema: z.object({ a: z.number(), b: z.number() }), outputSchema: z.object({ sum: z.number() }) },
    async ({ a, b }) => ({ ...words(String(a + b)), structuredContent: { sum: a + b } }));
  server.registerTool('fail', { description: 'Fails.', inputSchema: z.object({}) }, async () => ({ ...words('It is closed today.'), isError: true }));
  server.registerTool('grow', { description: 'Brings another tool.', inputSchema: z.object({}) }, async () => {
    server.registerTool('grown', { description: 'Was not there before.', inputSchema: z.object({}) }, async () => words('here'));
    return words('grown');
  });
  return server;
}

if (way === 'stdio') {
  serveStdio(makeServer, { legacy: legacy ?? 'serve' });
} else {
  const handler = createMcpHandler(makeServer, { legacy: legacy ?? 'stateless' });
  const listener = createServer(async (request, response) => {
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    const gone = new AbortController();
    response.on('close', () => gone.abort());
    const body = chunks.length > 0 ? Buffer.concat(chunks) : undefined;
    const answer = await handler.fetch(new Request(`http://127.0.0.1${request.url}`, { method: request.method, headers: request.headers, body, signal: gone.signal }));
    response.writeHead(answer.status, Object.fromEntries(answer.headers));
    if (answer.body) for await (const chunk of answer.body) response.write(chunk);
    response.end();
  });
  listener.listen(0, '127.0.0.1', () => console.log(listener.address().port));
}
