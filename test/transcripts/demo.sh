#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The suite's main job end to end, on SQLite and, unchanged, on PostgreSQL.
B=${B:-build}
point() { # point NUMBER NAME COMMAND...
	n=$1
	name=$2
	shift 2
	if out=$("$@" 2>&1); then
		echo "ok $n - $name"
	else
		bad=1
		echo "not ok $n - $name"
		echo "$out" | sed 's/^/#   /'
	fi
}
bad=0
echo 1..2
point 1 "on SQLite" env -u DATABASE_URL "$B/test/demo" "$B"
if [ -n "${TEST_PG_DIR:-}" ]; then
	createdb -h "$TEST_PG_DIR" -U kilo "demo_$$" || bad=1
	point 2 "on PostgreSQL" \
		env DATABASE_URL="postgresql://kilo@/demo_$$?host=$TEST_PG_DIR" "$B/test/demo" "$B"
elif [ -n "${TEST_PG_REQUIRED:-}" ]; then
	bad=1
	echo "not ok 2 - TEST_PG_DIR names a running PostgreSQL"
else
	echo "ok 2 - on PostgreSQL # SKIP TEST_PG_DIR is not set"
fi
exit $bad
