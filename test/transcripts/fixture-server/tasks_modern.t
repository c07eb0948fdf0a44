# Tasks of the extension: the server decides, the client polls; nothing without the opt-in.
> {"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"slow_compute","arguments":{"ms":150,"label":"alone"},"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{}}}}
< {"jsonrpc":"2.0","id":1,"result":{"resultType":"complete","content":[{"type":"text","text":"computed alone"}],"_meta":"*"}}
> {"jsonrpc":"2.0","id":2,"method":"tools/call","params":{"name":"greet","arguments":{"name":"Ann"},"task":{"ttl":1000},"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{"extensions":{"io.modelcontextprotocol/tasks":{}}}}}}
< {"jsonrpc":"2.0","id":2,"result":{"resultType":"complete","content":[{"type":"text","text":"Hello, Ann!"}],"_meta":"*"}}
> {"jsonrpc":"2.0","id":3,"method":"tools/call","params":{"name":"slow_compute","arguments":{"ms":300,"label":"later"},"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{"extensions":{"io.modelcontextprotocol/tasks":{}}}}}}
< {"jsonrpc":"2.0","id":3,"result":{"resultType":"task","taskId":"$t","status":"working","createdAt":"*","lastUpdatedAt":"*","ttlMs":3600000,"pollIntervalMs":500,"_meta":"*"}}
> {"jsonrpc":"2.0","id":4,"method":"tasks/get","params":{"taskId":"$t","_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{"extensions":{"io.modelcontextprotocol/tasks":{}}}}}}
< {"jsonrpc":"2.0","id":4,"result":{"resultType":"complete","taskId":"$t","status":"working","*":"*"}}
> {"jsonrpc":"2.0","id":5,"method":"tasks/get","params":{"taskId":"$t","_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{}}}}
< {"jsonrpc":"2.0","id":5,"error":{"code":-32021,"message":"*","data":{"requiredCapabilities":{"extensions":{"io.modelcontextprotocol/tasks":{}}}}}}
> {"jsonrpc":"2.0","id":6,"method":"tasks/result","params":{"taskId":"$t","_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{"extensions":{"io.modelcontextprotocol/tasks":{}}}}}}
< {"jsonrpc":"2.0","id":6,"error":{"code":-32601,"message":"*"}}
> {"jsonrpc":"2.0","id":7,"method":"tasks/list","params":{"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{"extensions":{"io.modelcontextprotocol/tasks":{}}}}}}
< {"jsonrpc":"2.0","id":7,"error":{"code":-32601,"message":"*"}}
> {"jsonrpc":"2.0","id":8,"method":"tasks/get","params":{"taskId":"task_unknown","_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{"extensions":{"io.modelcontextprotocol/tasks":{}}}}}}
< {"jsonrpc":"2.0","id":8,"error":{"code":-32602,"message":"*"}}
> {"jsonrpc":"2.0","id":9,"method":"tasks/update","params":{"taskId":"$t","inputResponses":{"nobody":{"action":"accept"}},"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{"extensions":{"io.modelcontextprotocol/tasks":{}}}}}}
< {"jsonrpc":"2.0","id":9,"result":{"resultType":"complete","_meta":"*"}}
> {"jsonrpc":"2.0","id":10,"method":"tools/call","params":{"name":"test_slow","arguments":{"ms":500},"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{"extensions":{"io.modelcontextprotocol/tasks":{}}}}}}
< {"jsonrpc":"2.0","id":10,"result":"*"}
> {"jsonrpc":"2.0","id":11,"method":"tasks/get","params":{"taskId":"$t","_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{"extensions":{"io.modelcontextprotocol/tasks":{}}}}}}
< {"jsonrpc":"2.0","id":11,"result":{"resultType":"complete","taskId":"$t","status":"completed","createdAt":"*","lastUpdatedAt":"*","ttlMs":3600000,"pollIntervalMs":500,"result":{"resultType":"complete","content":[{"type":"text","text":"computed later"}],"_meta":"*"},"_meta":"*"}}
> {"jsonrpc":"2.0","id":12,"method":"tasks/cancel","params":{"taskId":"$t","_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{"extensions":{"io.modelcontextprotocol/tasks":{}}}}}}
< {"jsonrpc":"2.0","id":12,"result":{"resultType":"complete","_meta":"*"}}
> {"jsonrpc":"2.0","id":13,"method":"tasks/get","params":{"taskId":"$t","_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{"extensions":{"io.modelcontextprotocol/tasks":{}}}}}}
< {"jsonrpc":"2.0","id":13,"result":{"status":"completed","*":"*"}}
> {"jsonrpc":"2.0","id":14,"method":"tools/call","params":{"name":"slow_compute","arguments":{"ms":60000},"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{"extensions":{"io.modelcontextprotocol/tasks":{}}}}}}
< {"jsonrpc":"2.0","id":14,"result":{"taskId":"$long","*":"*"}}
> {"jsonrpc":"2.0","id":15,"method":"tasks/cancel","params":{"taskId":"$long","_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{"extensions":{"io.modelcontextprotocol/tasks":{}}}}}}
< {"jsonrpc":"2.0","id":15,"result":{"resultType":"complete","_meta":"*"}}
> {"jsonrpc":"2.0","id":16,"method":"tasks/cancel","params":{"taskId":"$long","_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{"extensions":{"io.modelcontextprotocol/tasks":{}}}}}}
< {"jsonrpc":"2.0","id":16,"result":{"resultType":"complete","_meta":"*"}}
> {"jsonrpc":"2.0","id":17,"method":"tasks/get","params":{"taskId":"$long","_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{"extensions":{"io.modelcontextprotocol/tasks":{}}}}}}
< {"jsonrpc":"2.0","id":17,"result":{"status":"cancelled","statusMessage":"cancelled by the client","*":"*"}}
> {"jsonrpc":"2.0","id":18,"method":"tools/call","params":{"name":"failing_job","_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{"extensions":{"io.modelcontextprotocol/tasks":{}}}}}}
< {"jsonrpc":"2.0","id":18,"result":{"taskId":"$fails","*":"*"}}
> {"jsonrpc":"2.0","id":19,"method":"tools/call","params":{"name":"protocol_error_job","_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{"extensions":{"io.modelcontextprotocol/tasks":{}}}}}}
< {"jsonrpc":"2.0","id":19,"result":{"taskId":"$breaks","*":"*"}}
> {"jsonrpc":"2.0","id":20,"method":"tools/call","params":{"name":"test_slow","arguments":{"ms":300},"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{"extensions":{"io.modelcontextprotocol/tasks":{}}}}}}
< {"jsonrpc":"2.0","id":20,"result":"*"}
> {"jsonrpc":"2.0","id":21,"method":"tasks/get","params":{"taskId":"$fails","_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{"extensions":{"io.modelcontextprotocol/tasks":{}}}}}}
< {"jsonrpc":"2.0","id":21,"result":{"status":"completed","result":{"isError":true,"*":"*"},"*":"*"}}
> {"jsonrpc":"2.0","id":22,"method":"tasks/get","params":{"taskId":"$breaks","_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{"extensions":{"io.modelcontextprotocol/tasks":{}}}}}}
< {"jsonrpc":"2.0","id":22,"result":{"status":"failed","error":{"code":-32603,"message":"the work broke"},"*":"*"}}
