// A real Chromium in a network namespace that opens the real Control UI of a gateway.
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { type BrowserContext, chromium, type Page, type Request } from "playwright-core";
import type { Namespace } from "./namespace.ts";
import { mustRun, until } from "./processes.ts";

export interface SocketClose {
  readonly code: number;
  readonly reason: string;
}

export interface OpenPage {
  readonly page: Page;
  /** Visible text, with that of shadow roots. */
  text(): Promise<string>;
  /** How the page's own sockets to the gateway ended. */
  closes(): Promise<readonly SocketClose[]>;
  /** The gateway has answered: admitted, or refused with an error or a close. False when it did not in time. */
  answered(timeoutMs?: number): Promise<boolean>;
  /** Since the page was loaded last. */
  admitted(): boolean;
  /** What the page itself was last answered with. */
  status(): number;
  readonly secureContext: boolean;
  close(): Promise<void>;
}

/** Runs in the page before the application: keeps how its sockets end. */
const RECORD_SOCKETS = `(() => {
  const Native = window.WebSocket;
  window.__closes = [];
  window.WebSocket = class extends Native {
    constructor(url, protocols) {
      if (protocols === undefined) super(url); else super(url, protocols);
      this.addEventListener("close", (event) => window.__closes.push({ code: event.code, reason: event.reason }));
    }
  };
})()`;

const VISIBLE_TEXT = `(() => {
  const roots = [document];
  for (const root of roots) for (const element of root.querySelectorAll("*")) if (element.shadowRoot) roots.push(element.shadowRoot);
  return [document.body.innerText, ...roots.slice(1).flatMap((root) => [...root.children].map((child) => child.innerText ?? ""))].join("\\n");
})()`;

/** Chromium of the system, run in `namespace`, with further switches. Throws when it does not start. */
export async function openPage(
  namespace: Namespace,
  url: string,
  switches: readonly string[] = [],
): Promise<OpenPage> {
  const work = mkdtempSync(path.join(tmpdir(), "opd-rig-browser-"));
  const profile = path.join(work, "profile");
  mkdirSync(profile);
  const wrapper = path.join(work, "chromium");
  const executable = (await mustRun(["sh", "-c", "command -v chromium"])).trim();
  const argv = namespace.inside(["env", `HOME=${work}`, executable]);
  writeFileSync(wrapper, `#!/bin/sh\nexec ${argv.map((word) => `'${word}'`).join(" ")} "$@"\n`);
  chmodSync(wrapper, 0o755);
  let context: BrowserContext | undefined;
  const close = async () => {
    await context?.close().catch(() => {});
    rmSync(work, { recursive: true, force: true, maxRetries: 5 });
  };
  try {
    context = await chromium.launchPersistentContext(profile, {
      executablePath: wrapper,
      headless: true,
      viewport: { width: 1100, height: 760 },
      timeout: 60_000,
      args: [
        "--no-sandbox",
        "--disable-gpu",
        "--disable-background-networking",
        "--disable-component-update",
        ...switches,
      ],
    });
    const page = context.pages()[0] ?? (await context.newPage());
    let admissions = 0;
    let refusals = 0;
    let status = 0;
    const isPage = (request: Request) =>
      request.isNavigationRequest() && request.frame() === page.mainFrame();
    page.on("request", (request) => {
      if (isPage(request)) admissions = refusals = status = 0;
    });
    page.on("response", (response) => {
      if (isPage(response.request())) status = response.status();
    });
    page.on("websocket", (socket) => {
      socket.on("framereceived", ({ payload }) => {
        const text = payload.toString();
        if (/"hello-ok"/.test(text)) admissions++;
        else if (/"ok":false/.test(text) && admissions === 0) refusals++;
      });
    });
    await page.addInitScript(RECORD_SOCKETS);
    await page.goto(url, { waitUntil: "load", timeout: 45_000 });
    const closes = () => page.evaluate<SocketClose[]>("window.__closes ?? []");
    return {
      page,
      text: () => page.evaluate<string>(VISIBLE_TEXT),
      closes,
      admitted: () => admissions > 0,
      status: () => status,
      answered: (timeoutMs = 20_000) =>
        until(
          async () => status >= 400 || admissions > 0 || (refusals > 0 && (await closes()).length > 0),
          timeoutMs,
        ),
      secureContext: await page.evaluate<boolean>("window.isSecureContext"),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}
