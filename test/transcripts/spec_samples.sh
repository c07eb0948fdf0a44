#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The specification's sample files checked again and again against one database.
set -u
B=${B:-build}
B=$(cd "$B" && pwd)
repo=$PWD
n=0
bad=0
unset DATABASE_URL STATE_DIR XDG_DATA_HOME XDG_STATE_HOME XDG_CONFIG_HOME NO_COLOR COLUMNS \
	KILOCODE_PROJECT_PATH LOG_LEVEL LOG_FILE 2>/dev/null

# A temporary folder would be a finding itself.
work=
for place in "$B" "${HOME:-}" "$(getent passwd "$(id -u)" | cut -d: -f6)" /var/lib; do
	case $place in '' | /tmp/* | /var/tmp/* | /dev/shm/*) continue ;; esac
	work=$(mktemp -d "$place/spec-XXXXXX" 2>/dev/null) && break
done
[ -n "$work" ] || { echo "1..0 # SKIP no folder outside the temporary ones can be written"; exit 0; }
trap 'rm -rf "$work"' EXIT
mkdir -p "$work/home" "$work/bin" "$work/spec-samples"
chmod 700 "$work/home" "$work/spec-samples"
for p in npx node; do
	printf '#!/bin/sh\n' >"$work/bin/$p"
	chmod 755 "$work/bin/$p"
done
chmod 755 "$work/bin"
cd "$work/spec-samples" || exit 1
cp "$repo/test/data/spec/mcp.json" "$repo/test/data/spec/docker-compose.yml" \
	"$repo/test/data/spec/kubernetes.yaml" .
cp "$repo/test/unit/data/specification.env" .env
chmod 600 .env ./*

is() { # is WHAT GOT WANT
	n=$((n + 1))
	if [ "$2" = "$3" ]; then
		echo "ok $n - $1"
	else
		bad=1
		echo "not ok $n - $1"
		echo "# got:  $2" | head -n 20
		echo "# want: $3" | head -n 20
		sed 's/^/# /' "$work/err" | head -n 10
	fi
}
check() { # the exit status is the output
	HOME="$work/home" PATH="$work/bin:$PATH" "$B/compliance-server" check "$work/spec-samples" \
		--host generic --format json >"$work/out" 2>"$work/err" </dev/null
	echo $?
}
sql() { sqlite3 "$work/home/.local/share/kilocode-mcp/compliance.db" "$1"; }
issues() { sql "SELECT issue_id, created_at FROM compliance_issues ORDER BY issue_id"; }

is "the check fails by its findings" "$(check)" 2
is "59 findings count" "$(jq '.counts | .critical + .high + .medium + .low' "$work/out")" 59
is "33 issues are stored" "$(sql 'SELECT count(*) FROM compliance_issues')" 33
is "all open" "$(sql "SELECT count(*) FROM compliance_issues WHERE status = 'open'")" 33
is "a row for each target" "$(sql "SELECT count(*) FROM servers")" 6
is "the status of every check is completed" \
	"$(sql "SELECT DISTINCT status FROM compliance_checks")" completed
issues >"$work/first"
first=$(sql 'SELECT DISTINCT check_id FROM compliance_issues ORDER BY 1')

is "the second check" "$(check)" 2
is "the same issues with the same dates" "$(issues)" "$(cat "$work/first")"
second=$(sql 'SELECT DISTINCT check_id FROM compliance_issues ORDER BY 1')
is "of the second check" "$(printf '%s\n%s\n' "$first" "$second" | sort | uniq -d)" ""

mkdir -p dist ssl mcp_servers/mcp-compliance-server mcp_servers/mcp-memory-service
: >dist/server.js
: >init.sql
: >nginx.conf
is "the check with what was missing" "$(check)" 2
is "52 findings count" "$(jq '.counts | .critical + .high + .medium + .low' "$work/out")" 52
is "three issues are resolved, with a date" "$(sql "SELECT substr(issue_id, 1, 7)
	FROM compliance_issues WHERE status = 'resolved' AND resolved_at IS NOT NULL ORDER BY 1" | tr '\n' ' ')" \
	"CFG-024 CFG-024 DC-016- "
is "30 stay open" "$(sql "SELECT count(*) FROM compliance_issues WHERE status = 'open'")" 30
is "none is new" "$(issues)" "$(cat "$work/first")"

echo "1..$n"
exit $bad
