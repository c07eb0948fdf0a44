#!/bin/sh
# `make install` into an empty directory; each program answers from there, uninstall leaves nothing.
set -eu
cd "$(dirname "$0")/.."
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
make -s install DESTDIR="$dir" PREFIX=/usr
for s in compliance memory coordinator; do
	"$dir/usr/bin/$s-server" --version
	printf '%s\n' '{"jsonrpc":"2.0","id":1,"method":"ping"}' |
		env -i HOME="$dir" "$dir/usr/bin/$s-server" | grep -qx '{"jsonrpc":"2.0","id":1,"result":{}}'
done
make -s uninstall DESTDIR="$dir" PREFIX=/usr
left=$(find "$dir/usr" -type f)
[ -z "$left" ] || { echo "left behind: $left"; exit 1; }
