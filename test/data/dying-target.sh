#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# A server of the handshake era; two of its tools end it in the call, one answers with a
# character that not every database stores.
reply() {
	printf '{"jsonrpc":"2.0","id":%s,%s}\n' "$id" "$1"
}
while read -r line; do
	id=$(printf %s "$line" | sed -n 's/.*"id":\([0-9]*\).*/\1/p')
	case $line in
	*server/discover*) reply '"error":{"code":-32601,"message":"no"}' ;;
	*'"initialize"'*)
		reply '"result":{"protocolVersion":"2025-11-25","capabilities":{"tools":{}},"serverInfo":{"name":"dying","version":"1"}}' ;;
	*tools/list*)
		reply '"result":{"tools":[{"name":"die","inputSchema":{"type":"object"}},{"name":"look","inputSchema":{"type":"object"}},{"name":"echo","inputSchema":{"type":"object"}},{"name":"nul","inputSchema":{"type":"object"}}]}' ;;
	*'"die"'* | *'"look"'*) exit 3 ;;
	*'"nul"'*) reply '"result":{"content":[{"type":"text","text":"a\u0000b"}]}' ;;
	*tools/call*) reply '"result":{"content":[]}' ;;
	esac
done
