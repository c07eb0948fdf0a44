# One call of another server of the same mcp.json, and the trail it leaves.
@env MCP_CONFIG=$SRC/mcp.json
> {"jsonrpc":"2.0","id":0,"method":"initialize","params":{"protocolVersion":"2025-11-25","capabilities":{},"clientInfo":{"name":"host","version":"1"}}}
< {"jsonrpc":"2.0","id":0,"result":{"serverInfo":"*","*":"*"}}
> {"jsonrpc":"2.0","method":"notifications/initialized"}
> {"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"list_targets","arguments":{}}}
< {"jsonrpc":"2.0","id":1,"result":{"content":"*","structuredContent":{"file":"*/mcp.json","targets":[{"name":"memory","callable":true,"state":"stopped","description":"Notes of the project","policy":{"default":"ask","list_*":"allow","get_*":"allow","store_memory":"allow","update_memory":"ask","delete_memory":"deny"},"bypassable":true},{"name":"coordinator","callable":false,"reason":"it is this coordinator itself"},{"name":"tracker","callable":false,"reason":"it is a remote server; *"},{"name":"search","callable":false,"reason":"env KEY: the variable NOT_SET_HERE is not set here"},{"name":"absent","callable":false,"reason":"the program no-such-program is not there"}]}}}
# Allowed by policy: it runs at once.
> {"jsonrpc":"2.0","id":2,"method":"tools/call","params":{"name":"open_session","arguments":{"target":"memory","tool":"store_memory","arguments":{"content":"The build runs on Debian 12.","memoryId":"build"}}}}
< {"jsonrpc":"2.0","id":2,"result":{"content":"*","structuredContent":{"sessionId":"$session","initiator":"agent:host/*","target":"memory","tool":"store_memory","status":"completed","outcome":"ok","createdAt":"*","updatedAt":"*","completedAt":"*","dispatchedAt":"*","requestDigest":"$digest","responseData":{"outcome":"ok","result":{"structuredContent":{"memoryId":"build","createdAt":"*"},"*":"*"}}}}}
> {"jsonrpc":"2.0","id":3,"method":"tools/call","params":{"name":"get_session","arguments":{"sessionId":"$session"}}}
< {"jsonrpc":"2.0","id":3,"result":{"content":"*","structuredContent":{"sessionId":"$session","status":"completed","requestData":{"v":1,"sessionId":"$session","initiator":"agent:host/*","target":{"name":"memory","launch":"*"},"tool":"store_memory","arguments":{"content":"The build runs on Debian 12.","memoryId":"build"},"effect":"once","timeoutMs":60000},"responseData":"*","*":"*"}}}
> {"jsonrpc":"2.0","id":4,"method":"tools/call","params":{"name":"get_audit_trail","arguments":{"sessionId":"$session"}}}
< {"jsonrpc":"2.0","id":4,"result":{"content":"*","structuredContent":{"sessionId":"$session","events":[{"seq":1,"timestamp":"*","actor":"agent:host/*","action":"session.opened","targetType":"integration_session","targetId":"$session","details":{"target":"memory","tool":"store_memory","requestDigest":"$digest"}},{"seq":2,"timestamp":"*","actor":"system","action":"execution.dispatched","targetType":"integration_session","targetId":"$session","details":{"target":"memory","tool":"store_memory","requestDigest":"$digest","owner":"*"}},{"seq":3,"timestamp":"*","actor":"system","action":"execution.finished","targetType":"integration_session","targetId":"$session","details":{"outcome":"ok","responseDigest":"*","ms":"*"}}]}}}
# In pages, by cursor.
> {"jsonrpc":"2.0","id":5,"method":"tools/call","params":{"name":"get_audit_trail","arguments":{"sessionId":"$session","limit":2}}}
< {"jsonrpc":"2.0","id":5,"result":{"content":"*","structuredContent":{"sessionId":"$session","events":["*","*"],"nextCursor":"$next"}}}
> {"jsonrpc":"2.0","id":6,"method":"tools/call","params":{"name":"get_audit_trail","arguments":{"sessionId":"$session","limit":2,"cursor":"$next"}}}
< {"jsonrpc":"2.0","id":6,"result":{"content":"*","structuredContent":{"sessionId":"$session","events":[{"seq":3,"*":"*"}]}}}
# A tool that only reads, and one that fails by itself.
> {"jsonrpc":"2.0","id":7,"method":"tools/call","params":{"name":"open_session","arguments":{"target":"memory","tool":"list_memories"}}}
< {"jsonrpc":"2.0","id":7,"result":{"content":"*","structuredContent":{"status":"completed","outcome":"ok","responseData":{"outcome":"ok","result":{"structuredContent":{"total":1,"*":"*"},"*":"*"}},"*":"*"}}}
> {"jsonrpc":"2.0","id":8,"method":"tools/call","params":{"name":"open_session","arguments":{"target":"memory","tool":"get_memory","arguments":{"memoryId":"nothing"}}}}
< {"jsonrpc":"2.0","id":8,"result":{"content":"*","structuredContent":{"status":"failed","outcome":"tool_error","responseData":{"outcome":"tool_error","result":{"isError":true,"*":"*"}},"*":"*"},"isError":true}}
> {"jsonrpc":"2.0","id":9,"method":"tools/call","params":{"name":"list_sessions","arguments":{"status":"completed","limit":1}}}
< {"jsonrpc":"2.0","id":9,"result":{"content":"*","structuredContent":{"sessions":[{"tool":"list_memories","*":"*"}],"nextCursor":"$more"}}}
> {"jsonrpc":"2.0","id":10,"method":"tools/call","params":{"name":"list_sessions","arguments":{"status":"completed","limit":1,"cursor":"$more"}}}
< {"jsonrpc":"2.0","id":10,"result":{"content":"*","structuredContent":{"sessions":[{"sessionId":"$session","*":"*"}]}}}
# What was done is there for the next process, too.
@restart
> {"jsonrpc":"2.0","id":0,"method":"initialize","params":{"protocolVersion":"2025-11-25","capabilities":{},"clientInfo":{"name":"host","version":"1"}}}
< {"jsonrpc":"2.0","id":0,"result":{"serverInfo":"*","*":"*"}}
> {"jsonrpc":"2.0","method":"notifications/initialized"}
> {"jsonrpc":"2.0","id":11,"method":"tools/call","params":{"name":"list_sessions","arguments":{"status":"failed"}}}
< {"jsonrpc":"2.0","id":11,"result":{"content":"*","structuredContent":{"sessions":[{"outcome":"tool_error","*":"*"}]}}}
@eof
