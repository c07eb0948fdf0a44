#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Process life of every server that is built, side by side since much of it is waiting; of
# all of them where the tests are complete.
set -u
B=${B:-build}
dir=$(mktemp -d "${TMPDIR:-/tmp}/suite-test-XXXXXX")
trap 'rm -rf "$dir"' EXIT
set -- "$B/test/fixture-server"
for s in memory compliance coordinator; do
	[ ! -x "$B/$s-server" ] && [ -z "${TEST_PG_REQUIRED:-}" ] || set -- "$@" "$B/$s-server"
done
for s; do
	(
		for tool in life start; do
			"$B/test/$tool" "$s" 2>&1
			# a crash has no plan
			[ $? -le 1 ] || echo "not ok - $tool $s did not end well"
		done
	) >"$dir/${s##*/}" &
done
wait
cat "$dir"/* | awk '
	/^(not )?ok/ { sub(/ok [0-9]*/, "ok " ++n); if (/^not/) bad = 1 }
	/^1\.\.[0-9]+$/ { next }
	{ print }
	END { print "1.." n; exit bad }'
