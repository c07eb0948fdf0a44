#!/bin/sh
# Blocks in docs/install parse with their host's grammar and name programs of this suite.
cd "$(dirname "$0")/.." || exit 1
command -v jq >/dev/null || { echo "Bail out! jq is missing: run test/deps.sh test"; exit 1; }
n=0
bad=0
ok() {
	n=$((n + 1))
	if [ "$1" = 0 ]; then echo "ok $n - $2"; else bad=1; echo "not ok $n - $2"; fi
}
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT

for f in docs/install/*.md; do
	[ "$f" = docs/install/README.md ] && continue
	awk -v dir="$tmp" '/^```(json|toml)$/ { out = dir "/" ++k "." substr($0, 4); next }
		/^```$/ { out = "" } out { print > out }' "$f"
	for block in "$tmp"/*; do
		case $block in
		*.json)
			# every env value a string, every program one of ours
			jq -e '[.mcpServers // .servers // .mcp // .context_servers | to_entries[].value |
				((if (.command | type) == "array" then .command[0] else .command end)
					| test("^/usr/local/bin/(compliance|memory|coordinator)-server$")) and
				((.env // .environment // {}) | all(.[]; type == "string"))] | all' \
				"$block" >/dev/null
			;;
		*.toml)
			! grep -vE '^(\[mcp_servers\.(compliance|memory|coordinator)\]|command = "/usr/local/bin/(compliance|memory|coordinator)-server"|args = \[\]|env_vars = \["DATABASE_URL"\]|)$' "$block"
			;;
		esac
		ok $? "$f: block ${block##*/}"
		rm -f "$block"
	done
done

for page in README.md docs/*.md docs/install/*.md docs/decisions/*.md; do
	[ -f "$page" ] || continue
	missing=$(grep -oE '\]\([^)#:]+(#[^)]*)?\)' "$page" | sed 's/^](//; s/)$//; s/#.*//' | sort -u |
		while read -r to; do [ -e "$(dirname "$page")/$to" ] || echo "$to"; done)
	[ -z "$missing" ]
	ok $? "$page: links lead somewhere"
	[ -z "$missing" ] || echo "#   $missing"
done
echo "1..$n"
exit $bad
