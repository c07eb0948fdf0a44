#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Live checks that end early: cancelled in every way, by the end of input, by kill -9. No
# process stays, no check stays running, and a new process answers for the tasks of the old.
set -u
B=${B:-build}
B=$(cd "$B" && pwd)
here=$(cd "$(dirname "$0")/.." && pwd)
n=0
bad=0
pid=
pg=
work=$(mktemp -d "${TMPDIR:-/tmp}/suite-test-XXXXXX")
end() {
	exec 3>&-
	[ -z "$pid" ] || kill -9 "$pid" 2>/dev/null
	[ -z "$pg" ] || sh "$here/services.sh" stop-pg
	rm -rf "$work"
}
trap end EXIT
unset DATABASE_URL STATE_DIR XDG_DATA_HOME XDG_STATE_HOME XDG_CONFIG_HOME \
	KILOCODE_PROJECT_PATH LOG_LEVEL LOG_FILE 2>/dev/null
HOME=$work/home
export HOME
mkdir -p "$work/home" "$work/p"
chmod 700 "$work" "$work/home" "$work/p"
cd "$work/p" || exit 1
cp "$B/test/faulty" "$work/p/slow-server"
cat >slow.json <<J
{"mcpServers":{"slow":{"command":"$work/p/slow-server","args":["late"]}}}
J
cat >quick.json <<J
{"mcpServers":{"quick":{"command":"$work/p/slow-server"}}}
J
chmod 600 slow.json quick.json
: >out

ok() { # ok NAME: the status of the last command decides
	[ $? -eq 0 ] && status=ok || { status="not ok"; bad=1; }
	n=$((n + 1))
	echo "$status $n - $1"
	[ "$status" = ok ] || cut -c1-300 out err | sed 's/^/# /' | tail -n 20
}
wait_for() { # wait_for COMMAND...: at most 60 s
	tries=0
	until "$@"; do
		tries=$((tries + 1))
		[ $tries -lt 600 ] || return 1
		sleep 0.1
	done
}
sql() {
	if [ -n "$pg" ]; then
		psql -qAt "$DATABASE_URL" -c "$1"
	else
		sqlite3 -cmd '.timeout 5000' "$HOME/.local/share/kilocode-mcp/compliance.db" "$1"
	fi
}
started() { readlink /proc/[0-9]*/exe 2>/dev/null | grep -qF "$work/p/slow-server"; }
gone() { ! started; }
ended() { ! kill -0 "$pid" 2>/dev/null; }
answered() { grep -q "\"id\":$1[,}]" out; }
running() { [ "$(sql "select count(*) from compliance_checks where status in ('pending', 'running')")" != 0 ]; }
none_running() { ! running; }
newest() { sql "select status || ' ' || (details->>'failure') from compliance_checks where server_name = 'slow' order by created_at desc, id desc limit 1"; }

start() { # start [ENV=VALUE]: a server whose input is fd 3
	rm -f in
	mkfifo in
	: >out
	env "$@" "$B/compliance-server" <in >>out 2>>err &
	pid=$!
	exec 3>in
}
stop() {
	exec 3>&-
	wait_for ended
	wait "$pid" 2>/dev/null
	pid=
}
say() { printf '%s\n' "$1" >&3; }
modern='"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":'
tasks="$modern{\"extensions\":{\"io.modelcontextprotocol/tasks\":{}}}}"
plain="$modern{}}"
hello() {
	say '{"jsonrpc":"2.0","id":"i","method":"initialize","params":{"protocolVersion":"2025-11-25","capabilities":{},"clientInfo":{"name":"t","version":"1"}}}'
	say '{"jsonrpc":"2.0","method":"notifications/initialized"}'
}
check() { # check ID FILE MORE: a live check
	say "{\"jsonrpc\":\"2.0\",\"id\":$1,\"method\":\"tools/call\",\"params\":{\"name\":\"run_compliance_check\",\"arguments\":{\"path\":\"$work/p/$2.json\",\"live\":true}${3:+,$3}}}"
}
task() { # task ID METHOD TASK [MORE]
	say "{\"jsonrpc\":\"2.0\",\"id\":$1,\"method\":\"tasks/$2\",\"params\":{\"taskId\":\"$3\"${4:+,$4}}}"
	wait_for answered "$1"
}
cancel() { say "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/cancelled\",\"params\":{\"requestId\":$1${2:+,$2}}}"; }
task_id() { sed -n 's/.*"taskId":"\([^"]*\)".*/\1/p' out | head -n 1; }
begins() { # begins NAME: the check is in the middle of it
	wait_for started && wait_for running
	ok "$1: the server was started"
}
left_nothing() { # left_nothing NAME
	wait_for gone
	ok "$1: no process is left"
	wait_for none_running
	ok "$1: no check is left running"
	[ "$(newest)" = "failed CANCELLED" ]
	ok "$1: it is failed, with the reason: $(newest)"
}
leaves_nothing() { # leaves_nothing NAME: of a server that has ended, in a hurry
	wait_for gone
	ok "$1: no process is left"
	"$B/compliance-server" check quick.json >/dev/null 2>&1
	none_running
	ok "$1: no check is left running"
	case $(newest) in "failed CANCELLED" | "failed abandoned") ;; *) false ;; esac
	ok "$1: it is failed, with the reason: $(newest)"
}

