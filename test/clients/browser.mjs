// SPDX-License-Identifier: Apache-2.0
// The report in a real Chromium: the page by itself and as an MCP App inside the official
// host bridge, TAP. usage:
// node --experimental-import-meta-resolve browser.mjs SERVER [FOLDER for screenshots]
import { spawn } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import readline from "node:readline";
import { createRequire } from "node:module";
import { fileURLToPath, pathToFileURL } from "node:url";

const nodeModules = fs.realpathSync(path.resolve(path.dirname(fileURLToPath(import.meta.url)), "../npm/node_modules"));
const require = createRequire(path.join(nodeModules, "x.js"));
const { chromium } = require("playwright-core");
const [server, shots] = process.argv.slice(2);
const home = fs.mkdtempSync(path.join(os.tmpdir(), "browser-"));
let points = 0, bad = 0;

function ok(good, name, why) {
	points++;
	console.log(`${good ? "ok" : "not ok"} ${points} - ${name}`);
	if (good)
		return;
	bad++;
	if (why !== undefined)
		console.log(`#   ${String(why).slice(0, 2000).replaceAll("\n", "\n#   ")}`);
}

// ---- the server --------------------------------------------------------------------
const child = spawn(server, [], { env: { HOME: home, PATH: process.env.PATH }, stdio: ["pipe", "pipe", "inherit"] });
const waiting = new Map();
let seq = 0;
readline.createInterface({ input: child.stdout }).on("line", (line) => {
	const message = JSON.parse(line);
	waiting.get(message.id)?.(message);
	waiting.delete(message.id);
});
function request(method, params) {
	return new Promise((done, fail) => {
		waiting.set(++seq, (m) => (m.error ? fail(new Error(`${method}: ${m.error.message}`)) : done(m.result)));
		child.stdin.write(JSON.stringify({ jsonrpc: "2.0", id: seq, method, params }) + "\n");
	});
}

const hostile = `<img src=x onerror="window.hurt=1"><script>window.hurt=2</script>\u202Eevil\u200B`;
const file = path.join(home, "mcp.json");
function configure(secret) {
	const servers = {
		files: { command: "npx", args: ["-y", "@modelcontextprotocol/server-filesystem", "/"], env: { JWT_SECRET: secret } },
		quiet: { command: "true" },
	};
	servers[hostile] = { command: "npx", args: ["-y", `${hostile}`], env: { API_KEY: "your-api-key-here" } };
	fs.writeFileSync(file, JSON.stringify({ mcpServers: servers }), { mode: 0o600 });
}

await request("initialize", { protocolVersion: "2025-11-25", capabilities: {}, clientInfo: { name: "browser", version: "1" } });
configure("changeme");
await request("tools/call", { name: "run_compliance_check", arguments: { path: file } });
configure("${JWT_SECRET}");
const result = await request("tools/call", { name: "run_compliance_check", arguments: { path: file } });
const read = (uri) => request("resources/read", { uri });
const html = (await read("compliance://report.html")).contents[0].text;
const app = (await read("ui://compliance/report")).contents[0];

// ---- the browser -------------------------------------------------------------------
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: ["--no-sandbox"] });
const origin = "http://page.test";

