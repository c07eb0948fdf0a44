#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// A call that runs as a task, driven to its end by SDK v1 (2025-11-25) and by the Inspector
// (2026-07-28), each with a wire log for schema_check.mjs.
// usage: tasks.mjs LOG-DIR TOOL JSON COMMAND [ARG...]     TAP; needs `npm ci` in test/npm
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const require = createRequire(new URL('../npm/package.json', import.meta.url));
const load = (name) => import(pathToFileURL(require.resolve(name)));
const WIRETAP = fileURLToPath(new URL('wiretap.mjs', import.meta.url));
const INSPECTOR = fileURLToPath(new URL('../npm/node_modules/@modelcontextprotocol/' +
	'inspector/clients/launcher/build/index.js', import.meta.url));
const LIMIT_MS = 120000;

const [dir, tool, json, ...command] = process.argv.slice(2);
let count = 0;
let failed = 0;

function ok(good, name, detail) {
	console.log(`${good ? '' : 'not '}ok ${++count} - ${name}`);
	if (!good) {
		failed++;
		console.log(`#   ${JSON.stringify(detail)?.slice(0, 1000)}`);
	}
}

const log = (name) => join(dir, `${name}.log`);
const through = (name) => [process.execPath, WIRETAP, log(name), ...command];
const sent = (name, method) => readFileSync(log(name), 'utf8').split('\n').filter((line) =>
	line.startsWith('> ') && JSON.parse(line.slice(2)).method === method).length;

async function sdk() {
	const { Client } = await load('@modelcontextprotocol/sdk/client/index.js');
	const { StdioClientTransport } = await load('@modelcontextprotocol/sdk/client/stdio.js');
	const client = new Client({ name: 'tasks', version: '1' });
	const errors = [];
	client.onerror = (e) => errors.push(e.message);
	const [program, ...args] = through('tasks-v1');
	await client.connect(new StdioClientTransport({ command: program, args,
		env: process.env }));
	const { tools } = await client.listTools();
	ok(tools.find(({ name }) => name === tool)?.execution?.taskSupport === 'optional',
		`v1: ${tool} says that it may run as a task`, tools);
	const seen = [];
	const stream = client.experimental.tasks.callToolStream(
		{ name: tool, arguments: JSON.parse(json) }, undefined,
		{ task: { ttl: 600000 }, timeout: LIMIT_MS });
	for await (const message of stream)
		seen.push(message);
	ok(seen[0]?.type === 'taskCreated', 'v1: a task is created', seen[0]);
	const last = seen.at(-1);
	ok(last?.type === 'result' && last.result.structuredContent && !last.result.isError,
		'v1: it ends with the result of the tool', last);
	ok(sent('tasks-v1', 'tasks/get') > 0 && sent('tasks-v1', 'tasks/result') > 0,
		'v1: by tasks/get and tasks/result');
	await client.close();
	ok(errors.length === 0, 'v1: no protocol error seen', errors);
}

function inspector() {
	const run = spawnSync(process.execPath, [INSPECTOR, '--cli', '--protocol-era', 'modern',
		'--format', 'json', '-e', `HOME=${process.env.HOME}`, '--method', 'tools/call',
		'--tool-name', tool, '--tool-args-json', json, '--', ...through('tasks-inspector')],
	{ encoding: 'utf8', timeout: LIMIT_MS });
	ok(run.status === 0, 'Inspector, modern: the call succeeds', run.stderr + run.stdout);
	ok(run.stdout.includes('"structuredContent"'), 'Inspector, modern: it has the result',
		run.stdout);
	ok(sent('tasks-inspector', 'tasks/get') > 0, 'Inspector, modern: by tasks/get');
}

await sdk().catch((e) => ok(false, 'v1: ran to its end', e.message));
inspector();
console.log(`1..${count}`);
process.exit(failed ? 1 : 0);
