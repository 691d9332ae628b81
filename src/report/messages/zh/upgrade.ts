import type { Catalogue } from "../types.ts";

/** 网关为何无法启动，以及换到另一个版本后有何不同。 */
export const upgrade: Pick<Catalogue, "startup" | "upgrade" | "upgradeWeights" | "visitors" | "ways"> = {
  startup: {
    "unknown-key": "它不认识配置项 {key}",
    "unknown-mode": "它不认识认证模式“{mode}”",
    "open-to-network": "没有认证时它拒绝绑定到 {bind}",
    "custom-without-host": "bind 为 custom 时需要在 gateway.customBindHost 中给出地址",
    "secret-ambiguous": "同时设置了令牌和密码时，必须用 gateway.auth.mode 说明以哪一个为准",
    "serve-needs-loopback": "Tailscale serve 和 funnel 要求 bind 为 loopback",
    "funnel-needs-password": "Tailscale funnel 要求认证模式为 password",
    "origins-required": "可从别处访问的 Control UI 需要 gateway.controlUi.allowedOrigins",
    "user-header-required": "认证模式 trusted-proxy 需要 gateway.auth.trustedProxy.userHeader",
    "proxies-required": "认证模式 trusted-proxy 需要 gateway.trustedProxies",
    "login-beside-token": "认证模式 trusted-proxy 与共享令牌不能同时使用",
    "login-needs-loopback-proxy":
      "在 bind loopback 上使用认证模式 trusted-proxy 时，需要一个位于 loopback 的受信任代理",
  },
  upgrade: {
    "does-not-start": "{to} 用这份配置无法启动：{problem}",
    "starts-again": "{to} 用这份配置可以启动；当前版本不行：{problem}",
    "key-unknown": "{to} 不认识 {key}：请将其删除，它的作用已不复存在",
    "key-ignored": "{to} 会忽略 {key}：它的作用已不复存在",
    "key-no-effect": "{key} 不再能放行任何人",
    "key-works": "{key} 开始生效",
    refused: "{who}（{way}）会在这一关被拒绝：{gate}（{reason}）",
    "has-to-pair": "{who}（{way}）必须经过批准（{reason}）",
    "let-in": "{who}（{way}）会被放行，而现在会被拒绝",
    "approved-by-itself": "{who}（{way}）会被自动批准，而现在会被拒绝",
    "other-gate": "{who}（{way}）会在另一关被拒绝：{gate}（{reason}）",
    "node-version": "它需要 Node {node} 或同一系列的更新版本；容器镜像自带 Node",
    "protocol-4": "协议发生变化：位于 2026.5.12 另一侧的应用、node 和 CLI 会被拒绝，直到换到同一侧的版本",
    "page-reload": "升级期间一直开着的页面会被要求重新加载",
    "lan-page-signs": "以普通 HTTP 打开的局域网地址上的页面会带上设备身份，可以被批准",
    "state-moves":
      "已批准的设备会从 devices/*.json 迁移到 state/openclaw.sqlite；请保留备份，旧版本无法读取它",
    "state-comes-back": "旧版本无法读取 state/openclaw.sqlite：升级之后批准的设备需要重新批准",
  },
  upgradeWeights: {
    stops: "网关停摆",
    refuses: "被拒之门外",
    asks: "需要批准",
    opens: "会被放行",
    note: "说明",
  },
  visitors: {
    browser: "新的浏览器",
    "approved-browser": "现已批准的浏览器",
    cli: "持有正确凭据的 CLI",
    node: "现已批准的 node",
    this: "这个连接",
  },
  ways: {
    direct: "在网关本机",
    docker: "经由 Docker 发布的端口",
    lan: "使用局域网地址",
    proxy: "位于网关本机的代理之后",
    tailscale: "经由 Tailscale Serve",
    ssh: "经由 SSH 隧道",
    "port-forward": "经由端口转发",
    this: "按其原有路径",
  },
};
