#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Secrets (T8), log lines (T21), sub-commands and exit statuses of every server.
set -u
B=${B:-build}
B=$(cd "$B" && pwd)
here=$(cd "$(dirname "$0")" && pwd)
n=0
bad=0
work=$(mktemp -d "${TMPDIR:-/tmp}/suite-test-XXXXXX")
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
unset DATABASE_URL LOG_FILE LOG_LEVEL WORKERS STATE_DIR XDG_DATA_HOME XDG_STATE_HOME \
	XDG_CONFIG_HOME 2>/dev/null

ok() { # ok NAME: the status of the last command decides
	[ $? -eq 0 ] && status=ok || { status="not ok"; bad=1; }
	n=$((n + 1))
	echo "$status $n - $1"
	[ "$status" = ok ] || sed 's/^/# /' "$work"/out "$work"/err 2>/dev/null | cut -c1-400 | head -n 20
}

run() { # run [NAME=VALUE…] PROGRAM ARG…: output in out and err, status in rc
	env HOME="$work/home" "$@" >"$work/out" 2>"$work/err" </dev/null
	rc=$?
}

# Exit status and a part of what is said, on stdout for 0, else on stderr.
gives() { # gives STATUS TEXT WHAT [NAME=VALUE…] ARG…
	want=$1 text=$2 what=$3
	shift 3
	run "$@"
	stream=out
	case $want in 0 | *d) ;; *) stream=err ;; esac
	[ "$rc" = "${want%d}" ] && grep -qF -- "$text" "$work/$stream"
	ok "$name: $what: status ${want%d}, says \"$text\""
}

call() { # call ID TOOL ARGUMENTS; the id is one that would spoil a log
	printf '{"jsonrpc":"2.0","id":"\\u001b[31m\\nFAKE LINE %s","method":"tools/call","params":{"name":"%s","arguments":{%s}}}\n' "$1" "$2" "$3"
}

talk() { # a short session with every kind of call
	printf '%s\n' '{"jsonrpc":"2.0","id":0,"method":"initialize","params":{"protocolVersion":"2025-11-25","capabilities":{},"clientInfo":{"name":"evil\u001b[31m\nFAKE LINE\u009b","version":"1"}}}' \
		'{"jsonrpc":"2.0","id":1,"method":"tools/list"}' \
		'{"jsonrpc":"2.0","id":"\u001b]0;x\u0007\nFAKE LINE","method":"tools/call","params":{"name":"no\u001b[31m\nFAKE LINE","arguments":{}}}' \
		'{"jsonrpc":"2.0","id":3,"method":"no\u001b[2J\nFAKE LINE\u007f\u0085"}' 'FAKE'
	call 4 store_memory '"content":"a\u001b[31m\nFAKE LINE","source":"no\nFAKE LINE"'
	call 5 store_memory '"content":"a note"'
	call 6 search_memories '"query":"\u001b[31m note"'
	call 7 get_memory '"memoryId":"\u001b\nFAKE LINE"'
	call 8 list_servers ''
	call 9 list_compliance_checks ''
	call 10 run_compliance_check '"path":"\u001b\nFAKE LINE"'
	call 11 list_targets ''
	call 12 list_sessions ''
	call 13 get_session '"sessionId":"\u001b\nFAKE LINE"'
	printf '%s\n' '{"jsonrpc":"2.0","id":14,"method":"resources/read","params":{"uri":"memory://\u001b\nFAKE LINE"}}'
}

newer() { # a database that a later version of the program has migrated
	db=home/.local/share/kilocode-mcp/${name%-server}.db
	cp "$db" newer.db
	sqlite3 newer.db "INSERT INTO schema_migrations SELECT component, 9999, 'later', sha256,
		applied_at, ms FROM schema_migrations WHERE component = 'shared' LIMIT 1" >out 2>err
	ok "$name: a row of a newer version"
	gives 78d "newer than this program" "migrate status" DATABASE_URL=sqlite:newer.db "$program" migrate status
	gives 78d '"newer":true' "migrate status --json" DATABASE_URL=sqlite:newer.db "$program" migrate status --json
	gives 78 "newer than this program" "migrate verify" DATABASE_URL=sqlite:newer.db "$program" migrate verify
	gives 69d "newer than this program" "doctor" DATABASE_URL=sqlite:newer.db "$program" doctor
}

