// What the proofs of all services share: lines PASS and FAIL, a limit of time for each, and the end of the process.
let failed = 0;

/// `live`: against the provider itself, which takes longer. One proof has a name, what it expects, and a function; what that throws is
/// why it failed.
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

/// Ends the process: sockets that a failed proof left behind do not keep it.
export function finish() { process.exit(failed === 0 ? 0 : 1); }
