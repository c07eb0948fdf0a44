#!/bin/sh
# Sizes, headers and words of the sources.
cd "$(dirname "$0")/.." || exit 1
n=0
bad=0
point() {
	n=$((n + 1))
	if [ -z "$2" ]; then
		echo "ok $n - $1"
	else
		bad=1
		echo "not ok $n - $1"
		echo "$2" | sed 's/^/#   /'
	fi
}
files=$(git ls-files -co --exclude-standard | while read -r f; do [ -f "$f" ] && echo "$f"; done)
code=$(echo "$files" | grep -E '\.[ch]$')
text=$(echo "$files" | grep -vE '^test/(fuzz/corpus|npm/package-lock|data|rules|unit/data)')

point "every C file begins with the licence line and says what it is for" "$(
	for f in $code; do
		head -n 1 "$f" | grep -q '^/\* SPDX-License-Identifier: Apache-2.0 \*/$' &&
			sed -n 2p "$f" | grep -q '^/\* ' || echo "$f"
	done)"

point "C files have at most 500 lines (tables and tests 800)" "$(
	for f in $code; do
		max=500
		case $f in *_table.c | *keys.c | */rules_*.c | *_store.c | test/*) max=800 ;; esac
		lines=$(wc -l <"$f")
		[ "$lines" -le $max ] || echo "$f: $lines"
	done)"

point "functions have at most 60 lines (tests 100), rows of tables not counted" "$(
	for f in $code; do
		max=60
		case $f in test/*) max=100 ;; esac
		awk -v f="$f" -v max=$max '
		/^[a-zA-Z].*\)$/ || /^[ \t].*\)$/ { name = $0 }
		/^\{/ { start = FNR; rows = 0; next }
		/^\t+(\{.*[,;]|".*)$/ { rows++ }
		/^\}$/ { n = FNR - start - 1 - rows; if (start && n > max) print f ": " n " lines: " name; start = 0 }
		' "$f"
	done)"

point "no left-over marks" "$(
	echo "$text" | grep -v '^test/check-text.sh$' | xargs grep -nE '\b(TODO|FIXME|XXX|HACK)\b')"

point "no paths of the machine that wrote it" "$(
	echo "$text" | grep -v '^test/check-text.sh$' | xargs grep -nE '/(work|root)/[a-z]|/farm/')"

point "no address of a package registry" "$(
	echo "$text" | grep -v '^test/check-text.sh$' |
		xargs grep -nE 'registry\.npm|deb\.debian|npmjs\.(org|com)/')"

echo "1..$n"
exit $bad