commands() {
	gives 0 "usage: $name" "--help" "$program" --help
	gives 0 "usage: $name migrate status" "help of a command" "$program" migrate status --help
	gives 0 "usage: $name migrate verify" "help of the first of two words" "$program" migrate --help
	gives 0 "$name (KiloCode MCP suite) " "--version" "$program" --version
	gives 0 "{\"name\":\"$name\",\"version\":" "--version --json" "$program" --version --json
	gives 0 "WORKERS " "config" "$program" config
	gives 0 '{"keys":[{' "config --json" "$program" config --json
	run "$program" config
	grep -E '^  (JWT_SECRET|PORT|BACKUP_ENABLED) .*no effect yet' "$work/out" | wc -l | grep -qx 3
	ok "$name: config says which keys have no effect yet"
	gives 0 " environment" "config names the origin" WORKERS=3 "$program" config
	gives 64 "unknown option \"--nope\"" "wrong option" "$program" --nope
	gives 64 "did you mean \"doctor\"" "misspelt command" "$program" docter
	gives 64 "needs one of status, up, verify" "half a command" "$program" migrate
	gives 64 "takes no argument" "one word too many" "$program" config extra
	gives 64 "needs a value" "option without value" "$program" --log-level
	gives 64 "hint: --print-docs list" "unknown reference" "$program" --print-docs nope
	gives 78 "accepted is" "wrong value of an option" "$program" --log-level loud config
	gives 78d '"name":"configuration","state":"fail","text":"environment: WORKERS is' \
		"doctor with a wrong value" WORKERS=abc "$program" doctor --json
	gives 78d "fail  configuration    environment: WORKERS is" "doctor, for people" \
		WORKERS=abc "$program" doctor
	for c in config doctor; do
		run BACKUP_PATH='${NOT_REPLACED}' "$program" "$c"
		[ "$(cat out err | grep -c 'variable NOT_REPLACED was not replaced')" = 1 ]
		ok "$name: $c warns once"
	done
	gives 0 "$work/own, which DATABASE_URL names" "doctor tells of the folder in use" \
		DATABASE_URL="sqlite:$work/own/x.db" "$program" doctor
	gives 69d "hint: start the database server" "doctor without a database server" \
		DATABASE_URL=postgresql://u@127.0.0.1:1/d "$program" doctor
	gives 64 'option "--json"' "an option's name is the one to type" "$program" config --json=maybe
	gives 78 "environment: WORKERS is \"0\"; accepted is" "wrong value, serving" WORKERS=0 "$program"
	gives 78 "there is no such file" "no configuration file" "$program" --config nowhere.yaml config
	printf 'A=1\nWORKERS=none\n' >bad.env
	gives 78 "bad.env:2: WORKERS is \"none\"" "wrong value in a file, with its line" \
		"$program" --env-file bad.env config
	gives 0 "not yet" "migrate status" "$program" migrate status
	gives 0 "no migration is applied yet" "migrate verify" "$program" migrate verify
	gives 0 "will be made on first use" "doctor" "$program" doctor
	[ ! -e home/.local ]
	ok "$name: none of these made a database"
	gives 0 "applied to sqlite:" "migrate up" "$program" migrate up
	gives 0 "is up to date" "migrate up once more" "$program" migrate up
	gives 0 "is the one this program carries" "migrate verify" "$program" migrate verify
	run "$program" migrate status
	! grep -q "not yet" out
	ok "$name: migrate status shows all as applied"
	gives 0 "write lock in force" "doctor" "$program" doctor
	gives 0 '[{"name":"configuration","state":"ok"' "doctor --json" "$program" doctor --json
	run "$program" migrate status --json
	grep -q '^\[{"component":"shared","version":1,.*"applied":true' out
	ok "$name: migrate status --json"
	newer
	echo "this is no database, however long it may be, and it is longer than a header has to be" >no.db
	gives 78 "is not an SQLite database" "a file that is no database" DATABASE_URL=sqlite:no.db "$program" migrate up
	gives 69d "is not an SQLite database" "doctor says so" DATABASE_URL=sqlite:no.db "$program" doctor
	gives 73 "cannot create directory" "a place that cannot be made" DATABASE_URL=sqlite:/proc/no/x.db "$program" migrate up
	gives 69 "cannot connect to postgresql://u@127.0.0.1:1/d" "no database server" \
		DATABASE_URL=postgresql://u:pw-of-nobody@127.0.0.1:1/d "$program" migrate up
	"$program" config >/dev/full 2>err
	[ $? = 74 ]
	ok "$name: output that cannot be written: status 74"
	rm -f gone
	{
		while [ ! -e gone ]; do sleep 0.05; done
		"$program" config 2>err
		echo $? >status
	} | { exec <&- && : >gone; }
	[ "$(cat status)" = 74 ] && [ ! -s err ]
	ok "$name: a reader that went away is not complained about"
	rm -rf home
}

