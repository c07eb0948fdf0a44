// SPDX-License-Identifier: Apache-2.0
// usage: node reports.mjs NPM-DIR json SCHEMA FILE… | sarif FILE…
// Validates reports: JSON by the published schema; SARIF by the schema of the standard and by
// what code scanning asks for. Prints what is wrong, one line each; status 1 when something is.
import fs from "node:fs";
import path from "node:path";
import { createRequire } from "node:module";

const [npm, kind, ...rest] = process.argv.slice(2);
const require = createRequire(path.resolve(npm, "node_modules/none.js"));
const faults = [];
const read = (f) => JSON.parse(fs.readFileSync(f, "utf8"));
const wrong = (f, what) => faults.push(`${path.basename(f)}: ${what}`);

function byJsonSchema(schema, files) {
	const Ajv = require("ajv/dist/2020").default;
	const ajv = new Ajv({ strict: true, strictTypes: false, strictRequired: false, allErrors: true });
	require("ajv-formats").default(ajv);
	const check = ajv.compile(schema);
	for (const f of files)
		if (!check(read(f)))
			for (const e of check.errors.slice(0, 10)) wrong(f, `${e.instancePath} ${e.message}`);
}

// The standard's schema is of draft 4, which only the validator beside it reads.
function bySarifSchema(files) {
	const dir = path.resolve(npm, "node_modules/@microsoft/jest-sarif");
	const beside = createRequire(path.join(dir, "package.json"));
	const Ajv = beside("ajv");
	const ajv = new Ajv({ schemaId: "auto", allErrors: true, unknownFormats: "ignore" });
	ajv.addMetaSchema(beside("ajv/lib/refs/json-schema-draft-04.json"));
	const check = ajv.compile(read(path.join(dir, "lib/schemas/sarif-2.1.0-rtm.5.json")));
	for (const f of files)
		if (!check(read(f)))
			for (const e of check.errors.slice(0, 10)) wrong(f, `${e.dataPath} ${e.message}`);
}

const text = (v, max = Infinity) => typeof v === "string" && v.trim() !== "" && v.length <= max;
const natural = (v) => Number.isInteger(v) && v >= 1;

function checkRule(f, r) {
	const say = (what) => wrong(f, `rule ${r.id}: ${what}`);
	const p = r.properties ?? {};
	if (!text(r.id)) say("id");
	if (!text(r.name, 255)) say("name");
	if (!text(r.shortDescription?.text, 1024)) say("shortDescription");
	if (!text(r.fullDescription?.text, 1024)) say("fullDescription");
	if (!text(r.help?.text) || !text(r.help?.markdown)) say("help");
	if (!["error", "warning", "note"].includes(r.defaultConfiguration?.level)) say("level");
	if (!Array.isArray(p.tags) || p.tags.length > 20 || !p.tags.every((t) => text(t))) say("tags");
	if (!["very-high", "high", "medium", "low"].includes(p.precision)) say("precision");
	const security = p["security-severity"];
	if (security !== undefined && (typeof security !== "string" || !(Number(security) > 0 && Number(security) <= 10)))
		say("security-severity is a number as text");
	if ((security === undefined) === (p["problem.severity"] === undefined)) say("one of the severities");
	if (security !== undefined && !p.tags.includes("security")) say("tag security");
}

function checkTaxonomies(f, run) {
	for (const rule of run.tool.driver.rules)
		for (const { target } of rule.relationships ?? []) {
			const list = run.taxonomies[target.toolComponent.index];
			if (list?.name !== target.toolComponent.name || list.taxa[target.index]?.id !== target.id)
				wrong(f, `rule ${rule.id}: ${target.id} is not where the relationship says`);
		}
}

function checkUri(f, uri) {
	if (!text(uri) || /^[a-z][a-z0-9+.-]*:/i.test(uri) || uri.startsWith("/") || uri.includes("\\") ||
		uri.split("/").some((s) => s === "" || s === "." || s === "..") || !/^[\w.~%/-]+$/.test(uri))
		wrong(f, `uri ${uri}`);
}

function checkResult(f, run, r, i) {
	const say = (what) => wrong(f, `result ${i} (${r.ruleId}): ${what}`);
	const place = r.locations?.[0]?.physicalLocation;
	const g = place?.region ?? {};
	if (run.tool.driver.rules[r.ruleIndex]?.id !== r.ruleId) say("ruleIndex");
	if (!text(r.message?.text)) say("message");
	if (r.locations?.length !== 1) say("one location");
	checkUri(f, place?.artifactLocation?.uri);
	if (![g.startLine, g.startColumn, g.endLine, g.endColumn].every(natural)) say("region");
	if (g.endLine < g.startLine || (g.endLine === g.startLine && g.endColumn <= g.startColumn)) say("region is empty");
	if (!/^[0-9a-f]{16}:1$/.test(r.partialFingerprints?.primaryLocationLineHash ?? "")) say("fingerprint");
	if (r.suppressions && !r.suppressions.every((s) => s.kind === "external" && text(s.justification))) say("suppressions");
}

function byGithub(files) {
	const weight = { error: 0, warning: 1, note: 2, none: 3 };
	for (const f of files) {
		const log = read(f);
		if (!text(log.$schema) || log.version !== "2.1.0" || !(log.runs?.length >= 1 && log.runs.length <= 20))
			wrong(f, "head");
		for (const run of log.runs) {
			if (!text(run.tool?.driver?.name) || !text(run.tool.driver.semanticVersion)) wrong(f, "driver");
			if (!/^mcp-compliance\/.+\/$/.test(run.automationDetails?.id ?? "")) wrong(f, "automationDetails.id");
			if (run.columnKind !== "utf16CodeUnits") wrong(f, "columnKind");
			if (!Array.isArray(run.results) || run.results.length > 25000) wrong(f, "results");
			if (typeof run.invocations?.[0]?.executionSuccessful !== "boolean") wrong(f, "invocations");
			const ids = run.tool.driver.rules.map((r) => r.id);
			if (ids.join() !== [...new Set(ids)].sort().join()) wrong(f, "rules are not in order");
			run.tool.driver.rules.forEach((r) => checkRule(f, r));
			checkTaxonomies(f, run);
			run.results.forEach((r, i) => checkResult(f, run, r, i));
			const order = run.results.map((r) => weight[r.level]);
			if (order.some((w, i) => i > 0 && order[i - 1] > w)) wrong(f, "the worst results do not come first");
			for (const n of run.invocations[0].toolExecutionNotifications ?? [])
				if (!text(n.message?.text)) wrong(f, "a notification without text");
		}
	}
}

if (kind === "json") byJsonSchema(read(rest[0]), rest.slice(1));
else {
	bySarifSchema(rest);
	byGithub(rest);
}
for (const line of faults) console.log(line);
process.exit(faults.length > 0 ? 1 : 0);
