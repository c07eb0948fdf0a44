#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// Proves that schema_check.mjs finds faults: each log below has exactly the one named.
// usage: selftest.mjs     TAP; needs `npm ci` in test/npm
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const CHECK = fileURLToPath(new URL('schema_check.mjs', import.meta.url));
const P = 'io.modelcontextprotocol/';
const LEGACY = ['2024-11-05', '2025-03-26', '2025-06-18', '2025-11-25'];
const MODERN = '2026-07-28';
const TOOL = { name: 'a', inputSchema: { type: 'object' } };
const CACHED = { resultType: 'complete', ttlMs: 0, cacheScope: 'public' };
const ENVELOPE = { [`${P}protocolVersion`]: MODERN, [`${P}clientCapabilities`]: {} };

const rpc = (members) => JSON.stringify({ jsonrpc: '2.0', ...members });
const asked = (method, params) => `> ${rpc({ id: 7, method, params })}`;
const answered = (result, id = 7) => `< ${rpc({ id, result })}`;
const told = (method, params) => `< ${rpc({ method, params })}`;

/* The lines before: a handshake of this revision, none for the modern one. */
function session(revision) {
	return revision === MODERN ? [] : [
		`> ${rpc({ id: 0, method: 'initialize', params: { protocolVersion: revision } })}`,
		`< ${rpc({ id: 0, result: { protocolVersion: revision, capabilities: {},
			serverInfo: { name: 's', version: '1' } } })}`,
	];
}

function exchange(revision, method, result) {
	const params = revision === MODERN ? { _meta: ENVELOPE } : {};
	return [...session(revision), asked(method, params), answered(result)];
}

const good = [
	...LEGACY.map((revision) => exchange(revision, 'tools/list', { tools: [TOOL] })),
	exchange(MODERN, 'tools/list', { tools: [TOOL], ...CACHED }),
	[...session('2025-11-25'), `< ${rpc({ id: null, error: { code: -32700, message: 'm' } })}`],
	[...session('2025-03-26'), `> [${asked('ping').slice(2)}]`, `< [${answered({}).slice(2)}]`],
];

const bad = [
	...LEGACY.map((revision) => [/description: must be string/, exchange(revision,
		'tools/list', { tools: [{ ...TOOL, description: null }] })]),
	...LEGACY.map((revision) => [/resultType does not exist/, exchange(revision,
		'tools/call', { content: [], resultType: 'complete' })]),
	[/required property 'ttlMs'/, exchange(MODERN, 'tools/list',
		{ tools: [], resultType: 'complete', cacheScope: 'public' })],
	[/annotations does not exist in 2024-11-05/, exchange('2024-11-05', 'tools/list',
		{ tools: [{ ...TOOL, annotations: {} }] })],
	[/structuredContent does not exist in 2025-03-26/, exchange('2025-03-26', 'tools/call',
		{ content: [], structuredContent: {} })],
	[/execution does not exist in 2026-07-28/, exchange(MODERN, 'tools/list',
		{ tools: [{ ...TOOL, execution: { taskSupport: 'forbidden' } }], ...CACHED })],
	[/content\/0/, exchange('2024-11-05', 'tools/call',
		{ content: [{ type: 'audio', data: '', mimeType: 'audio/wav' }] })],
	[/a result for ping, which 2026-07-28 lacks/, exchange(MODERN, 'ping', CACHED)],
	[/a batch outside 2025-03-26/, [...session('2025-06-18'), `> [${asked('ping').slice(2)}]`,
		`< [${answered({}).slice(2)}]`]],
	[/answers no request/, [...session('2025-06-18'), asked('ping'), answered({}, '7')]],
	[/not JSON/, [...session('2025-06-18'), '< starting']],
	[/unknown method notifications\/other/, [...session('2025-06-18'),
		told('notifications/other')]],
	[/params/, [...session('2025-06-18'), told('notifications/message', { level: 'loud' })]],
	[/a request of the server/, [`< ${rpc({ id: 1, method: 'roots/list' })}`]],
	[/code: must be integer/, [...session('2025-11-25'), asked('ping'),
		`< ${rpc({ id: 7, error: { code: 'x', message: 'm' } })}`]],
	[/4 MiB/, exchange('2025-11-25', 'tools/call',
		{ content: [{ type: 'text', text: 'x'.repeat(4 << 20) }] })],
	[/0 faults/, ['> {}']],
];

const dir = mkdtempSync(join(tmpdir(), 'selftest-'));
let count = 0;
let failed = 0;

function check(lines, status, pattern, name) {
	const file = join(dir, 'log');
	writeFileSync(file, `${lines.join('\n')}\n`);
	const run = spawnSync(process.execPath, [CHECK, file], { encoding: 'utf8' });
	const pass = run.status === status && pattern.test(run.stdout);
	console.log(`${pass ? '' : 'not '}ok ${++count} - ${name}`);
	if (!pass) {
		failed++;
		console.log(`${run.stdout}${run.stderr}`.replace(/^/gm, '#   '));
	}
}

good.forEach((lines, i) => check(lines, 0, / 0 faults/, `clean log ${i + 1} passes`));
bad.forEach(([pattern, lines]) => check(lines, 1, pattern, `found: ${pattern.source}`));
rmSync(dir, { recursive: true });
console.log(`1..${count}`);
process.exit(failed ? 1 : 0);
