// A telephone whose media are pure JavaScript: SIP.js over WebSocket, and ICE, DTLS-SRTP and RTP of werift, in PCMU. Calls a user, plays a WAV file of 8 kHz,
// records the other side at the same rate, and hangs up at the end of the file. Prints a line for each of its actions. The exit status is 0 when everything
// has happened.
import { parseArgs } from 'node:util'
import { Inviter, SessionState } from 'sip.js'
import { MediaStreamTrack, RTCPeerConnection, RTCRtpCodecParameters, RtpHeader, RtpPacket } from 'werift'
import { accepted, addressOf, fail, makeUserAgent, reached, say } from './telephone.mjs'
import { inRealTime, readWav, writeWav } from './wav.mjs'

const { values: asked } = parseArgs({ options: Object.fromEntries(['server', 'user', 'call', 'play', 'record'].map((name) => [name, { type: 'string' }])) })
const rate = 8000, frame = 160

// ITU-T G.711, mu-law
function encode(sample) {
  const magnitude = Math.min(Math.abs(sample), 32635) + 132
  const exponent = 24 - Math.clz32(magnitude)
  return ~((sample < 0 ? 0x80 : 0) | exponent << 4 | magnitude >> exponent + 3 & 15) & 0xff
}
function decode(octet) {
  const code = ~octet, magnitude = ((code & 15) * 8 + 132 << (code >> 4 & 7)) - 132
  return code & 0x80 ? -magnitude : magnitude
}

const track = new MediaStreamTrack({ kind: 'audio' }), heard = []
const pcmu = new RTCRtpCodecParameters({ mimeType: 'audio/PCMU', clockRate: rate, channels: 1, payloadType: 0 })
// By default, werift asks a STUN server on the Internet, and has no candidate on loopback.
const connection = new RTCPeerConnection({ codecs: { audio: [pcmu] }, iceServers: [], iceAdditionalHostAddresses: ['127.0.0.1'] })
connection.connectionStateChange.subscribe((state) => say(`connection ${state}`))
const transceiver = connection.addTransceiver(track, { direction: 'sendrecv' })

/// Gives SIP.js the session descriptions of werift's `connection`.
class Descriptions {
  hasDescription(type) { return type === 'application/sdp' }
  async getDescription() {
    await connection.setLocalDescription(await connection.createOffer())
    if (connection.iceGatheringState !== 'complete') await connection.iceGatheringStateChange.watch((state) => state === 'complete')
    return { body: connection.localDescription.sdp, contentType: 'application/sdp' }
  }
  async setDescription(sdp) {
    // werift gives a track only packets whose SSRC the other side describes by a=ssrc (RFC 5576). The agent's description has no a=ssrc.
    transceiver.dtlsTransport.onRtp.subscribe((packet) => { if (packet.header.payloadType === 0) heard.push(...Array.from(packet.payload, decode)) })
    await connection.setRemoteDescription({ type: 'answer', sdp })
  }
  close() { connection.close() }
  sendDtmf() { return false }
}

const play = (file) => inRealTime(readWav(file), rate, frame, (samples, at) => {
  const header = new RtpHeader({ payloadType: 0, sequenceNumber: at / frame & 0xffff, timestamp: at, ssrc: 1, marker: at === 0 })
  track.writeRtp(new RtpPacket(header, Buffer.from(Uint8Array.from(samples, encode))))
})

const agent = makeUserAgent(asked, { sessionDescriptionHandlerFactory: () => new Descriptions() })
setTimeout(() => fail('it did not end in 90 s'), 90_000)
try {
  await agent.start()
  const inviter = new Inviter(agent, addressOf(asked.call, asked.server))
  const established = reached(inviter, SessionState.Established)
  await inviter.invite()
  await established
  say('established')
  await play(asked.play)
  await accepted('BYE', (options) => inviter.bye(options))
  writeWav(asked.record, rate, heard)
  say('hung up')
  process.exit(0)
} catch (error) {
  fail(error.stack)
}
