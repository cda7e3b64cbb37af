// The SIP of the page (agent/demo/page/sip.js), and its telephone (phone.js), without a browser: node sip_test.mjs FOLDER-OF-THE-PAGE
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { pathToFileURL } from 'node:url'

const { SipCall, parse, kMaxMessage } = await import(pathToFileURL(`${process.argv[2]}/sip.js`))
const { Call } = await import(pathToFileURL(`${process.argv[2]}/phone.js`))

/// Makes a SipCall, with a list of its sent messages, parsed, and a list of its events.
function callOf() {
  const sent = [], events = []
  const call = new SipCall({
    target: 'sip:agent@127.0.0.1:8443',
    send: (text) => sent.push(parse(text)),
    on: {
      ringing: () => events.push('ringing'),
      answered: (sdp) => events.push(`answered ${sdp}`),
      text: (type, body) => events.push(`${type} ${body}`),
      ended: ({ by, status, reason }) => events.push(['ended', by, status, reason].filter(Boolean).join(' ')),
    },
  })
  call.invite('v=0 offer')
  return { call, sent, events, invite: sent[0] }
}
const field = (message, name) => message.fields.get(name)?.[0]

function answer(invite, status, { tag = 'agent', body = '', method = 'INVITE', more = [] } = {}) {
  return [`SIP/2.0 ${status} Any Reason`, `Via: ${field(invite, 'via')}`, `From: ${field(invite, 'from')}`, `To: ${field(invite, 'to')}${tag ? `;tag=${tag}` : ''}`,
    `Call-ID: ${field(invite, 'call-id')}`, `CSeq: 1 ${method}`, 'Contact: <sip:agent@127.0.0.1:8443;transport=ws>', ...more,
    `Content-Length: ${body.length}`, '', body].join('\r\n')
}
function request(invite, method, { body = '', type = 'application/json', tag = 'agent', ours = field(invite, 'from'), more = [] } = {}) {
  return [`${method} sip:visitor@x.invalid SIP/2.0`, 'Via: SIP/2.0/WSS 127.0.0.1:8443;branch=z9hG4bK1', 'Via: SIP/2.0/WSS 127.0.0.1:2;branch=z9hG4bK2',
    `From: <sip:agent@127.0.0.1:8443>;tag=${tag}`, `To: ${ours}`, `Call-ID: ${field(invite, 'call-id')}`, `CSeq: 7 ${method}`, `Content-Type: ${type}`,
    ...more, `Content-Length: ${body.length}`, '', body].join('\r\n')
}
function upCall() {
  const world = callOf()
  world.call.receive(answer(world.invite, 200, { body: 'v=0 answer' }))
  return world
}

test('a call sends INVITE with its offer, and ACK to the Contact of the answer, in the dialog', () => {
  const { call, sent, events, invite } = callOf()
  assert.equal(invite.method, 'INVITE')
  assert.equal(invite.uri, 'sip:agent@127.0.0.1:8443')
  assert.match(field(invite, 'via'), /^SIP\/2\.0\/WSS [0-9a-f]+\.invalid;branch=z9hG4bK/)
  assert.equal(invite.body, 'v=0 offer')
  call.receive(answer(invite, 100, { tag: '' }))
  call.receive(answer(invite, 180))
  call.receive(answer(invite, 200, { body: 'v=0 answer', more: ['Record-Route: <sip:one;lr>', 'Record-Route: <sip:two;lr>'] }))
  assert.deepEqual(events, ['ringing', 'answered v=0 answer'])
  const ack = sent[1]
  assert.equal(ack.method, 'ACK')
  assert.equal(ack.uri, 'sip:agent@127.0.0.1:8443;transport=ws')
  assert.match(field(ack, 'to'), /;tag=agent$/)
  assert.deepEqual(ack.fields.get('route'), ['<sip:two;lr>', '<sip:one;lr>'])
})

test('each repeated 200 gets an ACK, and the answer counts once', () => {
  const { call, sent, events, invite } = upCall()
  call.receive(answer(invite, 200, { body: 'v=0 other' }))
  assert.equal(sent.filter((message) => message.method === 'ACK').length, 2)
  assert.deepEqual(events, ['answered v=0 answer'])
})

test('a refusal gets an ACK with the branch of the INVITE, and ends the call with its status', () => {
  const { call, sent, events, invite } = callOf()
  call.receive(answer(invite, 486))
  assert.equal(sent[1].method, 'ACK')
  assert.equal(field(sent[1], 'via'), field(invite, 'via'))
  assert.deepEqual(events, ['ended refusal 486 Any Reason'])
  call.receive(answer(invite, 486))
  assert.equal(events.length, 1)
})

test('a hang-up before the first answer waits for it, and then sends CANCEL with the branch of the INVITE', () => {
  const { call, sent, events, invite } = callOf()
  call.hangUp()
  assert.equal(sent.length, 1)
  call.receive(answer(invite, 100, { tag: '' }))
  assert.equal(sent[1].method, 'CANCEL')
  assert.equal(field(sent[1], 'via'), field(invite, 'via'))
  assert.equal(field(sent[1], 'cseq'), '1 CANCEL')
  call.receive(answer(invite, 200, { method: 'CANCEL' }))
  call.receive(answer(invite, 487))
  assert.equal(sent[2].method, 'ACK')
  assert.deepEqual(events, ['ended caller'])
})

