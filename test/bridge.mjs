#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// HTTP in front of an MCP server that speaks stdio, for clients that know HTTP only.
// usage: bridge.mjs PORT [--log FILE] COMMAND [ARG...]     PORT 0 = any free one
// Prints "listening on URL". The log gets each line with "> " (to the server) or "< "
// in front. SIGTERM ends it: status 1 if a server wrote something other than JSON,
// answered what nobody asked, or ended with an error.
import http from 'node:http';
import { openSync, writeSync } from 'node:fs';
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';

const P = 'io.modelcontextprotocol/';
const LEGACY = ['2024-11-05', '2025-03-26', '2025-06-18', '2025-11-25'];
const HOSTS = ['localhost', '127.0.0.1', '[::1]'];
const MAX_BODY = 16 << 20;
const GRACE_MS = 2000;

const isObject = (v) => typeof v === 'object' && v !== null && !Array.isArray(v);
const metaOf = (msg) => (isObject(msg.params?._meta) ? msg.params._meta : {});
const hasEnvelope = (msg) => [`${P}protocolVersion`, `${P}clientCapabilities`]
	.some((key) => key in metaOf(msg));

let errors = 0;
function report(text) {
	errors++;
	process.stderr.write(`bridge: ${text}\n`);
}

let nextWireId = 1;
const children = new Set();
const sessions = new Map();
let sharedChild = null;
let command = [];
let logFd = -1;

function log(direction, line) {
	if (logFd >= 0)
		writeSync(logFd, `${direction} ${line}\n`);
}

/* One HTTP request that waits for its answer from the server. */
class Exchange {
	constructor(msg, res, modern) {
		this.clientId = msg.id;
		this.wireId = nextWireId++;
		this.method = msg.method;
		this.meta = metaOf(msg);
		this.token = this.meta.progressToken;
		this.res = res;
		this.modern = modern;
	}

	event(msg) {
		startEvents(this.res);
		sendEvent(this.res, msg);
	}

	finish(msg) {
		if (this.res.headersSent) {
			sendEvent(this.res, msg);
			this.res.end();
		} else {
			sendJson(this.res, this.modern ? this.status(msg) : 200, msg);
		}
	}

	status(msg) {
		const code = msg.error?.code;
		if (code === -32601)
			return 404;
		if ([-32700, -32600, -32020, -32021, -32022].includes(code))
			return 400;
		const complete = `${P}protocolVersion` in this.meta &&
			`${P}clientCapabilities` in this.meta;
		return code === -32602 && !complete ? 400 : 200;
	}
}

/* One server process. */
class Child {
	constructor() {
		this.open = new Map();
		this.late = new Set();
		this.rest = [];
		this.stream = null;
		this.process = spawn(command[0], command.slice(1), {
			stdio: ['pipe', 'pipe', 'inherit'],
		});
		this.process.stdin.on('error', () => {});
		this.process.stdout.on('data', (data) => this.read(data));
		this.process.on('error', (e) => report(`${command[0]}: ${e.message}`));
		this.ended = new Promise((resolve) => this.process.on('close', resolve))
			.then(() => this.gone());
		children.add(this);
	}

	send(msg) {
		const line = JSON.stringify(msg);
		log('>', line);
		this.process.stdin.write(`${line}\n`);
	}

	/* Split at newlines only: readline would also split at U+2028. */
	read(data) {
		for (let end; (end = data.indexOf(10)) >= 0; data = data.subarray(end + 1)) {
			const line = Buffer.concat([...this.rest, data.subarray(0, end)]);
			this.rest = [];
			this.line(line.toString().replace(/\r$/, ''));
		}
		if (data.length)
			this.rest.push(data);
	}

	line(text) {
		log('<', text);
		let msg;
		try {
			msg = JSON.parse(text);
		} catch {
			return report(`not JSON from the server: ${text.slice(0, 200)}`);
		}
		if (!isObject(msg))
			return report(`not a message from the server: ${text.slice(0, 200)}`);
		if (typeof msg.method === 'string')
			this.fromServer(msg);
		else
			this.answer(msg);
	}

	answer(msg) {
		const exchange = this.open.get(msg.id);
		if (!exchange) {
			if (!this.late.has(msg.id))
				report(`answer to nothing: ${JSON.stringify(msg).slice(0, 200)}`);
			return;
		}
		this.open.delete(msg.id);
		msg.id = exchange.clientId;
		const meta = msg.result?._meta;
		if (isObject(meta) && `${P}subscriptionId` in meta)
			meta[`${P}subscriptionId`] = exchange.clientId;
		exchange.finish(msg);
	}

