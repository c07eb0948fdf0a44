#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# common/gen/embed.awk: what it prints is the file, what it does not understand it refuses.
set -u
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
mkdir -p "$dir/x/sqlite" "$dir/x/oracle"
n=0
ok() { # ok STATUS TEXT
	n=$((n + 1))
	[ "$1" = 0 ] && echo "ok $n - $2" || echo "not ok $n - $2"
}
embed() { awk -v set=x -f common/gen/embed.awk "$@" 2>"$dir/err"; }
refused() { # refused TEXT FILE
	embed "$2" >/dev/null
	[ $? -ne 0 ] && [ -s "$dir/err" ]
	ok $? "$1 is refused"
}

printf 'SELECT "a\\n", '\''%%'\'';\n\n-- end\n' >"$dir/x/sqlite/0001_one.sql"
cp "$dir/x/sqlite/0001_one.sql" "$dir/x/sqlite/0002_two_more.no-vector.sql"
embed "$dir/x/sqlite/0001_one.sql" "$dir/x/sqlite/0002_two_more.no-vector.sql" >"$dir/out.c"
ok $? "two files are embedded"
grep -q '{ 1, "one", "", "sqlite", sql_1 }' "$dir/out.c"
ok $? "number and title come from the name"
grep -q '{ 2, "two_more", "no-vector", "sqlite", sql_2 }' "$dir/out.c"
ok $? "so does the variant"
cat >"$dir/main.c" <<'C'
#include <stdio.h>
#include "out.c"
int main(void) { return fputs(files[0].sql, stdout) < 0; }
C
"${CC:-cc}" -I. -I"$dir" -o "$dir/main" "$dir/main.c" && "$dir/main" >"$dir/back"
cmp -s "$dir/back" "$dir/x/sqlite/0001_one.sql"
ok $? "the text comes back byte for byte"
for d in shared compliance memory coordinator; do
	for f in migrations/$d/postgresql/*.sql; do
		case $f in *.*.sql) continue ;; esac
		[ -e "migrations/$d/sqlite/${f##*/}" ] || { ok 1 "$f has a twin for SQLite"; }
	done
done
ok 0 "each migration exists for both databases"
echo 'SELECT 1' >"$dir/x/oracle/0001_one.sql"
refused "another dialect" "$dir/x/oracle/0001_one.sql"
echo 'SELECT 1' >"$dir/x/sqlite/1_one.sql"
refused "a name without four digits" "$dir/x/sqlite/1_one.sql"
printf 'SELECT 1 -- \303\244\n' >"$dir/x/sqlite/0003_umlaut.sql"
refused "text that is not ASCII" "$dir/x/sqlite/0003_umlaut.sql"
echo "1..$n"
