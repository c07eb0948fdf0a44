// SPDX-License-Identifier: Apache-2.0
// The official JSON schemas of the five revisions: schemas[revision].has(definition),
// .check(definition, value) -> list of fault texts, empty if the value conforms.
// They are read out of the conformance package, which carries four as literals in its
// bundle; 2024-11-05 is 2025-03-26 without what that revision added.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { runInNewContext } from 'node:vm';

const require = createRequire(new URL('../npm/package.json', import.meta.url));
const Ajv = require('ajv').default;
const Ajv2020 = require('ajv/dist/2020').default;
const addFormats = require('ajv-formats').default;
const bundle = readFileSync(new URL(
	'../npm/node_modules/@modelcontextprotocol/conformance/dist/index.js',
	import.meta.url), 'utf8');

const MAX_FAULTS = 5;

/* The text of the object literal at this offset; braces in strings do not count. */
function literal(offset) {
	let depth = 0;
	for (let i = offset; i < bundle.length; i++) {
		const c = bundle[i];
		if ('`"\''.includes(c)) {
			for (i++; bundle[i] !== c; i++)
				i += bundle[i] === '\\';
		} else if (c === '{') {
			depth++;
		} else if (c === '}' && --depth === 0) {
			return bundle.slice(offset, i + 1);
		}
	}
	throw new Error('a schema in the conformance package does not end');
}

function extract() {
	const id = '([\\w$]+)';
	const table = new RegExp(`\\{"2025-03-26":${id},"2025-06-18":${id},` +
		`"2025-11-25":${id},\\[[\\w$]+\\]:${id}\\}`).exec(bundle);
	if (!table)
		throw new Error('the conformance package holds no schemas where they were');
	const found = {};
	['2025-03-26', '2025-06-18', '2025-11-25', '2026-07-28'].forEach((revision, i) => {
		const mark = `${table[i + 1]}={$schema:`;
		const at = bundle.search(new RegExp(`[,; ]${mark.replace(/[${]/g, '\\$&')}`));
		if (at < 0)
			throw new Error(`the conformance package holds no schema of ${revision}`);
		const text = literal(at + mark.indexOf('{') + 1);
		found[revision] = JSON.parse(JSON.stringify(runInNewContext(`(${text})`)));
	});
	return found;
}

/* 2025-03-26 added audio, batches and optional members; the latter are left to the caller. */
function oldest(schema) {
	const copy = structuredClone(schema);
	copy.definitions.AudioContent = false;
	copy.definitions.JSONRPCMessage.anyOf = copy.definitions.JSONRPCMessage.anyOf
		.filter((option) => option.type !== 'array');
	return copy;
}

/* An early print of these schemas allowed integers only; the published ones say number. */
function correctNumbers(definitions) {
	const { minimum, maximum, default: preset } = definitions.NumberSchema?.properties ?? {};
	for (const property of [minimum, maximum, preset])
		if (property)
			property.type = 'number';
}

class Schema {
	constructor(schema) {
		this.key = schema.$defs ? '$defs' : 'definitions';
		this.definitions = schema[this.key];
		correctNumbers(this.definitions);
		this.ajv = new (schema.$defs ? Ajv2020 : Ajv)({ strict: false, allErrors: true });
		addFormats(this.ajv);
		this.ajv.addSchema(schema, 'mcp');
	}

	has(name) {
		return name in this.definitions;
	}

	check(name, value) {
		const validate = this.ajv.getSchema(`mcp#/${this.key}/${name}`);
		return validate(value) ? []
			: validate.errors.slice(0, MAX_FAULTS)
				.map((e) => `${e.instancePath}: ${e.message}`);
	}
}

const found = extract();
found['2024-11-05'] = oldest(found['2025-03-26']);
export const schemas = Object.fromEntries(
	Object.entries(found).map(([revision, schema]) => [revision, new Schema(schema)]));
