// The page: one button, the state of the call, and the transcript.
import { Call, Trouble, isSupported } from './phone.js'

const byId = (id) => document.getElementById(id)
const button = byId('call'), label = byId('label'), state = byId('state'), clock = byId('clock')
const trouble = byId('trouble'), transcript = byId('transcript'), talk = byId('talk'), sound = byId('sound')

const kStages = {
  microphone: 'Waiting for the microphone: allow it when the browser asks',
  calling: 'Calling the agent',
  ringing: 'Ringing',
  up: 'Connected: speak now',
}
const kMaxLines = 500

let call = null
let began = 0
let ticking = 0
let meter = null

const isText = (value) => typeof value === 'string' && value.length <= 2000
const isCount = (value) => Number.isInteger(value) && value >= 0 && value < 1e6
const asSeconds = (ms) => `${(ms / 1000).toFixed(2)} s`
const asClock = (ms) => `${Math.floor(ms / 60000)}:${String(Math.floor(ms / 1000) % 60).padStart(2, '0')}`

/// Makes an element with a class and a text. All texts of the agent come through here, so none becomes HTML.
function element(name, className, text = '') {
  const made = document.createElement(name)
  made.className = className
  made.textContent = text
  return made
}

// --- the transcript --------------------------------------------------------------------------------------------------------

function addLine(who, turn) {
  const line = element('li', `line ${who}`)
  line.dataset.turn = turn
  const head = element('p', 'head')
  head.append(element('span', 'who', who === 'caller' ? 'You' : 'Agent'), element('span', 'at', asClock(Date.now() - began)))
  line.append(head, element('p', 'words'))
  transcript.append(line)
  if (transcript.children.length > kMaxLines) transcript.firstElementChild.remove()
  return line
}

function showWords(line, words, note = '') {
  line.classList.remove('speaking')
  line.querySelector('.words').textContent = words
  if (note) line.append(element('p', 'note', note))
  line.scrollIntoView({ block: 'nearest' })
}

function showLine({ who, turn, text, sure, response_ms: response, interrupted }) {
  if (!isCount(turn) || (who !== 'caller' && who !== 'agent')) return
  if (who === 'caller') {
    if (isText(text)) showWords(addLine(who, turn), text || '…', sure ? '' : 'perhaps misheard')
    return
  }
  const open = transcript.querySelector(`.agent.speaking[data-turn="${turn}"]`)
  if (text === undefined) {
    if (open) return
    const line = addLine(who, turn)
    line.classList.add('speaking')
    if (isCount(response)) line.querySelector('.head').append(element('span', 'took', `answered after ${asSeconds(response)}`))
    line.scrollIntoView({ block: 'nearest' })
  } else if (isText(text)) {
    showWords(open ?? addLine(who, turn), text, interrupted ? 'you interrupted' : '')
  }
}

// --- the level of the microphone -------------------------------------------------------------------------------------------

/// Shows how loud the microphone is, as the width of the button's ring, so that the visitor sees that the microphone works.
function startMeter(stream) {
  const context = new AudioContext()
  const analyser = context.createAnalyser()
  analyser.fftSize = 512
  context.createMediaStreamSource(stream).connect(analyser)
  const samples = new Float32Array(analyser.fftSize)
  const timer = setInterval(() => {
    analyser.getFloatTimeDomainData(samples)
    const power = samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length
    button.style.setProperty('--level', Math.min(1, Math.sqrt(power) * 6).toFixed(2))
  }, 80)
  return () => {
    clearInterval(timer)
    button.style.removeProperty('--level')
    context.close()
  }
}

// --- the call --------------------------------------------------------------------------------------------------------------

function showState(name, text) {
  document.body.dataset.state = name
  state.textContent = text
}

function showTrouble(problem) {
  trouble.hidden = !problem
  trouble.querySelector('.what').textContent = problem?.message ?? ''
  trouble.querySelector('.next').textContent = problem?.next ?? ''
}

function showStage(stage) {
  showState(stage === 'up' ? 'up' : 'calling', kStages[stage])
  if (stage === 'up' && !ticking) {
    ticking = setInterval(() => { clock.textContent = asClock(Date.now() - began) }, 250)
    began = Date.now()
  }
  if (stage !== 'ringing' && stage !== 'up') return
  try {
    meter ??= startMeter(call.stream)
  } catch {
    // The call does not need the meter.
  }
}

function start() {
  transcript.replaceChildren()
  talk.hidden = false // Show the list before its first line, so that a screen reader says that line.
  clock.textContent = ''
  showTrouble(null)
  began = Date.now()
  label.textContent = 'Hang up'
  call = new Call({
    stage: showStage,
    line: showLine,
    sound: (stream) => {
      sound.srcObject = stream
      sound.play().catch(() => showTrouble(new Trouble('The browser does not play the agent’s voice.', 'Allow sound for this page, and call again.')))
    },
    ended: onEnded,
  })
  call.start()
}

function onEnded(by, problem) {
  const wasUp = ticking !== 0
  clearInterval(ticking)
  ticking = 0
  meter?.()
  meter = null
  sound.srcObject = null
  call = null
  for (const line of transcript.querySelectorAll('.speaking')) showWords(line, '…', 'the call ended here')
  label.textContent = 'Call the agent'
  showTrouble(problem)
  const who = by === 'agent' ? 'The agent hung up' : 'You hung up'
  const ending = wasUp ? `${who} after ${asClock(Date.now() - began)}` : 'The call was cancelled'
  showState('idle', !problem ? ending : wasUp ? 'The call has ended' : 'Not connected')
  clock.textContent = ''
}

button.addEventListener('click', () => (call ? call.hangUp() : start()))
addEventListener('pagehide', () => call?.hangUp())

if (isSupported()) {
  button.disabled = false
  showState('idle', 'Ready')
} else {
  showState('idle', 'Calls are not possible here')
  showTrouble(new Trouble('This browser cannot make calls.', 'Open this page by its address with https://, in a current Chrome, Edge, Firefox or Safari.'))
}
