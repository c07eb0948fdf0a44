# A handshake of 2025-06-18, a call, an error, a cancelled call, end of input.
> {"jsonrpc":"2.0","id":0,"method":"initialize","params":{"protocolVersion":"2025-06-18","capabilities":{},"clientInfo":{"name":"t","version":"1"}}}
< {"jsonrpc":"2.0","id":0,"result":{"protocolVersion":"2025-06-18","capabilities":{"tools":{"listChanged":true},"resources":{"subscribe":true,"listChanged":true},"prompts":{"listChanged":true},"completions":{},"logging":{}},"serverInfo":{"name":"fixture-server","title":"Fixture server","version":"*"},"instructions":"*"}}
> {"jsonrpc":"2.0","method":"notifications/initialized"}
> {"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"test_echo","arguments":{"text":"a\"b"}}}
< {"jsonrpc":"2.0","id":1,"result":{"content":[{"type":"text","text":"{\"text\":\"a\\\"b\",\"length\":3}"}],"structuredContent":{"text":"a\"b","length":3}}}
> {"jsonrpc":"2.0","id":2,"method":"tools/call","params":{"name":"test_echo","arguments":{"text":7}}}
< {"jsonrpc":"2.0","id":2,"result":{"content":[{"type":"text","text":"argument \"text\"*"}],"isError":true}}
> {"jsonrpc":"2.0","id":3,"method":"tools/call","params":{"name":"test_slow","arguments":{"ms":5000}}}
! cancel 3
@quiet 200
# A page, and the next one by its cursor.
> {"jsonrpc":"2.0","id":4,"method":"tools/call","params":{"name":"test_walk","arguments":{"limit":1,"size":1}}}
< {"jsonrpc":"2.0","id":4,"result":{"content":"*","structuredContent":{"rows":[{"number":1,"text":"\""}],"nextCursor":"$next"}}}
> {"jsonrpc":"2.0","id":5,"method":"tools/call","params":{"name":"test_walk","arguments":{"limit":1,"size":1,"cursor":"$next"}}}
< {"jsonrpc":"2.0","id":5,"result":{"content":"*","structuredContent":{"rows":[{"number":2,"text":"\""}],"nextCursor":"*"}}}
> {"jsonrpc":"2.0","id":6,"method":"tools/call","params":{"name":"test_slow","arguments":{"ms":100}}}
@eof
< {"jsonrpc":"2.0","id":6,"result":{"content":[{"type":"text","text":"Slept."}]}}
