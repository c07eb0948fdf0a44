// SPDX-License-Identifier: Apache-2.0
// What a run of the conformance suite came to: one summary line, then what is wrong.
// usage: conformance_tap.mjs REQUIREMENTS.yaml RESULT-DIR
// Status 0 if all required scenarios ran and passed, and those of ALSO that ran.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/* Not scored by the suite, demanded by this project. Of the tasks extension are left out
 * tasks-mrtr-input and tasks-mrtr-composition, which ask in the middle of a task, and
 * tasks-required-task-error, which wants a tool that runs as a task only; the suite skips
 * tasks-status-notifications. */
const ALSO = ['json-schema-2020-12', 'http-header-validation', 'server-session-lifecycle',
	'tasks-lifecycle', 'tasks-capability-negotiation', 'tasks-wire-fields',
	'tasks-request-state-removal', 'tasks-request-headers', 'tasks-dispatch-and-envelope'];

const [requirements, dir] = process.argv.slice(2);

/* The plain list under "server:", the only part of the file that matters here. */
function required(text) {
	const lines = text.split('\n');
	const start = lines.indexOf('server:') + 1;
	const names = [];
	for (const line of start ? lines.slice(start) : []) {
		const item = /^ {2}- ([\w-]+)$/.exec(line);
		if (item)
			names.push(item[1]);
		else if (/^\w/.test(line))
			break;
	}
	return names;
}

/* Scenario name -> its checks; a folder is named server-<scenario>-<time>. */
function results() {
	const map = new Map();
	for (const folder of existsSync(dir) ? readdirSync(dir) : []) {
		const name = /^server-(.*)-\d{4}-\d\d-\d\dT[\w-]*$/.exec(folder)?.[1];
		const file = join(dir, folder, 'checks.json');
		if (name && existsSync(file))
			map.set(name, JSON.parse(readFileSync(file, 'utf8')));
	}
	return map;
}

const names = required(readFileSync(requirements, 'utf8'));
const found = results();
const wanted = [...names, ...ALSO.filter((name) => found.has(name))];
const problems = [];
const unscored = new Set();
let passed = 0;
let warnings = 0;

for (const [name, checks] of found) {
	for (const { id, status, errorMessage } of checks) {
		warnings += status === 'WARNING';
		if (status === 'FAILURE' && !wanted.includes(name))
			unscored.add(name);
		else if (status === 'FAILURE' || status === 'WARNING')
			problems.push(`${status} ${name}: ${id}: ${errorMessage ?? ''}`);
	}
}
for (const name of wanted) {
	const checks = found.get(name);
	if (!checks)
		problems.push(`NOT RUN ${name}`);
	else if (checks.some((c) => c.status === 'SUCCESS') &&
			!checks.some((c) => c.status === 'FAILURE'))
		passed++;
}
console.log(`${passed} of ${wanted.length} scenarios passed ` +
	`(${names.length} required), ${warnings} warnings`);
if (unscored.size)
	problems.push(`failing, but not asked for: ${[...unscored].sort().join(' ')}`);
for (const problem of problems)
	console.log(problem.replace(/\s+/g, ' ').slice(0, 300));
process.exitCode = names.length && passed === wanted.length ? 0 : 1;