	/* A notification or, in legacy sessions, a request of the server. */
	fromServer(msg) {
		const meta = metaOf(msg);
		const key = `${P}subscriptionId`;
		let target;
		if (key in meta) {
			target = this.open.get(meta[key]);
			if (!target)
				return;
			meta[key] = target.clientId;
		} else if (msg.method === 'notifications/cancelled' &&
				this.open.has(msg.params?.requestId)) {
			target = this.open.get(msg.params.requestId);
			msg.params.requestId = target.clientId;
		} else {
			target = this.byToken(msg.params?.progressToken) ?? this.newest();
		}
		if (target)
			target.event(msg);
		else if (this.stream)
			sendEvent(this.stream, msg);
	}

	byToken(token) {
		if (token === undefined)
			return undefined;
		return [...this.open.values()].reverse().find((e) => e.token === token);
	}

	newest() {
		return [...this.open.values()].reverse()
			.find((e) => e.method !== 'subscriptions/listen');
	}

	request(msg, res, modern) {
		const exchange = new Exchange(msg, res, modern);
		this.open.set(exchange.wireId, exchange);
		res.on('close', () => {
			if (!res.writableFinished && this.open.delete(exchange.wireId))
				this.cancel(exchange);
		});
		this.send({ ...msg, id: exchange.wireId });
	}

	cancel(exchange) {
		const params = { requestId: exchange.wireId, reason: 'stream closed' };
		if (exchange.modern) {
			params._meta = { ...exchange.meta };
			delete params._meta.progressToken;
		}
		this.late.add(exchange.wireId);
		this.send({ jsonrpc: '2.0', method: 'notifications/cancelled', params });
	}

	/* The client names its own id; the server knows the request by the wire id. */
	notify(msg) {
		if (msg.method === 'notifications/cancelled') {
			const found = [...this.open.values()].reverse()
				.find((e) => e.clientId === msg.params?.requestId);
			if (found)
				msg.params.requestId = found.wireId;
		}
		this.send(msg);
	}

	async stop() {
		this.stopping = true;
		this.process.stdin.end();
		const timers = [
			setTimeout(() => this.process.kill('SIGTERM'), GRACE_MS),
			setTimeout(() => this.process.kill('SIGKILL'), 2 * GRACE_MS),
		];
		await this.ended;
		timers.forEach(clearTimeout);
	}

	gone() {
		const { exitCode, signalCode } = this.process;
		if (!this.stopping || exitCode !== 0)
			report(`the server ended with ${signalCode ?? `status ${exitCode}`}` +
				(this.stopping ? '' : ', nobody asked it to'));
		for (const exchange of this.open.values())
			fail(exchange.res, 502, exchange.clientId, -32603, 'the server ended');
		this.open.clear();
		this.stream?.end();
		children.delete(this);
		if (sharedChild === this)
			sharedChild = null;
	}
}

function startEvents(res) {
	if (!res.headersSent)
		res.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' });
}

function sendEvent(res, msg) {
	res.write(`event: message\ndata: ${JSON.stringify(msg)}\n\n`);
}

function sendJson(res, status, msg) {
	res.writeHead(status, { 'content-type': 'application/json' });
	res.end(JSON.stringify(msg));
}

function fail(res, status, id, code, message) {
	if (res.headersSent)
		return res.end();
	sendJson(res, status, { jsonrpc: '2.0', id, error: { code, message } });
}

function accept(res) {
	res.writeHead(202);
	res.end();
}

/* "=?base64?...?=" carries what a header cannot hold. */
function headerText(value) {
	const encoded = /^=\?base64\?(.*)\?=$/.exec(value);
	return encoded ? Buffer.from(encoded[1], 'base64').toString() : value;
}

/* What the headers of a modern request get wrong, or nothing. */
function headerFault(headers, msg) {
	const version = metaOf(msg)[`${P}protocolVersion`];
	const name = {
		'tools/call': 'name', 'prompts/get': 'name', 'resources/read': 'uri',
		'tasks/get': 'taskId', 'tasks/update': 'taskId', 'tasks/cancel': 'taskId',
	}[msg.method];
	const wanted = [['mcp-method', msg.method]];
	if (version !== undefined)
		wanted.push(['mcp-protocol-version', version]);
	if (name && msg.params?.[name] !== undefined)
		wanted.push(['mcp-name', msg.params[name]]);
	for (const [header, value] of wanted) {
		const got = headers[header]?.trim();
		if (got === undefined)
			return `the header ${header} is missing`;
		if (headerText(got) !== value)
			return `the header ${header} differs from the body`;
	}
	return undefined;
}

