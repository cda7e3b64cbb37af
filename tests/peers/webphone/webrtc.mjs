// A telephone in a browser, without the browser: SIP.js over WebSocket with its own code for WebRTC, on Google's libwebrtc (@roamhq/wrtc). Calls a user, or
// registers with a password and waits for a call. Plays a WAV file of 16 kHz, records the other side at the same rate, and hangs up at the end of the file.
// --hold MS: holds the call after that time, and a second later resumes it with an ICE restart. Prints a line for each of its actions. The exit status is 0
// when everything has happened.
import { parseArgs } from 'node:util'
import wrtc from '@roamhq/wrtc'
import { Inviter, Registerer, SessionState, Web } from 'sip.js'
import { accepted, addressOf, fail, makeUserAgent, reached, say } from './telephone.mjs'
import { inRealTime, readWav, writeWav } from './wav.mjs'

const names = ['server', 'user', 'call', 'password', 'play', 'record', 'hold']
const { values: asked } = parseArgs({ options: Object.fromEntries(names.map((name) => [name, { type: 'string' }])) })
const pause = (ms) => new Promise((done) => setTimeout(done, ms))
const rate = 16000, frame = rate / 100   // libwebrtc takes frames of 10 ms

globalThis.RTCPeerConnection = wrtc.RTCPeerConnection
globalThis.MediaStream = wrtc.MediaStream
globalThis.MediaStreamTrackEvent = class extends Event {}

const play = (source, file) => inRealTime(readWav(file), rate, frame, (samples) => {
  source.onData({ samples, sampleRate: rate, bitsPerSample: 16, channelCount: 1, numberOfFrames: frame })
})

/// Records the audio of a track at 16 kHz. Each recorded sample is the mean of the track's samples in the same time.
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
    writeWav(file, rate, this.heard)
  }
}

async function hold(session) {
  session.sessionDescriptionHandlerOptionsReInvite = { hold: true }
  await accepted('hold', (options) => session.invite(options))
  say('held')
  await pause(1000)
  session.sessionDescriptionHandlerOptionsReInvite = { hold: false, offerOptions: { iceRestart: true } }
  await accepted('resume', (options) => session.invite(options))
  say('resumed')
}

/// Starts the session by calling `begin`, runs the whole call, and saves the recording.
async function talk(session, begin) {
  const established = reached(session, SessionState.Established)
  await begin()
  await established
  say('established')
  const connection = session.sessionDescriptionHandler.peerConnection
  const recorder = new Recorder(connection.getReceivers()[0].track)
  const played = play(source, asked.play)
  if (asked.hold) await pause(Number(asked.hold)).then(() => hold(session))
  await played
  say(`connection ${connection.connectionState}, ICE ${connection.iceConnectionState}`)
  await accepted('BYE', (options) => session.bye(options))
  recorder.save(asked.record)
  say('hung up')
}

const source = new wrtc.nonstandard.RTCAudioSource(), stream = new wrtc.MediaStream([source.createTrack()])
const agent = makeUserAgent(asked, {
  sessionDescriptionHandlerFactory: Web.defaultSessionDescriptionHandlerFactory(async () => stream),
  sessionDescriptionHandlerFactoryOptions: { peerConnectionConfiguration: { iceServers: [] } },   // By default, SIP.js asks a server on the Internet.
})
setTimeout(() => fail('it did not end in 90 s'), 90_000)
try {
  await agent.start()
  if (asked.call) {
    const inviter = new Inviter(agent, addressOf(asked.call, asked.server))
    await talk(inviter, () => inviter.invite())
  } else {
    const invited = new Promise((onInvite) => { agent.delegate = { onInvite } })
    await new Registerer(agent).register()
    const invitation = await invited
    await talk(invitation, () => invitation.accept())
  }
  process.exit(0)
} catch (error) {
  fail(error.stack)
}
