import type { Traits } from "./traits.ts";

export interface Reply {
  readonly status: number;
  readonly type: "text/html" | "application/json" | "text/plain";
  readonly body: string;
}

const title = "OpenClaw Control";

/** What the gateway of that release answers to an unauthenticated GET. */
export function replyTo(path: string, basePath: string, traits: Traits): Reply {
  const health = /^\/(?:health|healthz)$/.test(path);
  if (health && traits.healthz) return json(200, { ok: true, status: "live" });
  if (/^\/(?:ready|readyz)$/.test(path) && traits.healthz) return json(200, { ready: true, failing: [] });
  if (basePath !== "" && path !== basePath && !path.startsWith(`${basePath}/`))
    return plain(404, "Not Found");
  if (path === `${basePath}/__openclaw/control-ui-config.json`) return configDocument(basePath, traits);
  if (path.startsWith("/api/") && traits.healthz) return plain(404, "Not Found");
  return { status: 200, type: "text/html", body: page(basePath, traits) };
}

export const proxyAttribution: Reply = json(403, {
  error: {
    message:
      "Proxy client attribution is required. Configure gateway.trustedProxies narrowly and make the proxy overwrite or safely rebuild forwarded client headers.",
    type: "proxy_attribution_required",
  },
});

function configDocument(basePath: string, traits: Traits): Reply {
  if (traits.configDocument === "page")
    return { status: 200, type: "text/html", body: page(basePath, traits) };
  if (traits.configDocument === "locked")
    return json(401, { error: { message: "Unauthorized", type: "unauthorized" } });
  return json(200, {
    basePath,
    assistantName: "Assistant",
    assistantAvatar: "A",
    assistantAgentId: "main",
    ...(traits.configDocument === "versioned" ? { serverVersion: traits.release } : {}),
  });
}

/** The marks of the release's page, and a sentence for whoever opens it: the Control UI itself is not here. */
function page(basePath: string, traits: Traits): string {
  const attributes: string[] = [];
  if (traits.page === "attributes" || traits.page === "build-id")
    attributes.push(`data-openclaw-control-ui-base-path="${basePath}"`);
  if (traits.page !== "script") attributes.push('data-openclaw-terminal-enabled="true"');
  if (traits.page === "build-id") attributes.push(`data-openclaw-control-ui-build-id="${traits.buildId}"`);
  const script =
    traits.page === "script"
      ? `<script>window.__OPENCLAW_CONTROL_UI_BASE_PATH__=${JSON.stringify(basePath)};</script>`
      : "";
  return `<!doctype html>
<html ${[...attributes, 'lang="en"'].join(" ")}>
  <head><meta charset="UTF-8" /><title>${title}</title>${script}</head>
  <body><openclaw-app></openclaw-app><p>An embedded gateway (${traits.release}); it has no Control UI.</p></body>
</html>
`;
}

function json(status: number, body: unknown): Reply {
  return { status, type: "application/json", body: JSON.stringify(body) };
}

function plain(status: number, body: string): Reply {
  return { status, type: "text/plain", body };
}
