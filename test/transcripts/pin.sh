#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# pin approve, diff, list, show and revoke with a server that changes between two runs.
set -u
B=${B:-build}
B=$(cd "$B" && pwd)
n=0
bad=0
work=$(mktemp -d "${TMPDIR:-/tmp}/suite-test-XXXXXX")
trap 'rm -rf "$work"' EXIT
unset DATABASE_URL STATE_DIR XDG_DATA_HOME XDG_STATE_HOME XDG_CONFIG_HOME COLUMNS \
	KILOCODE_PROJECT_PATH LOG_LEVEL LOG_FILE 2>/dev/null
NO_COLOR=1
HOME=$work/home
export HOME NO_COLOR
mkdir -p "$work/home" "$work/p"
chmod 700 "$work" "$work/home" "$work/p"
cd "$work/p" || exit 1

ok() { # ok NAME: the status of the last command decides
	[ $? -eq 0 ] && status=ok || { status="not ok"; bad=1; }
	n=$((n + 1))
	echo "$status $n - $1"
	[ "$status" = ok ] || { echo "# status $rc"; sed 's/^/# /' out err | cut -c1-300 | head -n 40; }
}
run() { # output in out and err, status in rc
	"$B/compliance-server" "$@" >out 2>err </dev/null
	rc=$?
}
gives() { # gives STATUS WHAT ARG…
	want=$1 what=$2
	shift 2
	run "$@"
	[ "$rc" = "$want" ]
	ok "$what: status $want"
}
approve() { # a person at a terminal
	"$B/test/approve" "$B/compliance-server" pin approve "$@" >out 2>err
	rc=$?
}
out_has() { grep -qF -- "$1" out; ok "it says: $1"; }
err_has() { grep -qF -- "$1" err; ok "it says: $1"; }
sql() { sqlite3 "$HOME/.local/share/kilocode-mcp/compliance.db" "$1"; }
tool() { printf '{"name":"%s","description":"%s","inputSchema":{"type":"object"}}' "$1" "$2"; }

cat >.mcp.json <<EOF
{"mcpServers":{"two":{"command":"$B/test/faulty","args":["from-file"],"env":{"FAULTY_TOOL":"$work/p/tool"}}}}
EOF
chmod 600 .mcp.json
tool add "Adds two numbers." >tool

gives 0 "a check makes the row" check .mcp.json --fail-on critical
gives 0 "nothing is approved" pin list
out_has "no server are approved yet"
gives 66 "nor shown" pin show two
gives 77 "nothing is started without consent" pin diff two
err_has "compliance-server trust"
gives 66 "a server that is not known" pin diff tow
err_has 'did you mean "two"'
gives 0 "trust" trust .mcp.json
[ "$(sql "select count(*) from audit_logs where action = 'approval.grant' and resource_id = 'two'")" = 1 ]
ok "consent is in the audit log"
gives 1 "everything is new" pin diff two
out_has "new tool add"
setsid "$B/compliance-server" pin approve two >out 2>err </dev/null
rc=$?
[ "$rc" = 77 ]
ok "nobody approves without a terminal"
err_has "a person approves at one"
[ "$(sql "select json_extract(configuration, '\$.pin') is null from servers where name = 'two'")" = 1 ]
ok "and nothing is kept"
approve two
[ "$rc" = 0 ] && grep -q 'Adds two numbers' out && grep -q 'two: 2 tools approved' out
ok "a person reads and approves"
[ "$(sql "select json_array_length(configuration, '\$.pin.tools') from servers where name = 'two' and json_extract(configuration, '\$.pin.approved_by') is not null")" = 2 ]
ok "the set is kept with the server"
[ "$(sql "select json_extract(details, '\$.tools') from audit_logs where action = 'pin.approve' and resource_id = 'two'")" = 2 ]
ok "and the approval is in the audit log"
gives 0 "no difference" pin diff two
out_has "No difference."
approve two
[ "$rc" = 0 ] && grep -q "what was approved still stands" out
ok "nothing to approve again"
gives 0 "list" pin list
grep -q '^[0-9a-f]\{12\}  .* 2  .* two$' out
ok "it has hash, tools and server"
gives 0 "show" pin show two
out_has "Adds two numbers."

