// A visitor of the page of `offhook demo --web`: Chromium, whose microphone plays a file. Calls, waits for the answer to the file's question, and hangs up,
// or waits until the agent does. Records what the browser hears. Prints a line for each call; the exit status is 0 when every call went as demanded.
import { parseArgs } from 'node:util'
import { chromium } from 'playwright-core'
import { readWav, writeWav } from './wav.mjs'

const { values: asked } = parseArgs({
  options: {
    url: { type: 'string' }, chromium: { type: 'string' }, microphone: { type: 'string', multiple: true, default: [] }, calls: { type: 'string', default: '1' },
    'expect-heard': { type: 'string' }, recordings: { type: 'string' }, 'expect-trouble': { type: 'string' }, others: { type: 'string', default: '0' },
    stop: { type: 'string' },
    picture: { type: 'string' }, dark: { type: 'boolean' }, narrow: { type: 'boolean' }, refuse: { type: 'boolean' },
  },
})
const kRate = 16000
const kPatience = 60000 // ms

/// Runs in the page before its own scripts: records the audio of the remote track, at 16 kHz.
function recordRemoteAudio(rate) {
  const pieces = (window.heardPieces = [])
  const Original = window.RTCPeerConnection
  window.RTCPeerConnection = class extends Original {
    constructor(...given) {
      super(...given)
      pieces.length = 0
      this.addEventListener('track', ({ track }) => {
        const context = new AudioContext({ sampleRate: rate })
        const recorder = context.createScriptProcessor(4096, 1, 1)
        recorder.onaudioprocess = ({ inputBuffer }) => pieces.push(Int16Array.from(inputBuffer.getChannelData(0), (x) => Math.max(-1, Math.min(1, x)) * 32767))
        context.createMediaStreamSource(new MediaStream([track])).connect(recorder)
        recorder.connect(context.destination)
        const close = this.close.bind(this)
        this.close = () => { context.close(); close() }
      })
    }
  }
}

/// Joins the files of the microphone. Returns the file.
function joined(paths) {
  const path = `${paths[0]}.joined.wav`
  writeWav(path, kRate, paths.flatMap((one) => Array.from(readWav(one))))
  return path
}

const lines = (page) => page.$$eval('#transcript li', (items) => items.map((item) => ({
  who: item.classList.contains('caller') ? 'caller' : 'agent',
  words: item.querySelector('.words').textContent,
  took: item.querySelector('.took')?.textContent ?? '',
})))

/// Waits for the end of the call. Returns the state on the page, which must begin with `how`.
async function ended(page, how) {
  await page.waitForSelector('body[data-state=idle]', { timeout: kPatience })
  const state = await page.textContent('#state')
  const trouble = (await page.textContent('#trouble')).trim()
  if (trouble) throw new Error(`the page shows: ${trouble}`)
  if (!state.startsWith(how)) throw new Error(`the call ended as: ${state}`)
  return state
}

async function call(page, number) {
  const visitorHangsUp = number % 2 === 1
  await hold(page)
  await page.mouse.move(0, 0)
  // The reply is on the page when the caller has heard it.
  await page.waitForSelector('#transcript li.caller ~ li.agent:not(.speaking)', { timeout: kPatience })
  if (asked.picture && number === 1) await page.screenshot({ path: asked.picture, animations: 'disabled' })
  if (visitorHangsUp) await page.click('#call')
  const state = await ended(page, visitorHangsUp ? 'You hung up' : 'The agent hung up')
  const said = await lines(page)
  const question = said.find((line) => line.who === 'caller')
  if (!new RegExp(asked['expect-heard']).test(question.words)) throw new Error(`the agent understood: ${question.words}`)
  if (!said.some((line) => line.took.startsWith('answered after '))) throw new Error('no reply has its time')
  if (asked.recordings) {
    const pieces = await page.evaluate(() => window.heardPieces.map((piece) => Array.from(piece)))
    writeWav(`${asked.recordings}/call-${number}.wav`, kRate, pieces.flat())
  }
  console.log(`call ${number}: ${state}; heard "${question.words}"`)
}

/// Opens the page. The run fails if the page has an error, or tries something that its content security policy forbids.
async function open(context) {
  const page = await context.newPage()
  const fault = (text) => { console.log(`page: ${text}`); process.exitCode = 1 }
  page.on('console', (message) => { if (message.type() === 'error' && !(asked.stop && /ERR_CONNECTION_REFUSED/.test(message.text()))) fault(message.text()) })
  page.on('pageerror', (error) => fault(error.message))
  await page.addInitScript(recordRemoteAudio, kRate)
  await page.goto(asked.url)
  return page
}

/// Begins a call, and returns when the agent has answered. The call continues.
async function hold(page) {
  await page.click('#call')
  await page.waitForSelector('body[data-state=up]', { timeout: kPatience })
}

/// Ends a process as Ctrl-C does (SIGINT), and waits for its end.
async function stopped(process_id) {
  process.kill(process_id, 'SIGINT')
  const runs = () => { try { return process.kill(process_id, 0) } catch { return false } }
  while (runs()) await new Promise((done) => setTimeout(done, 100))
}

const browser = await chromium.launch({
  executablePath: asked.chromium,
  args: ['--no-sandbox', '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1', '--disable-background-networking', '--disable-component-update',
    '--ignore-certificate-errors', '--autoplay-policy=no-user-gesture-required',
    ...(asked.refuse ? ['--deny-permission-prompts'] : ['--use-fake-ui-for-media-stream']),
    ...(asked.microphone.length ? ['--use-fake-device-for-media-stream', `--use-file-for-fake-audio-capture=${joined(asked.microphone)}%noloop`] : [])],
})
try {
  const context = await browser.newContext({
    ignoreHTTPSErrors: true, colorScheme: asked.dark ? 'dark' : 'light',
    viewport: asked.narrow ? { width: 390, height: 844 } : { width: 800, height: 1000 }, deviceScaleFactor: asked.narrow ? 2 : 1,
  })
  const page = await open(context)
  if (asked['expect-trouble']) {
    const others = []
    for (let other = 0; other < Number(asked.others); ++other) {
      others.push(await open(context))
      await hold(others[other])
    }
    if (asked.stop) { // The agent ends the running call with a farewell. After that, it cannot be reached.
      await hold(page)
      await stopped(Number(asked.stop))
      console.log(await ended(page, 'The agent hung up'))
    }
    await page.click('#call')
    await page.waitForSelector('#trouble:not([hidden])', { timeout: kPatience })
    const trouble = await page.textContent('#trouble')
    if (asked.picture) await page.screenshot({ path: asked.picture })
    if (!new RegExp(asked['expect-trouble']).test(trouble)) throw new Error(`the page shows: ${trouble.trim()}`)
    console.log(`trouble: ${trouble.trim().replace(/\s+/g, ' ')}`)
    if (others.length) { // A visitor who leaves the page ends the call, so that the line is free again.
      await others[0].goto('about:blank')
      await new Promise((done) => setTimeout(done, 1000))
      await hold(page)
      for (const other of others) await other.goto('about:blank')
      await page.click('#call')
    }
  } else {
    for (let number = 1; number <= Number(asked.calls); ++number) await call(page, number)
  }
} catch (error) {
  const shown = await browser.contexts()[0]?.pages()[0]?.textContent('main').catch(() => '')
  console.log(`failed: ${error.message}\nthe page: ${(shown ?? '').replace(/\s+/g, ' ')}`)
  process.exitCode = 1
} finally {
  await browser.close()
}
