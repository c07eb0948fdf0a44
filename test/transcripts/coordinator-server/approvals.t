# What waits for a person: nothing of it runs, and no tool can decide.
@env MCP_CONFIG=$SRC/mcp.json
> {"jsonrpc":"2.0","id":0,"method":"initialize","params":{"protocolVersion":"2025-11-25","capabilities":{},"clientInfo":{"name":"host","version":"1"}}}
< {"jsonrpc":"2.0","id":0,"result":{"serverInfo":"*","*":"*"}}
> {"jsonrpc":"2.0","method":"notifications/initialized"}
> {"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"open_session","arguments":{"target":"memory","tool":"update_memory","arguments":{"memoryId":"build","content":"x"},"reason":"newer"}}}
< {"jsonrpc":"2.0","id":1,"result":{"content":"*","structuredContent":{"sessionId":"$session","approvalId":"$approval","status":"pending","type":"deployment","target":"memory","tool":"update_memory","initiator":"*","createdAt":"*","updatedAt":"*","expiresAt":"*","requestDigest":"*","pollAfterMs":2000,"howToApprove":"*coordinator-server approve apr_*","next":"A person has to approve this outside of this chat.*"}}}
# The same again is the one that waits.
> {"jsonrpc":"2.0","id":2,"method":"tools/call","params":{"name":"open_session","arguments":{"target":"memory","tool":"update_memory","arguments":{"memoryId":"build","content":"x"}}}}
< {"jsonrpc":"2.0","id":2,"result":{"content":"*","structuredContent":{"sessionId":"$session","approvalId":"$approval","status":"pending","*":"*"}}}
> {"jsonrpc":"2.0","id":3,"method":"tools/call","params":{"name":"get_approval","arguments":{"approvalId":"$approval"}}}
< {"jsonrpc":"2.0","id":3,"result":{"content":"*","structuredContent":{"approvalId":"$approval","sessionId":"$session","status":"pending","type":"deployment","executed":false,"requestData":{"reason":"newer","arguments":{"memoryId":"build","content":"x"},"tool":"update_memory","*":"*"},"*":"*"}}}
# An unlisted tool asks, too; a caller may want more than policy does, never less.
> {"jsonrpc":"2.0","id":4,"method":"tools/call","params":{"name":"open_session","arguments":{"target":"memory","tool":"search_memories","arguments":{"query":"x"}}}}
< {"jsonrpc":"2.0","id":4,"result":{"content":"*","structuredContent":{"status":"pending","type":"configuration","*":"*"}}}
> {"jsonrpc":"2.0","id":5,"method":"tools/call","params":{"name":"open_session","arguments":{"target":"memory","tool":"search_memories","arguments":{"query":"y"},"type":"assessment"}}}
< {"jsonrpc":"2.0","id":5,"result":{"content":"*","structuredContent":{"status":"pending","type":"configuration","*":"*"}}}
> {"jsonrpc":"2.0","id":6,"method":"tools/call","params":{"name":"open_session","arguments":{"target":"memory","tool":"list_tags","type":"assessment"}}}
< {"jsonrpc":"2.0","id":6,"result":{"content":"*","structuredContent":{"status":"pending","type":"assessment","*":"*"}}}
# An approval by itself.
> {"jsonrpc":"2.0","id":7,"method":"tools/call","params":{"name":"request_approval","arguments":{"type":"remediation","requestData":{"restart":"db"},"ttlSeconds":60}}}
< {"jsonrpc":"2.0","id":7,"result":{"content":"*","structuredContent":{"approvalId":"$own","sessionId":"*","type":"remediation","target":"(external)","status":"pending","requestData":{"requestData":{"restart":"db"},"*":"*"},"*":"*"}}}
> {"jsonrpc":"2.0","id":8,"method":"tools/call","params":{"name":"list_approvals","arguments":{"status":"pending","type":"deployment"}}}
< {"jsonrpc":"2.0","id":8,"result":{"content":"*","structuredContent":{"approvals":[{"approvalId":"$approval","*":"*"}]}}}
# Cancelled before anybody decided: the approval goes with it.
> {"jsonrpc":"2.0","id":9,"method":"tools/call","params":{"name":"cancel_session","arguments":{"sessionId":"$session","reason":"no longer"}}}
< {"jsonrpc":"2.0","id":9,"result":{"content":"*","structuredContent":{"sessionId":"$session","result":"cancelled","status":"failed"}}}
> {"jsonrpc":"2.0","id":10,"method":"tools/call","params":{"name":"get_session","arguments":{"sessionId":"$session"}}}
< {"jsonrpc":"2.0","id":10,"result":{"content":"*","structuredContent":{"status":"failed","outcome":"cancelled","*":"*"}}}
> {"jsonrpc":"2.0","id":11,"method":"tools/call","params":{"name":"get_approval","arguments":{"approvalId":"$approval"}}}
< {"jsonrpc":"2.0","id":11,"result":{"content":"*","structuredContent":{"status":"rejected","executed":false,"*":"*"}}}
> {"jsonrpc":"2.0","id":12,"method":"tools/call","params":{"name":"get_audit_trail","arguments":{"sessionId":"$session"}}}
< {"jsonrpc":"2.0","id":12,"result":{"content":"*","structuredContent":{"sessionId":"$session","events":[{"action":"session.opened","*":"*"},{"action":"approval.requested","*":"*"},{"action":"approval.withdrawn","*":"*"},{"action":"session.failed","*":"*"}]}}}
> {"jsonrpc":"2.0","id":13,"method":"tools/call","params":{"name":"cancel_session","arguments":{"sessionId":"$session"}}}
< {"jsonrpc":"2.0","id":13,"result":{"content":"*","structuredContent":{"result":"already_finished","status":"failed","*":"*"}}}
@eof
