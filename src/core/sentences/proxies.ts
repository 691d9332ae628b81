/** Of reverse proxies in front of the gateway. English; the other languages have the same keys with the same placeholders. */
export const proxies = {
  "no-proxies-here": "the proxies of the gateway's host are not changed from here",
  "proxy-not-believed":
    "nothing is run over {config} and nothing written for that {proxy}: its files cannot be read as a whole, or somebody other than root may change them, a directory that it includes, or code that it loads",
  "proxy-not-running": "no {proxy} runs there with {config}",
  "proxy-not-understood": "{path} has no way to the gateway that could be mended in it",
  "proxy-reload-by-hand":
    "this {proxy} cannot be told to read its configuration anew; whatever runs it has to",
  "proxy-reloaded": "{proxy} read its configuration anew, after its own check of it ({why})",
  "still-open": "{url} still answers from here",
  "upgrade-still-stopped": "from here {url} still stops the WebSocket (HTTP {status})",
} as const;
