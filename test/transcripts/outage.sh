#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# A PostgreSQL of its own that goes away under a running memory-server and comes back.
set -eu
B=${B:-build}
here=$(cd "$(dirname "$0")/.." && pwd)
if ! made=$(sh "$here/services.sh" start-pg 2>/dev/null); then
	if [ -n "${TEST_PG_REQUIRED:-}" ]; then
		echo "not ok 1 - PostgreSQL starts"
		echo "1..1"
		exit 1
	fi
	echo "1..0 # SKIP PostgreSQL is not installed"
	exit 0
fi
eval "$made"
trap 'sh "$here/services.sh" stop-pg' EXIT
"$B/test/order" "$B/memory-server" "$TEST_PG_URL" "$here/services.sh"
