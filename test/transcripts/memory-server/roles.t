# LOCAL_ROLE=viewer: reads are served, writes refused, in both eras; nothing is stored.
@env LOCAL_ROLE=viewer
> {"jsonrpc":"2.0","id":"i","method":"initialize","params":{"protocolVersion":"2025-11-25","capabilities":{},"clientInfo":{"name":"t","version":"1"}}}
< {"jsonrpc":"2.0","id":"i","result":{"protocolVersion":"2025-11-25","capabilities":{"tools":{},"resources":{},"completions":{}},"serverInfo":{"name":"memory-server","version":"*","*":"*"},"*":"*"}}
> {"jsonrpc":"2.0","method":"notifications/initialized"}
> {"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"store_memory","arguments":{"content":"x"}}}
< {"jsonrpc":"2.0","id":1,"result":{"content":[{"type":"text","text":"store_memory needs the permission to write; the account \"*\" has the role viewer\nhint: LOCAL_ROLE sets what the local account may do"}],"isError":true}}
> {"jsonrpc":"2.0","id":2,"method":"tools/call","params":{"name":"store_memory","arguments":{"content":"x"},"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientInfo":{"name":"t","version":"1"},"io.modelcontextprotocol/clientCapabilities":{}}}}
< {"jsonrpc":"2.0","id":2,"result":{"resultType":"complete","content":[{"type":"text","text":"store_memory needs the permission to write; the account \"*\" has the role viewer\nhint: LOCAL_ROLE sets what the local account may do"}],"isError":true,"_meta":{"*":"*"}}}
> {"jsonrpc":"2.0","id":3,"method":"tools/call","params":{"name":"update_memory","arguments":{"memoryId":"m1","content":"x"}}}
< {"jsonrpc":"2.0","id":3,"result":{"content":[{"type":"text","text":"update_memory needs the permission to write; the account \"*\" has the role viewer\nhint: LOCAL_ROLE sets what the local account may do"}],"isError":true}}
> {"jsonrpc":"2.0","id":4,"method":"tools/call","params":{"name":"delete_memory","arguments":{"memoryId":"m1"}}}
< {"jsonrpc":"2.0","id":4,"result":{"content":[{"type":"text","text":"delete_memory needs the permission to write; the account \"*\" has the role viewer\nhint: LOCAL_ROLE sets what the local account may do"}],"isError":true}}
> {"jsonrpc":"2.0","id":5,"method":"tools/call","params":{"name":"search_memories","arguments":{"query":"x"}}}
< {"jsonrpc":"2.0","id":5,"result":{"content":[{"type":"text","text":"{\"filter\":{},\"results\":[]}"}],"structuredContent":{"filter":{},"results":[]}}}
> {"jsonrpc":"2.0","id":6,"method":"tools/call","params":{"name":"get_memory_stats"}}
< {"jsonrpc":"2.0","id":6,"result":{"content":[{"type":"text","text":"{\"memories\":0,\"expired\":0,\"tags\":0,\"searches\":1,\"contentLength\":0,\"database\":\"*\"}"}],"structuredContent":{"memories":0,"expired":0,"tags":0,"searches":1,"contentLength":0,"database":"*"}}}
> {"jsonrpc":"2.0","id":7,"method":"resources/read","params":{"uri":"memory://recent"}}
< {"jsonrpc":"2.0","id":7,"result":{"contents":[{"uri":"memory://recent","mimeType":"application/json","text":"{\"memories\":[]}"}]}}
