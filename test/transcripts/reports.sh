#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The reports of a check: formats, order, suppressions, baseline, and that no fault of the
# surroundings ever looks like a pass.
set -u
cd "$(dirname "$0")/../.." || exit 1
top=$PWD
B=${B:-build}
B=$(cd "$B" && pwd)
n=0
bad=0
work=$(mktemp -d "${TMPDIR:-/tmp}/suite-test-XXXXXX")
trap 'rm -rf "$work"' EXIT
unset DATABASE_URL STATE_DIR XDG_DATA_HOME XDG_STATE_HOME XDG_CONFIG_HOME NO_COLOR COLUMNS \
	KILOCODE_PROJECT_PATH LOG_LEVEL LOG_FILE 2>/dev/null
mkdir -p "$work/home" "$work/p/sub"
chmod 700 "$work" "$work/home" "$work/p"
cd "$work/p" || exit 1

ok() { # ok NAME: the status of the last command decides
	[ $? -eq 0 ] && status=ok || { status="not ok"; bad=1; }
	n=$((n + 1))
	echo "$status $n - $1"
	[ "$status" = ok ] || { echo "# status $rc"; sed 's/^/# /' "$work/out" "$work/err" | cut -c1-300 | head -n 20; }
}
skip() { n=$((n + 1)); echo "ok $n - $1 # SKIP $2"; }
check() { # check ARG…: output in out and err, status in rc
	env HOME="$work/home" "$B/compliance-server" check --no-store "$@" >"$work/out" 2>"$work/err" </dev/null
	rc=$?
}
gives() { # gives STATUS WHAT ARG…
	want=$1 what=$2
	shift 2
	check "$@"
	[ "$rc" = "$want" ]
	ok "$what: status $want"
}
holds() { # holds WHAT JQ-EXPRESSION [FILE]
	jq -e "$2" "${3:-$work/out}" >/dev/null 2>&1
	ok "$1"
}

