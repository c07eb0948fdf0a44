(function () {
	"use strict";
	var host = window.parent, seq = 0, open = {}, main = document.getElementById("report");

	function send(message) {
		message.jsonrpc = "2.0";
		host.postMessage(message, "*");
	}
	function ask(method, params, done) {
		open[++seq] = done;
		send({ id: seq, method: method, params: params });
	}
	function tell(method, params) {
		send({ method: method, params: params || {} });
	}
	function theme(context) {
		var values = (context && context.styles && context.styles.variables) || {};
		var map = { "--color-background-primary": "--bg", "--color-text-primary": "--text",
			"--color-background-secondary": "--card", "--color-text-secondary": "--soft",
			"--color-border-primary": "--line" };
		Object.keys(map).forEach(function (name) {
			if (values[name])
				document.documentElement.style.setProperty(map[name], values[name]);
		});
		if (context && context.theme)
			document.documentElement.dataset.theme = context.theme;
	}
	function resize() {
		var box = document.documentElement.getBoundingClientRect();
		tell("ui/notifications/size-changed",
			{ width: Math.ceil(box.width), height: Math.ceil(box.height) });
	}
	function words(result) {
		return (result.content || []).map(function (block) {
			return block.text || "";
		}).join("\n");
	}
	function plain(text) {
		var box = document.createElement("pre");

		box.className = "card mono";
		box.textContent = text;
		main.replaceChildren(box);
		resize();
	}
	/* The report is drawn by the server, with every text escaped and without script. */
	function draw(html) {
		var page = new DOMParser().parseFromString(html, "text/html").getElementById("report");

		if (!page)
			return false;
		page.querySelectorAll("script,iframe,object,embed,link").forEach(function (odd) {
			odd.remove();
		});
		main.replaceChildren.apply(main, Array.from(page.childNodes));
		resize();
		return true;
	}
	function uri(data) {
		var check = data && data.check && data.check.checkId;

		if (!check && data && data.checks && data.checks.length === 1)
			check = data.checks[0].checkId;
		return check ? "compliance://checks/" + encodeURIComponent(check) + "/report.html"
			: "compliance://report.html";
	}
	function show(result) {
		ask("resources/read", { uri: uri(result.structuredContent) }, function (answer) {
			var item = answer && answer.contents && answer.contents[0];

			if (!item || !item.text || !draw(item.text))
				plain(words(result));
		});
	}
	window.addEventListener("message", function (event) {
		var message = event.data, done;

		if (event.source !== host || !message || message.jsonrpc !== "2.0")
			return;
		if (!message.method) {
			done = open[message.id];
			delete open[message.id];
			if (done)
				done(message.result);
			return;
		}
		if (message.method === "ui/notifications/tool-result")
			show(message.params || {});
		else if (message.method === "ui/notifications/host-context-changed")
			theme(message.params);
		else if (message.method === "ping" || message.method === "ui/resource-teardown")
			send({ id: message.id, result: {} });
		else if (message.id !== undefined)
			send({ id: message.id, error: { code: -32601, message: "Method not found" } });
	});
	new ResizeObserver(resize).observe(main);
	ask("ui/initialize", { protocolVersion: "2026-01-26",
		appInfo: { name: "compliance-report", version: "1.0.0" },
		appCapabilities: { availableDisplayModes: ["inline", "fullscreen"] } },
	function (result) {
		theme(result && result.hostContext);
		tell("ui/notifications/initialized");
		resize();
	});
})();
