// One outgoing call by SIP over WebSocket (RFC 3261, RFC 7118), without I/O: it passes each message to `send`, and gets the agent's messages by receive().
// It knows what a call to Offhook needs: INVITE, ACK, CANCEL, BYE, and the responses to requests of the agent within the call. A WebSocket loses nothing,
// so no request is repeated.

export const kMaxMessage = 64 * 1024 // characters of one message; a longer one is dropped
const kMaxFields = 100
const kAllow = 'Allow: INVITE, ACK, CANCEL, BYE, MESSAGE, INFO, OPTIONS'

const octets = (text) => new TextEncoder().encode(text).length
const token = () => Array.from(crypto.getRandomValues(new Uint8Array(12)), (octet) => octet.toString(16).padStart(2, '0')).join('')

/// Parses a SIP message into { method, uri } or { status, reason }, and fields, body. Returns null for any other text. `fields` maps a name in lower
/// case to all its values, in order.
export function parse(text) {
  const end = text.indexOf('\r\n\r\n')
  if (end < 0 || text.length > kMaxMessage) return null
  const [start, ...lines] = text.slice(0, end).split('\r\n')
  if (lines.length > kMaxFields) return null
  const fields = new Map()
  for (const line of lines) {
    const colon = line.indexOf(':')
    if (colon < 1) return null
    const name = line.slice(0, colon).trim().toLowerCase()
    fields.set(name, [...(fields.get(name) ?? []), line.slice(colon + 1).trim()])
  }
  const body = text.slice(end + 4)
  const response = /^SIP\/2\.0 ([1-6]\d\d) (.*)$/.exec(start)
  if (response) return { status: Number(response[1]), reason: response[2], fields, body }
  const request = /^([A-Z]+) (\S+) SIP\/2\.0$/.exec(start)
  return request ? { method: request[1], uri: request[2], fields, body } : null
}

const first = (message, name) => message.fields.get(name)?.[0] ?? ''
const tagOf = (value) => /;tag=([^;\s>]+)/.exec(value.slice(value.lastIndexOf('>') + 1))?.[1] ?? ''
const uriOf = (value) => /<([^>]*)>/.exec(value)?.[1] ?? value.split(';')[0]

/// `on` has the functions ringing(), answered(sdp), text(type, body) and ended({ by, status, reason }). `ended` is called once, after all others; `by` is
/// 'agent', 'caller' or 'refusal'. After a refusal, `status` and `reason` are those of the response. After a BYE of the agent, `reason` is its Reason field
/// (RFC 3326).
export class SipCall {
  #send; #on
  #target; #remoteTarget; #routes = []
  #host = `${token()}.invalid` // A browser has no address to name: RFC 7118 section 5.
  #from; #to; #contact
  #callId = token(); #cseq = 1; #branch = ''
  #state = 'idle' // then calling, up, ended
  #rings = false; #cancelled = false

  constructor({ target, send, on }) {
    this.#target = this.#remoteTarget = target
    this.#send = send
    this.#on = on
    this.#from = `<sip:visitor@${this.#host}>;tag=${token()}`
    this.#to = `<${target}>`
    this.#contact = `<sip:visitor@${this.#host};transport=ws>`
  }

  invite(sdp) {
    this.#state = 'calling'
    this.#branch = `z9hG4bK${token()}`
    this.#request('INVITE', { branch: this.#branch, fields: ['Content-Type: application/sdp'], body: sdp })
  }

