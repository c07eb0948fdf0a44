#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# A serving process checks by itself, answers meanwhile, and ends at once when told to.
set -u
B=${B:-build}
dir=$(mktemp -d "${TMPDIR:-/tmp}/suite-test-XXXXXX")
trap 'kill $pids 2>/dev/null; rm -rf "$dir"' EXIT
pids=
count=0
bad=0
ok() { # ok STATUS NAME
	count=$((count + 1))
	if [ "$1" = 0 ]; then echo "ok $count - $2"; else bad=1; echo "not ok $count - $2"; fi
}

mkdir -p "$dir/home/.cursor"
export HOME="$dir/home" KILOCODE_PROJECT_PATH="$dir/home"
unset XDG_CONFIG_HOME XDG_DATA_HOME XDG_STATE_HOME
cat >"$dir/home/.cursor/mcp.json" <<'J'
{"mcpServers":{"one":{"command":"npx","args":["-y","some-server"]}}}
J
start() { # start N: a server that looks for work every 50 ms; its input is fd 3 + N
	mkfifo "$dir/in$1"
	KILOCODE_TEST_SCHEDULE=50 COMPLIANCE_INTERVAL=${interval:-1h} "$B/compliance-server" \
		<"$dir/in$1" >"$dir/out$1" 2>"$dir/err$1" &
	pid=$!
	pids="$pids $pid"
}
wait_for() { # wait_for COMMAND...: at most 20 s
	n=0
	until "$@" >/dev/null 2>&1; do
		n=$((n + 1))
		[ $n -lt 200 ] || return 1
		sleep 0.1
	done
}
checked() { "$B/compliance-server" report | grep -q ' one$'; }
ended() { ! kill -0 "$1" 2>/dev/null; }

interval=1h
start 1
one=$pid
exec 3>"$dir/in1"
start 2
two=$pid
exec 4>"$dir/in2"
wait_for checked
ok $? "a serving process checks by itself"
echo '{"jsonrpc":"2.0","id":1,"method":"ping"}' >&3
wait_for grep -q '"id":1' "$dir/out1"
ok $? "and answers"
sleep 0.5
[ "$("$B/compliance-server" report | grep -c ' one$')" = 1 ]
ok $? "two processes check once an interval"
"$B/compliance-server" verify-audit >"$dir/verdict"
ok $? "the audit log is whole: $(cat "$dir/verdict")"
began=$(date +%s)
exec 3>&-
wait_for ended "$one"
ok $? "at the end of input it ends"
kill -TERM "$two"
wait_for ended "$two"
ok $? "and at SIGTERM"
took=$(($(date +%s) - began))
[ $took -le 8 ]
ok $? "soon"
exec 4>&-
COMPLIANCE_ENABLED=false
export COMPLIANCE_ENABLED
rm -rf "$dir/home/.local"
start 3
exec 5>"$dir/in3"
sleep 0.5
! checked
ok $? "switched off it does not"
exec 5>&-
wait_for ended "$pid"
ok $? "and ends"
echo "1..$count"
exit $bad