test('an answer that is faster than the CANCEL gets ACK and BYE', () => {
  const { call, sent, events, invite } = callOf()
  call.receive(answer(invite, 180))
  call.hangUp()
  call.receive(answer(invite, 200, { body: 'v=0 answer' }))
  assert.deepEqual(sent.map((message) => message.method), ['INVITE', 'CANCEL', 'ACK', 'BYE'])
  assert.equal(field(sent[3], 'cseq'), '2 BYE')
  assert.deepEqual(events, ['ringing', 'ended caller'])
})

test('requests of the agent within the call get their answers, with all Vias', () => {
  const { call, sent, events, invite } = upCall()
  call.receive(request(invite, 'MESSAGE', { body: '{"who":"agent"}' }))
  assert.equal(sent.at(-1).status, 200)
  assert.equal(sent.at(-1).fields.get('via').length, 2)
  assert.equal(events.at(-1), 'application/json {"who":"agent"}')
  for (const [method, status] of [['INFO', 200], ['OPTIONS', 200], ['INVITE', 488], ['REFER', 405]]) {
    call.receive(request(invite, method))
    assert.equal(sent.at(-1).status, status, method)
  }
  call.receive(request(invite, 'BYE'))
  assert.equal(sent.at(-1).status, 200)
  assert.equal(events.at(-1), 'ended agent')
  call.receive(request(invite, 'BYE'))
  assert.equal(sent.at(-1).status, 481)
})

test('a request with tags of another dialog gets 481, and one of another call nothing', () => {
  const { call, sent, events, invite } = upCall()
  const before = events.length
  call.receive(request(invite, 'BYE', { tag: 'stranger' }))
  assert.equal(sent.at(-1).status, 481)
  call.receive(request(invite, 'BYE', { ours: '<sip:visitor@x.invalid>;tag=other' }))
  assert.equal(sent.at(-1).status, 481)
  const count = sent.length
  call.receive(request(invite, 'BYE').replace(/Call-ID: .*/, 'Call-ID: other'))
  assert.equal(sent.length, count)
  assert.equal(events.length, before)
  call.hangUp()
  assert.equal(sent.at(-1).method, 'BYE')
})

test('the end of a call has the Reason of the agent', () => {
  const { call, events, invite } = upCall()
  call.receive(request(invite, 'BYE', { more: ['Reason: SIP;cause=488;text="no path"'] }))
  assert.equal(events.at(-1), 'ended agent SIP;cause=488;text="no path"')
})

test('parse refuses text that is not a SIP message, and a message that is too large', () => {
  for (const text of ['', '\r\n\r\n', 'INVITE sip:a SIP/2.0\r\n', 'GET / HTTP/1.1\r\n\r\n', 'SIP/2.0 99 Low\r\n\r\n', 'SIP/2.0 200 OK\r\nno colon\r\n\r\n']) assert.equal(parse(text), null, text)
  const least = 'SIP/2.0 200 OK\r\n\r\n'
  assert.notEqual(parse(least + 'x'.repeat(kMaxMessage - least.length)), null)
  assert.equal(parse(least + 'x'.repeat(kMaxMessage - least.length + 1)), null)
  const many = (count) => `SIP/2.0 200 OK\r\n${'A: b\r\n'.repeat(count)}\r\n`
  assert.notEqual(parse(many(100)), null)
  assert.equal(parse(many(101)), null)
})

test('the length of a body counts octets, and its text arrives unchanged', () => {
  const sent = []
  new SipCall({ target: 'sip:a@b', send: (text) => sent.push(text), on: {} }).invite('ä€')
  assert.match(sent[0], /Content-Length: 5\r\n\r\nä€$/)
})

/// Runs a call of phone.js with a simulated browser. The agent answers and then sends BYE. If `passes` is false, the media never connect. Returns the
/// arguments that phone.js passes to `ended`.
async function endedByAgent({ passes, reason }) {
  const track = { stop() {} }, stream = { getAudioTracks: () => [track], getTracks: () => [track] }
  let socket = null, peer = null, invite = null, over = null
  Object.defineProperty(globalThis, 'navigator', { value: { mediaDevices: { getUserMedia: async () => stream } }, configurable: true })
  globalThis.location = { host: '127.0.0.1:8443' }
  globalThis.WebSocket = class {
    static OPEN = 1
    readyState = 1
    constructor() { socket = this; setImmediate(() => this.onopen()) }
    send(text) { invite ??= parse(text) }
    close() {}
  }
  globalThis.RTCPeerConnection = class {
    iceGatheringState = 'complete'
    localDescription = { sdp: 'v=0 offer' }
    constructor() { peer = this }
    addTrack() {}
    async setLocalDescription() {}
    async setRemoteDescription() {}
    close() {}
  }
  await new Call({ stage() {}, line() {}, sound() {}, ended: (by, trouble) => { over = { by, trouble: trouble?.message } } }).start()
  socket.onmessage({ data: answer(invite, 200) })
  peer.connectionState = passes ? 'connected' : 'connecting'
  peer.onconnectionstatechange()
  socket.onmessage({ data: request(invite, 'BYE', { more: reason ? [`Reason: ${reason}`] : [] }) })
  return over
}

test('if the agent ends a call because it has no path for the audio, the telephone says so', async () => {
  const noPath = { by: 'caller', trouble: 'No audio can pass between this browser and the agent.' }
  assert.deepEqual(await endedByAgent({ passes: false, reason: 'SIP;cause=488;text="ICE failed"' }), noPath)
  assert.deepEqual(await endedByAgent({ passes: false }), noPath)
  assert.deepEqual(await endedByAgent({ passes: true, reason: 'SIP;cause=488' }), { by: 'caller', trouble: 'The connection to the agent was lost.' })
  assert.deepEqual(await endedByAgent({ passes: true }), { by: 'agent', trouble: undefined })
})
