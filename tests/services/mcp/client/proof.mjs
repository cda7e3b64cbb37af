// Checks our client against the official servers and the conformance suite. Prints one line PASS NAME or FAIL NAME for each proof.
//   proof.mjs PROBE NODE_MODULES LOGS README [FILTER]
import { spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import assert from 'node:assert/strict';

const [, , probe, modules, logs, readme, filter = ''] = process.argv;
const node = process.execPath;
const official = (name, ...rest) => ['--', node, join(modules, '@modelcontextprotocol', name, 'dist/index.js'), ...rest];
const modern = new URL('modern.mjs', import.meta.url).pathname;
let failed = false;

async function proof(name, run) {
  if (!new RegExp(filter).test(`services/mcp/${name}`)) return;
  try {
    const said = await run();
    console.log(`PASS services/mcp/${name}${said ? ` (${said})` : ''}`);
  } catch (error) {
    failed = true;
    console.log(`FAIL services/mcp/${name}\n     ${String(error.message).split('\n').slice(0, 8).join('\n     ')}`);
  }
}

/** Runs the probe with a server. It keeps the events; ask() calls a tool and returns the line with its result. */
async function meet(args, run) {
  const child = spawn(probe, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  const events = [], waiting = [], lines = [];
  let ended = false;
  createInterface({ input: child.stdout }).on('line', (text) => {
    const line = JSON.parse(text);
    if (line.event) return events.push(line);
    const next = waiting.shift();
    if (next) next(line); else lines.push(line);
  }).on('close', () => { ended = true; waiting.splice(0).forEach((next) => next({})); });
  const line = () => lines.length > 0 ? Promise.resolve(lines.shift()) : ended ? Promise.resolve({}) : new Promise((next) => waiting.push(next));
  const exit = new Promise((done) => child.on('exit', done));
  const tools = (await line()).tools;
  const session = {
    events, tools,
    names: tools?.map((tool) => tool.name.replace('probe__', '')),
    ask: async (tool, given = {}) => { child.stdin.write(JSON.stringify({ tool: `probe__${tool}`, arguments: given }) + '\n'); return (await line()).result; },
    again: async () => { child.stdin.write('\n'); return (await line()).tools; },
    saw: (what) => events.filter((event) => event.event === what).map((event) => event.detail),
  };
  try {
    assert.ok(tools, `no list of tools came: ${JSON.stringify(events)}`);
    return await run(session);
  } finally {
    child.stdin.end();
    assert.equal(await exit, 0, 'the probe did not end well');
  }
}

async function eventually(look) {
  for (let i = 0; i < 600; ++i) {
    const found = await look();
    if (found) return found;
    await new Promise((later) => setTimeout(later, 100));
  }
  throw new Error('it never came');
}

async function freePort() {
  const server = createServer();
  await new Promise((ready) => server.listen(0, '127.0.0.1', ready));
  const { port } = server.address();
  await new Promise((closed) => server.close(closed));
  return port;
}

/** Runs a server over HTTP while `run` runs. */
async function serve(command, env, ready, run) {
  const child = spawn(node, command, { env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  const gather = (bytes) => { said += bytes; };
  const gone = new Promise((done) => child.on('exit', done));
  child.stdout.on('data', gather);
  child.stderr.on('data', gather);
  try {
    await eventually(() => ready.test(said));
    return await run(said);
  } finally {
    child.kill('SIGKILL');
    await gone;  // Its port is free then.
  }
}

async function everything({ ask, names, saw, again }) {
  assert.ok(names.includes('echo') && names.includes('get-sum'), names.join(' '));
  assert.deepEqual(saw('opened'), ['it speaks revision 2025-11-25']);
  assert.deepEqual(await ask('echo', { message: 'gr\u00fc\u00df dich "\n"' }), { ok: true, text: 'Echo: gr\u00fc\u00df dich "\n"' });
  assert.match((await ask('get-sum', { a: 2, b: 40 })).text, /42/);
  const weather = await ask('get-structured-content', { location: 'Chicago' });
  assert.equal(typeof JSON.parse(weather.text).temperature, 'number');
  assert.match((await ask('get-tiny-image')).text, /image that cannot be shown: image\/png/);
  assert.match((await ask('get-resource-links', { count: 2 })).text, /a link: /);
  assert.equal((await ask('get-resource-reference', { resourceType: 'Text', resourceId: 1 })).ok, true);
  assert.equal((await ask('get-annotated-message', { messageType: 'error', includeImage: true })).ok, true);
  const wrong = await ask('get-sum', { a: 'two' });
  assert.equal(wrong.ok, false);
  const slow = await ask('trigger-long-running-operation', { duration: 14, steps: 7 });  // Longer than a call may last without progress.
  assert.equal(slow.ok, true, slow.text);
  const silent = await ask('trigger-long-running-operation', { duration: 14, steps: 1 });
  assert.equal(silent.ok, false);
  assert.match(silent.text, /did not answer in time/);
  assert.equal((await ask('echo', { message: 'still here' })).text, 'Echo: still here');
  return `${(await again()).length} tools`;
}

await proof('everything.stdio', () => meet(official('server-everything', 'stdio'), everything));
await proof('everything.environment', () => meet(['--env', 'ONLY=this', ...official('server-everything', 'stdio')], async ({ ask }) => {
  const seen = Object.keys(JSON.parse((await ask('get-env')).text)).sort();
  assert.deepEqual(seen, ['LANG', 'ONLY', 'PATH']);
}));
await proof('everything.http', async () => {
  const port = await freePort();
  const index = join(modules, '@modelcontextprotocol/server-everything/dist/index.js');
  return serve([index, 'streamableHttp'], { PORT: String(port) }, /listening/i, () => meet(['--http', `http://127.0.0.1:${port}/mcp`], everything));
});
await proof('everything.session_lost', async () => {
  const port = await freePort();
  const run = (then) => serve([join(modules, '@modelcontextprotocol/server-everything/dist/index.js'), 'streamableHttp'], { PORT: String(port) }, /listening/i, then);
  let session;
  let told;
  const over = new Promise((done) => { told = done; });
  const first = run(() => new Promise((restart) => {
    session = meet(['--http', `http://127.0.0.1:${port}/mcp`], async (met) => {
      await met.ask('echo', { message: 'one' });
      restart();
      await over;
      assert.equal((await met.ask('echo', { message: 'two' })).text, 'Echo: two');
      return met.saw('note').join('; ');
    });
  }));
  await first;
  return run(async () => { told(); return session; });
});
await proof('filesystem.stdio', () => {
  const folder = mkdtempSync(join(tmpdir(), 'offhook-mcp-'));
  writeFileSync(join(folder, 'hours.txt'), 'Open from nine to five.');
  return meet(official('server-filesystem', folder), async ({ ask, names }) => {
    assert.match((await ask('read_text_file', { path: join(folder, 'hours.txt') })).text, /Open from nine to five/);
    assert.equal((await ask('read_text_file', { path: '/etc/passwd' })).ok, false);
    assert.equal((await ask('write_file', { path: join(folder, 'note.txt'), content: 'call back' })).ok, true);
    assert.match((await ask('list_directory', { path: folder })).text, /note\.txt/);
    return `${names.length} tools`;
  });
});
await proof('memory.stdio', () => {
  const file = join(mkdtempSync(join(tmpdir(), 'offhook-mcp-')), 'memory.jsonl');
  return meet(['--env', `MEMORY_FILE_PATH=${file}`, ...official('server-memory')], async ({ ask, names }) => {
    const entities = [{ name: 'Ada', entityType: 'caller', observations: ['prefers mornings'] }];
    assert.equal((await ask('create_entities', { entities })).ok, true);
    const found = JSON.parse((await ask('search_nodes', { query: 'mornings' })).text);
    assert.equal(found.entities[0].name, 'Ada');
    return `${names.length} tools`;
  });
});
await proof('pins.rug_pull', async () => {
  const hashes = await meet(official('server-memory'), async ({ tools }) => tools);
  const pins = hashes.flatMap((tool, i) => ['--pin', `${tool.name}=${i === 0 ? '0'.repeat(64) : tool.hash}`]).slice(0, 2 * (hashes.length - 1));
  return meet([...pins, ...official('server-memory')], async ({ tools, events, ask, names }) => {
    assert.equal(tools.length, hashes.length - 2);
    const refused = events.filter((event) => event.event === 'tool_refused');
    assert.equal(refused.length, 2);  // One tool has changed, and one is not pinned.
    assert.equal((await ask(hashes[0].name.replace('probe__', ''))).ok, false);
    assert.ok(names.length > 0);
    return refused.map((event) => event.detail.slice(0, 40)).join('; ');
  });
});

async function ofTheLibrary(revision, { ask, names, saw, again }, changes) {
  assert.deepEqual(saw('opened'), [`it speaks revision ${revision}`]);
  assert.deepEqual(names.sort(), ['add', 'fail', 'grow']);
  assert.deepEqual(await ask('add', { a: 1, b: 2 }), { ok: true, text: '{"sum":3}' });
  assert.deepEqual(await ask('fail'), { ok: false, text: 'It is closed today.' });
  if (!changes) return revision;
  assert.equal((await ask('grow')).ok, true);
  const grown = await eventually(async () => { const tools = await again(); return tools.length === 4 && tools; });
  return `${revision}, ${grown.length} tools after a change`;
}
await proof('library.stdio.modern', () => meet(['--', node, modern, 'stdio', 'reject'], (met) => ofTheLibrary('2026-07-28', met, true)));
await proof('library.stdio.legacy', () => meet(['--era', 'legacy', '--', node, modern, 'stdio'], (met) => ofTheLibrary('2025-11-25', met, true)));
for (const [name, legacy, args, revision] of [['modern', 'reject', [], '2026-07-28'], ['legacy', 'stateless', ['--era', 'legacy'], '2025-11-25']]) {
  await proof(`library.http.${name}`, () => serve([modern, 'http', legacy], {}, /^\d+/m, (said) =>
    meet([...args, '--http', `http://127.0.0.1:${parseInt(said)}/`], (met) => ofTheLibrary(revision, met, false))));
}

const suite = join(modules, '@modelcontextprotocol/conformance/dist/index.js');

/** Returns the suite's list: [{ scenario, revisions }]. A scenario of an extension has no revision and runs with one revision of each era. */
async function scenarios() {
  const { said } = await finished([suite, 'list', '--client'], {});
  const listed = [...said.matchAll(/^ {2}- (\S+) \[(.+)\]$/gm)].map(([, scenario, revisions]) =>
    ({ scenario, revisions: revisions === 'extension' ? ['2025-11-25', '2026-07-28'] : revisions.split(',') }));
  assert.ok(listed.length > 10, `the suite lists no scenarios: ${said.slice(0, 300)}`);
  return listed;
}
/** Returns the scenarios that are not run: the rows of a table in README.md, each with a scenario and its reason. */
function exceptions() {
  return new Map([...readFileSync(readme, 'utf8').matchAll(/^\| `([^`]+)` \| (.+) \|$/gm)].map(([, scenario, reason]) => [scenario, reason]));
}

function finished(command, env, cwd) {
  return new Promise((done) => {
    const child = spawn(node, command, { cwd, env: { ...process.env, ...env } });
    let said = '';
    child.stdout.on('data', (bytes) => { said += bytes; });
    child.stderr.on('data', (bytes) => { said += bytes; });
    child.on('exit', (code) => done({ code, said }));
  });
}

/** The credentials of a scenario in which the suite gives the client none; they correspond to a configuration of ours. */
const configured = { MCP_CONFORMANCE_CONTEXT: JSON.stringify({ client_id: 'client-of-a-test', client_secret: 'secret-of-a-test' }) };

/** Runs a scenario of the suite, which starts our probe as its client. `--force` also runs extensions. A scenario counts as passed only if at
 *  least one of its checks passed. */
async function conforms(scenario, revision) {
  const folder = join(logs, `conformance-${scenario.replace('/', '-')}-${revision}`);
  mkdirSync(folder, { recursive: true });
  const command = [suite, 'client', '--command', `${probe} --conformance`, '--scenario', scenario, '--spec-version', revision, '--force'];
  const { code, said } = await finished(command, scenario.startsWith('auth/') ? configured : {}, folder);
  writeFileSync(join(folder, 'said.txt'), said);
  const summary = said.match(/Passed: (\d+).*/);
  return { passed: code === 0 && Number(summary?.[1] ?? 0) > 0, summary: `${summary?.[0] ?? 'it broke off'}: ${folder}/said.txt` };
}

const listed = await scenarios();
const excepted = exceptions();
await proof('conformance.exceptions_are_scenarios', () => {
  assert.ok(excepted.size > 0, `there is no table in ${readme}`);
  const unknown = [...excepted.keys()].filter((scenario) => !listed.some((each) => each.scenario === scenario));
  assert.deepEqual(unknown, [], 'README.md excepts scenarios that the suite does not have (any more)');
  return `${listed.length} scenarios, ${listed.length - excepted.size} of them run, ${excepted.size} excepted`;
});
for (const { scenario, revisions } of listed.filter((each) => !excepted.has(each.scenario))) {
  for (const revision of revisions) {
    await proof(`conformance.${scenario.replace('/', '.')}.${revision}`, async () => {
      const { passed, summary } = await conforms(scenario, revision);
      assert.ok(passed, summary);
      return summary.replace(/:[^:]*$/, '');
    });
  }
}
// Runs the exceptions too, and fails if one of them passes, because that exception is obsolete.
await proof('conformance.exceptions_are_needed', async () => {
  const left = listed.filter((each) => excepted.has(each.scenario));
  const needless = [];
  const work = async () => {
    for (let next = left.shift(); next; next = left.shift()) {
      const results = [];
      for (const revision of next.revisions) results.push(await conforms(next.scenario, revision));
      if (results.every((each) => each.passed)) needless.push(next.scenario);
    }
  };
  await Promise.all([work(), work(), work()]);
  assert.deepEqual(needless, [], 'README.md excepts scenarios that pass');
});
process.exitCode = failed ? 10 : 0;  // Node itself ends with 1 when this script fails to complete.
