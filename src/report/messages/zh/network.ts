import type { CauseMessage } from "../types.ts";

/** Between the browser and the gateway: reach, containers, proxies, clusters. */
export const network: Readonly<Record<string, CauseMessage>> = {
  "gateway-down-or-starting": {
    title: "网关地址上没有任何回应",
    healthy: "网关正在运行，并且有回应",
    what: "{url|网关的地址} 上没有网关接受连接{（detail）}。",
    why: "进程没有运行，或在启动时退出（openclaw.json 被拒绝、端口被占用），或监听在别的地址或端口上。现在还谈不上配对，因为没有可以询问的对象。",
    fix: "先查看状态和日志的最后几行，然后启动网关。如果它又自行退出，退出前的最后几行会说明原因；镜像升级后，也可能要先迁移一段时间才开始监听。",
    verify:
      "{page|网关的地址} 上的页面能够打开。从 2026.3.13 起 `/health` 返回 `live`；2026.2.1 对任何路径都返回页面。",
    caveats: "即使没有任何回应，`openclaw gateway status` 的退出码也是 0：要看它输出的内容。",
    variants: {
      "invalid-config": {
        title: "openclaw.json 无效，网关因此无法启动",
        what: "OpenClaw 拒绝 {path|它的 openclaw.json}。出错之处：{key|文本本身}；第 {line|（见引文）} 行，第 {column|（见引文）} 列。",
        why: "缺少逗号或引号，或者写了该版本不认识的键，网关会在启动时退出，CLI 的每条命令也会失败。仍在运行的网关会沿用之前读到的内容，直到下次启动。此时还谈不上谁能进入。",
        fix: "用编辑器修改 {path|openclaw.json} 中的那一处；属于更新或更旧版本的键要去掉。`openclaw doctor --fix` 会去掉未知的键，但不会补上缺少的逗号。",
        verify: "`openclaw config get gateway` 能打印设置且没有报错，日志中出现 `listening on`。",
        caveats: "请先保留该文件的副本，并把它当作机密：里面有令牌。",
      },
      "auth-required": {
        title: "没有设置令牌或密码，网关因此无法启动",
        what: "网关在启动时退出{（detail）}：它要求凭据，却没有设置任何凭据。",
        why: "在别人能访问的地址上，网关不会在没有保护的情况下启动；在 `token` 或 `password` 模式下，没有相应的机密也不会启动。变量为空，或没有传到容器或服务中，都算没有设置。没有人被放行或拒绝：它在监听之前就退出了。",
        fix: "设置令牌：`openclaw doctor --generate-gateway-token` 会把令牌写入 openclaw.json，并把模式设为 `token`；也可以在网关的环境中设置 OPENCLAW_GATEWAY_TOKEN。只供本机使用的网关也可以改为绑定回环地址。",
        verify: "日志中出现 `listening on`，之后继续运行。",
        caveats: "不要把令牌放进聊天或命令行。不设置就再次手动启动，网关会以同样的方式退出。",
      },
      dns: {
        title: "网关的名称无法解析，因此没有询问到任何人",
        what: "在发起连接的地方，{url|该地址} 中的名称不指向任何机器{（detail）}。网关是否在运行，没有看到。",
        why: "地址写错，DNS 记录缺失或尚未生效，或者名称只在另一个网络中有效：在 Compose 或集群网络之外使用其服务名，没有连接 VPN 却使用 `.ts.net` 或 VPN 名称。`EAI_AGAIN` 表示解析服务器暂时没有回应。",
        fix: "在发起连接的机器上查询该名称，修正地址或 DNS 记录。启动或重启网关对此没有作用。",
        verify: "名称能够解析，本命令能访问到网关。",
        caveats: "容器有自己的解析器：名称可能在宿主机上能解析，而在容器里不能，反之亦然。",
      },
      "answers-inside": {
        title: "网关在运行，不通的是浏览器到它的路",
        what: "在网关所在的地方访问，它有回应；从浏览器所在的地方访问，没有程序接受连接。",
        why: "网关监听在自己的网络里（WSL、容器、服务器），外面没有路通到那里：没有转发、没有发布端口，或只绑定在回环地址。",
        fix: "网关保持不变，修好通往它的路。",
      },
      "port-held": {
        title: "网关的端口被其他程序占用，网关因此无法启动",
        what: "端口 {port|（网关端口）} 被 {program|其他程序} 占用（pid {pid|未知}，用户 {user|未知}），它不是网关。",
        why: "一个端口只能由一个程序监听。在那里应答的不是 OpenClaw：它的页面、错误和沉默都与配对无关。",
        fix: "结束该程序或让它换端口，然后启动网关；也可以给网关换一个端口（`gateway.port`），并在新端口打开页面。",
        verify: "`openclaw gateway status` 显示占用该端口的是网关自己的进程。",
        caveats: "请先弄清该程序的用途。不要在它提供的页面中输入令牌。",
      },
      "not-openclaw": {
        title: "这个地址上应答的不是网关",
        what: "{url|该地址} 上的应答不像 OpenClaw 网关{（detail）}。它后面的网关会不会放行浏览器，无法查看。",
        why: "端口被其他程序占用，地址或端口不是网关的，或者前面的代理或登录页代替它应答。日志中较早的记录说的是另一个时间。",
        fix: "先弄清是谁在应答：在那台机器上 `sudo ss -ltnp` 会显示程序，代理自己的日志里有这次请求。然后绕过代理直接检查网关。",
        verify: "{url|该地址} 上的页面是 OpenClaw 的，并且本命令能说出它的版本。",
        caveats: "不清楚由谁提供的页面，不要在其中输入令牌。",
      },
      "page-failed": {
        title: "网关在运行，但它的页面打不开",
        what: "{url|该地址} 上的套接字像网关一样应答，而页面返回 HTTP {status|错误}。没有页面，任何浏览器都无法连接。",
        why: "Control UI 的文件缺失或损坏（升级中断、日志中的 `Cannot find module`、gateway.controlUi.root），或者页面被关闭（gateway.controlUi.enabled），或位于别的路径下（404）。现在还谈不上配对。",
        fix: "查看网关日志的最后几行，其中会写明是哪个文件。按原来的方式重新安装该版本，然后重启网关。",
        verify: "浏览器能打开页面，本命令也不再报告 HTTP 状态码。",
        caveats: "重新安装不会改动配置和已配对的设备。",
      },

      over: {
        title: "网关之前无法访问，现在已有回应",
        what: "客户端之前遇到端口关闭或网关正在启动，现在已有回应。",
        fix: "无需处理；如果再次发生，请查看进程退出的原因。",
        verify: "网关有回应。",
      },
      foretold: {
        title: "网关在这个地址上将无法访问",
        what: "没有看到连接尝试，以下是根据设置得出的结论：按照这份配置，网关不会在 {url|客户端使用的地址} 上监听。",
      },
      stranger: {
        title: "网关的端口被另一个用户的进程占用",
        what: "端口 {port|（网关的端口）} 由用户 {user|（其他账户）} 的{program|程序}占用{（pid）}。它不是这份配置所属的网关，因此没有采信它的任何回应，也没有向它发送任何内容。",
        why: "在多人使用的机器上，任何人都可以监听 1024 及以上的端口，并随意给程序起名。只有配置文件的属主、root 或你自己的进程才算作网关。",
        fix: "如果该进程就是网关，请以它自己的用户身份检查。如果不是，它必须先让出端口，网关才能在那里启动；在此之前，不要在这个地址的页面中输入令牌。",
        verify: "`sudo ss -ltnp` 显示该端口属于网关自己的用户，并且本命令能找到网关。",
        caveats: "如果端口被其他程序占用期间有人打开过这个地址的页面，应当更换网关令牌。",
      },
    },
  },

  "gateway-starting-1013": {
    title: "客户端连接时网关还在启动，属于正常现象",
    healthy: "没有客户端因网关正在启动而被拒",
    what: "有 {count|若干} 个连接以 1013 `gateway starting` 关闭。",
    why: "网关重启期间，打开的页面会不断重试。从 2026.4.29 起，网关在就绪之前回应 1013，意思是稍后再试。",
    fix: "如果一分钟内自行结束，无需处理。如果一直持续，请查看启动卡在哪里。",
    verify: "日志中出现 `[gateway] ready` 或 `listening on`，之后不再有 1013 的记录。",
    caveats: "CI 中的检查遇到 1013 时应当重试，而不是判为失败。",
    variants: {
      restarting: {
        title: "网关重启，关闭了已有的连接",
        what: "有 {count|若干} 个连接以 1012 `service restart` 关闭：客户端原本已经进入，是网关停止或重启了。",
        why: "网关被停止、更新或重新加载配置时，会以 1012 关闭已有的连接。这不是拒绝：网关恢复后，打开的页面会自行重新连接。",
        fix: "如果一分钟内恢复，无需处理。如果反复重启，请查看是什么结束了它：日志、服务管理器，或容器的内存限制。",
        verify: "日志中出现 `[gateway] ready` 或 `listening on`，之后不再有 1012 的记录。",
      },
      over: {
        title: "网关曾短暂处于启动状态，现在已就绪",
        what: "有 {count|若干} 个连接以 1013 `gateway starting` 关闭，之后再没有出现。",
        fix: "无需处理。",
      },
    },
  },

  "handshake-timeout-1000": {
    title: "网关还没来得及回应，连接就超时了",
    healthy: "握手都在时限内完成",
    what: "{client|某个客户端}在握手尚未完成时以 1000 或 1006 关闭，没有给出原因。",
    why: "2026.3.11 至 2026.3.13 在客户端留两秒、在服务端留三秒；繁忙或小型的机器需要更久。2026.3.22 及之后的版本留十秒。它看起来像被拒绝，其实不是。",
    fix: "升级到 2026.3.22 或更高版本。在较慢的机器上，给网关调大 OPENCLAW_HANDSHAKE_TIMEOUT_MS。",
    verify: "不再出现新的 `handshake timeout`，客户端能得到回应。",
    caveats:
      "它看起来像配对问题，其实不是：批准设备或更换令牌都没有作用。较慢或繁忙的机器也可能超出更长的时限。",
    variants: {
      over: {
        title: "之前的握手超时，现已过去",
        what: "{client|某个客户端}之前超时，后来的情况表明这已过去。",
        fix: "无需处理，除非在高负载时再次出现。",
        verify: "日志中没有更新的 `handshake timeout`。",
      },
    },
  },

  "bind-loopback-in-container": {
    title: "网关只在容器内部监听，发布的端口通不到它",
    healthy: "网关监听的地址能被发布的端口访问到",
    what: "容器有自己的网络，而 gateway.bind 是 {bind|loopback}：访问发布的端口时，连接会被重置或得到空响应，容器内部的检查却一切正常。",
    why: "Docker 把发布的端口转到容器自己的地址，而网关在那里只监听 127.0.0.1。官方的 compose 文件设置了 `lan`，直接使用 `docker run` 时默认是回环地址。",
    fix: "在已配置认证模式的前提下，把 gateway.bind 设为 `lan`（就是这个词，不是 0.0.0.0），把端口发布为 127.0.0.1:{port|18789}，然后重启。另一种办法是使用主机网络（`network_mode: host`）。",
    verify: "从主机上能打开页面。之后才轮到之前被掩盖的来源和配对检查。",
    caveats:
      "`lan` 加上发布在 0.0.0.0 的端口，会让网关对主机的所有网络开放。2026.2.23 至 2026.2.26 在设置 gateway.controlUi.allowedOrigins 之前会拒绝以 `lan` 启动。如果地址是由 OPENCLAW_GATEWAY_BIND 或 `--bind` 设置的，请在那里修改。",
    variants: {
      service: {
        title: "有 Service 指向网关的端口，而那里没有进程监听",
        what: "Service {service|（在它前面）} 把连接送到 Pod 地址的端口 {port|18789}，而网关只监听 Pod 的回环地址：端口转发可用，其他方式都会被拒绝。",
        why: "在 Pod 内部执行的探针（exec）一直是绿的，所以 Pod 处于 Ready，Service 也有端点。官方清单有意如此，供 `kubectl port-forward` 使用。",
        fix: "一个人使用时继续用端口转发。要供 Ingress 或其他 Pod 使用，请把 gateway.bind 设为 `lan`，并设置 gateway.controlUi.allowedOrigins；在代理之后还要设置 gateway.trustedProxies。",
        verify: "页面能在所选的路径上打开。",
      },
      kubernetes: {
        title: "网关只在 Pod 内部监听，Service 通不到它",
        what: "Pod 中的 gateway.bind 是 {bind|loopback}：Service 或 Ingress 无法访问它，而 port-forward 可以。",
        why: "Service 把流量送到 Pod 的地址，而网关在那里只监听 127.0.0.1。官方清单有意如此，并假定使用 port-forward。",
        fix: "只供一个人使用时，保持回环地址并使用 `kubectl port-forward`。要使用 Service 或 Ingress，把 gateway.bind 设为 `lan`，并配置 TLS、gateway.controlUi.allowedOrigins，以及在 gateway.trustedProxies 中写上代理的地址。",
        verify: "通过所选的路径能打开页面。",
      },
      over: {
        title: "网关之前只在容器内部监听，现在已可访问",
        what: "发布的端口之前不通，现在已有回应。",
        fix: "无需处理。",
        verify: "从主机上能打开页面。",
      },
      foretold: {
        title: "发布的端口将不通",
        what: "没有看到连接尝试，以下是根据设置得出的结论：容器有自己的网络，而 gateway.bind 是 {bind|loopback}，因此发布的端口通不到网关。",
      },
    },
  },

  "allowed-origins-required-startup": {
    title: "没有来源列表，网关拒绝启动",
    healthy: "网关已配置其绑定地址所要求的来源列表",
    what: "网关在启动时退出：使用{bind|非回环的绑定地址}时，它要求设置 gateway.controlUi.allowedOrigins。",
    why: "2026.2.23 至 2026.2.26 在这样的地址上没有该列表就不启动。从 2026.3.1 起会自动填入本地来源。",
    fix: "把 gateway.controlUi.allowedOrigins 设为浏览器实际使用的准确来源，例如 `{origin|http://127.0.0.1:18789}`，然后启动网关。对于本地来源，升级到 2026.3.1 或更高版本也可以。",
    verify:
      "日志中出现 `listening on`，之后仍有新的记录；`openclaw config get gateway.controlUi.allowedOrigins` 显示该列表。",
    caveats: "与网关共用网络的 CLI 容器，会在反复重启时一起中断。",
  },

  "proxy-not-trusted": {
    title: "网关不信任它前面的代理",
    healthy: "网关信任它前面的代理，或者前面没有代理",
    what: "代理添加了转发类请求头，而它的地址{（remote）}不在 gateway.trustedProxies 中，网关无法判断客户端是谁。",
    why: "来自不受信任对端且带有转发类请求头的连接永远不算本地，日志中本应是客户端的位置显示的是代理。在 2026.7.35 及更早的版本中这只是警告（`Proxy headers detected from untrusted address`），从 2026.8.1 起则是 HTTP 403。",
    fix: "把代理的准确地址加入 gateway.trustedProxies，并让代理覆盖 X-Forwarded-For。之后，新浏览器的来源仍需在 gateway.controlUi.allowedOrigins 中（2026.2.2 起），并且需要批准一次。",
    verify: "警告不再出现，日志的 `fwd=` 或 `remote=` 显示真正的客户端。",
    caveats:
      "在 2026.7.35 及更早的版本中，仅此一项不会让任何新浏览器进入。2026.2.12 及更早的版本只接受单个地址，不接受网段。在 2026.2.19 至 2026.3.28 中，列表里有 127.0.0.1 会让普通的本地连接变成远程。去掉这些请求头，或信任过大的网段，会让整个网络都被当作本地。",
    variants: {
      over: {
        title: "代理之前不受信任，现在已受信任",
        what: "之前无法判断经过代理的请求来自谁，后来的请求可以了。",
        fix: "无需处理。",
        verify: "日志中没有更新的代理请求头警告。",
      },
      foretold: {
        title: "代理将不受信任",
        what: "没有看到拒绝记录，以下是根据版本和设置得出的结论：经过代理的请求带有转发类请求头，而来源地址 {remote|代理的地址} 不在 gateway.trustedProxies 中。",
      },
    },
  },

  "proxy-attribution-required": {
    title: "网关拒绝了代理转来的请求，连页面也不返回",
    healthy: "网关能判断代理转来的请求来自谁，或者没有代理",
    what: "网关返回 HTTP 403 `proxy_attribution_required`：来自 {remote|代理} 的请求带有转发类请求头，而网关在其中找不到可以相信的客户端。",
    why: "从 2026.8.1 起，下列三种情况之一会让所有请求终止：对端不在 gateway.trustedProxies 中；链路上的地址全在其中，因此没有剩下客户端；代理把内容追加到客户端自带的 X-Forwarded-For 之后。WebSocket 不会打开，因此日志中没有 [ws] 记录；网关每次启动后只会出现一次 `observed unattributable proxy-shaped traffic`。",
    fix: "先在 gateway.trustedProxies 中核对是哪一种。如果缺少对端，加入它的准确地址（同主机的代理写 127.0.0.1 和 ::1，集群中写代理 Pod 的网段）。如果其中的网段覆盖了客户端，把它收窄到代理。让代理覆盖 X-Forwarded-For。",
    verify: "能打开页面，而不再是 JSON 错误。`/healthz` 在这里不能作为证明：两种情况下它都返回 200。",
    caveats:
      "不要把客户端所在的网段写进列表：如果链路上全是受信任的地址，就无法得出客户端是谁，同样会被拒绝。这一关后面还有来源和配对。",
    variants: {
      "no-forwarded-headers": {
        title: "受信任的代理地址发来的请求没有转发类请求头，因此被拒绝",
        what: "{remote|某个地址} 在 gateway.trustedProxies 中，但来自它的请求没有转发类请求头：网关返回 HTTP 403 `proxy_attribution_required`。",
        why: "从 2026.8.1 起，来自受信任代理的请求必须说明客户端是谁。如果列表中有 Docker 网桥的地址，所有经过发布端口的浏览器看起来都像一个没有说明客户端的代理。",
        fix: "从 gateway.trustedProxies 中去掉 {remote|该地址}。",
        caveats: "如果确实有代理也使用这个地址，请给它单独的网络，并把那个地址写进列表。",
      },
      "client-in-range": {
        title: "代理受信任，它写出的每个地址也都受信任",
        what: "虽然 {remote|代理} 在 gateway.trustedProxies 的 {range|某个网段} 内，网关仍返回 HTTP 403 `proxy_attribution_required`：它的转发头中没有任何地址在该网段之外。",
        why: "自 2026.8.1 起，客户端是 X-Forwarded-For 中最后一个不是受信任代理的地址。在集群中，Node 会用自己的地址代替客户端的地址（`externalTrafficPolicy: Cluster`），而它就在 Pod 的网段内；代理把地址追加到客户端发来的内容之后，也会以同样的文字被拒绝。",
        fix: "让客户端自己的地址到达代理，或者把网段缩小到代理本身。",
        caveats: "究竟是哪一种，可以从代理自己的访问日志看出：其中的地址就是它转发的地址。",
      },
      "range-since": {
        title: "代理在其网段受信任之前被拒绝过；现在是否仍被拒绝，没有看到",
        what: "在包含该地址的 {range|某个网段} 写进 gateway.trustedProxies 之前，来自 {remote|代理} 的请求遇到 HTTP 403 `proxy_attribution_required`。之后的情况没有看到：网关每次启动只写一次这行日志。",
        fix: "再打开一次页面。如果能打开，这里无需处理。如果仍是 HTTP 403，让客户端自己的地址到达代理，或者把网段缩小到代理本身。",
      },
      over: {
        title: "网关之前拒绝代理转来的请求，现在已接受",
        what: "经过代理的请求之前遇到 HTTP 403，后来的请求已能判断来自谁。",
        fix: "无需处理。",
        verify: "通过代理能打开页面。",
      },
      foretold: {
        title: "从这个版本起，网关将拒绝代理转来的请求",
        what: "没有看到拒绝记录，以下是根据版本和设置得出的结论：经过代理的请求带有转发类请求头，而来源地址 {remote|代理的地址} 不在 gateway.trustedProxies 中；从 2026.8.1 起，这会以 HTTP 403 告终。",
      },
    },
  },

  "loopback-in-trusted-proxies": {
    title: "受信任代理中的 127.0.0.1 让本地客户端变成远程",
    healthy: "配置了受信任代理之后，本地客户端仍是本地",
    what: "gateway.trustedProxies 中有 {key|回环地址}，网关主机上的客户端没有经过任何代理，却被要求配对。",
    why: "2026.2.19 至 2026.3.28 会把受信任的回环对端当作代理，即使没有转发类请求头。2026.2.1 以及 2026.3.31 之后的版本不会。",
    fix: "升级到 2026.3.31 或更高版本；如果本机没有代理需要它，也可以从列表中去掉回环地址。在此期间可以批准该设备：CLI 会改用本地文件来完成批准。",
    verify: "直接打开 http://127.0.0.1:{port|18789} 的页面能连接成功，且不产生新的请求。",
    caveats:
      "同主机上的代理需要这一项：去掉之后，网关无法区分代理后面的客户端，从 2026.8.1 起还会对它们返回 HTTP 403。",
    variants: {
      foretold: {
        title: "受信任代理中的 127.0.0.1 将让本地客户端变成远程",
        what: "没有看到拒绝记录，以下是根据版本和设置得出的结论：在该版本中，gateway.trustedProxies 里有 {key|回环地址} 会让网关主机上的客户端被要求配对。",
      },
    },
  },

  "edge-blocks-upgrade": {
    title: "前面的代理拦住了 WebSocket",
    healthy: "WebSocket 升级请求能到达网关",
    what: "页面能打开，但它的 WebSocket 在到达网关之前就终止了{（detail）}：网关日志中没有它的 [ws] 记录。",
    why: "前面的代理没有转发 `Upgrade` 和 `Connection`，或自己回应了升级请求，或关闭了空闲一段时间的连接。网关根本没有看到这个连接，因此它的设置目前还无关紧要。",
    fix: "让代理以 HTTP/1.1 连接网关，转发 `Upgrade` 和 `Connection`，并调大读取超时。在边缘平台上，为这条路由启用 WebSocket。",
    verify: "升级请求返回 101，网关日志中出现 [ws] 记录；下一关会显示在那里。",
    caveats:
      "这一关后面还有转发类请求头、来源和配对。前面的代理必须覆盖 X-Forwarded-For，否则客户端可以任意声称自己的地址。",
    variants: {
      over: {
        title: "之前代理拦住了 WebSocket，现在已能到达网关",
        what: "升级请求之前在到达网关之前终止，后来的已经到达。",
        fix: "无需处理。",
        verify: "网关日志中出现新的 [ws] 记录。",
      },
    },
  },

  "tailscale-serve-pairing": {
    title: "对网关来说 Tailscale Serve 是代理，浏览器需要允许来源并批准",
    healthy: "通过 Tailscale Serve 访问的浏览器能被识别，或已批准",
    what: "页面是在 {origin|.ts.net 地址} 打开的；网关看到的是带有转发类请求头的回环对端，结果是{reason|要求配对}。",
    why: "Serve 从 127.0.0.1 转交请求，并用请求头说明 tailnet 客户端是谁。网关只能对自己管理的监听（gateway.tailscale.mode `serve`）核实这个身份；手工配置的 Serve 与普通代理没有区别。在 2026.4.25 之前，即使核实了 Tailscale 身份，浏览器仍需要配对。",
    fix: "让网关管理 Serve：设置 gateway.tailscale.mode `serve` 和 gateway.auth.allowTailscale，并把 .ts.net 来源加入 gateway.controlUi.allowedOrigins。如果使用自己配置的 Serve，在 gateway.trustedProxies 中写上 127.0.0.1 和 ::1，并批准浏览器一次。",
    verify: ".ts.net 地址的页面连接成功，日志中没有该来源的新的拒绝记录。",
    caveats:
      "Funnel 面向整个互联网：它要求认证模式为 `password`，绝不能用 `none`。`openclaw configure gateway.tailscale.serve` 并不是有效的命令。",
    variants: {
      over: {
        title: "通过 Tailscale Serve 的浏览器之前被拒绝，现在已被接纳",
        what: "{origin|.ts.net 地址} 的浏览器之前被拒绝，后来的情况表明这已过去。",
        fix: "无需处理。",
        verify: ".ts.net 地址的页面连接成功。",
      },
    },
  },

  "trusted-proxy-still-pairs": {
    title: "单点登录已成功，但网关仍要求批准设备",
    healthy: "认证代理后面的用户按配置被接纳",
    what: "gateway.auth.mode 是 `trusted-proxy`，代理已说明用户是谁，浏览器却遇到了 `pairing required`。",
    why: "在 2026.2.24 至 2026.5.12 中，这样的登录会让 Control UI 免于配对；之后的版本要求每个带有设备身份的浏览器配对。",
    fix: "按请求 ID 批准浏览器一次。从 2026.8.1 起，gateway.auth.trustedProxy.deviceAutoApprove 会为代理的用户自动批准。",
    verify: "登录之后浏览器连接成功；启用自动批准后，全新的浏览器个人资料也能连接。",
    caveats:
      "自动批准默认不包括 operator.admin；放宽之前请慎重考虑。它的可靠程度取决于是否只有代理能访问网关。在这种模式下，执行批准的 CLI 也需要自己的进入方式：见 trusted-proxy-cli-unauthorized。",
    variants: {
      over: {
        title: "单点登录后面的浏览器曾需要批准，现在已被接纳",
        what: "浏览器登录之后遇到 `pairing required`，后来的情况表明这已过去。",
        fix: "无需处理。",
      },
    },
  },

  "trusted-proxy-loopback-source": {
    title: "本机的认证代理来自回环地址，因此被拒绝",
    healthy: "认证代理来自网关接受的地址",
    what: "gateway.auth.mode 是 `trusted-proxy`，而代理的请求来自 {remote|127.0.0.1}：`trusted_proxy_loopback_source`。",
    why: "主机上的任何进程都能使用回环地址并写出同样的请求头，因此从 2026.3.31 起，除非明确允许，网关不接受来自那里的身份。",
    fix: "如果主机上没有其他程序能访问网关的端口，把 gateway.auth.trustedProxy.allowLoopback 设为 true，并在 gateway.trustedProxies 中写上回环地址；2026.4.27 之前的版本没有这个键，需要让代理使用单独的地址。另一种办法是使用令牌模式。",
    verify: "浏览器能通过代理进入，日志中不再出现这条记录。",
    caveats: "启用 allowLoopback 之后，任何本地进程都能冒充任何用户。",
    variants: {
      "own-address": {
        title: "认证代理使用的是网关主机自己的地址，因此被拒绝",
        what: "gateway.auth.mode 是 `trusted-proxy`，而代理的请求来自 {remote|某个地址}，它是网关主机自己的地址：`trusted_proxy_local_interface_source`。",
        why: "从 2026.5.14 起，网关不接受来自自己主机地址的身份，因为那里的任何进程都能使用它；allowLoopback 只适用于 127.0.0.1 和 ::1。",
        fix: "让代理在另一个容器或另一台机器上使用单独的地址，并在 gateway.trustedProxies 中写上这个地址。另一种办法是使用令牌模式。",
      },
      over: {
        title: "认证代理之前被拒绝，它的用户现在已被接纳",
        what: "来自 {remote|回环地址} 的代理请求之前被拒绝，后来的情况表明这已过去。",
        fix: "无需处理。",
      },
    },
  },

  "kubernetes-exposure": {
    title: "进入集群的方式改变了网关看到的连接",
    healthy: "进入集群的方式与网关的设置相符",
    what: "通过 {via|Ingress 或 Service} 打开的页面被拒绝；对同一个 Pod 做 port-forward 可能可以。",
    why: "port-forward 在 Pod 内部结束，从 127.0.0.1 到达，因此算作本地。Ingress 则是带有转发类请求头和自己来源的代理，而官方清单让网关绑定到回环地址，Service 无法访问。",
    fix: "只供一个人使用时，用 `kubectl port-forward`。使用 Ingress 时：gateway.bind 设为 `lan`，配置 TLS，把公开的来源加入 gateway.controlUi.allowedOrigins，把 Ingress 控制器的 Pod 网段加入 gateway.trustedProxies，每个浏览器批准一次。",
    verify: "通过所选的路径能连接成功，日志显示真正的客户端。",
    caveats:
      "如果配置在每次启动时从 ConfigMap 复制，在 Pod 内的修改会在下次启动后丢失：请修改 ConfigMap。只有集群真正执行 NetworkPolicy 时，它才有保护作用。",
    variants: {
      "no-endpoint": {
        title: "Ingress 的 Service 后面没有可用的网关",
        what: "作出回应的是集群的代理，而不是网关。可能是 Pod 尚未就绪，也可能是网关监听在 Pod 的回环地址上，官方清单就是这样设置的。",
        why: "Service 访问的是 Pod 的网络地址。绑定到回环地址的网关只能通过在 Pod 内部结束的 port-forward 访问。",
        fix: "只供一个人使用时，用 `kubectl port-forward`。使用 Ingress 时：gateway.bind 设为 `lan`，配置认证，并把公开的来源加入 gateway.controlUi.allowedOrigins。",
        verify: "通过 Ingress 能打开页面。",
      },
      over: {
        title: "之前这种进入集群的方式被拒绝，现在已被接纳",
        what: "通过 {via|Ingress 或 Service} 的浏览器之前被拒绝，后来的情况表明这已过去。",
        fix: "无需处理。",
        verify: "通过这条路径能连接成功。",
      },
    },
  },

  "cli-container-wrong-netns": {
    title: "CLI 的容器在自己的网络里寻找网关",
    healthy: "CLI 的容器能访问到网关",
    what: "CLI 在 {url|ws://127.0.0.1:18789} 得到 ECONNREFUSED 或 1006：在它的容器里，127.0.0.1 就是容器自己，那里没有运行网关。",
    why: "每个容器都有自己的回环地址。官方的 compose 文件从 2026 年 2 月起让 `openclaw-cli` 共用网关的网络，更早的副本没有。",
    fix: "给 CLI 的服务加上 `network_mode: service:openclaw-gateway`，或在网关容器内运行 CLI。",
    verify: "在 CLI 的容器里，`devices list` 有正常的回应。",
    caveats:
      "共用网关网络的 CLI 会随网关一起中断。如果改用网桥的地址，CLI 就是远程的，在几乎所有版本中自己也需要配对。",
    variants: {
      foretold: {
        title: "CLI 的服务将会在自己的网络里寻找网关",
        what: "没有看到失败的命令，以下是根据 Compose 文件得出的结论：服务 {client|（CLI）} 有自己的网络，它的 127.0.0.1 不是网关的。",
      },
    },
  },

  "certificate-not-trusted": {
    title: "页面前的证书不是由已知机构签发的",
    healthy: "页面前的证书有效，且与其名称相符",
    what: "凡是检查证书的一方，都会在 {host|页面地址} 处止步：证书是自签名的，或由本机不认识的机构签发。",
    why: "浏览器会显示警告而不是页面；对于不被接受的证书，它不会建立 WebSocket 连接，即使有人在别处跳过了警告。网关对此一无所知，所以批准设备或更改 OpenClaw 的设置都没有用。",
    fix: "为该地址换上由浏览器认识的机构签发的证书（对公开域名，Caddy 会自动获取；`tailscale cert` 和 Tailscale Serve 为 .ts.net 名称提供证书），或让浏览器所在的机器信任该机构。在此之前，SSH 隧道不需要证书。",
    verify:
      "在浏览器所在的机器上，`curl -I https://HOST/` 不加 `-k` 也能得到应答；对该地址运行本命令时能够通过。",
    caveats: "`--insecure-tls` 和点击跳过警告只是视而不见，什么也没有修好，令牌会交给任何应答的一方。",
    variants: {
      expired: {
        title: "页面前的证书此刻无效",
        what: "{host|页面地址} 的证书已过期，或尚未生效。",
        fix: "续期证书，并让代理重新加载；查明它为何没有自动续期（查看其日志、签发机构验证所用的 80 端口、是否有停掉的定时器）。如果证书日期没有问题，则是浏览器所在机器的时钟不对。",
      },
      name: {
        title: "页面前的证书属于另一个名称",
        what: "返回的证书不是给 {host|页面地址} 的。",
        fix: "用证书中包含的名称打开页面，或为该名称获取证书；如有多个站点，请确认代理为该名称配置了证书，而不是用默认证书应答。",
      },
      over: {
        title: "证书以前被拒绝，现在已被接受",
        what: "以前客户端在证书处止步；之后的记录表明这已经过去。",
        fix: "无需处理。",
      },
    },
  },
};