# 20 secrets, each of its own: in the environment, in a .env file, in files named by _FILE.
canaries="DATABASE_URL REDIS_URL REDIS_PASSWORD JWT_SECRET CACHE_REDIS_URL EMAIL_PASSWORD NOTIFICATION_WEBHOOK_URL"
value() { # value NAME MARK
	case $1 in
	DATABASE_URL) echo "postgresql://kilo:canary-$1-$2@127.0.0.1:1/kilo?sslpassword=canary-Q$1-$2" ;;
	*REDIS_URL) echo "redis://u:canary-$1-$2@127.0.0.1:1/0" ;;
	*WEBHOOK_URL) echo "https://127.0.0.1/canary-$1-$2" ;;
	*) echo "canary-$1-$2-0123456789abcdef0123456789abcdef" ;;
	esac
}

no_canary() { # no_canary WHAT FILE…
	what=$1
	shift
	found=$(grep -aorh 'canary-[A-Za-z_]*' "$@" 2>/dev/null | sort | uniq -c)
	[ -z "$found" ]
	ok "$name: T8 $what"
	[ -z "$found" ] || echo "# $found"
}

session() { # session DIR [NAME=VALUE…] [ARG…]: a whole session and the commands
	d=$work/$1
	shift
	mkdir -p "$d"
	talk | env HOME="$d/home" LOG_LEVEL=debug LOG_FILE="$d/log" REQUEST_TIMEOUT=5s "$@" \
		>"$d/stdout" 2>"$d/stderr"
	for c in config "config --json" doctor "doctor --json" "migrate status" "migrate up"; do
		# shellcheck disable=SC2086
		env HOME="$d/home" "$@" $c >>"$d/commands" 2>&1 </dev/null
	done
}

