// WAV files of one channel with samples of 16 bits, and a header of 44 octets.
import fs from 'node:fs'

/// Returns the samples.
export function readWav(file) {
  const octets = fs.readFileSync(file).subarray(44)
  return new Int16Array(octets.buffer.slice(octets.byteOffset, octets.byteOffset + (octets.length & ~1)))
}

export function writeWav(file, rate, samples) {
  const data = Buffer.from(Int16Array.from(samples).buffer), head = Buffer.alloc(44)
  head.write('RIFF', 0); head.writeUInt32LE(36 + data.length, 4); head.write('WAVEfmt ', 8)
  head.writeUInt32LE(16, 16); head.writeUInt16LE(1, 20); head.writeUInt16LE(1, 22)
  head.writeUInt32LE(rate, 24); head.writeUInt32LE(rate * 2, 28); head.writeUInt16LE(2, 32); head.writeUInt16LE(16, 34)
  head.write('data', 36); head.writeUInt32LE(data.length, 40)
  fs.writeFileSync(file, Buffer.concat([head, data]))
}

/// Calls `take` with each frame of 10 or 20 ms in real time.
export async function inRealTime(samples, rate, frame, take) {
  const begun = performance.now()
  for (let at = 0; at + frame <= samples.length; at += frame) {
    take(samples.slice(at, at + frame), at)
    const early = begun + (at + frame) * 1000 / rate - performance.now()
    if (early > 0) await new Promise((done) => setTimeout(done, early))
  }
}
