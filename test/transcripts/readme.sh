#!/bin/bash
# The README's transcripts, against the real programs.
cd "$(dirname "$0")/../.." || exit 1
B=${B:-build}
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
awk -v dir="$dir" '
	/^<!-- transcript: / { server = $3; next }
	server && /^```$/ { if (open) { open = 0; server = "" } else { open = 1; k++ } next }
	open { print > (dir "/" k "-" server ".t") }' README.md
n=0
bad=0
for t in "$dir"/*.t; do
	n=$((n + 1))
	server=${t##*/*-}
	server=${t##*/}; server=${server#*-}; server=${server%.t}
	mkdir -p "$dir/home$n"
	if HOME="$dir/home$n" "$B/test/play" "$t" "$B/$server" >"$dir/out" 2>&1; then
		echo "ok $n - README: $server"
	else
		bad=1
		echo "not ok $n - README: $server"
		sed 's/^/#   /' "$dir/out"
	fi
done
[ $n -gt 0 ] || { echo "not ok 1 - README has a transcript"; n=1; bad=1; }
echo "1..$n"
exit $bad
