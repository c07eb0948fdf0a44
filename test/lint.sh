#!/bin/bash
# Static analysis of the sources and the hardening of the built programs.
# usage: lint.sh [quick]   quick leaves out clang's path analyser, which takes most of the time
set -u
cd "$(dirname "$0")/.." || exit 1
B=${B:-build}
status=0
flags="-std=c11 -D_POSIX_C_SOURCE=200809L -I. -I$B/gen -DSUITE_VERSION='\"lint\"'"

checks=
[ "${1:-}" != quick ] || checks="--checks=-clang-analyzer-*"

echo "clang-tidy"
git ls-files 'common/*.c' '*-server/*.c' | grep -v '^test/' |
	xargs -P "$(nproc)" -n 8 sh -c "clang-tidy-14 --quiet $checks \"\$@\" -- $flags 2>/dev/null" tidy ||
	status=1

# POSIX makes NULL a pointer, so it may end a list of arguments (varFuncNullUB).
echo "cppcheck"
# shellcheck disable=SC2086
cppcheck --quiet --std=c11 --error-exitcode=1 --inline-suppr -j "$(nproc)" \
	--enable=warning,performance,portability --suppress=missingIncludeSystem \
	--suppress=normalCheckLevelMaxBranches --suppress=autoVariables --suppress=varFuncNullUB -D_POSIX_C_SOURCE=200809L -I. \
	common compliance-server memory-server coordinator-server || status=1

echo "hardening"
for bin in "$B"/*-server; do
	[ -x "$bin" ] || continue
	readelf -hW "$bin" | grep -q 'DYN (Position' || { echo "$bin: not PIE"; status=1; }
	readelf -dW "$bin" | grep -q 'BIND_NOW\|FLAGS_1.*NOW' || { echo "$bin: no full RELRO"; status=1; }
	readelf -lW "$bin" | grep -q 'GNU_RELRO' || { echo "$bin: no RELRO"; status=1; }
	readelf -lW "$bin" | grep 'GNU_STACK' | grep -q 'RWE' && { echo "$bin: executable stack"; status=1; }
	readelf -dW "$bin" | grep -q 'RPATH\|RUNPATH' && { echo "$bin: has a run path"; status=1; }
	readelf -sW "$bin" | grep -q '__stack_chk_fail' || { echo "$bin: no stack protector"; status=1; }
	needed=$(readelf -dW "$bin" | sed -n 's/.*NEEDED.*\[\(.*\)\]/\1/p' | sort | tr '\n' ' ')
	for lib in $needed; do
		case $lib in
		libc.so.6 | libm.so.6 | libsqlite3.so.0 | libyaml-0.so.2 | libcrypto.so.3 | libutf8proc.so.2 | ld-linux*) ;;
		*) echo "$bin: needs $lib, which docs/dependencies.md does not name"; status=1 ;;
		esac
	done
done
exit $status
