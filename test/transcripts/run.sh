#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Plays test/transcripts/<server>/*.t against the built servers: one TAP line per file and
# database. With TEST_PG_DIR each also runs, unchanged, on a new PostgreSQL database.
# usage: run.sh [FILE.t...]
set -u
here=$(cd "$(dirname "$0")" && pwd)
B=${B:-build}
PATH=$(cd "$B" && pwd):$PATH # targets of the coordinator
[ $# -gt 0 ] || set -- "$here"/*/*.t
count=0
failed=0
env=$(mktemp)
trap 'rm -f "$env"' EXIT

play() { # play NAME FILE COMMAND...
	name=$1
	shift
	count=$((count + 1))
	if out=$("$B/test/play" "$@" 2>&1); then
		echo "ok $count - $name"
	else
		failed=1
		echo "not ok $count - $name"
		echo "$out" | sed 's/^[^#]/# &/'
	fi
}

for file in "$@"; do
	server=$(basename "$(dirname "$file")")
	name=$server/$(basename "$file" .t)
	if [ "$server" = fixture-server ]; then
		play "$name" "$file" "$B/test/$server"
		continue
	fi
	play "$name" "$file" "$B/$server"
	if [ -n "${TEST_PG_DIR:-}" ]; then
		db=play_$$_$count
		createdb -h "$TEST_PG_DIR" -U kilo "$db" || failed=1
		echo "DATABASE_URL=postgresql://kilo@/$db?host=$TEST_PG_DIR" >"$env"
		play "$name on PostgreSQL" "$file" "$B/$server" --env-file "$env"
	elif [ -n "${TEST_PG_REQUIRED:-}" ]; then
		failed=1
		count=$((count + 1))
		echo "not ok $count - TEST_PG_DIR names a running PostgreSQL"
	else
		count=$((count + 1))
		echo "ok $count - $name on PostgreSQL # SKIP TEST_PG_DIR is not set"
	fi
done
echo "1..$count"
exit $failed
