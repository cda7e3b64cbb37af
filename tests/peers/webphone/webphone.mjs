// A telephone in a browser, without the browser: SIP.js over WebSocket, with a session description of plain RTP, because Node has no WebRTC. Prints
// a line for each of its actions. The exit status is 0 when everything that the arguments demand has happened.
import dgram from 'node:dgram'
import { parseArgs } from 'node:util'
import { Inviter, Registerer, RegistererState, SessionState } from 'sip.js'
import { addressOf, fail, makeUserAgent, reached, say } from './telephone.mjs'

const { values: asked } = parseArgs({
  options: {
    server: { type: 'string' }, user: { type: 'string' }, password: { type: 'string' }, register: { type: 'boolean' },
    options: { type: 'boolean' }, call: { type: 'string' }, 'hang-up-after': { type: 'string' }, 'expect-bye': { type: 'boolean' },
  },
})
const within = (seconds, what, promise) =>
  Promise.race([promise, new Promise((_, no) => setTimeout(() => no(new Error(`no ${what} after ${seconds} s`)), seconds * 1000))])

/// Receives PCMU at a port of its own, and counts the packets.
class PlainRtp {
  packets = 0
  socket = dgram.createSocket('udp4')
  bound = new Promise((ready) => this.socket.bind(0, '127.0.0.1', ready))
  constructor() { this.socket.on('message', () => { this.packets += 1 }) }
  close() { this.socket.close() }
  hasDescription(type) { return type === 'application/sdp' }
  async setDescription(sdp) { this.theirs = sdp }
  sendDtmf() { return false }
  async getDescription() {
    await this.bound
    const port = this.socket.address().port
    const body = ['v=0', 'o=- 1 1 IN IP4 127.0.0.1', 's=-', 'c=IN IP4 127.0.0.1', 't=0 0', `m=audio ${port} RTP/AVP 0`, 'a=rtpmap:0 PCMU/8000', ''].join('\r\n')
    return { body, contentType: 'application/sdp' }
  }
}

let rtp = null
const agent = makeUserAgent(asked, { sessionDescriptionHandlerFactory: () => (rtp = new PlainRtp()) })

async function register() {
  const registerer = new Registerer(agent)
  const done = new Promise((yes, no) => registerer.stateChange.addListener((state) => {
    if (state === RegistererState.Registered) yes()
    if (state === RegistererState.Unregistered) no(new Error('not registered'))
  }))
  await registerer.register()
  await within(20, 'registration', done)
  say('registered')
}

async function askOptions(target) {
  const core = agent.userAgentCore
  const request = core.makeOutgoingRequestMessage('OPTIONS', target, addressOf(asked.user, asked.server), target, {})
  const status = await within(20, 'answer to OPTIONS', new Promise((done) => core.request(request, {
    onAccept: (answer) => done(answer.message.statusCode), onReject: (answer) => done(answer.message.statusCode),
  })))
  if (status !== 200) throw new Error(`OPTIONS was answered ${status}`)
  say('options 200')
}

async function call(target) {
  let byPeer = false
  const inviter = new Inviter(agent, target)
  inviter.delegate = { onBye: (bye) => { byPeer = true; bye.accept() } }
  const established = reached(inviter, SessionState.Established), terminated = reached(inviter, SessionState.Terminated)
  terminated.catch(() => {})
  await inviter.invite()
  await within(30, 'answer', established)
  say('established')
  if (asked['expect-bye']) {
    await within(40, 'BYE', terminated)
    if (!byPeer) throw new Error('the call ended without a BYE of the other side')
    say('bye received')
    return
  }
  await new Promise((done) => setTimeout(done, Number(asked['hang-up-after']) * 1000))
  if (rtp.packets < 20) throw new Error(`only ${rtp.packets} packets were heard`)
  say(`heard ${rtp.packets} packets`)
  await inviter.bye()
  await within(20, 'answer to BYE', terminated)
  say('hung up')
}

try {
  await within(20, 'connection', agent.start())
  say('connected')
  if (asked.register) await register()
  const target = addressOf(asked.call, asked.server)
  if (asked.options) await askOptions(target)
  if (asked.call) await call(target)
  process.exit(0)
} catch (error) {
  fail(error.message)
}
