#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# check --fix and propose_remediation: the change shown is the change made, nothing is lost,
# no secret is printed.
set -u
B=${B:-build}
B=$(cd "$B" && pwd)
n=0
bad=0
work=$(mktemp -d "${TMPDIR:-/tmp}/suite-test-XXXXXX")
trap 'rm -rf "$work"' EXIT
unset DATABASE_URL STATE_DIR XDG_DATA_HOME XDG_STATE_HOME XDG_CONFIG_HOME NO_COLOR COLUMNS \
	KILOCODE_PROJECT_PATH LOG_LEVEL LOG_FILE 2>/dev/null
chmod 755 "$work"
state=$work/home/.local/state/kilocode-mcp
secret=$(printf 'gh%s_%s' p Qm7XvT2bLw9RkZ4nYc8HsJd3PfGa5UoEi6Nt)

ok() { # ok NAME: the status of the last command decides
	[ $? -eq 0 ] && status=ok || { status="not ok"; bad=1; }
	n=$((n + 1))
	echo "$status $n - $1"
	[ "$status" = ok ] || sed 's/^/# /' "$work/out" "$work/err" | cut -c1-300 | head -n 60
}
run() { # run ARG…: output in out and err, status in rc
	HOME=$work/home "$B/compliance-server" "$@" >"$work/out" 2>"$work/err" </dev/null
	rc=$?
}
fresh() { # fresh DIR: a project with faults of every family
	rm -rf "$work/home" "$1"
	mkdir -p "$work/home" "$1/.kilocode" "$1/.vscode"
	chmod 700 "$work/home"
	{
		printf '{\n\t// mine: "a", /* b */\n\t"mcpServers": {\n'
		printf '\t\t"twice": { "command": "true" },\n'
		printf '\t\t"files": {\n\t\t\t"command": "npx -y some-server",\n'
		printf '\t\t\t"env": { "PORT": 8080, "GITHUB_TOKEN": "%s" },\n' "$secret"
		printf '\t\t\t"timeout": 60000,\n\t\t},\n'
		printf '\t\t"far": { "url": "https://example.com/mcp" },\n'
		printf '\t\t"twice": { "command": "true", "args": ["b"] } /* the one */\n\t}\n}\n'
	} >"$1/.kilocode/mcp.json"
	chmod 644 "$1/.kilocode/mcp.json"
	printf '// keep me\n{ "servers": { "v": { "comand": "npx", "args": ["-y", "some-server"], /* and me */\n  "env": { "X": true } } } }\n' \
		>"$1/.vscode/mcp.json"
	chmod 600 "$1/.vscode/mcp.json"
}

fresh "$work/p"
cd "$work/p" || exit 1
cp -r . ../before
run check . --fix --dry-run --pin some-server=1.2.3
diff -r . ../before >/dev/null && [ ! -d "$state/backups" ]
ok "--dry-run changes nothing"
! grep -q "$secret" "$work/out" "$work/err"
ok "and prints no secret"
grep -q '^+.*"GITHUB_TOKEN": "${env:GITHUB_TOKEN}"' "$work/out"
ok "it shows the reference in its place"
sed -n '/^--- a\/.vscode/,/^$/p' "$work/out" | sed '/^by hand/,$d' >../vscode.patch
run check . --fix --pin some-server=1.2.3
grep -q "^repaired .*; before: $state/backups/" "$work/out"
ok "--fix tells where the bytes before are"
for f in "$state"/backups/*; do
	[ "$(stat -c %a "$f")" = 600 ] || echo "mode of $f"
done >../modes
[ ! -s ../modes ] && [ "$(find "$state/backups" -type f | wc -l)" = 2 ]
ok "there, for their owner only"
cat "$state"/backups/* >../kept
cat ../before/.kilocode/mcp.json ../before/.vscode/mcp.json | sort >../was
sort ../kept | cmp -s - ../was && grep -q "$secret" ../kept
ok "a secret is not lost"
jq -e '.mcpServers | (keys | length) == 3 and .files.command == "npx" and .files.args == ["-y", "some-server"]
	and .files.env.PORT == "8080" and .files.timeout == 60
	and .files.env.GITHUB_TOKEN == "${env:GITHUB_TOKEN}"
	and .far.type == "streamable-http" and .twice.args == ["b"]' .kilocode/mcp.json >/dev/null
ok "the file is strict JSON and says what was shown"
[ "$(stat -c %a .kilocode/mcp.json)" = 600 ]
ok "with the mode that was shown"
grep -q '^// keep me' .vscode/mcp.json && grep -q '/\* and me \*/' .vscode/mcp.json &&
	grep -q '"command": "npx"' .vscode/mcp.json
ok "comments of a host that reads them stay"
cp -r ../before/.vscode ../patched && (cd ../patched && patch -s -p2 <../vscode.patch) &&
	cmp -s ../patched/mcp.json .vscode/mcp.json
ok "the patch that was shown gives the same file"
run check . --fix --pin some-server=1.2.3
grep -q '"args": \["-y", "some-server@1.2.3"\]' .vscode/mcp.json && jq -e '.mcpServers.files.args[1] == "some-server@1.2.3"' .kilocode/mcp.json >/dev/null
ok "what came to light by the first repair is repaired by the next"
run check . --fix
grep -q 'nothing that can be repaired by program' "$work/out"
ok "a second repair finds nothing left"