live() { run check .mcp.json --live --type security --all; }
live
! grep -q 'PIN-0' out
ok "a live check of what was approved finds nothing"

# ---- the server changes ----
{ tool add 'Adds two num\u200bbers.\u001b[8m'; printf ,; tool wipe "Wipes the disk."; } >tool
gives 1 "a difference" pin diff two
out_has "changed tool add"
out_has "+ Adds two {+num<U+200B>bers+}.{+<U+001B>[8m+}"
out_has "new tool wipe"
! grep -q "$(printf '\033')" out
ok "nothing of it reaches the terminal"
sed -i 's/"args"/"alwaysAllow":["wipe"],"args"/' .mcp.json
live
grep -A2 'critical  PIN-001' out | grep -q 'the tool "add" is not what'
ok "the change is critical: the new text hides something"
grep -A2 'high  *PIN-002' out | grep -q 'the tool "wipe" is not among those that'
ok "and the new tool is found, which would be called without asking"
tool other "Does something else." >tool
run check .mcp.json --live --all
grep -A2 'low  *PIN-003' out | grep -q 'the tool "add" that .* approved on'
ok "one that is gone is found"
tool add "Adds two numbers." >tool
run check .mcp.json --live --all
! grep -q 'PIN-0' out
ok "the old texts are what was approved"
[ "$(sql "select count(*) from compliance_issues where issue_id like 'PIN-00%' and status = 'resolved'")" = 3 ]
ok "and the issues are resolved"

# ---- another definition ----
sed -i 's/"from-file"/"from-file","no-doc"/' .mcp.json
gives 77 "it may not be started" pin diff two
sed -i 's/,"no-doc"//' .mcp.json
run check .mcp.json
[ "$(sql "select json_array_length(configuration, '\$.pin.tools') from servers where name = 'two'")" = 2 ]
ok "a check keeps what was approved"

# ---- a client sees who and when, no definitions ----
echo '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"list_servers","arguments":{},"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientInfo":{"name":"t","version":"1"},"io.modelcontextprotocol/clientCapabilities":{}}}}' |
	"$B/compliance-server" >out 2>err
rc=$?
jq -e '.result.structuredContent.servers[] | select(.name == "two") | .configuration.pin | .tools == 2 and .approved_by and (has("program") | not)' out >/dev/null
ok "list_servers tells of the approval"

gives 0 "revoke" pin revoke two
gives 66 "which can be done once" pin revoke two
[ "$(sql "select count(*) from audit_logs where action = 'pin.revoke'")" = 1 ]
ok "and is in the audit log"
gives 0 "the log is whole" verify-audit

# ---- what cannot be approved ----
printf 'x' >tool
approve two
[ "$rc" != 0 ] && grep -q 'server "two": ' out
ok "a list that cannot be read is not approved"
rm -f tool
gives 69 "a server that dies" pin diff two
# ---- a server that lacks a credential ----
printf '{"mcpServers":{"keyed":{"command":"%s","args":["from-file","hidden"],"env":{"FAULTY_TOOL":"%s"}}}}\n' "$work/p/keyed" "$work/p/tool" >keyed.json
chmod 600 keyed.json
printf '#!/bin/sh\n[ -e %s/p/tool ] || { echo "API_KEY is required" >&2; exit 1; }\nexec %s/test/faulty "$@"\n' "$work" "$B" >keyed
chmod 700 keyed
tool add "Adds two numbers." >tool
run check keyed.json
run trust keyed.json
approve keyed
[ "$rc" = 0 ] && grep -q 'approved, hash' out
ok "a server is approved while it has one"
rm -f tool
run check keyed.json --live --type security --all
[ "$rc" = 3 ] && grep -q 'LIV-041' out && grep -q 'the texts that were approved are judged' out
ok "without it the approved texts are judged"

printf '{"mcpServers":{"far":{"type":"http","url":"https://example.com/mcp"}}}\n' >far.json
chmod 600 far.json
run check far.json
gives 64 "a remote server" pin diff far
err_has "remote or disabled"

echo "1..$n"
exit $bad
