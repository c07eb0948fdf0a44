#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// Checks each line a server wrote against the official JSON schema of its revision.
// usage: schema_check.mjs LOG...    log lines: "> " to the server, "< " from the server
// TAP, one point for each log. Needs `npm ci` in test/npm.
import { readFileSync } from 'node:fs';
import { schemas } from './mcp_schemas.mjs';

const P = 'io.modelcontextprotocol/';
const MODERN = '2026-07-28';
const MAX_LINE = 4 << 20;
const MAX_SHOWN = 20;

const RESULTS = {
	'initialize': 'InitializeResult',
	'server/discover': 'DiscoverResult',
	'tools/list': 'ListToolsResult',
	'tools/call': 'CallToolResult',
	'resources/list': 'ListResourcesResult',
	'resources/templates/list': 'ListResourceTemplatesResult',
	'resources/read': 'ReadResourceResult',
	'prompts/list': 'ListPromptsResult',
	'prompts/get': 'GetPromptResult',
	'completion/complete': 'CompleteResult',
	'subscriptions/listen': 'SubscriptionsListenResult',
	'ping': 'EmptyResult',
	'logging/setLevel': 'EmptyResult',
	'resources/subscribe': 'EmptyResult',
	'resources/unsubscribe': 'EmptyResult',
	'tasks/get': 'GetTaskResult',
	'tasks/list': 'ListTasksResult',
	'tasks/result': 'CallToolResult',
	'tasks/cancel': 'CancelTaskResult',
};
const LEGACY_ONLY = ['initialize', 'ping', 'logging/setLevel', 'resources/subscribe',
	'resources/unsubscribe'];
const MESSAGES = {
	'notifications/progress': 'ProgressNotification',
	'notifications/message': 'LoggingMessageNotification',
	'notifications/cancelled': 'CancelledNotification',
	'notifications/tools/list_changed': 'ToolListChangedNotification',
	'notifications/prompts/list_changed': 'PromptListChangedNotification',
	'notifications/resources/list_changed': 'ResourceListChangedNotification',
	'notifications/resources/updated': 'ResourceUpdatedNotification',
	'notifications/subscriptions/acknowledged': 'SubscriptionsAcknowledgedNotification',
	'notifications/tasks/status': 'TaskStatusNotification',
	'notifications/elicitation/complete': 'ElicitationCompleteNotification',
	'elicitation/create': 'ElicitRequest',
	'sampling/createMessage': 'CreateMessageRequest',
	'roots/list': 'ListRootsRequest',
	'ping': 'PingRequest',
};

/* The schemas are open; these members must not reach a revision that lacks them. */
const SINCE = {
	'result.tools.annotations': '2025-03-26',
	'result.capabilities.completions': '2025-03-26',
	'params.message': '2025-03-26',
	'result.tools.title': '2025-06-18',
	'result.tools.outputSchema': '2025-06-18',
	'result.tools._meta': '2025-06-18',
	'result.resources.title': '2025-06-18',
	'result.resourceTemplates.title': '2025-06-18',
	'result.prompts.title': '2025-06-18',
	'result.structuredContent': '2025-06-18',
	'result.serverInfo.title': '2025-06-18',
	'result.serverInfo.icons': '2025-11-25',
	'result.serverInfo.description': '2025-11-25',
	'result.serverInfo.websiteUrl': '2025-11-25',
	'result.tools.icons': '2025-11-25',
	'result.resources.icons': '2025-11-25',
	'result.prompts.icons': '2025-11-25',
	'result.tools.execution': '2025-11-25',
	'result.resultType': MODERN,
	'result.ttlMs': MODERN,
	'result.cacheScope': MODERN,
	[`result._meta.${P}serverInfo`]: MODERN,
};
const UNTIL = { 'result.tools.execution': '2025-11-25' };

const isObject = (v) => typeof v === 'object' && v !== null && !Array.isArray(v);

/* Whether a member path leads to something, in any element where there are lists. */
function reaches(value, path) {
	if (Array.isArray(value))
		return value.some((v) => reaches(v, path));
	if (!isObject(value))
		return false;
	return Object.entries(value).some(([key, v]) => key === path ||
		(path.startsWith(`${key}.`) && reaches(v, path.slice(key.length + 1))));
}

class Checker {
	constructor() {
		this.pending = new Map();
		this.tokens = new Map();
		this.session = null;
		this.faults = [];
		this.seen = 0;
	}

	/* "exact" makes 1 and "1" differ, as they do on the wire. */
	client(text) {
		let msg;
		try {
			msg = JSON.parse(text);
		} catch {
			return;
		}
		for (const one of Array.isArray(msg) ? msg : [msg]) {
			if (!isObject(one) || typeof one.method !== 'string' || !('id' in one))
				continue;
			const meta = isObject(one.params?._meta) ? one.params._meta : {};
			const claimed = meta[`${P}protocolVersion`];
			const modern = (`${P}clientCapabilities` in meta || claimed !== undefined) &&
				!(this.session && claimed === this.session);
			const request = { method: one.method, modern };
			const exact = JSON.stringify(one.id);
			this.pending.set(exact, [...(this.pending.get(exact) ?? []), request]);
			this.tokens.set(JSON.stringify(meta.progressToken), request);
		}
	}

