// Shared by the proofs of all services: the lines PASS and FAIL, a time limit for each proof, and the exit of the process.
let failed = 0;

/// Returns a function that runs one proof. If `live` is true, the proofs run against the provider itself, which takes longer. A proof has a
/// name, a description, and a function that throws an exception if the proof fails.
export function prover(service, live) {
  const limit = live ? 60_000 : 20_000;
  const group = live ? 'services/live' : `services/${service}`;
  return async (name, expects, run) => {
    if (process.env.OFFHOOK_PROOF && !new RegExp(process.env.OFFHOOK_PROOF).test(`${group}/${name}`)) return;
    let timer;
    try {
      await Promise.race([
        run(),
        new Promise((_, reject) => { timer = setTimeout(() => reject(new Error(`nothing more happened in ${limit / 1000} s`)), limit); }),
      ]);
      console.log(`PASS ${group}/${name}: ${expects}`);
    } catch (error) {
      failed += 1;
      console.log(`FAIL ${group}/${name}: ${expects}`);
      console.log(String(error?.stack ?? error).split('\n').slice(0, 12).map((line) => `     ${line}`).join('\n'));
    } finally {
      clearTimeout(timer);
    }
  };
}

/// Ends the process, even if a failed proof has left sockets open. The exit code 10 means that proofs have failed. Node itself ends with 1
/// if a script does not complete.
export function finish() { process.exit(failed === 0 ? 0 : 10); }

/// Returns a WAV file with these samples: 16 bits, one channel, `rate` Hz.
export function wavFile(pcm, rate) {
  const head = Buffer.alloc(44);
  head.write('RIFF', 0);
  head.writeUInt32LE(36 + pcm.length, 4);
  head.write('WAVEfmt ', 8);
  head.writeUInt32LE(16, 16);
  head.writeUInt16LE(1, 20);
  head.writeUInt16LE(1, 22);
  head.writeUInt32LE(rate, 24);
  head.writeUInt32LE(2 * rate, 28);
  head.writeUInt16LE(2, 32);
  head.writeUInt16LE(16, 34);
  head.write('data', 36);
  head.writeUInt32LE(pcm.length, 40);
  return Buffer.concat([head, pcm]);
}