function isModern(headers, msg) {
	const version = headers['mcp-protocol-version']?.trim();
	return !('mcp-session-id' in headers) &&
		(hasEnvelope(msg) || (version !== undefined && !LEGACY.includes(version)));
}

function handleModern(req, res, msg) {
	const fault = headerFault(req.headers, msg);
	if (fault)
		return fail(res, 400, msg.id ?? null, -32020, fault);
	sharedChild ??= new Child();
	if ('id' in msg)
		return sharedChild.request(msg, res, true);
	sharedChild.notify(msg);
	return accept(res);
}

function handleLegacy(req, res, msg) {
	let id = req.headers['mcp-session-id'];
	if (id === undefined && msg.method === 'initialize') {
		id = randomUUID();
		sessions.set(id, new Child());
		res.setHeader('mcp-session-id', id);
	}
	if (id === undefined)
		return fail(res, 400, msg.id ?? null, -32600, 'Mcp-Session-Id is missing');
	const child = sessions.get(id);
	if (!child)
		return fail(res, 404, msg.id ?? null, -32600, 'there is no such session');
	if ('id' in msg && 'method' in msg)
		return child.request(msg, res, false);
	if ('method' in msg)
		child.notify(msg);
	else
		child.send(msg);
	return accept(res);
}

async function handlePost(req, res) {
	const parts = [];
	let size = 0;
	for await (const part of req) {
		size += part.length;
		if (size > MAX_BODY)
			return fail(res, 413, null, -32600, 'the body is too large');
		parts.push(part);
	}
	let msg;
	try {
		msg = JSON.parse(Buffer.concat(parts).toString());
	} catch {
		return fail(res, 400, null, -32700, 'the body is not JSON');
	}
	if (!isObject(msg))
		return fail(res, 400, null, -32600, 'the body is not one message');
	return isModern(req.headers, msg) ? handleModern(req, res, msg)
		: handleLegacy(req, res, msg);
}

function handleGet(req, res) {
	const id = req.headers['mcp-session-id'];
	const child = sessions.get(id);
	if (!child)
		return fail(res, id === undefined ? 405 : 404, null, -32600, 'no such session');
	startEvents(res);
	res.flushHeaders();
	child.stream = res;
	res.on('close', () => {
		if (child.stream === res)
			child.stream = null;
	});
	return undefined;
}

function handleDelete(req, res) {
	const id = req.headers['mcp-session-id'];
	const child = sessions.get(id);
	if (!child)
		return fail(res, id === undefined ? 400 : 404, null, -32600, 'no such session');
	sessions.delete(id);
	child.stop();
	res.writeHead(200);
	return res.end();
}

function isLocal(text) {
	return URL.canParse(text) && HOSTS.includes(new URL(text).hostname);
}

function handle(req, res) {
	const { host, origin } = req.headers;
	if (!isLocal(`http://${host}`) || (origin !== undefined && !isLocal(origin)))
		return fail(res, 403, null, -32600, 'this host or origin is not served');
	if (req.url.split('?')[0] !== '/mcp')
		return fail(res, 404, null, -32600, 'only /mcp is served');
	const handler = { POST: handlePost, GET: handleGet, DELETE: handleDelete }[req.method];
	if (!handler)
		return fail(res, 405, null, -32600, 'this method is not served');
	return handler(req, res);
}

async function shutdown(server) {
	await Promise.all([...children].map((child) => child.stop()));
	server.closeAllConnections();
	process.exit(errors ? 1 : 0);
}

function main(args) {
	const port = Number(args.shift());
	if (args[0] === '--log') {
		logFd = openSync(args[1], 'w');
		args.splice(0, 2);
	}
	if (args[0] === '--')
		args.shift();
	command = args;
	if (!Number.isInteger(port) || port < 0 || !command.length) {
		process.stderr.write('usage: bridge.mjs PORT [--log FILE] COMMAND [ARG...]\n');
		process.exit(64);
	}
	const server = http.createServer((req, res) => {
		Promise.resolve(handle(req, res)).catch((e) => {
			report(e.stack);
			fail(res, 500, null, -32603, 'the bridge failed');
		});
	});
	server.requestTimeout = 0;
	server.listen(port, '127.0.0.1', () => {
		process.stdout.write(
			`listening on http://127.0.0.1:${server.address().port}/mcp\n`);
	});
	for (const signal of ['SIGTERM', 'SIGINT'])
		process.once(signal, () => shutdown(server));
}

main(process.argv.slice(2));
