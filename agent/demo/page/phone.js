// A telephone in the browser: the microphone, the WebSocket to the agent, the audio by WebRTC, and one call at a time.
import { SipCall } from './sip.js'

// Without noise suppression: it distorts words, and the agent tells voice from noise itself.
const kMicrophone = { echoCancellation: true, noiseSuppression: false, autoGainControl: true }
const kGatherMs = 2000 // longest wait for the browser's own addresses
const kAnswerMs = 20000 // longest wait for the agent's answer
const kPathMs = 15000 // longest wait for audio after the answer

/// A failure in plain words: what happened, and what to do next.
export class Trouble extends Error {
  constructor(what, next) {
    super(what)
    this.next = next
  }
}

const kAgain = 'Wait a moment, then call again.'
const kNoServer = new Trouble('The agent cannot be reached.', 'Check that “offhook demo --web” still runs. After a new start, load this page again and accept the new certificate.')
const kLost = new Trouble('The connection to the agent was lost.', 'Check that “offhook demo --web” still runs, then load this page again.')
const kNoPath = new Trouble('No audio can pass between this browser and the agent.', 'A firewall or a VPN may block UDP. Try without it, or on the computer that runs the agent.')
const kNoAnswer = new Trouble('The agent does not answer.', kAgain)

function microphoneTrouble(error) {
  switch (error.name) {
    case 'NotAllowedError':
    case 'SecurityError':
      return new Trouble('The browser may not use the microphone.', 'Click the symbol to the left of the address, allow the microphone, and call again. If there is no such choice, look in the privacy settings of your system.')
    case 'NotFoundError':
    case 'OverconstrainedError':
      return new Trouble('There is no microphone.', 'Connect a microphone or a headset, and call again.')
    case 'NotReadableError':
    case 'AbortError':
      return new Trouble('The microphone does not work.', 'Another program may be using it: close that program, and call again.')
    default:
      return new Trouble(`The microphone cannot be opened (${error.name}).`, 'Try another browser, or another microphone.')
  }
}

function refusalTrouble({ status, reason }) {
  switch (status) {
    case 486:
    case 600:
      return new Trouble('All lines are busy.', 'Other visitors are talking to the agent. Try again in a minute.')
    case 480:
      return new Trouble('The agent is not available now.', kAgain)
    case 503:
      return new Trouble('The agent takes no calls now: it is starting, stopping, or has too much to do.', kAgain)
    case 408:
      return kNoAnswer
    case 488:
      return new Trouble('The agent and this browser have no audio format in common.', 'Try a current Chrome, Edge, Firefox or Safari.')
    default:
      return new Trouble(`The agent refused the call (${status} ${reason}).`, kAgain)
  }
}

export const isSupported = () => Boolean(window.isSecureContext && navigator.mediaDevices?.getUserMedia && window.RTCPeerConnection && window.WebSocket)

/// One call. `on` has the functions
///   stage(name)      'microphone', 'calling', 'ringing', 'up': the audio passes
///   line(object)     a line of the transcript (agent/demo/page_lines.hpp)
///   sound(stream)    the agent's voice, to be played
///   ended(by, trouble)   called once, after all others; by: 'agent' or 'caller'; trouble: the failure, or null
export class Call {
  #on
  #over = false
  #stream = null
  #socket = null
  #peer = null
  #sip = null
  #timer = 0
  #wasUp = false

