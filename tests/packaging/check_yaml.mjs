// check_yaml.mjs MODULES: checks that each YAML file of packaging/ and each YAML block of docs/ parses, and that Kubernetes and Docker get the same
// settings. It prints each error in a line; the exit status is 1 when there is one. MODULES has node_modules with the package yaml. Run it at the top
// of the tree.
import {readFileSync, readdirSync} from 'node:fs';
import {createRequire} from 'node:module';

const {parseAllDocuments} = createRequire(`${process.argv[2]}/`)('yaml');
const wrong = [];
const check = (holds, what) => { if (!holds) wrong.push(what); };
const read = (name, text) => parseAllDocuments(text, {uniqueKeys: true}).map((document) => {
  for (const problem of [...document.errors, ...document.warnings]) wrong.push(`${name}: ${problem.message}`);
  return document.toJS();
});

const files = (folder, pattern) => readdirSync(folder, {recursive: true}).map((name) => `${folder}/${name}`).filter((name) => pattern.test(name));
for (const name of files('packaging', /\.ya?ml$/).filter((name) => !name.startsWith('packaging/etc/'))) read(name, readFileSync(name, 'utf8'));
for (const name of files('docs', /\.md$/)) {
  for (const [, block] of readFileSync(name, 'utf8').matchAll(/^```ya?ml\n(.*?)^```/gms)) read(name, block);
}

const user = Number(/useradd --uid (\d+)/.exec(readFileSync('packaging/Dockerfile', 'utf8'))?.[1]);
const {default: port} = JSON.parse(readFileSync('share/offhook.schema.json', 'utf8')).properties.health.properties.port;
const composed = read('compose.yaml', readFileSync('packaging/compose.yaml', 'utf8'))[0].services.offhook;
const [claim, deployment] = read('kubernetes.yaml', readFileSync('packaging/kubernetes.yaml', 'utf8'));
const {spec: pod, metadata} = deployment.spec.template;
const [container] = pod.containers;

check(composed.network_mode === 'host' && pod.hostNetwork === true, 'the agent is not on the network of the host');
check(composed.stop_grace_period === `${pod.terminationGracePeriodSeconds}s`, 'Docker and Kubernetes do not wait equally long for calls to end');
check(pod.securityContext.runAsUser === user && pod.securityContext.fsGroup === user, `Kubernetes does not run it as user ${user} of the image`);
check(pod.securityContext.runAsNonRoot === true && ['RuntimeDefault', 'Localhost'].includes(pod.securityContext.seccompProfile.type), 'the pod is not confined');
check(container.securityContext.allowPrivilegeEscalation === false && container.securityContext.readOnlyRootFilesystem === true, 'the container is not confined');
check(String(container.securityContext.capabilities.drop) === 'ALL' && String(composed.cap_drop) === 'ALL', 'the container keeps capabilities');
for (const [probe, path] of [['livenessProbe', '/healthz'], ['readinessProbe', '/readyz']]) {
  const {httpGet} = container[probe];
  check(httpGet.path === path && httpGet.port === port && httpGet.host === '127.0.0.1', `the ${probe} does not ask ${path} at port ${port} of loopback`);
}
check(composed.healthcheck.test.join(' ').includes(`/dev/tcp/127.0.0.1/${port} `), `the health check does not ask port ${port}`);
check(JSON.stringify(deployment.spec.selector.matchLabels) === JSON.stringify(metadata.labels), 'the selector does not fit the pod');
check(deployment.spec.strategy.type === 'Recreate' && deployment.spec.replicas === 1, 'two agents would have the same extension');
const mounted = container.volumeMounts.map(({name}) => name).sort();
check(String(mounted) === String(pod.volumes.map(({name}) => name).sort()), 'volumes and mounts are not the same');
check(pod.volumes.some((one) => one.persistentVolumeClaim?.claimName === claim.metadata.name), 'the claim is not used');

for (const what of wrong) console.log(what);
process.exit(wrong.length ? 1 : 0);
