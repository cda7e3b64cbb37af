// The code that the telephones in this folder share: SIP.js with its log, its addresses, and the events of a session.
import { SessionState, UserAgent } from 'sip.js'

export const say = (line) => console.log(line)
export const fail = (why) => { say(`failed: ${why}`); process.exit(1) }

/// Returns the URI of a user at the host of the server.
export const addressOf = (user, server) => UserAgent.makeURI(`sip:${user}@${new URL(server).hostname}`)

/// Makes a user agent of SIP.js for this server, user and password. `media` has further options for its media.
export const makeUserAgent = ({ server, user, password }, media) => new UserAgent({
  uri: addressOf(user, server),
  transportOptions: { server },
  authorizationUsername: user,
  authorizationPassword: password,
  logBuiltinEnabled: false,
  logConnector: (level, category, _label, content) => { if (level === 'error' || level === 'warn') say(`${level} ${category}: ${content}`) },
  ...media,
})

/// Waits until the session reaches the state `wanted`. Rejects if the session ends before that.
export const reached = (session, wanted) => new Promise((yes, no) => session.stateChange.addListener((state) => {
  if (state === wanted) yes()
  else if (state === SessionState.Terminated) no(new Error('the call ended'))
}))

/// Sends a request within a session by calling `send`, and waits for the 2xx. Rejects with `what` and the status after a refusal.
export const accepted = (what, send) => new Promise((yes, no) => {
  send({ requestDelegate: { onAccept: yes, onReject: (response) => no(new Error(`${what}: ${response.message.statusCode}`)) } }).catch(no)
})
