# What was subscribed is told in both eras, under the address that was given; nothing else.
> {"jsonrpc":"2.0","id":"i","method":"initialize","params":{"protocolVersion":"2025-11-25","capabilities":{},"clientInfo":{"name":"t","version":"1"}}}
< {"jsonrpc":"2.0","id":"i","result":{"capabilities":{"resources":{"subscribe":true},"*":"*"},"*":"*"}}
> {"jsonrpc":"2.0","method":"notifications/initialized"}
> {"jsonrpc":"2.0","id":1,"method":"resources/subscribe","params":{"uri":"compliance://status"}}
< {"jsonrpc":"2.0","id":1,"result":{}}
> {"jsonrpc":"2.0","id":2,"method":"resources/subscribe","params":{"uri":"compliance://servers/beta%20%6fne"}}
< {"jsonrpc":"2.0","id":2,"result":{}}
> {"jsonrpc":"2.0","id":3,"method":"resources/subscribe","params":{"uri":"compliance://nothing"}}
< {"jsonrpc":"2.0","id":3,"error":{"code":-32002,"message":"*","data":{"uri":"compliance://nothing"}}}
> {"jsonrpc":"2.0","id":"live","method":"subscriptions/listen","params":{"notifications":{"toolsListChanged":true,"resourceSubscriptions":["compliance://report.html","compliance://servers/alpha"]},"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{}}}}
< {"jsonrpc":"2.0","method":"notifications/subscriptions/acknowledged","params":{"_meta":{"io.modelcontextprotocol/subscriptionId":"live"},"notifications":{"resourceSubscriptions":["compliance://report.html","compliance://servers/alpha"]}}}
# a check that finished
> {"jsonrpc":"2.0","id":4,"method":"tools/call","params":{"name":"run_compliance_check","arguments":{"config":{"mcpServers":{"alpha":{"command":"npx","args":["-y","some-server"]},"beta one":{"command":"node","args":["b.js"]}}}}}}
< {"jsonrpc":"2.0","id":4,"result":"*"}
< {"jsonrpc":"2.0","method":"notifications/resources/updated","params":{"uri":"compliance://status"}}
< {"jsonrpc":"2.0","method":"notifications/resources/updated","params":{"uri":"compliance://servers/beta%20%6fne"}}
< {"jsonrpc":"2.0","method":"notifications/resources/updated","params":{"_meta":{"io.modelcontextprotocol/subscriptionId":"live"},"uri":"compliance://report.html"}}
< {"jsonrpc":"2.0","method":"notifications/resources/updated","params":{"_meta":{"io.modelcontextprotocol/subscriptionId":"live"},"uri":"compliance://servers/alpha"}}
# an issue that was changed, and one that was not
> {"jsonrpc":"2.0","id":5,"method":"tools/call","params":{"name":"update_compliance_issue","arguments":{"issueId":"SUP-001-0f67814e911d2e94","status":"in-progress"},"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{}}}}
< {"jsonrpc":"2.0","id":5,"result":"*"}
< {"jsonrpc":"2.0","method":"notifications/resources/updated","params":{"uri":"compliance://status"}}
< {"jsonrpc":"2.0","method":"notifications/resources/updated","params":{"_meta":{"io.modelcontextprotocol/subscriptionId":"live"},"uri":"compliance://report.html"}}
< {"jsonrpc":"2.0","method":"notifications/resources/updated","params":{"_meta":{"io.modelcontextprotocol/subscriptionId":"live"},"uri":"compliance://servers/alpha"}}
> {"jsonrpc":"2.0","id":6,"method":"tools/call","params":{"name":"update_compliance_issue","arguments":{"issueId":"nothing like it","status":"open"}}}
< {"jsonrpc":"2.0","id":6,"result":{"isError":true,"*":"*"}}
@quiet 200
# a registration
> {"jsonrpc":"2.0","id":7,"method":"tools/call","params":{"name":"register_servers","arguments":{"config":{"mcpServers":{"beta one":{"command":"node","args":["c.js"]}}}}}}
< {"jsonrpc":"2.0","id":7,"result":"*"}
< {"jsonrpc":"2.0","method":"notifications/resources/updated","params":{"uri":"compliance://status"}}
< {"jsonrpc":"2.0","method":"notifications/resources/updated","params":{"uri":"compliance://servers/beta%20%6fne"}}
< {"jsonrpc":"2.0","method":"notifications/resources/updated","params":{"_meta":{"io.modelcontextprotocol/subscriptionId":"live"},"uri":"compliance://report.html"}}
# no more of it
> {"jsonrpc":"2.0","id":8,"method":"resources/unsubscribe","params":{"uri":"compliance://status"}}
< {"jsonrpc":"2.0","id":8,"result":{}}
> {"jsonrpc":"2.0","id":9,"method":"resources/unsubscribe","params":{"uri":"compliance://servers/beta%20one"}}
< {"jsonrpc":"2.0","id":9,"result":{}}
! cancel "live"
> {"jsonrpc":"2.0","id":10,"method":"tools/call","params":{"name":"update_compliance_issue","arguments":{"issueId":"SUP-001-0f67814e911d2e94","status":"open"}}}
< {"jsonrpc":"2.0","id":10,"result":"*"}
@quiet 200
