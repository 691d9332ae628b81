import { proxies as english } from "../../../../core/sentences/proxies.ts";
import { translation } from "../../../../core/translation.ts";

export const proxies = translation(english, {
  "no-proxies-here": "从这里不会更改网关所在主机上的代理",
  "proxy-not-believed":
    "不会针对 {config} 运行任何程序，也不会为这个 {proxy} 写入任何内容：它的文件无法完整读取，或者 root 以外的人可以更改这些文件、它包含的目录或它加载的代码",
  "proxy-not-running": "那里没有以 {config} 运行的 {proxy}",
  "proxy-not-understood": "{path} 中没有可以就地修复的、通往网关的路由",
  "proxy-reload-by-hand": "无法让这个 {proxy} 重新读取配置；需要由运行它的程序来做",
  "proxy-reloaded": "{proxy} 通过自身的配置检查（{why}）后，重新读取了配置",
  "still-open": "从这里访问 {url} 仍有应答",
  "upgrade-still-stopped": "从这里看，{url} 仍然拦下 WebSocket（HTTP {status}）",
});
