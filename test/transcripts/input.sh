#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Hostile input to every server that is built; of all of them where the tests are complete.
set -u
B=${B:-build}
set -- "$B/test/fixture-server"
for s in memory compliance coordinator; do
	[ ! -x "$B/$s-server" ] && [ -z "${TEST_PG_REQUIRED:-}" ] || set -- "$@" "$B/$s-server"
done
exec "$B/test/input" "$@"
