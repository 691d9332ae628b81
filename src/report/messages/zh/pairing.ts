import type { CauseMessage } from "../types.ts";

/** The last gate: is this device approved, and for what it asks? */
export const pairing: Readonly<Record<string, CauseMessage>> = {
  "first-time-not-paired": {
    title: "这台设备还没有被批准",
    healthy: "设备已批准，或被视为本地设备而自动批准",
    what: "{client|浏览器}通过了其他所有关卡；网关第一次见到这台设备，正在等待批准。",
    why: "不被视为本地的设备需要批准一次。每个浏览器个人资料、每个来源都是单独的设备：127.0.0.1、localhost 和另一个端口就是三台设备。",
    fix: "在网关所在的主机上列出等待中的请求，核对地址和时间，然后按 ID 批准那一个请求。批准之后，2026.2.26 及更早版本以及 2026.9.6 中已打开的页面会自动连接；2026.3.13 至 2026.8.2 需要点击 Connect 或刷新页面。",
    verify: "页面连接成功，设备出现在 `openclaw devices list` 的已配对列表中。",
    caveats:
      "批准会把该设备请求的权限范围授予它，最多可达完全控制；只批准你认得的请求。请求五分钟后过期，下次尝试时会重新产生。清除浏览器数据会让它变成新设备。",
    variants: {
      over: {
        title: "之前被要求配对，现已过去",
        what: "{client|某台设备}之前因 `pairing required` 被拒绝，后来的情况表明这已过去。",
        fix: "无需处理。",
        verify: "日志中没有该设备更新的拒绝记录。",
      },
      foretold: {
        title: "新浏览器需要批准一次",
        what: "没有看到拒绝记录，以下是根据版本和设置得出的结论：对该网关来说是新的浏览器，走这条路径会遇到 `pairing required`。",
      },
    },
  },

  "docker-nat-not-local": {
    title: "经过 Docker 网络后浏览器被视为远程，需要批准一次",
    healthy: "浏览器被视为本地，或它的设备已批准",
    what: "页面是在 {origin|localhost 地址} 打开的，但容器中的网关看到连接来自 {remote|Docker 自己的地址}，因此要求配对。",
    why: "发布的端口要经过 Docker 的网络地址转换：网关看到的对端是网桥或虚拟机，而不是 127.0.0.1。在 2026.4.5 及更早的版本中，这样的浏览器是远程的。从 2026.4.7 起（2026.5.18 至 2026.5.20 除外），只要令牌正确、浏览器中的地址是 localhost 名称、对端是私有地址，并且没有代理添加请求头，就会自动批准。",
    fix: "批准这个浏览器一次。在 2026.2.19 及更早的版本中，gateway.controlUi.allowInsecureAuth 也能放行；从 2026.2.21 起该开关在这里不起作用。升级到 2026.4.7 或更高版本后，这条路径不再需要批准。",
    verify: "刷新后，{origin|同一地址} 的页面连接成功，容器重启之后也依然如此。",
    caveats:
      "不要把网桥地址写进 gateway.trustedProxies：相邻的容器都使用这个地址，而且从 2026.8.1 起，网关会对这条路径上的所有浏览器返回 HTTP 403。经过网桥的 CLI 在几乎所有版本中都需要配对，请在网关容器内运行它。",
    variants: {
      over: {
        title: "之前经过 Docker 网络时被要求配对，现已过去",
        what: "来自 {remote|Docker 自己的地址} 的浏览器之前被拒绝，现已过去。",
        fix: "无需处理。",
        verify: "日志中没有来自 {remote|该地址} 的更新的拒绝记录。",
      },
      foretold: {
        title: "经过 Docker 网络后新浏览器会被视为远程，需要批准一次",
        what: "没有看到拒绝记录，以下是根据版本和设置得出的结论：新浏览器将从 {remote|Docker 自己的地址} 到达网关，并遇到 `pairing required`。",
      },
      cli: {
        title: "经过 Docker 网络后 CLI 被视为远程，自己也需要配对",
        what: "CLI 经过 Docker 网络，从 {remote|另一个容器} 到达网关，网关要求它配对。",
        fix: "在网关容器内运行 CLI，或让它使用网关的网络（`network_mode: service:openclaw-gateway`），这样它就从 127.0.0.1 到达。",
        verify: "在那里 `devices list` 有正常的回应。",
      },
      "asks-everybody": {
        title: "这个版本不会自动批准任何浏览器，因此需要批准一次",
        why: "2026.5.18 至 2026.5.20（以及此前的测试版）不会自动批准任何浏览器，无论它经过 Docker 网络，还是在网关自己的主机上。在这之前和之后的版本中，只要令牌正确、浏览器中的地址是 localhost 名称、对端是私有地址，并且没有代理添加请求头，就会自动批准。",
        fix: "批准这个浏览器一次。升级到 2026.5.20 之后的版本后，这条路径不再需要批准。",
      },
      hidden: {
        title: "发布端口后的浏览器被要求配对，日志没有显示原因",
        why: "在这个版本中，这样的浏览器会被自动批准。妨碍批准的原因不在日志行里：日志行省略的代理请求头（X-Real-IP、Forwarded、X-Forwarded-Host），浏览器中的地址不是 localhost 名称，另一个自称 Control UI 的客户端，或同一浏览器已有一个等待中的请求。",
        fix: "批准这个浏览器一次，这在每个版本中都有效。然后检查浏览器与发布端口之间还有什么。",
      },
    },
  },

  "scope-upgrade-pending": {
    title: "已批准的设备请求了更多权限范围",
    healthy: "已批准的设备没有超出批准的权限范围",
    what: "{deviceId|该客户端的设备} 已配对，现在请求 {scopes|更多的权限范围}，在有人批准之前会被拦下。",
    why: "每台设备都是针对特定的权限范围批准的。更新的客户端、另一条命令，或最初配对时范围较小，都会让它请求更多范围，网关把这当作新的请求。在 2026.7.35 及更早的版本中，等待中的升级还会让同一设备在 localhost 上也被拦下；从 2026.8.1 起，本地设备扩大权限范围不再需要批准。",
    fix: "列出请求，比较请求的范围与已批准的范围，然后按 ID 批准那一个请求。",
    verify: "客户端连接成功，`openclaw devices list` 中该设备显示更大的范围。",
    caveats:
      "升级常常会请求 operator.admin，也就是完全控制：先核对设备和地址。问题不在共享令牌，更换它没有帮助。",
    variants: {
      over: {
        title: "之前的范围升级被拦下，现已过去",
        what: "某台已配对的设备之前因请求更多范围被拦下，后来的情况表明这已过去。",
        fix: "无需处理。",
        verify: "`openclaw devices list` 中没有等待中的升级。",
      },
    },
  },

  "role-upgrade-pending": {
    title: "已批准的设备请求了另一个角色",
    healthy: "设备以批准时的角色连接",
    what: "{deviceId|该客户端的设备} 批准的角色是 {roleFrom|一种}，现在以 {roleTo|另一种} 角色连接；这需要单独批准。",
    why: "作为 operator 批准的设备，未经同意不能充当 node，反过来也一样。客户端与 node 主机共用一个状态目录，或应用开始提供 node 功能时，就会出现这种情况。从 2026.4.2 起，本地设备更换角色不需要批准。",
    fix: "如果新角色符合预期，按 ID 批准该请求。如果不是，给第二个客户端单独的状态目录，也就是单独的身份。",
    verify: "客户端连接成功，`openclaw devices list` 中该设备显示新角色；或者请求消失且不再出现。",
    caveats: "批准角色需要 operator.admin。",
    variants: {
      over: {
        title: "之前的角色升级被拦下，现已过去",
        what: "某台已配对的设备之前因请求另一角色被拦下，后来的情况表明这已过去。",
        fix: "无需处理。",
        verify: "`openclaw devices list` 中没有等待中的升级。",
      },
    },
  },

  "metadata-upgrade-pending": {
    title: "已批准的设备信息有变化，需要重新批准",
    healthy: "已批准的设备与批准时的信息一致",
    what: "{deviceId|该客户端的设备} 已批准，但{field|它的平台或设备类型}有变化，因此网关要求重新批准。",
    why: "从 2026.2.26 起，网关会固定设备所报告的平台信息。操作系统或应用升级会改变它，被复制的密钥也会。",
    fix: "如果变化是由升级引起的，按 ID 批准该请求。批准前再列一次请求：重试可能会让请求换成新的 ID。",
    verify: "设备重新连接成功，`openclaw devices list` 中它的设备 ID 不变，也没有等待中的请求。",
    caveats: "如果没有人升级过任何东西，请把该请求当作密钥被复制来处理：拒绝请求并移除设备。",
    variants: {
      over: {
        title: "之前被要求重新批准，现已过去",
        what: "某台已配对的设备之前需要重新批准，后来的情况表明这已过去。",
        fix: "无需处理。",
        verify: "`openclaw devices list` 中没有等待中的重新批准。",
      },
    },
  },

  "local-autoapprove-regression": {
    title: "本地浏览器本应自动批准，却被要求配对",
    healthy: "网关所在主机上的浏览器会自动批准",
    what: "浏览器通过回环地址到达网关，没有转发类请求头，却仍然遇到了 `pairing required`。",
    why: "自动批准需要回环对端、有效的令牌、设备身份，以及 localhost 的 Host 和 Origin。即使这些都具备，个别版本仍会要求配对：2026.5.18 至 2026.5.20（以及此前的测试版）不会自动批准任何浏览器。从 2026.8.1 起，autoApproveLocal: false 会有意要求配对。",
    fix: "按 ID 批准请求，这在所有版本中都有效。升级到更高的版本可以消除原因，除非 autoApproveLocal 被设为 false。",
    verify: "127.0.0.1 上的页面连接成功；升级之后，全新的浏览器个人资料也能连接。",
    caveats: "在 localhost 上批准之前也要核对客户端和时间：主机上的任何进程都能使用回环地址。",
    variants: {
      "switched-off": {
        title: "按照配置，本地浏览器不会自动批准",
        why: "gateway.nodes.pairing.autoApproveLocal 为 false：从 2026.8.1 起，这会关闭网关所在主机上的自动批准，浏览器也包括在内。",
        fix: "按该设置的意图，用 ID 批准请求。如果希望本地浏览器重新自动批准，请移除 gateway.nodes.pairing.autoApproveLocal。",
      },
      hidden: {
        title: "本地浏览器被要求配对，日志没有显示原因",
        why: "这个版本会自动批准这样的浏览器。原因不在这行日志里：可能是日志省略的请求头（X-Real-IP、Forwarded、X-Forwarded-Host），gateway.trustedProxies 中的 127.0.0.1（2026.2.19 至 2026.3.28），或同一浏览器已有一个等待中的请求。",
        fix: "按 ID 批准请求，这在所有版本中都有效。然后检查 gateway.trustedProxies，以及浏览器与网关之间有什么。",
      },
      over: {
        title: "之前在 localhost 上被要求配对，现已过去",
        what: "某个本地浏览器之前被拒绝，后来的情况表明这已过去。",
        fix: "无需处理。",
        verify: "日志中没有来自 127.0.0.1 的更新的拒绝记录。",
      },
    },
  },

  "internal-loopback-regression": {
    title: "网关所在的主机自己被要求配对：该版本的缺陷",
    healthy: "网关主机上的 CLI、子智能体和 cron 无需配对即可连接",
    what: "网关主机上的{client|CLI 或子智能体}在 ws://127.0.0.1 上因 `pairing required` 被拒绝。",
    why: "从 2026.2.19 到 2026.2.21，同主机的每次调用只请求该方法所需的权限范围，而更大的范围不会自动批准；子智能体、cron 和浏览器工具会失败，而各个聊天渠道照常工作。从 2026.3.28 至 2026.7.35，本地调用方扩大权限范围又需要批准。",
    fix: "升级到 2026.8.1 或更高版本，在那里带共享令牌的本地调用方扩大权限范围时会自动批准。在此之前，列出请求并按 ID 批准。",
    verify: "`openclaw devices list` 有正常的回应，子智能体或 cron 能够跑通。",
    caveats:
      "手工修改 paired.json 不会持久：运行中的网关会覆盖它，而且从 2026.8.2 起（实测）根本不再读取它。",
  },

  "cli-in-container-lan-ip": {
    title: "与网关在一起的 CLI 连接的是局域网地址，因此被视为远程",
    healthy: "与网关在一起的 CLI 通过 127.0.0.1 连接",
    what: "CLI 连接的是 {url|容器的局域网地址}，而不是 127.0.0.1，因此它必须先配对才能批准任何请求，包括它自己的。",
    why: "从 2026.2.9 到 2026.2.17，CLI 根据 gateway.bind 拼出地址；取值为 `lan` 时使用网卡地址，而这个地址的对端不算本地。2026.2.18 和 2026.2.19 会在此处以 SECURITY ERROR 停止；从 2026.2.22 起 CLI 使用回环地址，除非给它指定了别的 URL。",
    fix: "在网关容器内给 CLI 指定地址：`--url ws://127.0.0.1:{port|18789}`，同时提供令牌。升级到更高的版本可以消除原因。",
    verify: "CLI 显示的目标是 ws://127.0.0.1，`devices list` 有正常的回应。",
    caveats:
      '使用 `--url` 时，2026.2.19 至 2026.7.1 的 CLI 既不从配置也不从环境变量读取令牌，必须写在命令行里：写成 `"$OPENCLAW_GATEWAY_TOKEN"` 可以不留在 shell 历史中。命令运行期间，本机的其他用户能看到它。',
  },

  "internal-call-lan-ip": {
    title: "智能体的工具连接的是局域网地址，被要求配对",
    healthy: "智能体的工具通过 127.0.0.1 连接网关",
    what: "智能体的一次工具调用（子智能体、cron 或浏览器）连接了 {url|容器的局域网地址}，因 `pairing required` 被拒绝。",
    why: "从 2026.2.9 到 2026.2.17，内部调用与 CLI 一样根据 gateway.bind 拼出地址；取值为 `lan` 时，连接从网卡出去再回来，就成了远程。从 2026.2.22 起它们使用回环地址，除非 gateway.remote.url 或 OPENCLAW_GATEWAY_URL 指定了别的地址。",
    fix: "升级到更高的版本。在此之前，如果容器外部不需要访问网关，可以绑定到回环地址。",
    verify: "工具调用能够跑通，日志中没有来自容器自身地址的拒绝记录。",
    caveats: "绑定到回环地址之后，容器外部就无法再访问网关，通过发布的端口也不行。",
  },

  "approver-lacks-scope": {
    title: "执行批准的设备没有批准此请求的权限",
    healthy: "CLI 有权批准等待中的请求",
    what: "批准失败，提示 `{reason|missing scope: operator.admin}`：执行批准的设备拥有的范围比等待批准的设备少。",
    why: "谁也不能授予自己没有的权限。配对时范围较小的 CLI 无法批准请求 operator.admin 的 Control UI；没有设备身份的客户端在远程路径上会失去权限范围。",
    fix: "在网关所在的主机上，通过回环地址并使用共享令牌来批准。从 2026.8.1 起，`openclaw dashboard` 的一次性所有者链接是另一种办法。",
    verify:
      "`devices approve` 显示已批准的设备，请求从 `openclaw devices list` 中消失，等待中的客户端连接成功。",
    caveats:
      "批准会授予等待中的设备所请求的一切，最多可达完全控制：先核对请求。命令运行期间，本机的其他用户能看到命令行中的令牌。",
  },

  "stale-request-id": {
    title: "要批准的请求 ID 已经不存在",
    healthy: "批准时使用的是仍在等待的请求",
    what: "`devices approve` 返回 `unknown requestId`。",
    why: "请求只保留五分钟，新的尝试可能会取代它；还有一些教程在应该写请求 ID 的地方写了设备 ID。",
    fix: "让页面再试一次，列出请求，并立即用列表中准确的 requestId 批准。",
    verify: "`devices approve` 显示已批准的设备，客户端连接成功。",
    caveats: "`--latest` 批准的是最后一个提出请求的人，那不一定是你；从 2026.4.15 起（实测）它只做预览。",
    variants: {
      over: {
        title: "之前批准时使用的 ID 已失效，现已过去",
        what: "之前有一次批准因 `unknown requestId` 失败，现已过去。",
        fix: "无需处理。",
        verify: "设备出现在已配对列表中。",
      },
    },
  },

  "pairing-store-tampered": {
    title: "网关无法读取自己的设备列表",
    healthy: "设备列表由网关自己维护",
    what: "{path|devices/paired.json 或 devices/pending.json} 的结构网关无法读取{（detail）}。",
    why: "这些文件属于网关自己，损坏之后的结果取决于版本。文件不是 JSON 时，2026.3.13 会以空列表继续运行，并在下一次批准时覆盖文件，于是所有设备都成了新设备；2026.5.28 会以 1000 且不给原因地结束每个设备的连接；2026.9.6 不会启动。文件是列表而不是对象时，2026.2.1 批准之后什么也不保存，2026.9.6 一个设备也不会导入。",
    fix: "停止网关，把损坏的文件移开并保留，启动网关，然后用 `openclaw devices` 重新批准设备。",
    verify: "`openclaw devices list` 显示这些设备，重启之后依然存在。",
    caveats: "没有这个文件，每个设备都需要再批准一次。文件中有设备令牌，不要公开发布。",
    variants: {
      "left-behind": {
        title: "数据库旁边留有旧版本的设备文件",
        what: "{path|devices/paired.json} 仍然存在，而网关只读取 state/openclaw.sqlite。",
        why: "从 2026.8.1 起，启动时会导入这些文件并改名为 `.migrated`。之后又出现的同名文件来自备份、旧版 OpenClaw 或编辑器，在下次启动之前其中的内容都不算数。",
        fix: "用 `openclaw devices` 来批准、拒绝和移除。除非希望下次启动时导入，否则请移走该文件。",
      },
      edited: {
        title: "设备列表可能被手工修改过",
        what: "文中提到在网关之外修改了 paired.json 或 pending.json。",
        why: "这些文件由网关自己写入，没有设备自己的密钥，条目不会生效。从 2026.8.1 起列表存放在 state/openclaw.sqlite 中，这些文件最多在启动时读取一次。",
        fix: "用 `openclaw devices` 来批准、拒绝和移除。",
      },
    },
  },

  "retired-identity-files": {
    title: "旧版本的身份文件阻止了客户端",
    healthy: "没有旧版本的身份文件造成阻碍",
    what: "客户端停在了 {path|identity/device.json 或 identity/device-auth.json}：它属于旧版本，需要迁移。",
    why: "从 2026.8.1 起，身份存放在状态数据库中。恢复的备份，或在同一状态目录上运行的旧版 CLI，会让旧文件重新出现。",
    fix: "停止网关，针对同一状态目录运行一次 `openclaw doctor --fix`，启动网关，并移除旧版 CLI。",
    verify: "客户端以原来的设备连接成功，旧文件不再出现。",
    caveats: "请先备份状态目录，并把备份当作机密：该文件包含设备的私钥。",
  },

  "mobile-or-node-pairing": {
    title: "应用或 node 在等待它自己的配对流程",
    healthy: "应用和 node 已按各自的流程配对",
    what: "{client|移动应用或 node 主机}无法连接：它需要一个能访问到的地址，以及单独的批准。",
    why: "应用需要可访问的 wss:// 地址，绑定到回环地址的网关没有这样的地址。node 先作为设备批准一次，再作为 node 批准一次。",
    fix: "给网关一个应用能访问到的地址（Tailscale Serve 或带 HTTPS 的代理），在 Control UI 的 Devices、Pair device 中配对，按 ID 批准请求，然后再批准 node。",
    verify: "应用显示网关已连接，node 出现在 node 列表中。",
    caveats: "设置码及其二维码就是凭据，不要公开发布。",
    variants: {
      left: {
        title: "应用在说明自己是谁之前就自行断开了连接",
        what: "{client|应用}连到了网关，但在发出第一条消息之前就离开了{（detail）}。网关没有拒绝任何东西。",
        why: "应用没有这个网关的设置码或令牌时，或者无法生成设备身份时（旧版或第三方应用），就会这样。它没有等待中的请求，所以目前没有可批准的内容，改网关设置也没有用。",
        fix: "更新应用，在应用里移除这个网关，再用新的设置码重新添加。地址没有问题：连接已经到达网关。",
        verify:
          "日志中该应用的下一行是连接成功，或带有原因的拒绝。如果那时它在等待批准，请求会出现在设备列表中。",
      },
      "node-waits": {
        title: "node 主机在设备列表中等待批准",
        what: "{client|node 主机}被拒绝：它的设备尚未批准。",
        why: "node 首先是一台设备：请求在 `openclaw devices list` 中。批准之前 `openclaw nodes pending` 一直为空。",
        fix: "列出设备，按 ID 批准该 node 的请求，然后重新启动 node。如果版本要求第二次确认，再批准 node 本身。",
        verify: "`openclaw nodes status` 显示该 node 已连接。",
        caveats: "请把请求的地址和时间与自己的尝试核对：node 会替网关执行命令。",
      },
      "app-waits": {
        title: "应用在等待批准",
        what: "{client|应用}被拒绝：它的设备尚未批准。",
        why: "每部手机上的每个应用都是单独的设备，各批准一次。应用每隔几秒重试一次，每次都可能产生新的请求。",
        fix: "打开应用，列出设备，并在应用处于前台时立即按 ID 批准它的请求。",
        verify: "应用显示网关已连接。",
        caveats:
          "用 Control UI（Devices、Pair device）的设置码配对可以避免请求不断更换。设置码就是凭据，不要公开发布。",
      },
    },
  },
};
