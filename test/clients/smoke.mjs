#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// The published SDK clients against a server on stdio: v1, v2 that negotiates, v2 pinned.
// usage: smoke.mjs [OPTION...] -- COMMAND [ARG...]     TAP; needs `npm ci` in test/npm
//   --env K=V            environment of the server        (options may be repeated)
//   --call TOOL JSON     a call that must succeed; with --expect-structured, with data
//   --bad TOOL JSON      a call that must be an isError result (default: unknown argument)
//   --cancel TOOL JSON   the call to cancel (default: a read-only tool without arguments)
//   --change TOOL JSON   a call after which a change notice must arrive
//   --arg NAME=VALUE     value of a prompt argument or template variable
//   --logs DIR           wire logs of the three clients, for schema_check.mjs
//   --era legacy         for servers that know the handshake only
import { rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { isDeepStrictEqual } from 'node:util';

const require = createRequire(new URL('../npm/package.json', import.meta.url));
const load = (name) => import(pathToFileURL(require.resolve(name)));
const WIRETAP = fileURLToPath(new URL('wiretap.mjs', import.meta.url));
const MODERN = '2026-07-28';
const HINTS = ['readOnlyHint', 'destructiveHint', 'idempotentHint', 'openWorldHint'];
const LIMIT = { timeout: 20000 };
const RUN_MS = 180000;
const LEAVE_MS = 1900;
const NOTICE_MS = 5000;

function parseOptions(args) {
	const options = { env: {}, arg: {}, call: [], bad: [], cancel: [], change: [] };
	const pair = (text) => [text.slice(0, text.indexOf('=')), text.slice(text.indexOf('=') + 1)];
	while (args.length && args[0] !== '--') {
		const name = args.shift().replace(/^--/, '');
		if (name === 'env' || name === 'arg')
			Object.assign(options[name], Object.fromEntries([pair(args.shift())]));
		else if (['call', 'bad', 'cancel', 'change'].includes(name))
			options[name].push({ name: args.shift(), arguments: JSON.parse(args.shift()) });
		else if (name === 'era' || name === 'logs')
			options[name] = args.shift();
		else if (name === 'expect-structured')
			options.structured = true;
		else
			usage(`unknown option --${name}`);
	}
	options.command = args.slice(1);
	return options.command.length ? options : usage('no command');
}

function usage(text) {
	process.stderr.write(`smoke.mjs: ${text}; usage: smoke.mjs [OPTION...] -- COMMAND [ARG...]\n`);
	process.exit(64);
}

let count = 0;
let failed = 0;
const comment = (text) => console.log(String(text).replace(/^/gm, '#   ').slice(0, 2000));

function ok(good, name, ...details) {
	console.log(`${good ? '' : 'not '}ok ${++count} - ${name}`);
	if (!good) {
		failed++;
		details.filter((d) => d !== undefined).forEach((d) =>
			comment(typeof d === 'string' ? d : JSON.stringify(d)));
	}
	return good;
}

/* One client of one kind with one server process. */
class Run {
	constructor(kind, options) {
		this.kind = kind;
		this.v1 = kind === 'v1';
		this.options = options;
		this.errors = [];
		this.notices = [];
		this.sent = [];
		this.stderr = '';
	}

	async open() {
		const name = this.v1 ? '@modelcontextprotocol/sdk/client/index.js'
			: '@modelcontextprotocol/client';
		const { Client } = await load(name);
		const { StdioClientTransport } = await load(this.v1
			? '@modelcontextprotocol/sdk/client/stdio.js' : `${name}/stdio`);
		const mode = this.kind === 'pin' ? { pin: MODERN } : 'auto';
		const notice = (kind) => ({ autoRefresh: false, debounceMs: 0,
			onChanged: () => this.notices.push(kind) });
		this.client = new Client({ name: 'smoke', version: '1' }, {
			listChanged: { tools: notice('tools'), prompts: notice('prompts'),
				resources: notice('resources') },
			...(this.v1 ? {} : { versionNegotiation: { mode, probe: { timeoutMs: 3000 } } }),
		});
		this.client.onerror = (e) => this.errors.push(e.message);
		const [command, ...args] = this.command();
		const transport = new StdioClientTransport({ command, args, stderr: 'pipe',
			env: this.options.env });
		transport.stderr?.on('data', (data) => {
			this.stderr = (this.stderr + data).slice(-2000);
		});
		const send = transport.send.bind(transport);
		transport.send = (msg, ...rest) => {
			const done = send(msg, ...rest);
			this.sent.push(msg);
			this.onSend?.(msg);
			return done;
		};
		await this.client.connect(transport, LIMIT);
		this.capabilities = this.client.getServerCapabilities() ?? {};
		this.era = this.v1 ? 'legacy' : this.client.getProtocolEra();
	}

	command() {
		const { logs, command } = this.options;
		const log = logs && join(logs, `${this.kind}.log`);
		if (log)
			rmSync(log, { force: true });
		return log ? [process.execPath, WIRETAP, log, ...command] : command;
	}

	ok(good, name, ...details) {
		return ok(good, `${this.kind}: ${name}`, ...details);
	}

	/* A step that throws is a failed test point, and the next step goes on. */
	async step(name, body) {
		try {
			await body();
		} catch (e) {
			this.ok(false, name, e.message);
		}
	}

	call(params, options = {}) {
		const limits = { ...LIMIT, ...options };
		return this.v1 ? this.client.callTool(params, undefined, limits)
			: this.client.callTool(params, limits);
	}

	async list(method, key) {
		const options = { ...LIMIT, ...(this.v1 ? {} : { cacheMode: 'refresh' }) };
		const all = [];
		for (let cursor, page = 0; page === 0 || cursor !== undefined; page++) {
			const result = await this.client[method](page ? { cursor } : undefined, options);
			all.push(...result[key]);
			cursor = result.nextCursor;
		}
		return all;
	}

	async tools() {
		this.toolList = await this.list('listTools', 'tools');
		this.ok(this.toolList.length > 0, `${this.toolList.length} tools listed`);
		this.ok(isDeepStrictEqual(this.toolList, await this.list('listTools', 'tools')),
			'tools/list is the same the second time');
		if (this.options.era === 'legacy')
			return;
		const bare = this.toolList.filter((tool) =>
			!HINTS.every((hint) => typeof tool.annotations?.[hint] === 'boolean'));
		this.ok(bare.length === 0, 'each tool has the four hints', bare.map((t) => t.name));
	}

	async resources() {
		if (!this.capabilities.resources)
			return;
		this.resourceList = await this.list('listResources', 'resources');
		for (const { uri } of this.resourceList) {
			const { contents } = await this.client.readResource({ uri }, LIMIT);
			this.ok(contents.length > 0, `resource ${uri} read`);
		}
		const templates = await this.list('listResourceTemplates', 'resourceTemplates');
		for (const { uriTemplate } of templates)
			await this.step(`template ${uriTemplate}`, () => this.template(uriTemplate));
	}

	/* Reads a template if every variable has a value, given or offered by completion. */
	async template(uriTemplate) {
		const values = {};
		for (const [, name] of uriTemplate.matchAll(/\{(\w+)\}/g))
			values[name] = await this.value({ type: 'ref/resource', uri: uriTemplate }, name);
		const uri = uriTemplate.replace(/\{(\w+)\}/g,
			(_, name) => encodeURIComponent(values[name] ?? ''));
		if (Object.values(values).includes(undefined) || uri.includes('{')) {
			this.ok(false, `template ${uriTemplate} read`, 'give --arg NAME=VALUE');
			return;
		}
		const { contents } = await this.client.readResource({ uri }, LIMIT);
		this.ok(contents.length > 0, `template ${uriTemplate} read as ${uri}`);
	}

	async value(ref, name) {
		let offered;
		if (this.capabilities.completions) {
			const { completion } = await this.client.complete(
				{ ref, argument: { name, value: '' } }, LIMIT);
			this.ok(completion.values.length <= 100, `${ref.uri ?? ref.name} {${name}}: ` +
				`${completion.values.length} completions`);
			offered = completion.values[0];
		}
		return this.options.arg[name] ?? offered;
	}

	async prompts() {
		if (!this.capabilities.prompts)
			return;
		const prompts = await this.list('listPrompts', 'prompts');
		this.ok(prompts.length > 0, `${prompts.length} prompts listed`);
		for (const prompt of prompts)
			await this.step(`prompt ${prompt.name}`, () => this.prompt(prompt));
	}

	async prompt(prompt) {
		const values = {};
		for (const { name, required } of prompt.arguments ?? []) {
			const value = await this.value({ type: 'ref/prompt', name: prompt.name }, name);
			if (value !== undefined || required)
				values[name] = value ?? 'text';
		}
		const { messages } = await this.client.getPrompt(
			{ name: prompt.name, arguments: values }, LIMIT);
		this.ok(messages.length > 0, `prompt ${prompt.name} got`);
	}

	async calls() {
		for (const params of this.options.call) {
			const result = await this.call(params);
			this.ok(!result.isError, `${params.name} called`, result);
			if (this.options.structured)
				this.ok(typeof result.structuredContent === 'object',
					`${params.name} gives structured data`, result);
		}
		const bad = this.options.bad.length ? this.options.bad
			: [{ name: this.toolList[0].name, arguments: { no_such_argument: 1 } }];
		for (const params of bad) {
			const result = await this.call(params);
			this.ok(result.isError === true && result.content?.[0]?.text,
				`${params.name} with wrong arguments: a tool error with a text`, result);
		}
	}

	/* The abort follows the request within the same turn, so it cannot come too late. */
	async cancel(params) {
		const abort = new AbortController();
		const before = this.errors.length;
		let id;
		this.onSend = (msg) => {
			if (msg.method === 'tools/call') {
				id = msg.id;
				abort.abort('smoke');
			}
		};
		const outcome = await this.call(params, { signal: abort.signal })
			.then(() => 'answered', (e) => e);
		this.onSend = undefined;
		this.ok(outcome !== 'answered', `${params.name} aborted`);
		this.ok(this.sent.some((msg) => msg.method === 'notifications/cancelled' &&
			msg.params.requestId === id), 'the server was told so');
		this.ok((await this.list('listTools', 'tools')).length > 0, 'and serves on');
		/* An answer may have been under way when the server read the cancellation. */
		const late = this.errors.findIndex((text, i) => i >= before &&
			/unknown message ID/i.test(text));
		if (late >= 0)
			this.errors.splice(late, 1);
	}

	async subscriptions() {
		const { tools, prompts, resources } = this.capabilities;
		const uri = this.resourceList?.[0]?.uri;
		const advertised = tools?.listChanged || prompts?.listChanged || resources?.listChanged;
		if (this.era === 'modern' && advertised)
			this.ok(this.client.autoOpenedSubscription, 'a subscription opened by itself');
		if (this.era === 'modern' && resources?.subscribe && uri) {
			const stream = await this.client.listen({ resourceSubscriptions: [uri] }, LIMIT);
			await stream.close();
			this.ok(await stream.closed === 'local', 'listen acknowledged, closed by us');
		} else if (resources?.subscribe && uri) {
			await this.client.subscribeResource({ uri }, LIMIT);
			await this.client.unsubscribeResource({ uri }, LIMIT);
			this.ok(true, 'subscribed to a resource and left');
		}
		for (const params of this.options.change)
			await this.change(params);
	}

	async change(params) {
		const before = this.notices.length;
		const result = await this.call(params);
		const end = Date.now() + NOTICE_MS;
		while (this.notices.length === before && Date.now() < end)
			await new Promise((resolve) => setTimeout(resolve, 20));
		this.ok(!result.isError && this.notices.length > before,
			`${params.name} brings a change notice`, result);
	}

	async legacy() {
		await this.client.ping(LIMIT);
		if (this.capabilities.logging)
			await this.client.setLoggingLevel('info', LIMIT);
		this.ok(true, 'ping and log level answered');
	}

	async close() {
		const start = Date.now();
		await this.client.close();
		const ms = Date.now() - start;
		this.ok(ms < LEAVE_MS, 'the server left by itself', `${ms} ms`);
		this.ok(this.errors.length === 0, 'no protocol error seen', ...this.errors);
	}

	cancelTarget() {
		const harmless = this.toolList.find((tool) => tool.annotations?.readOnlyHint &&
			!tool.inputSchema.required?.length);
		return harmless ? [{ name: harmless.name, arguments: {} }] : [];
	}

	async all() {
		const wanted = this.v1 || this.options.era === 'legacy' ? 'legacy' : 'modern';
		await this.open();
		this.ok(this.era === wanted, `connected, era ${wanted}`, this.era);
		this.ok(this.client.getServerVersion()?.version, 'the server names itself');
		await this.step('tools', () => this.tools());
		await this.step('resources', () => this.resources());
		await this.step('prompts', () => this.prompts());
		await this.step('calls', () => this.calls());
		const targets = this.options.cancel.length ? this.options.cancel : this.cancelTarget();
		this.ok(targets.length > 0, 'there is a call to cancel', 'give --cancel');
		for (const params of targets)
			await this.step('cancel', () => this.cancel(params));
		await this.step('subscriptions', () => this.subscriptions());
		if (this.era === 'legacy')
			await this.step('legacy', () => this.legacy());
		await this.close();
	}
}

async function main() {
	const options = parseOptions(process.argv.slice(2));
	setTimeout(() => {
		console.log(`Bail out! not done after ${RUN_MS / 1000} s`);
		process.exit(1);
	}, RUN_MS).unref();
	for (const kind of ['v1', 'auto', 'pin']) {
		const run = new Run(kind, options);
		const before = failed;
		const fault = await run.all().then(() => undefined, (e) => e);
		if (kind === 'pin' && options.era === 'legacy')
			ok(fault && !run.client.getServerVersion(), 'pin: refuses a legacy server');
		else if (fault)
			ok(false, `${kind}: ran to its end`, fault.message, ...run.errors);
		if (fault)
			await run.client?.close().catch(() => {});
		if (failed > before && run.stderr)
			comment(`stderr of the server:\n${run.stderr}`);
	}
	console.log(`1..${count}`);
	process.exit(failed ? 1 : 0);
}

await main();
