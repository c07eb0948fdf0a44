# What clients of 2024-11-05 and 2026-07-28 see of one and the same call; cancelled ids; a restart.
> {"jsonrpc":"2.0","id":"i","method":"initialize","params":{"protocolVersion":"2024-11-05","capabilities":{},"clientInfo":{"name":"t","version":"1"}}}
< {"jsonrpc":"2.0","id":"i","result":{"protocolVersion":"2024-11-05","capabilities":{"tools":{},"resources":{}},"serverInfo":{"name":"memory-server","version":"*","*":"*"},"*":"*"}}
> {"jsonrpc":"2.0","method":"notifications/initialized"}
> {"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"store_memory","arguments":{"memoryId":"m1","content":"kept"}}}
< {"jsonrpc":"2.0","id":1,"result":{"content":[{"type":"text","text":"{\"memoryId\":\"m1\",\"createdAt\":\"*\"}"}]}}
> {"jsonrpc":"2.0","id":2,"method":"tools/call","params":{"name":"get_memory","arguments":{"memoryId":"m1"}}}
< {"jsonrpc":"2.0","id":2,"result":{"content":[{"type":"text","text":"{\"memoryId\":\"m1\",\"content\":\"kept\",\"metadata\":{\"source\":\"api\",\"tags\":[],\"timestamp\":\"*\",\"type\":\"text\"},\"createdAt\":\"*\",\"updatedAt\":\"*\",\"isConsolidated\":false}"}]}}
> {"jsonrpc":"2.0","id":3,"method":"tools/call","params":{"name":"get_memory","arguments":{"memoryId":"m1"},"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientInfo":{"name":"t","version":"1"},"io.modelcontextprotocol/clientCapabilities":{}}}}
< {"jsonrpc":"2.0","id":3,"result":{"resultType":"complete","content":[{"type":"text","text":"{\"memoryId\":\"m1\",\"content\":\"kept\",\"metadata\":{\"source\":\"api\",\"tags\":[],\"timestamp\":\"*\",\"type\":\"text\"},\"createdAt\":\"*\",\"updatedAt\":\"*\",\"isConsolidated\":false}"}],"structuredContent":{"memoryId":"m1","content":"kept","metadata":{"source":"api","tags":[],"timestamp":"*","type":"text"},"createdAt":"*","updatedAt":"*","isConsolidated":false},"_meta":{"*":"*"}}}
> {"jsonrpc":"2.0","id":4,"method":"tools/call","params":{"name":"get_memory","arguments":{"memoryId":"none"}}}
< {"jsonrpc":"2.0","id":4,"result":{"content":[{"type":"text","text":"no memory \"none\"\nhint: search_memories and list_memories give the ids"}],"isError":true}}
> {"jsonrpc":"2.0","id":5,"method":"tools/call","params":{"name":"get_memory","arguments":{"memoryId":"none"},"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientInfo":{"name":"t","version":"1"},"io.modelcontextprotocol/clientCapabilities":{}}}}
< {"jsonrpc":"2.0","id":5,"result":{"resultType":"complete","content":[{"type":"text","text":"no memory \"none\"\nhint: search_memories and list_memories give the ids"}],"isError":true,"_meta":{"*":"*"}}}
# Ids that are unknown or done: silence, and the server serves on.
! cancel 77
! cancel 2
@quiet 100
> {"jsonrpc":"2.0","id":6,"method":"tools/call","params":{"name":"list_tags","arguments":{}}}
< {"jsonrpc":"2.0","id":6,"result":{"content":[{"type":"text","text":"{\"tags\":[]}"}]}}
# What was acknowledged is there after a restart; cursors stay valid.
> {"jsonrpc":"2.0","id":7,"method":"tools/call","params":{"name":"store_memory","arguments":{"memoryId":"m2","content":"kept too"}}}
< {"jsonrpc":"2.0","id":7,"result":{"content":[{"type":"text","text":"{\"memoryId\":\"m2\",\"createdAt\":\"*\"}"}]}}
> {"jsonrpc":"2.0","id":8,"method":"tools/call","params":{"name":"list_memories","arguments":{"limit":1},"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientInfo":{"name":"t","version":"1"},"io.modelcontextprotocol/clientCapabilities":{}}}}
< {"jsonrpc":"2.0","id":8,"result":{"resultType":"complete","content":[{"type":"text","text":"{\"total\":2,\"filter\":{},\"memories\":[{\"memoryId\":\"m2\",\"snippet\":\"kept too\",\"type\":\"text\",\"source\":\"api\",\"timestamp\":\"*\",\"updatedAt\":\"*\"}],\"nextCursor\":\"*\"}"}],"structuredContent":{"total":2,"filter":{},"memories":[{"memoryId":"m2","snippet":"kept too","type":"text","source":"api","timestamp":"*","updatedAt":"*"}],"nextCursor":"$page1"},"_meta":{"*":"*"}}}
@restart
> {"jsonrpc":"2.0","id":90,"method":"tools/call","params":{"name":"list_memories","arguments":{"limit":1,"cursor":"$page1"},"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientInfo":{"name":"t","version":"1"},"io.modelcontextprotocol/clientCapabilities":{}}}}
< {"jsonrpc":"2.0","id":90,"result":{"resultType":"complete","content":[{"type":"text","text":"{\"total\":2,\"filter\":{},\"memories\":[{\"memoryId\":\"m1\",\"snippet\":\"kept\",\"type\":\"text\",\"source\":\"api\",\"timestamp\":\"*\",\"updatedAt\":\"*\"}]}"}],"structuredContent":{"total":2,"filter":{},"memories":[{"memoryId":"m1","snippet":"kept","type":"text","source":"api","timestamp":"*","updatedAt":"*"}]},"_meta":{"*":"*"}}}
