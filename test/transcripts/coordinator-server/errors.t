# Refusals say what was wrong, what is accepted, and the nearest name.
@env MCP_CONFIG=$SRC/mcp.json
> {"jsonrpc":"2.0","id":0,"method":"initialize","params":{"protocolVersion":"2025-11-25","capabilities":{},"clientInfo":{"name":"host","version":"1"}}}
< {"jsonrpc":"2.0","id":0,"result":{"serverInfo":"*","*":"*"}}
> {"jsonrpc":"2.0","method":"notifications/initialized"}
> {"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"open_session","arguments":{"target":"memroy","tool":"list_memories"}}}
< {"jsonrpc":"2.0","id":1,"result":{"content":[{"type":"text","text":"no target \"memroy\", did you mean \"memory\"; accepted are *memory, coordinator, *"}],"isError":true}}
> {"jsonrpc":"2.0","id":2,"method":"tools/call","params":{"name":"open_session","arguments":{"target":"memory","tool":"list_memorys"}}}
< {"jsonrpc":"2.0","id":2,"result":{"content":[{"type":"text","text":"target \"memory\" has no tool \"list_memorys\", did you mean \"list_memories\"*"}],"isError":true}}
> {"jsonrpc":"2.0","id":3,"method":"tools/call","params":{"name":"open_session","arguments":{"target":"coordinator","tool":"list_sessions"}}}
< {"jsonrpc":"2.0","id":3,"result":{"content":[{"type":"text","text":"*cannot be called: it is this coordinator itself"}],"isError":true}}
> {"jsonrpc":"2.0","id":4,"method":"tools/call","params":{"name":"open_session","arguments":{"target":"tracker","tool":"x"}}}
< {"jsonrpc":"2.0","id":4,"result":{"content":[{"type":"text","text":"*cannot be called: it is a remote server*"}],"isError":true}}
> {"jsonrpc":"2.0","id":5,"method":"tools/call","params":{"name":"open_session","arguments":{"target":"memory","tool":"delete_memory","arguments":{"memoryId":"x"}}}}
< {"jsonrpc":"2.0","id":5,"result":{"content":[{"type":"text","text":"policy denies the tool \"delete_memory\" of \"memory\"*"}],"isError":true}}
> {"jsonrpc":"2.0","id":6,"method":"tools/call","params":{"name":"open_session","arguments":{"target":"memory","tool":"list_memories","arguments":[]}}}
< {"jsonrpc":"2.0","id":6,"result":{"content":[{"type":"text","text":"argument \"arguments\"*"}],"isError":true}}
> {"jsonrpc":"2.0","id":7,"method":"tools/call","params":{"name":"open_session","arguments":{"target":"memory","tool":"list_memories","timeoutMs":1}}}
< {"jsonrpc":"2.0","id":7,"result":{"content":[{"type":"text","text":"argument \"timeoutMs\"*"}],"isError":true}}
> {"jsonrpc":"2.0","id":8,"method":"tools/call","params":{"name":"open_session","arguments":{"target":"memory","tol":"x"}}}
< {"jsonrpc":"2.0","id":8,"result":{"content":[{"type":"text","text":"*did you mean \"tool\"*"}],"isError":true}}
> {"jsonrpc":"2.0","id":9,"method":"tools/call","params":{"name":"get_session","arguments":{"sessionId":"ses_1"}}}
< {"jsonrpc":"2.0","id":9,"result":{"content":[{"type":"text","text":"no session \"ses_1\"*list_sessions*"}],"isError":true}}
> {"jsonrpc":"2.0","id":10,"method":"tools/call","params":{"name":"get_audit_trail","arguments":{"sessionId":"ses_1"}}}
< {"jsonrpc":"2.0","id":10,"result":{"content":[{"type":"text","text":"no session \"ses_1\"*"}],"isError":true}}
> {"jsonrpc":"2.0","id":11,"method":"tools/call","params":{"name":"cancel_session","arguments":{"sessionId":"ses_1"}}}
< {"jsonrpc":"2.0","id":11,"result":{"content":[{"type":"text","text":"no session \"ses_1\"*"}],"isError":true}}
> {"jsonrpc":"2.0","id":12,"method":"tools/call","params":{"name":"get_approval","arguments":{"approvalId":"apr_1"}}}
< {"jsonrpc":"2.0","id":12,"result":{"content":[{"type":"text","text":"no approval \"apr_1\"*"}],"isError":true}}
> {"jsonrpc":"2.0","id":13,"method":"tools/call","params":{"name":"list_sessions","arguments":{"cursor":"AAAA"}}}
< {"jsonrpc":"2.0","id":13,"result":{"content":[{"type":"text","text":"argument \"cursor\"*"}],"isError":true}}
> {"jsonrpc":"2.0","id":14,"method":"tools/call","params":{"name":"list_sessions","arguments":{"status":"done"}}}
< {"jsonrpc":"2.0","id":14,"result":{"content":[{"type":"text","text":"argument \"status\"*pending, running, completed*"}],"isError":true}}
> {"jsonrpc":"2.0","id":15,"method":"tools/call","params":{"name":"request_approval","arguments":{"type":"remedation","requestData":{}}}}
< {"jsonrpc":"2.0","id":15,"result":{"content":[{"type":"text","text":"argument \"type\"*remediation*"}],"isError":true}}
> {"jsonrpc":"2.0","id":16,"method":"tools/call","params":{"name":"list_targets","arguments":{"target":"memroy"}}}
< {"jsonrpc":"2.0","id":16,"result":{"content":[{"type":"text","text":"no target \"memroy\"*"}],"isError":true}}
@eof