secrets() {
	set --
	: >env.file
	for c in $canaries; do
		set -- "$@" "$c=$(value "$c" env)"
		echo "$c='$(value "$c" dotenv)'" >>env.file
	done
	session in-env "$@" "$program"
	no_canary "secrets in the environment stay secret" in-env
	grep -q 'cannot connect to postgresql://kilo@127.0.0.1:1/kilo' in-env/commands
	ok "$name:   and the database was really tried"
	chmod 600 env.file
	session in-file "$program" --env-file "$work/env.file"
	no_canary "secrets in a .env file stay secret" in-file
	set --
	for c in $canaries; do
		value "$c" file >"$work/secret.$c"
		chmod 600 "$work/secret.$c"
		set -- "$@" "${c}_FILE=$work/secret.$c"
	done
	session by-file "$@" "$program"
	no_canary "secrets in files of their own stay secret" by-file
	set --
	for c in $canaries; do
		[ "$c" = DATABASE_URL ] || set -- "$@" "$c=$(value "$c" sqlite)"
	done
	session sqlite "$@" "DATABASE_URL=sqlite:$work/sqlite/data.db" "$program"
	[ -s sqlite/data.db ] && [ -s sqlite/log ]
	ok "$name:   there are a database and a log"
	no_canary "nor are they in the database, its files or the log" sqlite
	mkdir wrong
	for c in DATABASE_URL=mysql://u:canary-wrong@h/d DATABASE_URL=postgresql:canary-wrong \
		REDIS_URL=no://u:canary-wrong@h 'JWT_SECRET=canary-wrong"' \
		NOTIFICATION_WEBHOOK_URL=ftp://canary-wrong.org/x EMAIL_PASSWORD='$canary_wrong-x'; do
		run "$c" "$program" config
		cat out err >>wrong/all
		run "$c" "$program" --log-level debug
		cat out err >>wrong/all
	done
	for u in 'u:canary-wrong@h:12x/d' 'u:canary-wrong%zz@127.0.0.1:1/d' 'u:canary-wrong@[::1/d' \
		'u@127.0.0.1:1/d?password=canary-wrong&bogus=1' 'u:canary-wrong/x@127.0.0.1:1/d' \
		'u:a/canary-wrong@127.0.0.1:1/d' 'u:p#canary-wrong@127.0.0.1:1/d' \
		'u:canary%2Dwrong@127.0.0.1:1/d' 'u:canary-wrong@@127.0.0.1:1/d'; do
		for c in "migrate up" doctor config; do
			# shellcheck disable=SC2086
			run "DATABASE_URL=postgresql://$u" LOG_LEVEL=debug "$program" $c
			cat out err >>wrong/all
		done
	done
	[ -s wrong/all ] && ! grep -aE 'canary(-|%2D)wrong' wrong/all >err
	ok "$name: T8 nor in complaints about wrong values"
}

running() {
	mkfifo to from
	set --
	for c in $canaries; do
		set -- "$@" "$c=$(value "$c" running)"
	done
	env HOME="$work/home" "$@" "$program" <to >from 2>err &
	pid=$!
	exec 8>to 9<from
	talk | head -n 1 >&8
	read -r line <&9
	tr '\0' '\n' <"/proc/$pid/environ" >environ 2>/dev/null
	tr '\0' '\n' <"/proc/$pid/cmdline" >cmdline
	no_canary "nor in /proc/PID/environ and cmdline of the running server" environ cmdline
	grep -q "^Max core file size *0 " "/proc/$pid/limits"
	ok "$name: T8 it leaves no core file"
	exec 8>&-
	cat <&9 >/dev/null
	exec 9<&-
	wait "$pid"
	ok "$name: and ends well"
	rm -f to from environ cmdline
}

log_lines() {
	LC_ALL=C grep -anvE '^20[0-9]{2}-[0-9]{2}-[0-9]{2}T[0-9:.]*Z [A-Z]+ [a-z-]+\[[0-9]+\] [a-z_]+: ' sqlite/log >out
	[ ! -s out ]
	ok "$name: T21 every line of the log is one of ours"
	! LC_ALL=C grep -anE "$(printf '[\001-\010\013-\037\177]|\302[\200-\237]')" sqlite/log sqlite/stderr >out
	ok "$name: T21 no control characters in log and stderr"
	! LC_ALL=C grep -anE "$(printf '[\001-\010\013-\037\177]')" sqlite/stdout >out
	ok "$name: no raw control characters on stdout"
	grep -q 'FAKE LINE' sqlite/log
	ok "$name: T21 and what was sent is in the log, escaped"
	session json LOG_FORMAT=json "$program"
	LC_ALL=C grep -anvE '^\{"time":"20[^"]*","level":"[A-Z]*","program":"[a-z-]*","pid":[0-9]+,"event":"[a-z_]*","message":".*"\}$' json/log >out
	[ ! -s out ]
	ok "$name: T21 the same as JSON"
}

for name in memory-server compliance-server coordinator-server; do
	program=$B/$name
	if [ ! -x "$program" ]; then
		[ -n "${TEST_PG_REQUIRED:-}" ] || continue
		false
		ok "$name is built"
		continue
	fi
	commands
	secrets
	running
	log_lines
	rm -rf "${work:?}"/*
done
echo "1..$n"
exit $bad
