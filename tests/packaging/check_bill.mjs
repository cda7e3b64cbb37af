// check_bill.mjs BILL PROGRAM MODULES: checks a bill of materials in CycloneDX 1.5. It prints each error in a line; the exit status is 1 when there
// is one. PROGRAM is the packed program. MODULES has node_modules with CycloneDX's own library, whose strict validator makes the last check.
import {createHash} from 'node:crypto';
import {readFileSync} from 'node:fs';
import {createRequire} from 'node:module';

const [file, program, modules] = process.argv.slice(2);
const text = readFileSync(file, 'utf8');
const bill = JSON.parse(text);
const wrong = [];
const check = (holds, what) => { if (!holds) wrong.push(what); };
const is = (value, pattern) => typeof value === 'string' && pattern.test(value);

check(bill.bomFormat === 'CycloneDX' && bill.specVersion === '1.5', 'it is not CycloneDX 1.5');
check(bill.version === 1, 'its version is not 1');
check(is(bill.serialNumber, /^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/), 'its serial number is no UUID');
check(is(bill.metadata?.timestamp, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/), 'it has no time');
check(bill.metadata?.authors?.[0]?.name, 'it has no author');

const offhook = bill.metadata?.component ?? {};
const described = [offhook, ...bill.components.filter((one) => one.type === 'library')];
for (const one of described) {
  for (const field of ['bom-ref', 'name', 'version', 'purl', 'type']) check(is(one[field], /\S/), `${one.name} has no ${field}`);
  check(one.supplier?.name, `${one.name} has no supplier`);
  const licence = one.licenses?.[0];
  check(one.licenses?.length === 1 && (is(licence.expression, /^\S+( (AND|OR|WITH) \S+)+$/) || is(licence.license?.id, /^\S+$/)), `${one.name} has no licence`);
}
for (const one of described.slice(1)) {
  // https://github.com/package-url/purl-spec: a plus sign is escaped, and the qualifiers are in the order of their names.
  check(is(one.purl, /^pkg:deb\/[a-z]+\/[a-z0-9.%B-]+@[A-Za-z0-9.:~%-]+\?arch=[a-z0-9]+&distro=[a-z]+-[a-z0-9.]+(&upstream=[A-Za-z0-9.:~%-]+)?$/), `${one.name} has no purl of Debian's`);
  check(decodeURIComponent(String(one.purl).replace(/\?.*/, '')).endsWith(`/${one.name}@${one.version}`), `the purl of ${one.name} names another package`);
  check(['shared library', 'headers', 'run time'].includes(one.properties?.[0]?.value), `it does not say how ${one.name} is used`);
}
check(described.length > 15, 'it lists too few packages');
check(bill.components.some((one) => one.type === 'operating-system'), 'it names no system, without which Trivy passes over all packages');

const references = [offhook, ...(offhook.components ?? []), ...bill.components].map((one) => one['bom-ref']);
check(new Set(references).size === references.length, 'two components have the same bom-ref');
const needed = bill.dependencies?.find((one) => one.ref === offhook['bom-ref'])?.dependsOn ?? [];
check(needed.every((one) => references.includes(one)), 'a dependency is no component');
check(described.slice(1).every((one) => needed.includes(one['bom-ref'])), 'a package is no dependency of the program');

const octets = readFileSync(program);
for (const [name, algorithm] of [['SHA-256', 'sha256'], ['SHA-512', 'sha512']]) {
  const sum = offhook.components?.[0]?.hashes?.find((one) => one.alg === name)?.content;
  check(sum === createHash(algorithm).update(octets).digest('hex'), `its ${name} is not that of the program`);
}

const {Spec, Validation} = createRequire(`${modules}/`)('@cyclonedx/cyclonedx-library');
const complaint = await new Validation.JsonStrictValidator(Spec.Version.v1dot5).validate(text);
check(!complaint, `CycloneDX's validator: ${JSON.stringify(complaint)?.slice(0, 300)}`);

for (const what of wrong) console.log(what);
process.exit(wrong.length ? 1 : 0);