/* Bare imports of a package's module become addresses below /nm/. */
async function linked(name) {
	const find = (what) =>
		"/nm/" + path.relative(nodeModules, fileURLToPath(import.meta.resolve(what, pathToFileURL(name))));
	let text = fs.readFileSync(name, "utf8");
	const bare = new Set([...text.matchAll(/\b(?:from|import)\s*\(?["']([^"'./][^"']*)["']/g)].map((m) => m[1]));
	for (const what of bare)
		try {
			const to = find(what);
			text = text.replaceAll(new RegExp(`(\\b(?:from|import)\\s*\\(?)(["'])${what.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")}\\2`, "g"), `$1$2${to}$2`);
		} catch {
			/* an optional one, loaded on demand only */
		}
	return text;
}

async function open(pages, options) {
	const context = await browser.newContext(options);
	const page = await context.newPage();
	const said = [], asked = [];
	page.on("console", (m) => ["error", "warning"].includes(m.type()) && said.push(m.text()));
	page.on("pageerror", (e) => said.push(String(e)));
	await context.route("**/*", async (route) => {
		const url = new URL(route.request().url());
		if (url.origin === origin && url.pathname.startsWith("/nm/"))
			return route.fulfill({ contentType: "text/javascript", body: await linked(path.join(nodeModules, url.pathname.slice(4))) });
		if (url.origin === origin && pages[url.pathname] !== undefined)
			return route.fulfill({ contentType: "text/html; charset=utf-8", body: pages[url.pathname] });
		if (url.pathname !== "/favicon.ico")
			asked.push(url.href);
		return route.abort();
	});
	await page.goto(origin + "/");
	return { page, said, asked, close: () => context.close() };
}

async function shot(page, name) {
	if (shots)
		await page.screenshot({ path: path.join(shots, name + ".png"), fullPage: true });
}

async function alone() {
	const { page, said, asked, close } = await open({ "/": html }, { viewport: { width: 1100, height: 900 }, colorScheme: "light" });
	const visible = (selector) => page.locator(selector).evaluateAll((all) => all.filter((e) => e.offsetParent !== null).length);
	ok(/MCP compliance report/.test(await page.textContent("h1")), "the page opens");
	ok(await page.locator("script, link, img, iframe").count() === 0, "without script, image or link");
	ok(await page.evaluate(() => window.hurt) === undefined, "hostile names do nothing");
	ok((await page.textContent("main")).includes("<img src=x onerror="), "and are shown as text");
	ok((await page.textContent("main")).includes("[U+202E]"), "characters that cannot be seen are named");
	ok(await page.locator(".trend").count() > 0, "the trend of past checks is drawn");
	const all = await visible(".issue");
	const mediums = await visible(".issue.s2");
	ok(all > 2 && mediums > 0, `${all} issues are listed`);
	await page.click("label[for=s2]");
	ok(await visible(".issue.s2") === 0 && await visible(".issue") === all - mediums, "a severity can be hidden");
	await page.click("label[for=s2]");
	const chips = page.locator(".chips label[for^=t]");
	await chips.nth(1).click();
	const some = await visible(".issue");
	ok(some > 0 && some < all, "and one server picked");
	await chips.nth(0).click();
	await page.locator(".issue summary").first().click();
	ok(await visible(".issue[open] .fix") === 1, "an issue opens and tells its repair");
	await shot(page, "light");
	const light = await page.evaluate(() => getComputedStyle(document.body).backgroundColor);
	await page.emulateMedia({ colorScheme: "dark" });
	const dark = await page.evaluate(() => getComputedStyle(document.body).backgroundColor);
	ok(light !== dark, "dark where the system is dark", `${light} ${dark}`);
	await shot(page, "dark");
	for (const width of [320, 390]) {
		await page.setViewportSize({ width, height: 800 });
		const wide = await page.evaluate(() => document.documentElement.scrollWidth);
		ok(wide <= width, `nothing sticks out at ${width} pixels`, wide);
	}
	await shot(page, "phone");
	ok(said.length === 0, "no console error", said.join("\n"));
	ok(asked.length === 0, "nothing is fetched", asked.join("\n"));
	await close();
}

/* The host: the bridge of the MCP Apps SDK around an iframe, as hosts do it. */
const hostPage = `<!DOCTYPE html><title>host</title><iframe id="app" style="width:900px;height:700px" sandbox="allow-scripts"></iframe>
<script type="module">
import { AppBridge, PostMessageTransport } from "/nm/@modelcontextprotocol/ext-apps/dist/src/app-bridge.js";
const frame = document.getElementById("app"), seen = window.seen = { sizes: [] };
const bridge = new AppBridge(null, { name: "test host", version: "1" }, { serverResources: {} },
	{ hostContext: { theme: "dark" } });
bridge.onreadresource = (params) => window.readResource(params.uri);
bridge.onsizechange = (size) => seen.sizes.push(size);
bridge.oninitialized = async () => {
	seen.initialized = true;
	await bridge.sendToolInput({ arguments: {} });
	await bridge.sendToolResult(await window.toolResult());
};
window.teardown = () => bridge.teardownResource({});
window.retheme = (theme) => bridge.sendHostContextChange({ theme });
await bridge.connect(new PostMessageTransport(frame.contentWindow, frame.contentWindow));
frame.srcdoc = await window.appPage();
</script>`;

async function hosted(name, readable) {
	const { page, said, asked, close } = await open({ "/": "<title>wait</title>" }, {});
	await page.exposeFunction("readResource", async (uri) => {
		if (!readable)
			throw new Error("not offered");
		return read(uri);
	});
	await page.exposeFunction("toolResult", () => result);
	await page.exposeFunction("appPage", () => app.text);
	await page.route(origin + "/", (route) => route.fulfill({ contentType: "text/html", body: hostPage }));
	await page.goto(origin + "/");
	const inside = page.frameLocator("#app");
	try {
		await inside.locator(readable ? ".head h1" : "pre").waitFor({ timeout: 30000 });
	} catch (e) {
		ok(false, `${name}: the app shows the result`, [e, ...said, ...asked].join("\n"));
		return close();
	}
	ok(true, `${name}: the app shows the result`);
	if (readable) {
		ok(await inside.locator(".issue").count() > 2, `${name}: with its issues`);
		const theme = () => inside.locator("html").getAttribute("data-theme");
		ok(await theme() === "dark", `${name}: in the host's theme`);
		await page.evaluate(() => window.retheme("light"));
		await inside.locator("html[data-theme=light]").waitFor({ timeout: 30000 });
		ok(true, `${name}: and follows when that changes`);
		await shot(page, "app");
	} else {
		ok((await inside.locator("pre").textContent()).includes("overallScore"), `${name}: as the text of the result`);
	}
	ok(await page.evaluate(() => window.seen.sizes.length) > 0, `${name}: it tells its size`);
	ok(JSON.stringify(await page.evaluate(() => window.teardown())) === "{}", `${name}: it answers the teardown`);
	ok(said.filter((s) => !/sandbox/i.test(s)).length === 0, `${name}: no console error`, said.join("\n"));
	await close();
}

try {
	ok(app.mimeType === "text/html;profile=mcp-app" && app._meta?.ui?.csp, "the app has its type and policy");
	await alone();
	await hosted("host with resources", true);
	await hosted("host without", false);
} catch (e) {
	ok(false, "the browser goes through", e.stack);
} finally {
	await browser.close();
	child.stdin.end();
	await new Promise((done) => child.on("exit", done));
	fs.rmSync(home, { recursive: true, force: true });
}
console.log(`1..${points}`);
process.exit(bad ? 1 : 0);
