// A telephone in a browser, without the browser: SIP.js over WebSocket with its own code for WebRTC, on Google's libwebrtc (@roamhq/wrtc). Plays a WAV file of
// 16 kHz, records the other side at the same rate, and hangs up at the end of the file. --hold MS: holds the call after that time, and resumes it a second later.
// Prints what it does, one line each. The exit status is 0 when everything has happened.
import fs from 'node:fs'
import { parseArgs } from 'node:util'
import wrtc from '@roamhq/wrtc'
import { Inviter, SessionState, UserAgent, Web } from 'sip.js'

const { values: asked } = parseArgs({ options: Object.fromEntries(['server', 'user', 'call', 'play', 'record', 'hold'].map((name) => [name, { type: 'string' }])) })
const say = (line) => console.log(line)
const fail = (why) => { say(`failed: ${why}`); process.exit(1) }
const pause = (ms) => new Promise((done) => setTimeout(done, ms))
const rate = 16000, frame = rate / 100   // libwebrtc takes frames of 10 ms

globalThis.RTCPeerConnection = wrtc.RTCPeerConnection
globalThis.MediaStream = wrtc.MediaStream
globalThis.MediaStreamTrackEvent = class extends Event {}

/// Plays the samples of a WAV file (with a header of 44 octets) in real time.
async function play(source, file) {
  const octets = fs.readFileSync(file).subarray(44)
  const samples = new Int16Array(octets.buffer.slice(octets.byteOffset, octets.byteOffset + (octets.length & ~1)))
  const begun = performance.now()
  for (let at = 0; at + frame <= samples.length; at += frame) {
    source.onData({ samples: samples.slice(at, at + frame), sampleRate: rate, bitsPerSample: 16, channelCount: 1, numberOfFrames: frame })
    const early = begun + (at + frame) * 1000 / rate - performance.now()
    if (early > 0) await pause(early)
  }
}

/// Collects what a track plays, at 16 kHz: the mean of the samples that come in the time of one.
class Recorder {
  heard = []
  constructor(track) {
    this.sink = new wrtc.nonstandard.RTCAudioSink(track)
    this.sink.ondata = ({ samples, sampleRate, channelCount }) => {
      const step = sampleRate / rate * channelCount
      for (let at = 0; at + step <= samples.length; at += step) this.heard.push(samples.subarray(at, at + step).reduce((sum, one) => sum + one, 0) / step)
    }
  }
  save(file) {
    this.sink.stop()
    const data = Buffer.from(Int16Array.from(this.heard).buffer), head = Buffer.alloc(44)
    head.write('RIFF', 0); head.writeUInt32LE(36 + data.length, 4); head.write('WAVEfmt ', 8)
    head.writeUInt32LE(16, 16); head.writeUInt16LE(1, 20); head.writeUInt16LE(1, 22)
    head.writeUInt32LE(rate, 24); head.writeUInt32LE(rate * 2, 28); head.writeUInt16LE(2, 32); head.writeUInt16LE(16, 34)
    head.write('data', 36); head.writeUInt32LE(data.length, 40)
    fs.writeFileSync(file, Buffer.concat([head, data]))
  }
}

async function hold(inviter, on) {
  inviter.sessionDescriptionHandlerOptionsReInvite = { hold: on }
  await new Promise((done, no) => inviter.invite({ requestDelegate: { onAccept: done, onReject: (answer) => no(new Error(`hold: ${answer.message.statusCode}`)) } }).catch(no))
  say(on ? 'held' : 'resumed')
}

async function call(agent, target) {
  const source = new wrtc.nonstandard.RTCAudioSource(), inviter = new Inviter(agent, target)
  stream = new wrtc.MediaStream([source.createTrack()])
  const established = new Promise((yes, no) => inviter.stateChange.addListener((state) => {
    if (state === SessionState.Established) yes()
    else if (state === SessionState.Terminated) no(new Error('the call ended'))
  }))
  await inviter.invite()
  await established
  say('established')
  const connection = inviter.sessionDescriptionHandler.peerConnection
  const recorder = new Recorder(connection.getReceivers()[0].track)
  const played = play(source, asked.play)
  if (asked.hold) {
    await pause(Number(asked.hold))
    await hold(inviter, true)
    await pause(1000)
    await hold(inviter, false)
  }
  await played
  say(`connection ${connection.connectionState}, ICE ${connection.iceConnectionState}`)
  await new Promise((done, no) => inviter.bye({ requestDelegate: { onAccept: done, onReject: () => no(new Error('the BYE was refused')) } }).catch(no))
  recorder.save(asked.record)
  say('hung up')
}

let stream = null
const host = new URL(asked.server).hostname
const agent = new UserAgent({
  uri: UserAgent.makeURI(`sip:${asked.user}@${host}`),
  transportOptions: { server: asked.server },
  sessionDescriptionHandlerFactory: Web.defaultSessionDescriptionHandlerFactory(async () => stream),
  sessionDescriptionHandlerFactoryOptions: { peerConnectionConfiguration: { iceServers: [] } },   // By default, SIP.js asks a server on the Internet.
  logBuiltinEnabled: false,
  logConnector: (level, category, _label, content) => { if (level === 'error' || level === 'warn') say(`${level} ${category}: ${content}`) },
})
setTimeout(() => fail('it did not end in 90 s'), 90_000)
try {
  await agent.start()
  await call(agent, UserAgent.makeURI(`sip:${asked.call}@${host}`))
  process.exit(0)
} catch (error) {
  fail(error.stack)
}
