#!/bin/sh
# Includes and SQL stay where test/layers.txt and the architecture allow them.
cd "$(dirname "$0")/.." || exit 1
n=0
bad=0
point() { # point NAME LINES: one TAP point, failed when LINES is not empty
	n=$((n + 1))
	if [ -z "$2" ]; then
		echo "ok $n - $1"
	else
		bad=1
		echo "not ok $n - $1"
		echo "$2" | sed 's/^/#   /'
	fi
}
sources=$(git ls-files -co --exclude-standard '*.c' '*.h' | grep -v '^test/')

point "folders of common include only what is below them" "$(
	awk '
	FNR == NR { if ($1 ~ /^[a-z]/) { for (i = 2; i <= NF; i++) may[$1, $i] = 1 } next }
	/^#include "/ {
		split(FILENAME, from, "/"); split($2, to, "\"")
		split(to[2], path, "/")
		if (from[1] == "common" && path[1] != "common") print FILENAME ": " $2
		else if (from[1] == "common" && !((from[2], path[2]) in may)) print FILENAME ": " $2
		else if (from[1] != "common" && path[1] != "common" && path[1] != from[1]) print FILENAME ": " $2
	}' test/layers.txt $sources)"

point "libraries are included where they are wrapped" "$(
	grep '^<' test/layers.txt | while read -r header where; do
		grep -Hn "^#include $header" $sources | grep -v "^$where"
	done)"

point "stores and services know nothing of MCP" "$(
	grep -Hn '#include "common/rpc/\(tool\|page\|server\|resource\|prompt\)' $sources |
		grep '_store\.[ch]:')"

point "tools carry no SQL" "$(
	grep -HnE '"[^"]*\b(SELECT .* FROM|INSERT INTO|UPDATE [a-z_]+ SET|DELETE FROM)\b' $sources |
		grep -vE '_store\.c:|^common/db/|/live')"

point "only child.c starts programs" "$(
	grep -HnE '\b(fork|vfork|execv[pe]*|execl[pe]*|posix_spawnp?|popen|system) *\(' $sources |
		grep -v '^common/base/child')"

point "one place opens, one checkpoints the SQLite file" "$(
	for call in sqlite3_wal_checkpoint_v2 sqlite3_open_v2; do
		n=$(grep -c "$call" common/db/sqlite_conn.c)
		[ "$n" = 1 ] || echo "common/db/sqlite_conn.c: $n times $call"
	done
	grep -Hn 'wal_checkpoint\|sqlite3_open' $sources | grep -v '^common/db/sqlite_conn.c:')"

echo "1..$n"
exit $bad