  constructor(on) { this.#on = on }

  /// The microphone's stream, once the visitor has allowed it.
  get stream() { return this.#stream }

  async start() {
    try {
      this.#on.stage('microphone')
      const stream = await navigator.mediaDevices
        .getUserMedia({ audio: kMicrophone })
        .catch((error) => { throw microphoneTrouble(error) })
      this.#stream = stream
      if (this.#over) return this.#close() // The visitor hung up meanwhile.
      stream.getAudioTracks()[0].onended = () => this.#fail(new Trouble('The microphone was disconnected.', 'Connect it, and call again.'))
      this.#on.stage('calling')
      this.#limit(kAnswerMs, kNoServer)
      const [offer] = await Promise.all([this.#makeOffer(), this.#connect()])
      if (this.#over) return
      this.#sip.invite(offer)
      this.#limit(kAnswerMs, kNoAnswer)
    } catch (error) {
      this.#fail(error instanceof Trouble ? error : new Trouble(`The call failed in this browser: ${error.message}`, 'Load this page again. If that does not help, try another browser.'))
    }
  }

  hangUp() { this.#end('caller') }

  async #makeOffer() {
    const peer = new RTCPeerConnection()
    this.#peer = peer
    peer.addTrack(this.#stream.getAudioTracks()[0], this.#stream)
    peer.ontrack = ({ track, streams }) => this.#on.sound(streams[0] ?? new MediaStream([track]))
    peer.onconnectionstatechange = () => this.#onPath(peer.connectionState)
    await peer.setLocalDescription()
    if (peer.iceGatheringState !== 'complete') {
      await new Promise((done) => {
        peer.onicegatheringstatechange = () => { if (peer.iceGatheringState === 'complete') done() }
        setTimeout(done, kGatherMs)
      })
    }
    return peer.localDescription.sdp
  }

  #connect() {
    const socket = new WebSocket(`wss://${location.host}/`, 'sip')
    this.#socket = socket
    this.#sip = new SipCall({
      target: `sip:agent@${location.host}`,
      send: (text) => { if (socket.readyState === WebSocket.OPEN) socket.send(text) },
      on: {
        ringing: () => { if (!this.#over) this.#on.stage('ringing') },
        answered: (sdp) => this.#onAnswer(sdp),
        text: (type, body) => this.#onText(type, body),
        ended: (how) => this.#onEnded(how),
      },
    })
    socket.binaryType = 'arraybuffer'
    socket.onmessage = ({ data }) => this.#sip.receive(typeof data === 'string' ? data : new TextDecoder().decode(data))
    return new Promise((done, failed) => {
      socket.onclose = () => failed(kNoServer)
      socket.onopen = () => {
        socket.onclose = () => this.#fail(kLost)
        done()
      }
    })
  }

  async #onAnswer(sdp) {
    try {
      this.#limit(kPathMs, kNoPath)
      await this.#peer.setRemoteDescription({ type: 'answer', sdp })
    } catch (error) {
      this.#fail(new Trouble(`This browser does not accept the agent's answer: ${error.message}`, 'Try a current Chrome, Edge, Firefox or Safari.'))
    }
  }

  #onPath(state) {
    if (this.#over) return
    if (state === 'connected') {
      clearTimeout(this.#timer)
      this.#wasUp = true
      this.#on.stage('up')
    }
    if (state === 'failed') this.#failPath()
  }

  #onEnded(how) {
    if (how.by === 'refusal') this.#fail(refusalTrouble(how))
    else if (how.by === 'agent' && (!this.#wasUp || /;\s*cause=488\b/.test(how.reason))) this.#failPath() // 488: the agent has no path for the audio.
    else this.#end(how.by)
  }

  #onText(type, body) {
    if (this.#over || !type.startsWith('application/json')) return
    try {
      this.#on.line(JSON.parse(body))
    } catch {
      // A line that cannot be read is no reason to end the call.
    }
  }

  #limit(ms, trouble) {
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => this.#fail(trouble), ms)
  }

  #failPath() { this.#fail(this.#wasUp ? kLost : kNoPath) }

  #fail(trouble) { this.#end('caller', trouble) }

  #end(by, trouble = null) {
    if (this.#over) return
    this.#over = true
    this.#sip?.hangUp() // Does nothing if the agent has ended the call.
    this.#close()
    this.#on.ended(by, trouble)
  }

  #close() {
    clearTimeout(this.#timer)
    for (const track of this.#stream?.getTracks() ?? []) {
      track.onended = null
      track.stop()
    }
    this.#peer?.close()
    const socket = this.#socket
    if (!socket) return
    socket.onclose = null
    setTimeout(() => socket.close(1000), 500) // Lets the last responses leave first.
  }
}