	revision(request) {
		return !request || request.modern || !this.session ? MODERN : this.session;
	}

	server(text) {
		this.seen++;
		if (Buffer.byteLength(text) >= MAX_LINE)
			this.faults.push('the line has 4 MiB or more');
		let msg;
		try {
			msg = JSON.parse(text);
		} catch {
			this.faults.push('not JSON');
			return;
		}
		if (!Array.isArray(msg))
			this.message(msg);
		else if (this.session !== '2025-03-26')
			this.faults.push('a batch outside 2025-03-26');
		else
			msg.forEach((one) => this.message(one));
	}

	message(msg) {
		if (!isObject(msg))
			this.faults.push('not an object');
		else if (typeof msg.method === 'string')
			this.unasked(msg);
		else
			this.answer(msg);
	}

	answer(msg) {
		const queue = this.pending.get(JSON.stringify(msg.id));
		const request = queue?.shift();
		const failed = 'error' in msg;
		if (!request && !(failed && msg.id === null))
			this.faults.push(`answers no request: id ${JSON.stringify(msg.id)}`);
		if (request?.method === 'initialize' && !request.modern && !failed)
			this.session = msg.result?.protocolVersion;
		const revision = this.revision(request ?? { modern: false });
		if (!schemas[revision]) {
			this.faults.push(`no schema for revision ${revision}`);
		} else if (failed) {
			this.match(revision, ['JSONRPCErrorResponse', 'JSONRPCError'],
				msg.id === null ? { ...msg, id: 0 } : msg);
		} else {
			this.match(revision, ['JSONRPCResultResponse', 'JSONRPCResponse'], msg);
			this.result(revision, request?.method, msg);
		}
	}

	result(revision, method, msg) {
		const isTask = revision === '2025-11-25' && 'task' in (msg.result ?? {});
		let name = RESULTS[method];
		if (revision === MODERN && msg.result?.resultType === 'input_required')
			name = 'InputRequiredResult';
		else if (revision === MODERN && /^tasks\//.test(method))
			name = 'Result';
		else if (revision === MODERN && msg.result?.resultType === 'task')
			name = 'Result';
		else if (isTask && method === 'tools/call')
			name = 'CreateTaskResult';
		else if (revision === MODERN && LEGACY_ONLY.includes(method))
			name = undefined;
		if (name === undefined)
			this.faults.push(`a result for ${method}, which ${revision} lacks`);
		else
			this.match(revision, [name], msg.result);
		this.shape(revision, msg);
	}

	/* A notification, or a request of the server. */
	unasked(msg) {
		const meta = isObject(msg.params?._meta) ? msg.params._meta : {};
		const token = this.tokens.get(JSON.stringify(msg.params?.progressToken));
		const modern = `${P}subscriptionId` in meta;
		const revision = this.revision(token ?? { modern });
		const name = MESSAGES[msg.method];
		if ('id' in msg && revision === MODERN)
			this.faults.push(`a request of the server under ${MODERN}`);
		this.match(revision, ['id' in msg ? 'JSONRPCRequest' : 'JSONRPCNotification'], msg);
		if (msg.method === 'notifications/tasks' && revision === MODERN)
			return;
		if (name === undefined)
			this.faults.push(`unknown method ${msg.method}`);
		else
			this.match(revision, [name], msg);
		if (msg.method === 'notifications/progress')
			this.shape(revision, msg);
	}

	match(revision, names, value) {
		const name = names.find((n) => schemas[revision].has(n));
		if (!name) {
			this.faults.push(`${names[0]} does not exist in ${revision}`);
			return;
		}
		for (const text of schemas[revision].check(name, value))
			this.faults.push(`${revision} ${name}${text}`);
	}

	shape(revision, msg) {
		for (const [path, since] of Object.entries(SINCE)) {
			const known = revision >= since && !(UNTIL[path] < revision);
			if (!known && reaches(msg, path))
				this.faults.push(`${path} does not exist in ${revision}`);
		}
	}
}

function checkLog(file) {
	const checker = new Checker();
	const shown = [];
	let faulty = 0;
	for (const [i, line] of readFileSync(file, 'utf8').split('\n').entries()) {
		if (line.startsWith('> '))
			checker.client(line.slice(2));
		else if (line.startsWith('< '))
			checker.server(line.slice(2));
		for (const fault of checker.faults.splice(0)) {
			faulty++;
			shown.push(`${file}:${i + 1}: ${fault}`);
		}
	}
	return { seen: checker.seen, faulty, shown };
}

const files = process.argv.slice(2);
console.log(`1..${files.length}`);
for (const [i, file] of files.entries()) {
	const { seen, faulty, shown } = checkLog(file);
	const good = seen > 0 && faulty === 0;
	console.log(`${good ? '' : 'not '}ok ${i + 1} - ${file}: ${seen} lines, ${faulty} faults`);
	shown.slice(0, MAX_SHOWN).forEach((text) => console.log(`#   ${text.slice(0, 300)}`));
	process.exitCode = good && !process.exitCode ? 0 : 1;
}
if (!files.length)
	process.exitCode = 64;