cat >good.json <<'EOF'
{"mcpServers":{"fine":{"command":"npx","args":["-y","some-server@1.2.3"]}}}
EOF
cat >medium.json <<'EOF'
{"mcpServers":{"loose":{"command":"npx","args":["-y","some-server"]}}}
EOF
cat >sub/mcp.json <<'EOF'
{
  "mcpServers": {
    "we😀ak": { "command": "npx", "args": ["-y", "some-server"], "env": { "é😀": "1", "JWT_SECRET": "changeme" } },
    "loose": { "command": "npx", "args": ["-y", "other-server"],
      "env": { "DATABASE_URL": "postgresql://user:password@localhost:5432/x" } }
  }
}
EOF
chmod 600 ./*.json sub/*.json

# ---- JSON: order and bytes ----
check good.json medium.json sub/mcp.json --format json
cp "$work/out" "$work/one.json"
check sub/mcp.json medium.json good.json medium.json --format json
cmp -s "$work/out" "$work/one.json"
ok "the same files in another order give the same bytes"
holds "findings stand by rule, path and place" '[.targets[].findings | . == sort_by(.rule, .path, .line, .column)] | all'
holds "no time and no id of a check" '(has("started_at") or (.targets | any(has("check_id")))) | not'
check good.json --format json --with-times
holds "but with --with-times" 'has("started_at") and has("completed_at")'
for f in sarif junit markdown html text; do
	check good.json medium.json sub/mcp.json --format $f
	cp "$work/out" "$work/one"
	check sub/mcp.json good.json medium.json --format $f
	cmp -s "$work/out" "$work/one" && [ -s "$work/one" ]
	ok "$f: the same bytes"
done

# ---- what to fix first ----
check sub/mcp.json --format json
holds "at most three repairs, the best first, none that is free" \
	'([.targets[].fix_first, .fix_first] | all(length <= 3 and (map(.gain) | . == (sort | reverse)) and all(.gain > 0))) and (.fix_first | length == 3)'
best=$(jq -r '.fix_first[0] | "\(.rule) \(.target) \(.gain)"' "$work/out")
before=$(jq '.targets[] | select(.name == "we😀ak") | .overall' "$work/out")
[ "${best%% *}" = ENV-001 ]
ok "the weak secret is the best repair"
jq '.mcpServers["we😀ak"].env.JWT_SECRET = "${env:SIGNING_KEY}"' sub/mcp.json >sub/repaired.json
chmod 600 sub/repaired.json
check sub/repaired.json --format json
holds "and its repair alone is worth what was said" \
	"[(.targets[] | select(.name == \"we😀ak\") | .overall) - $before - ${best##* } | fabs] | .[0] < 0.011"
rm sub/repaired.json
for f in text markdown sarif junit html; do
	check sub/mcp.json --format $f
	grep -qiE 'fix.{0,18}first' "$work/out"
	ok "$f: says what to fix first"
done

# ---- SARIF ----
check sub/mcp.json --all --format sarif
holds "places are UTF-16 code units, with an end" '.runs[0].results[] | select(.ruleId == "ENV-001") |
	.locations[0].physicalLocation.region == {startLine: 3, startColumn: 101, endLine: 3, endColumn: 111}'
holds "every rule is declared, whatever was found" ".runs[0].tool.driver.rules | length == $(jq .ruleset.count "$work/one.json")"
(cd sub && HOME=$work/home "$B/compliance-server" check --no-store --format sarif mcp.json >"$work/out" 2>"$work/err")
holds "without a work tree, paths begin at the current folder" '.runs[0].results[0].locations[0].physicalLocation.artifactLocation.uri == "mcp.json"'
mkdir .git
(cd sub && HOME=$work/home "$B/compliance-server" check --no-store --format sarif mcp.json >"$work/out" 2>"$work/err")
holds "in one, at its root" '.runs[0].results[0].locations[0].physicalLocation.artifactLocation.uri == "sub/mcp.json"'
rmdir .git
mkdir -p "$work/p/odd name%é"
cp medium.json "$work/p/odd name%é/x.json"
check "odd name%é/x.json" --format sarif
holds "a path is percent-encoded" '.runs[0].results[0].locations[0].physicalLocation.artifactLocation.uri == "odd%20name%25%C3%A9/x.json"'
cp medium.json "$work/outside.json"
check "$work/outside.json" --format sarif
holds "a file outside the root has no address, and that is said" \
	'.runs[0] | .results == [] and (.invocations[0].toolExecutionNotifications | any(.message.text | test("outside the root")))'
! grep -q "$work" "$work/out"
ok "no absolute path"
check "$work/outside.json" --root "$work" --format sarif
holds "with another root it has" '.runs[0].results[0].locations[0].physicalLocation.artifactLocation.uri == "outside.json"'
check good.json absent.json --format sarif
holds "incomplete: the run is not successful, and the cause is named" '.runs[0].invocations[0] |
	.executionSuccessful == false and .exitCode == 3 and (.toolExecutionNotifications | any(.message.text | test("absent.json: no such file")))'

# ---- hostile names ----
# shellcheck disable=SC2016
printf '%s' '{"mcpServers":{"@team/all <img src=x> [a](http://evil.example) `x` | #12 &amp; <!-- ]]> \u202e\u0007":{"command":"npx",
 "args":["-y","www.evil.example","@user","#1","deadbeef1234567","```","|","<b>"],"env":{"A|B`C@x":["1"]}}}}' >hostile.json
chmod 600 hostile.json
check hostile.json --all --format markdown
# what stands outside code spans and our own frame is plain words
perl -CSD -ne '
	next if /^\|[-|]+\|$/ || /^<\/?details>/ || /^<sub>/;
	s{<details><summary>\d+ \w+</summary>}{};
	s/(?<!`)(`+)(?!`).+?(?<!`)\1(?!`)//g;
	s/^#{2,3} //; s/\*\*[A-Z0-9-]+\*\*//; s/^\*\*[A-Z][\w :,.]+\*\*$//; s/^[-|] //; s/\| ?//g;
	die "$.: $_" if m{[<>\[\]`*_@#&\\|]|https?:|www\.|[0-9a-f]{7,}}i' "$work/out" 2>"$work/err"
ok "markdown: no link, mention, reference, HTML or cell from a name"
[ "$(grep -c '^| ' "$work/out")" -gt 0 ] && grep '^| ' "$work/out" | perl -ne 's/\\\|//g; die if tr/|// != 6' 2>>"$work/err"
ok "markdown: every row has its five cells"
check hostile.json --all --format junit
xmllint --noout "$work/out" 2>"$work/err"
ok "junit: well-formed"
! grep -q "$(printf '[\007]')" "$work/out"
ok "junit: no control character"

# ---- JUnit ----
check sub/mcp.json absent.json --format junit
x() { xmllint --xpath "$1" "$work/out" 2>>"$work/err"; }
[ "$(x 'count(//testcase)')" = "$(x 'sum(//testsuite/@tests)')" ] && [ "$(x 'count(//failure)')" = "$(x 'string(/testsuites/@failures)')" ] &&
	[ "$(x 'count(//error)')" = "$(x 'string(/testsuites/@errors)')" ] && [ "$(x 'count(//skipped)')" = "$(x 'string(/testsuites/@skipped)')" ]
ok "junit: the counts are those of the cases"
[ "$(x 'count(//testcase[starts-with(@name, "ENV-001")]/failure[@type="high"])')" = 1 ] &&
	[ "$(x 'count(//testcase[starts-with(@name, "SEC-008")]/failure)')" = 0 ] &&
	[ "$(x 'count(//testcase[starts-with(@name, "SEC-008")]/system-out)')" = 1 ]
ok "junit: a failure from medium up, below a text"
[ "$(x 'count(//testcase[@name="examined in full"]/error)')" = 1 ]
ok "junit: what was not examined is an error"

# ---- several reports from one check ----
rm -f r.*
gives 2 "several files and the text on standard output" sub/mcp.json --format json=r.json,sarif=r.sarif --format junit=r.xml
[ -s r.json ] && [ -s r.sarif ] && [ -s r.xml ] && grep -q '^Fix these' "$work/out"
ok "each is written"
gives 2 "--output takes what would be printed" sub/mcp.json --format markdown --output r.md
[ ! -s "$work/out" ] && grep -q '^## MCP' r.md
ok "and nothing is printed"
ln -s r.md r.link
check sub/mcp.json --format json --output r.link
[ -L r.link ] && jq -e . r.md >/dev/null
ok "a link stays a link"
gives 64 "an unknown format" good.json --format jsn=x
gives 64 "two for standard output" good.json --format json --format text
gives 64 "no name behind =" good.json --format json=

# ---- suppressions ----
tomorrow=$(date -u -d tomorrow +%F)
cat >sub/mcp-compliance.suppressions.json <<EOF
[ { "rule": "ENV-001", "target": "we😀ak", "reason": "only <b>used</b> in tests", "expires": "$tomorrow", "by": "the team" } ]
EOF
gives 1 "a suppressed high finding does not count" sub/mcp.json
grep -q 'hidden.*ENV-001.*suppressed until' "$work/out"
ok "text: it is shown as hidden"
check sub/mcp.json --format json
holds "json: once, with its reason" '.counts.suppressed == 1 and .counts.high == 0 and ([.targets[].findings[].rule] | index("ENV-001") | not) and
	(.suppressions | length == 1 and .[0].state == "applied" and .[0].findings[0].rule == "ENV-001")'
holds "the score without it is kept" '.targets[] | select(.name == "we😀ak").categories.security | .score > .score_without_suppressions and .suppressed == 1'
cp "$work/out" "$work/suppressed.json"
print=$(jq -r '.suppressions[0].findings[0].fingerprint' "$work/out")
check sub/mcp.json --format sarif
holds "sarif: a result with a justification" '.runs[0].results[] | select(.ruleId == "ENV-001").suppressions[0] | .kind == "external" and (.justification | test("used"))'
cp "$work/out" "$work/suppressed.sarif"
check sub/mcp.json --format junit
[ "$(x 'count(//testcase[starts-with(@name, "ENV-001")]/skipped[contains(@message, "suppressed until")])')" = 1 ]
ok "junit: skipped"
check sub/mcp.json --format markdown
grep -q '1 suppressed' "$work/out"
ok "markdown: folded"
check sub/mcp.json --format html
grep -q 'only &lt;b&gt;used' "$work/out"
ok "html: with its reason"
check sub/mcp.json good.json --suppressions sub/mcp-compliance.suppressions.json
[ "$rc" = 1 ]
ok "--suppressions: a file for everything"
mv sub/mcp-compliance.suppressions.json .
gives 2 "a file of another folder suppresses nothing here" good.json sub/mcp.json
mv mcp-compliance.suppressions.json sub/
sed -i "s/$tomorrow/2020-01-01/" sub/mcp-compliance.suppressions.json
gives 2 "an expired one: the finding counts again" sub/mcp.json
grep -q 'OPS-005' "$work/out" && tr -s ' \n' ' ' <"$work/out" | grep -q 'it expired on 2020-01-01'
ok "and the entry is a finding"
echo "[{\"rule\":\"ENV-001\",\"target\":\"we😀ak\",\"finding\":\"$print\",\"reason\":\"x\",\"expires\":\"$tomorrow\"},{\"rule\":\"SEC-008\"}]" \
	>sub/mcp-compliance.suppressions.json
check sub/mcp.json --format json
holds "one finding by its fingerprint; a bad entry disables itself only" '.counts.high == 0 and ([.targets[].findings[] | select(.rule == "OPS-005")] | length == 1)'
echo "[{\"rule\":\"ENV-001\",\"target\":\"we😀ak\",\"finding\":\"0000000000000000\",\"reason\":\"x\",\"expires\":\"$tomorrow\"}]" \
	>sub/mcp-compliance.suppressions.json
check sub/mcp.json --format json
holds "another fingerprint covers nothing, and is called unused" '.counts.high == 1 and .suppressions[0].state == "unused"'
rm sub/mcp-compliance.suppressions.json
gives 3 "a file that is given and is not there" sub/mcp.json --suppressions none.json

# ---- baseline ----
gives 1 "a baseline is written" medium.json --write-baseline base.json
gives 0 "what stands in it does not fail the check" medium.json --baseline base.json
grep -q '1 of them stand in the baseline' "$work/out"
ok "and is told"
check medium.json --baseline base.json --format json
holds "but keeps its weight and its place" '.counts.medium == 1 and .exit_code == 0 and .registry_score < 100'
gives 2 "what is new does" medium.json sub/mcp.json --baseline base.json
check medium.json sub/mcp.json --baseline base.json --format sarif
holds "sarif: new and unchanged" '[.runs[0].results[].baselineState] | (map(select(. == "unchanged")) | length == 1) and (map(select(. == "new")) | length > 2)'
cp "$work/out" "$work/baseline.sarif"
check good.json --baseline base.json --format sarif
holds "sarif: absent, as a pass" '.runs[0].results | length == 1 and .[0].baselineState == "absent" and .[0].kind == "pass"'
cp "$work/out" "$work/absent.sarif"
jq '.targets[].findings[].severity = "low"' base.json >lower.json
gives 1 "a finding that became worse is new" medium.json --baseline lower.json
gives 3 "what is no report is no baseline" medium.json --baseline good.json
gives 3 "nor what is not there" medium.json --baseline none.json
gives 3 "a baseline hides no gap" medium.json absent.json --baseline base.json

# ---- exit statuses ----
gives 0 "passed" good.json
gives 1 "medium" medium.json
gives 2 "high" sub/mcp.json
gives 0 "never" sub/mcp.json --fail-on never
gives 3 "never does not hide a gap" absent.json --fail-on never
gives 64 "wrong usage" good.json --fail-on sometimes

# ---- faults of the surroundings: incomplete, never a pass ----
mkdir folder.json
ln -s nowhere dangling.json
mkfifo pipe.json
for f in absent.json folder.json dangling.json pipe.json /dev/null; do
	check good.json "$f" --format json
	[ "$rc" = 3 ]
	ok "$f beside a good file: status 3"
done
check good.json absent.json --format json
holds "OPS-008 names the cause" '[.targets[].findings[] | select(.rule == "OPS-008").message] == ["Not examined: absent.json: no such file"]'
holds "and there is no score over all" '.registry_score == null and .complete == false'
if [ "$(id -u)" = 0 ]; then
	printf '%s' "$(cat good.json)" >secret.json
	chmod 000 secret.json
	chmod 755 "$work" "$work/p"
	chmod 644 good.json
	setpriv --reuid=65534 --regid=65534 --clear-groups env HOME=/nonexistent "$B/compliance-server" check --no-store \
		good.json secret.json --format json >"$work/out" 2>"$work/err" </dev/null
	rc=$?
	chmod 700 "$work" "$work/p"
	chmod 600 good.json
else
	cp good.json secret.json
	chmod 000 secret.json
	check good.json secret.json --format json
fi
rm -f secret.json
[ "$rc" = 3 ] && jq -e 'any(.inputs[]; .error == "Permission denied")' "$work/out" >/dev/null
ok "a file without permission: status 3, and why"

# an entry longer than is looked into silences every rule about it
{ printf '{"mcpServers":{"x":{"command":"sh","args":["'; head -c 70000 /dev/zero | tr '\0' a; printf '"]}}}'; } >long.json
chmod 600 long.json
check long.json --format json
[ "$rc" = 3 ]
ok "rules that cannot judge: status 3"
holds "one finding for one cause, however many rules" '[.targets[] | select(.name == "x").findings[] | select(.rule == "OPS-008")] | length == 1 and (.[0].message | test("and [0-9]+ more: the entry is too long"))'
check long.json --format sarif
holds "sarif: a notification for each" '.runs[0].invocations[0] | .executionSuccessful == false and (.toolExecutionNotifications | map(select(.associatedRule)) | length > 20)'
cp "$work/out" "$work/long.sarif"

cat >dies.sh <<'EOF'
#!/bin/sh
read -r line
kill -9 $$
EOF
chmod 700 dies.sh
printf '{"mcpServers":{"dies":{"command":"%s"}}}' "$PWD/dies.sh" >dies.json
chmod 600 dies.json
check dies.json --live --format json
[ "$rc" = 3 ]
ok "a server that is killed: status 3"
holds "it has no score" '.targets[0].overall == null and .complete == false'

for f in text json sarif junit markdown html; do
	HOME=$work/home "$B/compliance-server" check --no-store good.json --format $f >/dev/full 2>"$work/err" </dev/null
	rc=$?
	[ "$rc" = 3 ] && [ -s "$work/err" ]
	ok "$f to a full disk: status 3, and said"
done
gives 3 "a report file on a full disk" good.json --output /dev/full
[ -c /dev/full ]
ok "a device is not replaced"
gives 3 "a report file in a folder that is not there" good.json --format json=none/x.json
echo old >kept.json
# the limit is in blocks of 512 bytes
(ulimit -f 8; trap '' XFSZ; HOME=$work/home "$B/compliance-server" check --no-store good.json --format sarif=kept.json >"$work/out" 2>"$work/err" </dev/null)
rc=$?
[ "$rc" = 3 ] && [ "$(cat kept.json)" = old ] && [ -z "$(find . -name 'kept.json.*')" ]
ok "a report that does not fit leaves the old one and nothing else"
(ulimit -f 0; trap '' XFSZ; HOME=$work/full "$B/compliance-server" check good.json >"$work/out" 2>"$work/err" </dev/null)
rc=$?
case $rc in 0 | 1 | 2) false ;; *) true ;; esac
ok "a database that cannot be written: no pass"
if [ "$(printf '%s' "$B" | grep -cE 'asan|tsan|fuzz')" = 0 ]; then
	(ulimit -v 40000; HOME=$work/home "$B/compliance-server" check --no-store long.json long.json good.json >"$work/out" 2>"$work/err" </dev/null)
	rc=$?
	case $rc in 0 | 1 | 2) false ;; *) true ;; esac
	ok "no memory: no pass"
fi

# ---- the commands of docs/ci.md ----
mkdir ci
cp medium.json ci/.mcp.json
sed -n 's/^ *\(compliance-server check .*\)/\1/p' "$top/docs/ci.md" >"$work/commands"
[ "$(grep -c . "$work/commands")" = 4 ]
ok "docs/ci.md has four checks"
while read -r line; do
	(cd ci && PATH=$B:$PATH HOME=$work/home sh -c "$line") >"$work/out" 2>"$work/err" </dev/null
	rc=$?
	case $line in *baseline*) [ "$rc" = 0 ] ;; *) [ "$rc" = 1 ] ;; esac
	ok "$line"
done <"$work/commands"
[ -s ci/mcp.sarif ] && [ -s ci/mcp.md ] && [ -s ci/mcp.xml ] && [ -s ci/mcp.html ] && [ -s ci/mcp-baseline.json ]
ok "they write what they say"
(cd ci && PATH=$B:$PATH HOME=$work/home compliance-server suppress SUP-001 loose --reason "mirrored inside" --expires "$tomorrow") \
	>"$work/out" 2>"$work/err" </dev/null
check ci
[ "$rc" = 0 ]
ok "suppress adds an entry that is in force"
cat >ci/mcp-compliance.suppressions.json <<EOF
// decisions
[
  { "rule": "CFG-001", "target": "x", "reason": "r", "expires": "$tomorrow" }, // the first
]
EOF
(cd ci && PATH=$B:$PATH HOME=$work/home compliance-server suppress SUP-001 loose --reason "mirrored inside" --expires "$tomorrow") \
	>"$work/out" 2>"$work/err" </dev/null
check ci
[ "$rc" = 0 ] && grep -q '// decisions' ci/mcp-compliance.suppressions.json && grep -q '// the first' ci/mcp-compliance.suppressions.json
ok "and keeps the comments that are there"
for args in "SUP-999 loose --reason r --expires $tomorrow" "SUP-001 loose --reason r --expires 2020-01-01" \
	"SUP-001 --reason r --expires $tomorrow"; do
	# shellcheck disable=SC2086
	(cd ci && HOME=$work/home "$B/compliance-server" suppress $args) >"$work/out" 2>"$work/err" </dev/null
	rc=$?
	[ "$rc" = 64 ]
	ok "suppress $args is refused"
done

# ---- stored checks in the same formats ----
env HOME="$work/home" "$B/compliance-server" check sub/mcp.json >"$work/out" 2>"$work/err" </dev/null
id=$(sed -n 's/^  check  *//p' "$work/out" | head -n 1)
for f in json sarif junit markdown html text; do
	env HOME="$work/home" "$B/compliance-server" report "$id" --format $f >"$work/stored.$f" 2>"$work/err" </dev/null
	rc=$?
	[ "$rc" = 0 ] && grep -q 'ENV-001' "$work/stored.$f"
	ok "a stored check as $f"
done
cp "$work/stored.sarif" "$work/out"
holds "its places are those of the check" '.runs[0].results[0] | .ruleId == "ENV-001" and
	.locations[0].physicalLocation.artifactLocation.uri == "sub/mcp.json" and .locations[0].physicalLocation.region.startColumn == 101'
env HOME="$work/home" "$B/compliance-server" report "$id" --format pdf >"$work/out" 2>"$work/err" </dev/null
rc=$?
[ "$rc" = 64 ]
ok "an unknown one is refused"

# ---- schemas ----
npm=$top/test/npm
node=$npm/node_modules/.bin/node
[ -x "$node" ] || node=node
"$B/compliance-server" --print-docs report.schema.json >"$work/schema.json"
cmp -s "$work/schema.json" "$top/docs/report.schema.json"
ok "the published schema is the printed one"
if [ -d "$npm/node_modules/ajv" ] && [ -d "$npm/node_modules/@microsoft/jest-sarif" ] && command -v "$node" >/dev/null; then
	valid() { # valid WANTED-STATUS NAME KIND FILE…
		want=$1 what=$2
		shift 2
		"$node" "$top/test/reports.mjs" "$npm" "$@" >"$work/out" 2>"$work/err"
		rc=$?
		[ "$rc" = "$want" ]
		ok "$what"
	}
	i=0
	for args in good.json "sub/mcp.json --all" "sub/mcp.json absent.json" hostile.json long.json "dies.json --live" \
		"medium.json --with-times --type security" "$top/test/data/spec/mcp.json --root $top"; do
		i=$((i + 1))
		# shellcheck disable=SC2086
		check $args --format json="$work/v$i.json",sarif="$work/v$i.sarif"
	done
	valid 0 "JSON reports are what the schema says" json "$work/schema.json" "$work"/v*.json "$work/suppressed.json" "$work/stored.json"
	valid 0 "SARIF is what the standard and code scanning want" sarif "$work"/v*.sarif "$work/suppressed.sarif" \
		"$work/baseline.sarif" "$work/absent.sarif" "$work/long.sarif" "$work/stored.sarif"
	jq '.targets[0].extra = 1' "$work/v1.json" >"$work/w1.json"
	valid 1 "a member too many is noticed" json "$work/schema.json" "$work/w1.json"
	jq '.complete = false' "$work/v1.json" >"$work/w1.json"
	valid 1 "incomplete with status 0 is noticed" json "$work/schema.json" "$work/w1.json"
	jq '.runs[0].results[0].level = "fatal"' "$work/v2.sarif" >"$work/w.sarif"
	valid 1 "what the standard forbids is noticed" sarif "$work/w.sarif"
	jq '.runs[0].results[0].locations[0].physicalLocation.artifactLocation.uri = "/etc/passwd"' "$work/v2.sarif" >"$work/w.sarif"
	valid 1 "what code scanning cannot place is noticed" sarif "$work/w.sarif"
	jq 'del(.runs[0].results[0].partialFingerprints)' "$work/v2.sarif" >"$work/w.sarif"
	valid 1 "a missing fingerprint is noticed" sarif "$work/w.sarif"
elif [ "${NPM_REQUIRED:-}" ]; then
	false
	ok "the validators are installed: npm --prefix test/npm ci"
else
	skip "reports against their schemas" "npm --prefix test/npm ci"
fi
echo "1..$n"
exit $bad
