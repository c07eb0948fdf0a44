# list_tags: counts, prefix, pages, refusals, in both eras.
> {"jsonrpc":"2.0","id":"i","method":"initialize","params":{"protocolVersion":"2025-11-25","capabilities":{},"clientInfo":{"name":"t","version":"1"}}}
< {"jsonrpc":"2.0","id":"i","result":{"protocolVersion":"2025-11-25","capabilities":{"tools":{},"resources":{},"completions":{}},"serverInfo":{"name":"memory-server","version":"*","*":"*"},"*":"*"}}
> {"jsonrpc":"2.0","method":"notifications/initialized"}
> {"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"list_tags","arguments":{}}}
< {"jsonrpc":"2.0","id":1,"result":{"content":[{"type":"text","text":"{\"tags\":[]}"}],"structuredContent":{"tags":[]}}}
> {"jsonrpc":"2.0","id":2,"method":"tools/call","params":{"name":"list_tags","arguments":{},"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientInfo":{"name":"t","version":"1"},"io.modelcontextprotocol/clientCapabilities":{}}}}
< {"jsonrpc":"2.0","id":2,"result":{"resultType":"complete","content":[{"type":"text","text":"{\"tags\":[]}"}],"structuredContent":{"tags":[]},"_meta":{"*":"*"}}}
> {"jsonrpc":"2.0","id":3,"method":"tools/call","params":{"name":"store_memory","arguments":{"memoryId":"m0","content":"x","tags":["red","green"]}}}
< {"jsonrpc":"2.0","id":3,"result":{"content":[{"type":"text","text":"{\"memoryId\":\"m0\",\"createdAt\":\"*\"}"}],"structuredContent":{"memoryId":"m0","createdAt":"*"}}}
> {"jsonrpc":"2.0","id":4,"method":"tools/call","params":{"name":"store_memory","arguments":{"memoryId":"m1","content":"x","tags":["red","blue"]}}}
< {"jsonrpc":"2.0","id":4,"result":{"content":[{"type":"text","text":"{\"memoryId\":\"m1\",\"createdAt\":\"*\"}"}],"structuredContent":{"memoryId":"m1","createdAt":"*"}}}
> {"jsonrpc":"2.0","id":5,"method":"tools/call","params":{"name":"store_memory","arguments":{"memoryId":"m2","content":"x","tags":["red","gr%","äpfel"]}}}
< {"jsonrpc":"2.0","id":5,"result":{"content":[{"type":"text","text":"{\"memoryId\":\"m2\",\"createdAt\":\"*\"}"}],"structuredContent":{"memoryId":"m2","createdAt":"*"}}}
> {"jsonrpc":"2.0","id":6,"method":"tools/call","params":{"name":"list_tags","arguments":{}}}
< {"jsonrpc":"2.0","id":6,"result":{"content":[{"type":"text","text":"{\"tags\":[{\"tag\":\"red\",\"count\":3},{\"tag\":\"blue\",\"count\":1},{\"tag\":\"gr%\",\"count\":1},{\"tag\":\"green\",\"count\":1},{\"tag\":\"äpfel\",\"count\":1}]}"}],"structuredContent":{"tags":[{"tag":"red","count":3},{"tag":"blue","count":1},{"tag":"gr%","count":1},{"tag":"green","count":1},{"tag":"äpfel","count":1}]}}}
> {"jsonrpc":"2.0","id":7,"method":"tools/call","params":{"name":"list_tags","arguments":{},"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientInfo":{"name":"t","version":"1"},"io.modelcontextprotocol/clientCapabilities":{}}}}
< {"jsonrpc":"2.0","id":7,"result":{"resultType":"complete","content":[{"type":"text","text":"{\"tags\":[{\"tag\":\"red\",\"count\":3},{\"tag\":\"blue\",\"count\":1},{\"tag\":\"gr%\",\"count\":1},{\"tag\":\"green\",\"count\":1},{\"tag\":\"äpfel\",\"count\":1}]}"}],"structuredContent":{"tags":[{"tag":"red","count":3},{"tag":"blue","count":1},{"tag":"gr%","count":1},{"tag":"green","count":1},{"tag":"äpfel","count":1}]},"_meta":{"*":"*"}}}
> {"jsonrpc":"2.0","id":8,"method":"tools/call","params":{"name":"list_tags","arguments":{"prefix":"gr"}}}
< {"jsonrpc":"2.0","id":8,"result":{"content":[{"type":"text","text":"{\"tags\":[{\"tag\":\"gr%\",\"count\":1},{\"tag\":\"green\",\"count\":1}]}"}],"structuredContent":{"tags":[{"tag":"gr%","count":1},{"tag":"green","count":1}]}}}
> {"jsonrpc":"2.0","id":9,"method":"tools/call","params":{"name":"list_tags","arguments":{"prefix":" GR "}}}
< {"jsonrpc":"2.0","id":9,"result":{"content":[{"type":"text","text":"{\"tags\":[{\"tag\":\"gr%\",\"count\":1},{\"tag\":\"green\",\"count\":1}]}"}],"structuredContent":{"tags":[{"tag":"gr%","count":1},{"tag":"green","count":1}]}}}
> {"jsonrpc":"2.0","id":10,"method":"tools/call","params":{"name":"list_tags","arguments":{"prefix":"%"}}}
< {"jsonrpc":"2.0","id":10,"result":{"content":[{"type":"text","text":"{\"tags\":[]}"}],"structuredContent":{"tags":[]}}}
> {"jsonrpc":"2.0","id":11,"method":"tools/call","params":{"name":"list_tags","arguments":{"prefix":"zzz"}}}
< {"jsonrpc":"2.0","id":11,"result":{"content":[{"type":"text","text":"{\"tags\":[]}"}],"structuredContent":{"tags":[]}}}
> {"jsonrpc":"2.0","id":12,"method":"tools/call","params":{"name":"list_tags","arguments":{"prefix":"ä"}}}
< {"jsonrpc":"2.0","id":12,"result":{"content":[{"type":"text","text":"{\"tags\":[{\"tag\":\"äpfel\",\"count\":1}]}"}],"structuredContent":{"tags":[{"tag":"äpfel","count":1}]}}}
> {"jsonrpc":"2.0","id":13,"method":"tools/call","params":{"name":"list_tags","arguments":{"limit":2}}}
< {"jsonrpc":"2.0","id":13,"result":{"content":[{"type":"text","text":"{\"tags\":[{\"tag\":\"red\",\"count\":3},{\"tag\":\"blue\",\"count\":1}],\"nextCursor\":\"*\"}"}],"structuredContent":{"tags":[{"tag":"red","count":3},{"tag":"blue","count":1}],"nextCursor":"$page1"}}}
> {"jsonrpc":"2.0","id":90,"method":"tools/call","params":{"name":"list_tags","arguments":{"limit":2,"cursor":"$page1"}}}
< {"jsonrpc":"2.0","id":90,"result":{"content":[{"type":"text","text":"{\"tags\":[{\"tag\":\"gr%\",\"count\":1},{\"tag\":\"green\",\"count\":1}],\"nextCursor\":\"*\"}"}],"structuredContent":{"tags":[{"tag":"gr%","count":1},{"tag":"green","count":1}],"nextCursor":"$page2"}}}
> {"jsonrpc":"2.0","id":91,"method":"tools/call","params":{"name":"list_tags","arguments":{"limit":2,"cursor":"$page2"}}}
< {"jsonrpc":"2.0","id":91,"result":{"content":[{"type":"text","text":"{\"tags\":[{\"tag\":\"äpfel\",\"count\":1}]}"}],"structuredContent":{"tags":[{"tag":"äpfel","count":1}]}}}
> {"jsonrpc":"2.0","id":14,"method":"tools/call","params":{"name":"list_tags","arguments":{"limit":0}}}
< {"jsonrpc":"2.0","id":14,"result":{"content":[{"type":"text","text":"argument \"limit\": 0 is below the minimum; accepted is an integer from 1 to 100"}],"isError":true}}
> {"jsonrpc":"2.0","id":15,"method":"tools/call","params":{"name":"list_tags","arguments":{"limit":0},"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientInfo":{"name":"t","version":"1"},"io.modelcontextprotocol/clientCapabilities":{}}}}
< {"jsonrpc":"2.0","id":15,"result":{"resultType":"complete","content":[{"type":"text","text":"argument \"limit\": 0 is below the minimum; accepted is an integer from 1 to 100"}],"isError":true,"_meta":{"*":"*"}}}
> {"jsonrpc":"2.0","id":16,"method":"tools/call","params":{"name":"list_tags","arguments":{"prefix":7}}}
< {"jsonrpc":"2.0","id":16,"result":{"content":[{"type":"text","text":"argument \"prefix\": got a number; accepted is a string of at most 100 characters"}],"isError":true}}
> {"jsonrpc":"2.0","id":17,"method":"tools/call","params":{"name":"list_tags","arguments":{"prefix":7},"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientInfo":{"name":"t","version":"1"},"io.modelcontextprotocol/clientCapabilities":{}}}}
< {"jsonrpc":"2.0","id":17,"result":{"resultType":"complete","content":[{"type":"text","text":"argument \"prefix\": got a number; accepted is a string of at most 100 characters"}],"isError":true,"_meta":{"*":"*"}}}
> {"jsonrpc":"2.0","id":18,"method":"tools/call","params":{"name":"list_tags","arguments":{"prefix":"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"}}}
< {"jsonrpc":"2.0","id":18,"result":{"content":[{"type":"text","text":"argument \"prefix\": length 101 is above the maximum; accepted is a string of at most 100 characters"}],"isError":true}}
> {"jsonrpc":"2.0","id":19,"method":"tools/call","params":{"name":"list_tags","arguments":{"prefix":"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"},"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientInfo":{"name":"t","version":"1"},"io.modelcontextprotocol/clientCapabilities":{}}}}
< {"jsonrpc":"2.0","id":19,"result":{"resultType":"complete","content":[{"type":"text","text":"argument \"prefix\": length 101 is above the maximum; accepted is a string of at most 100 characters"}],"isError":true,"_meta":{"*":"*"}}}
> {"jsonrpc":"2.0","id":20,"method":"tools/call","params":{"name":"list_tags","arguments":{"cursor":"bad"}}}
< {"jsonrpc":"2.0","id":20,"result":{"content":[{"type":"text","text":"argument \"cursor\" is not one of this list; accepted is the nextCursor of a page with the same arguments\nhint: leave cursor out to start again"}],"isError":true}}
> {"jsonrpc":"2.0","id":21,"method":"tools/call","params":{"name":"list_tags","arguments":{"cursor":"bad"},"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientInfo":{"name":"t","version":"1"},"io.modelcontextprotocol/clientCapabilities":{}}}}
< {"jsonrpc":"2.0","id":21,"result":{"resultType":"complete","content":[{"type":"text","text":"argument \"cursor\" is not one of this list; accepted is the nextCursor of a page with the same arguments\nhint: leave cursor out to start again"}],"isError":true,"_meta":{"*":"*"}}}
> {"jsonrpc":"2.0","id":22,"method":"tools/call","params":{"name":"list_tags","arguments":{"prefixx":"r"}}}
< {"jsonrpc":"2.0","id":22,"result":{"content":[{"type":"text","text":"unknown argument \"prefixx\", did you mean \"prefix\"?"}],"isError":true}}
> {"jsonrpc":"2.0","id":23,"method":"tools/call","params":{"name":"list_tags","arguments":{"prefixx":"r"},"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientInfo":{"name":"t","version":"1"},"io.modelcontextprotocol/clientCapabilities":{}}}}
< {"jsonrpc":"2.0","id":23,"result":{"resultType":"complete","content":[{"type":"text","text":"unknown argument \"prefixx\", did you mean \"prefix\"?"}],"isError":true,"_meta":{"*":"*"}}}
