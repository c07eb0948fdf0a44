#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// Runs a server on stdio and appends what passes to a log, for schema_check.mjs.
// usage: wiretap.mjs LOG COMMAND [ARG...]
import { openSync, writeSync } from 'node:fs';
import { spawn } from 'node:child_process';

const [file, command, ...args] = process.argv.slice(2);
const log = openSync(file, 'a');

/* Whole lines only, so that two servers may share a log. */
function lines(mark) {
	let rest = Buffer.alloc(0);
	return (data) => {
		rest = Buffer.concat([rest, data]);
		for (let end; (end = rest.indexOf(10)) >= 0; rest = rest.subarray(end + 1))
			writeSync(log, `${mark} ${rest.subarray(0, end)}\n`);
	};
}

const server = spawn(command, args, { stdio: ['pipe', 'pipe', 'inherit'] });
process.stdin.on('data', lines('>'));
server.stdout.on('data', lines('<'));
process.stdin.pipe(server.stdin).on('error', () => {});
server.stdout.pipe(process.stdout).on('error', () => server.kill('SIGTERM'));
for (const signal of ['SIGTERM', 'SIGINT'])
	process.on(signal, () => server.kill(signal));
server.on('error', (e) => {
	process.stderr.write(`wiretap: ${command}: ${e.message}\n`);
	process.exit(1);
});
server.on('close', (code) => process.exit(code ?? 1));