"$B/compliance-server" trust slow.json quick.json >out 2>err
ok "a person consents"

start
hello
check 1 slow
begins "notifications/cancelled of 2025-11-25"
cancel 1
left_nothing "notifications/cancelled of 2025-11-25"
check 2 slow "$plain"
begins "notifications/cancelled of 2026-07-28"
cancel 2 "$plain"
left_nothing "notifications/cancelled of 2026-07-28"
! answered 1 && ! answered 2
ok "neither was answered"

check 3 slow '"task":{}'
wait_for answered 3
begins "tasks/cancel of 2025-11-25"
id=$(task_id)
task 4 cancel "$id"
grep '"id":4,' out | grep -q '"status":"cancelled"'
ok "tasks/cancel of 2025-11-25: answers with the cancelled task"
left_nothing "tasks/cancel of 2025-11-25"
task 5 get "$id"
grep '"id":5,' out | grep -q '"status":"cancelled"'
ok "and it stays cancelled"
: >out
check 6 slow "$tasks"
wait_for answered 6
begins "tasks/cancel of 2026-07-28"
id=$(task_id)
task 7 cancel "$id" "$tasks"
left_nothing "tasks/cancel of 2026-07-28"
task 8 get "$id" "$tasks"
grep '"id":8,' out | grep -q '"status":"cancelled"'
ok "tasks/cancel of 2026-07-28: the task is cancelled"
say '{"jsonrpc":"2.0","id":9,"method":"ping"}'
wait_for answered 9
ok "the server goes on"

stop
start REQUEST_TIMEOUT=1000
check 1 slow "$plain"
begins "end of input"
stop
leaves_nothing "end of input"
start REQUEST_TIMEOUT=1000
check 1 slow "$tasks"
wait_for answered 1
id=$(task_id)
begins "end of input under a task"
stop
leaves_nothing "end of input under a task"
start
task 1 get "$id" "$tasks"
grep '"id":1,' out | grep -Eq '"status":"(failed|working)"'
ok "and its task was not completed"
stop
start
check 1 slow "$plain"
begins SIGTERM
kill -TERM "$pid"
stop
leaves_nothing SIGTERM

start
say "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"tools/call\",\"params\":{\"name\":\"run_compliance_check\",\"arguments\":{\"path\":\"$work/p/quick.json\",\"live\":true},${plain%?},\"progressToken\":\"p\"}}}"
wait_for answered 1
grep -a '"progressToken":"p"' out | jq -se 'map(.params) |
	(map(.progress) | length > 2 and . == unique) and (map(.total) | unique | length == 1) and
	(.[0].message | endswith("files read")) and
	any(.[]; .message | contains("of 1 servers examined")) and
	all(.[]; .progress <= .total)' >/dev/null
ok "progress grows on one scale: files, servers, results"
stop

survives() { # survives NAME: kill -9, and what new processes say
	start
	check 1 slow "$tasks"
	wait_for answered 1
	id=$(task_id)
	begins "$1: kill -9"
	kill -9 "$pid"
	stop
	wait_for gone
	ok "$1: no process is left"
	start
	task 1 get "$id" "$tasks"
	grep '"id":1,' out | grep -q '"status":"working"'
	ok "$1: until its lease is over the task counts as working"
	stop
	start "KILOCODE_TEST_CLOCK=$(date -u -d '+5 min' +%Y-%m-%dT%H:%M:%SZ)"
	task 1 get "$id" "$tasks"
	grep '"id":1,' out | grep '"status":"failed"' | grep -q '"error":{"code":-32603,'
	ok "$1: then it is failed"
	stop
	start
	check 1 quick "$tasks"
	wait_for answered 1
	id=$(task_id)
	i=1
	until grep -q '"status":"completed"' out || [ $i -gt 300 ]; do
		i=$((i + 1))
		task $i get "$id" "$tasks"
		sleep 0.2
	done
	stop
	[ "$(newest)" = "failed abandoned" ]
	ok "$1: the next check saw what became of the killed one: $(newest)"
	start
	task 1 get "$id" "$tasks"
	grep '"id":1,' out | grep '"status":"completed"' | grep -q '"serverName":"quick"'
	ok "$1: a task that was completed is answered by a new process"
	stop
}

survives SQLite
if made=$(sh "$here/services.sh" start-pg 2>/dev/null); then
	eval "$made"
	pg=1
	DATABASE_URL=$TEST_PG_URL
	export DATABASE_URL TEST_PG_DIR
	survives PostgreSQL
elif [ -n "${TEST_PG_REQUIRED:-}" ]; then
	false
	ok "PostgreSQL starts"
fi
echo "1..$n"
exit $bad