  /// Ends the call in any state.
  hangUp() {
    if (this.#state === 'calling' && !this.#cancelled) {
      this.#cancelled = true
      if (this.#rings) this.#cancel() // RFC 3261 section 9.1: a CANCEL waits for the first response.
    } else if (this.#state === 'up') {
      this.#cseq += 1
      this.#request('BYE')
      this.#end({ by: 'caller' })
    }
  }

  receive(text) {
    const message = parse(text)
    if (!message || first(message, 'call-id') !== this.#callId) return
    if (message.method) this.#onRequest(message)
    else if (/\bINVITE$/.test(first(message, 'cseq'))) this.#onResponse(message)
  }

  #onResponse(response) {
    if (response.status < 200) return this.#onProgress(response)
    if (response.status >= 300) {
      if (this.#state !== 'calling') return
      this.#to = first(response, 'to')
      this.#request('ACK', { branch: this.#branch })
      return this.#end(this.#cancelled ? { by: 'caller' } : { by: 'refusal', status: response.status, reason: response.reason })
    }
    if (this.#state === 'calling') {
      this.#to = first(response, 'to')
      this.#remoteTarget = uriOf(first(response, 'contact'))
      this.#routes = (response.fields.get('record-route') ?? []).slice().reverse()
      this.#state = 'up'
      this.#request('ACK')
      if (this.#cancelled) return this.hangUp() // The 200 was faster than the CANCEL.
      this.#on.answered(response.body)
    } else if (tagOf(first(response, 'to')) === tagOf(this.#to)) {
      this.#request('ACK') // The agent repeats its 200 until it has the ACK: RFC 3261 section 13.3.1.4.
    }
  }

  #onProgress(response) {
    if (this.#state !== 'calling') return
    const isFirst = !this.#rings
    this.#rings = true
    if (this.#cancelled && isFirst) this.#cancel()
    else if (response.status > 100) this.#on.ringing()
  }

  #onRequest(request) {
    const isOurs = tagOf(first(request, 'to')) === tagOf(this.#from) && tagOf(first(request, 'from')) === tagOf(this.#to)
    if (request.method === 'ACK') return
    if (!isOurs || this.#state !== 'up') return this.#respond(request, '481 Call/Transaction Does Not Exist')
    switch (request.method) {
      case 'BYE':
        this.#respond(request, '200 OK')
        return this.#end({ by: 'agent', reason: first(request, 'reason') })
      case 'MESSAGE':
        this.#respond(request, '200 OK')
        return this.#on.text(first(request, 'content-type'), request.body)
      case 'INFO':
      case 'OPTIONS':
        return this.#respond(request, '200 OK')
      case 'INVITE': // The call keeps its media: this page neither holds nor is held.
        return this.#respond(request, '488 Not Acceptable Here')
      default:
        return this.#respond(request, '405 Method Not Allowed')
    }
  }

  #cancel() { this.#request('CANCEL', { branch: this.#branch }) }

  #end(how) {
    if (this.#state === 'ended') return
    this.#state = 'ended'
    this.#on.ended(how)
  }

  #request(method, { branch = `z9hG4bK${token()}`, fields = [], body = '' } = {}) {
    const isUp = this.#state === 'up'
    const head = [
      `${method} ${isUp ? this.#remoteTarget : this.#target} SIP/2.0`,
      `Via: SIP/2.0/WSS ${this.#host};branch=${branch}`,
      'Max-Forwards: 70',
      ...(isUp ? this.#routes.map((route) => `Route: ${route}`) : []),
      `From: ${this.#from}`,
      `To: ${method === 'CANCEL' ? `<${this.#target}>` : this.#to}`,
      `Call-ID: ${this.#callId}`,
      `CSeq: ${method === 'ACK' ? 1 : this.#cseq} ${method}`,
      ...(method === 'INVITE' ? [`Contact: ${this.#contact}`, kAllow, 'Accept: application/sdp, application/json'] : []),
      ...fields,
      `Content-Length: ${octets(body)}`,
    ]
    this.#send(`${head.join('\r\n')}\r\n\r\n${body}`)
  }

  #respond(request, line) {
    const copied = (name, shown) => (request.fields.get(name) ?? []).map((value) => `${shown}: ${value}`)
    const head = [`SIP/2.0 ${line}`, ...copied('via', 'Via'), ...copied('from', 'From'), ...copied('to', 'To'), ...copied('call-id', 'Call-ID'),
      ...copied('cseq', 'CSeq'), kAllow, 'Content-Length: 0']
    this.#send(`${head.join('\r\n')}\r\n\r\n`)
  }
}