fresh "$work/q"
cd "$work/q" || exit 1
printf '{"mcpServers":{"a":{"command":"npx","args":["-y","some-server"]}}}\n' >real.json
rm .vscode/mcp.json
ln -s ../real.json .vscode/mcp.json
run check .vscode/mcp.json --fix --pin some-server=1.2.3
[ -L .vscode/mcp.json ] && grep -q 'some-server@1.2.3' real.json
ok "behind a link the file itself is repaired"
chmod 755 .
mkdir -p node_modules/some-server
printf '{"name":"some-server","version":"4.5.6"}' >node_modules/some-server/package.json
printf '{"mcpServers":{"a":{"command":"npx","args":["-y","some-server@latest"]}}}\n' >.mcp.json
run check .mcp.json --fix
grep -q 'some-server@4.5.6' .mcp.json
ok "an installed version is the pin"
printf '{"mcpServers":{"a":{"command":"npx","args":["-y","other-server"]}}}\n' >.mcp.json
run check .mcp.json --fix
grep -q 'say --pin other-server=VERSION' "$work/out" && grep -q '"other-server"' .mcp.json
ok "without one nothing is guessed"
if [ "$(id -u)" != 0 ]; then
	chmod 500 .
	run check .mcp.json --fix --pin other-server=1.0.0
	chmod 700 .
	[ "$rc" -ne 0 ] && grep -q '"other-server"' .mcp.json
	ok "a folder that cannot be written to is an error, and the file is whole"
fi

# the same through MCP
fresh "$work/r"
cd "$work/r" || exit 1
call() { # call TOOL ARGUMENTS: structuredContent in out
	printf '%s\n' '{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-11-25","capabilities":{},"clientInfo":{"name":"t","version":"1"}}}' \
		"{\"jsonrpc\":\"2.0\",\"id\":2,\"method\":\"tools/call\",\"params\":{\"name\":\"$1\",\"arguments\":$2}}" |
		HOME=$work/home "$B/compliance-server" 2>"$work/err" | jq -c 'select(.id == 2) | .result' >"$work/out"
}
call run_compliance_check "{\"path\":\"$work/r/.kilocode/mcp.json\"}"
call list_compliance_issues '{"limit":50}'
id=$(jq -r '[.structuredContent.issues[] | select(.issueId | startswith("CFG-008"))][0].issueId' "$work/out")
secret_id=$(jq -r '[.structuredContent.issues[] | select(.issueId | startswith("SEC-001"))][0].issueId' "$work/out")
before=$(sha256sum .kilocode/mcp.json | cut -d' ' -f1)
call propose_remediation "{\"issueId\":\"$id\"}"
jq -e --arg b "$before" '.structuredContent | .repairable and .risk == "low" and (.planDigest | length) == 64
	and .files[0].sha256Before == $b and (.files[0].patch | contains("\"PORT\": \"8080\"")) and (.steps | length) == 1' "$work/out" >/dev/null
ok "propose_remediation gives patch, digests and risk of one issue"
[ "$(sha256sum .kilocode/mcp.json | cut -d' ' -f1)" = "$before" ]
ok "and changes nothing"
call propose_remediation "{\"issueId\":\"$secret_id\"}"
jq -e '.structuredContent | .repairable and .files[0].masked' "$work/out" >/dev/null && ! grep -q "$secret" "$work/out"
ok "a patch that touches a secret hides it and says so"
sed -i 's/8080/"8080"/' .kilocode/mcp.json
call propose_remediation "{\"issueId\":\"$id\"}"
jq -e '.isError' "$work/out" >/dev/null && grep -q 'no longer show' "$work/out"
ok "an issue that is gone is said to be"

# one line holds the secrets of all servers, and only one of them is repaired
other=$(printf 'gl%s-%s' pat Qm7XvT2bLw9RkZ4nYc8H)
printf '{"mcpServers":{"a":{"command":"npx","args":["-y","x@1.0.0","--token","%s"],"env":{"PORT":8080,"GITHUB_TOKEN":"%s"}},"b":{"url":"https://api.example.com/mcp?api_key=%s","headers":{"Authorization":"Bearer %s"}},"c":{"command":"bash","args":["-c","curl -u admin:%s https://example.com/"],"env":{"THING":"%s"}}}}\n' \
	"$other" "$secret" "Zq$other" "Wv8$other" "Pw7Xk2$other" "aK3jP9xQ2mZ7vR4tL8wN1cBdE5fG6hJ0" >.mcp.json
chmod 600 .mcp.json
run check .mcp.json --fix --dry-run
! grep -qF -e "$other" -e "$secret" -e aK3jP9xQ2 "$work/out" "$work/err"
ok "what stays in a changed line is hidden as well"
run check .mcp.json
call list_servers '{"limit":50}'
sqlite3 "$work/home/.local/share/kilocode-mcp/compliance.db" .dump >"$work/dump"
! grep -qF -e "$other" -e "$secret" -e aK3jP9xQ2 "$work/out" "$work/dump"
ok "and nothing of it is stored or listed"
run check .mcp.json --dry-run
[ "$rc" = 64 ]
ok "--dry-run without --fix is wrong usage"
echo "1..$n"
exit $bad
