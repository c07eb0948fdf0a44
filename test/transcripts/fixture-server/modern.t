# 2026-07-28 without a handshake: a list page, a question, a change notice.
@args --page-size 1
> {"jsonrpc":"2.0","id":"p","method":"prompts/list","params":{"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{}}}}
< {"jsonrpc":"2.0","id":"p","result":{"resultType":"complete","prompts":[{"name":"test_simple_prompt","title":"Simple","description":"A prompt without arguments."}],"nextCursor":"$next","ttlMs":3600000,"cacheScope":"public","_meta":{"io.modelcontextprotocol/serverInfo":{"name":"fixture-server","version":"*"}}}}
> {"jsonrpc":"2.0","id":"q","method":"prompts/list","params":{"cursor":"$next","_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{}}}}
< {"jsonrpc":"2.0","id":"q","result":{"prompts":[{"name":"test_prompt_with_arguments","*":"*"}],"*":"*"}}
> {"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"test_input_required_result_multi_round","_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{"elicitation":{}}}}}
< {"jsonrpc":"2.0","id":1,"result":{"resultType":"input_required","inputRequests":{"step1":"*"},"requestState":"$first","_meta":"*"}}
> {"jsonrpc":"2.0","id":2,"method":"tools/call","params":{"name":"test_input_required_result_multi_round","inputResponses":{"step1":{"action":"accept","content":{"name":"Ann"}}},"requestState":"$first","_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{"elicitation":{}}}}}
< {"jsonrpc":"2.0","id":2,"result":{"resultType":"input_required","inputRequests":{"step2":"*"},"requestState":"$second","_meta":"*"}}
> {"jsonrpc":"2.0","id":3,"method":"tools/call","params":{"name":"test_input_required_result_multi_round","inputResponses":{"step2":{"action":"accept","content":{"color":"red"}}},"requestState":"$second","_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{"elicitation":{}}}}}
< {"jsonrpc":"2.0","id":3,"result":{"resultType":"complete","content":[{"type":"text","text":"Ann likes red."}],"_meta":"*"}}
> {"jsonrpc":"2.0","id":"sub","method":"subscriptions/listen","params":{"notifications":{"promptsListChanged":true},"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{}}}}
< {"jsonrpc":"2.0","method":"notifications/subscriptions/acknowledged","params":{"_meta":{"io.modelcontextprotocol/subscriptionId":"sub"},"notifications":{"promptsListChanged":true}}}
> {"jsonrpc":"2.0","id":4,"method":"tools/call","params":{"name":"test_trigger_prompt_change","_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{}}}}
< {"jsonrpc":"2.0","method":"notifications/prompts/list_changed","params":{"_meta":{"io.modelcontextprotocol/subscriptionId":"sub"}}}
< {"jsonrpc":"2.0","id":4,"result":{"content":[{"type":"text","text":"Prompts changed."}],"*":"*"}}
@eof
< {"jsonrpc":"2.0","id":"sub","result":{"resultType":"complete","_meta":{"io.modelcontextprotocol/subscriptionId":"sub","*":"*"}}}
< {"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":"sub"}}
