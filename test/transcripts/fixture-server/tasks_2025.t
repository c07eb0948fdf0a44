# Tasks of 2025-11-25: the client asks, tasks/result waits.
> {"jsonrpc":"2.0","id":0,"method":"initialize","params":{"protocolVersion":"2025-11-25","capabilities":{},"clientInfo":{"name":"t","version":"1"}}}
< {"jsonrpc":"2.0","id":0,"result":{"capabilities":{"tasks":{"cancel":{},"requests":{"tools":{"call":{}}}},"*":"*"},"*":"*"}}
> {"jsonrpc":"2.0","method":"notifications/initialized"}
> {"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"slow_compute","arguments":{"ms":100,"label":"plainly"}}}
< {"jsonrpc":"2.0","id":1,"result":{"content":[{"type":"text","text":"computed plainly"}]}}
> {"jsonrpc":"2.0","id":2,"method":"tools/call","params":{"name":"greet","arguments":{"name":"Ann"},"task":{}}}
< {"jsonrpc":"2.0","id":2,"result":{"content":[{"type":"text","text":"Hello, Ann!"}]}}
> {"jsonrpc":"2.0","id":3,"method":"tools/call","params":{"name":"slow_compute","arguments":{"ms":300,"label":"later"},"task":{"ttl":120000}}}
< {"jsonrpc":"2.0","id":3,"result":{"task":{"taskId":"$t","status":"working","createdAt":"*","lastUpdatedAt":"*","ttl":120000,"pollInterval":500}}}
> {"jsonrpc":"2.0","id":4,"method":"tasks/get","params":{"taskId":"$t"}}
< {"jsonrpc":"2.0","id":4,"result":{"taskId":"$t","status":"working","*":"*"}}
> {"jsonrpc":"2.0","id":5,"method":"tasks/result","params":{"taskId":"$t"}}
< {"jsonrpc":"2.0","id":5,"result":{"content":[{"type":"text","text":"computed later"}],"_meta":{"io.modelcontextprotocol/related-task":{"taskId":"$t"}}}}
> {"jsonrpc":"2.0","id":6,"method":"tasks/cancel","params":{"taskId":"$t"}}
< {"jsonrpc":"2.0","id":6,"error":{"code":-32602,"message":"*"}}
> {"jsonrpc":"2.0","id":7,"method":"tools/call","params":{"name":"slow_compute","arguments":{"ms":60000},"task":{}}}
< {"jsonrpc":"2.0","id":7,"result":{"task":{"taskId":"$long","*":"*"}}}
> {"jsonrpc":"2.0","id":8,"method":"tasks/cancel","params":{"taskId":"$long"}}
< {"jsonrpc":"2.0","id":8,"result":{"taskId":"$long","status":"cancelled","*":"*"}}
> {"jsonrpc":"2.0","id":9,"method":"tools/call","params":{"name":"failing_job","task":{}}}
< {"jsonrpc":"2.0","id":9,"result":{"task":{"taskId":"$fails","*":"*"}}}
> {"jsonrpc":"2.0","id":10,"method":"tasks/result","params":{"taskId":"$fails"}}
< {"jsonrpc":"2.0","id":10,"result":{"isError":true,"*":"*"}}
> {"jsonrpc":"2.0","id":11,"method":"tasks/get","params":{"taskId":"$fails"}}
< {"jsonrpc":"2.0","id":11,"result":{"status":"failed","*":"*"}}
> {"jsonrpc":"2.0","id":12,"method":"tools/call","params":{"name":"protocol_error_job","task":{}}}
< {"jsonrpc":"2.0","id":12,"result":{"task":{"taskId":"$breaks","*":"*"}}}
> {"jsonrpc":"2.0","id":13,"method":"tasks/result","params":{"taskId":"$breaks"}}
< {"jsonrpc":"2.0","id":13,"error":{"code":-32603,"message":"the work broke"}}
> {"jsonrpc":"2.0","id":14,"method":"tasks/list","params":{}}
< {"jsonrpc":"2.0","id":14,"error":{"code":-32601,"message":"*"}}
