/** What a person does, by message key; and the steps that a deployment has no command for, by `Step.do`. */
export const human: Readonly<Record<string, string>> = {
  "config.set": "在 openclaw.json 中把 `{key}` 设为 `{value}`。",
  "config.unset": "从 openclaw.json 中删除 `{key}`。",
  "device.list": "在网关所在的主机上列出等待中的请求：`openclaw devices list`。",
  "device.approve": "在网关所在的主机上批准这一个请求：`openclaw devices approve {requestId|REQUEST_ID}`。",
  "device.reject": "在网关所在的主机上拒绝这一个请求：`openclaw devices reject {requestId}`。",
  "device.remove":
    "在网关所在的主机上取消设备 {deviceId} 的配对：`openclaw devices remove {deviceId}`。2026.2.19 之前没有这个命令，请从 `devices/paired.json` 中删去它的条目。",
  "dashboard.link": "在网关所在的主机上取得面板的链接：`openclaw dashboard --no-open`。",
  "token.show": "在配置网关令牌的地方查看它，不要给任何人看。",
  "gateway.start": "启动网关。",
  "gateway.restart": "重启网关。",
  "service.reinstall":
    "让 OpenClaw 重新写它的服务：在网关所在的主机上，以网关的用户身份运行 `openclaw gateway install --force`。",
  "gateway.status": "在网关所在的主机上查看状态：`openclaw gateway status`。",
  "logs.show": "查看网关日志的最后几行。",
  "device.rotate":
    "在网关所在的主机上：`openclaw devices rotate --device {deviceId} --role {role}`。它会显示新令牌，不要给任何人看。",
  "token.generate": "在网关所在的主机上为网关生成随机令牌：`openclaw doctor --generate-gateway-token`。",
  "token.copy":
    "用编辑器把 {path} 中 {variable|OPENCLAW_GATEWAY_TOKEN} 的值改成 openclaw.json 里 gateway.auth.token 的值，不要写在命令行里。",
  "compose.publish":
    "在 {file} 中，给服务 {service} 的 `ports` 加上 `127.0.0.1:{port}:{to}`；`pairing-doctor fix --edit-compose` 会写好。",
  "compose.on-loopback":
    "在 {file} 中，在服务 {service} 发布的端口 {to} 前加上 `127.0.0.1:`；`pairing-doctor fix --edit-compose` 会写好。",
  "compose.reference":
    "在 {file} 中，让服务 {service} 的 {variable} 引用 `.env` 中的同名变量；`pairing-doctor fix --edit-compose` 会写好。",
  "compose.bind":
    "在 {file} 中，把服务 {service} 命令里 `--bind` 的值改成 `{value}`；`pairing-doctor fix --edit-compose` 会写好。",
  "compose.network":
    "在 {file} 中，给服务 {service} 设置 `network_mode: service:{of}`，并去掉它的 `networks` 和 `ports`；`pairing-doctor fix --edit-compose` 会写好。",
  "compose.up": "用项目的文件重新创建 {service} 的容器：`docker compose up -d {service}`。",
  "state-would-be-lost":
    "先把目录或卷挂载到 {stateDir|状态目录}：它不在任何挂载上，重新创建的容器会失去配置和设备。",
  "tailscale.status": "确认网关所在的主机已连上 Tailscale：`tailscale status`。",
  "proxy.write": "取得代理的站点文件：`pairing-doctor fix --remedy https-proxy --domain {domain|DOMAIN}`。",
  "proxy.edit": "在 {path} 中，为 {proxy} 通往网关的路由补上缺少的内容（{adds}）。",
  "proxy.reload": "检查 {proxy} 的配置（{config}），并让它重新读取。",
  "doctor.fix": "在网关所在的主机上运行 `openclaw doctor --fix`。",
  "tailscale.serve": "把 gateway.tailscale.mode 设为 `serve`，然后重启网关。",
  "ssh.tunnel":
    "在浏览器所在的机器上运行：`ssh -N -L {port|18789}:127.0.0.1:{port|18789} {sshHost|USER@HOST}`。",
  "page.open": "在浏览器中打开 {url}。",

  "check-request": "把请求的地址、客户端和时间与自己的尝试核对，一致时才批准。",
  "choose-request": "从列表中取出自己那次尝试的 requestId。",
  "reload-page": "刷新页面。",
  "hard-reload": "不使用缓存刷新页面：Ctrl+Shift+R，Mac 上是 Cmd+Shift+R。",
  "press-connect": "在页面上点击 Connect，或刷新页面：该版本不会自行重试。",
  "wait-for-page": "让页面保持打开：该版本会在几秒内自动连接。",
  "open-on-loopback": "今后在 {url|http://127.0.0.1:18789} 打开页面。",
  "open-in-browser": "在要进入的浏览器中、在它实际使用的地址上打开该链接。",
  "replace-link-origin": "把链接中 `/#` 之前的部分换成 {origin|浏览器使用的地址}，并去掉 `gatewayUrl`。",
  "paste-token": "把令牌粘贴到页面的连接设置中，然后点击 Connect。",
  "enter-password": "在页面的连接设置中输入密码，然后点击 Connect。",
  "start-by-manager":
    "如果它由服务管理器负责（`openclaw gateway status` 会说明），请用 `openclaw gateway start` 在那里启动：在终端里另起一个会占用它的端口。",
  "give-cli-token":
    "CLI 发送自己环境中的 OPENCLAW_GATEWAY_TOKEN，否则发送自己的 openclaw.json 中的 gateway.auth.token；如果其中 gateway.mode 是 `remote`，则发送 gateway.remote.token。请用编辑器（不要在命令行里）把那一处改成网关自己的 gateway.auth.token 的值。",
  "align-token":
    "在{places| .env 文件或服务单元，以及 openclaw.json }中写入相同的令牌，然后重新创建容器或服务。",
  "change-losing-copy":
    "网关使用 {source} 中的值。请用编辑器（不要在命令行里）让 {other} 使用相同的值，或在那里去掉这个变量，然后重新创建容器或服务。",
  "set-env-token": "在{source|网关环境}中把 OPENCLAW_GATEWAY_TOKEN 设为相同的值。",
  "recreate-container": "重新创建容器，使它取得新的环境变量。",
  "sync-clock": "在时钟不准的机器上开启时间同步（NTP）。",
  "update-client": "把{client|客户端}更新到适合 {release|该网关版本} 的版本。",
  upgrade: "把 OpenClaw 升级到 {release|更高的版本}，沿用同一个状态目录。",
  "wait-for-start": "等日志显示网关就绪之后再试。",
  "wait-lockout": "关闭不断重试的页面或脚本，等锁定结束（几分钟）。",
  "change-bind-flag":
    "容器自身的启动命令写了 `--bind loopback`，它优先于配置：请改为 `--bind lan` 并重新创建容器。挂载中的数据会保留。",
  "find-origin":
    "复制被拒绝的浏览器地址栏中的开头部分：协议、主机名和端口，到第三个斜杠为止，加入 gateway.controlUi.allowedOrigins。",
  "keep-origins": "该命令会替换整个列表：如果 gateway.controlUi.allowedOrigins 已有内容，请一并写入。",
  "resolve-name":
    "在发起连接的机器上查询该名称：`getent hosts NAME`，macOS 和 Windows 上用 `nslookup NAME`。没有结果时，与 DNS 记录核对，或改用网关的地址。",
  "find-refused-proxy":
    "从网关日志的 `observed unattributable proxy-shaped traffic from ADDRESS` 一行取得代理的地址：每次启动后，只在第一个被拒绝的请求时出现一次。从 2026.8.1 起没有 [ws] 行会显示它。然后把该地址加入 gateway.trustedProxies。",
  "proxy-on-same-host":
    "与网关在同一主机上的代理（Caddy、nginx、Tailscale Serve）从 127.0.0.1 或 ::1 连接。如果代理在另一台机器上，请改用 `observed unattributable proxy-shaped traffic from ADDRESS` 中的地址。",
  "proxy-beside-gateway":
    "与网关在同一台主机上的代理（Caddy、nginx、Tailscale Serve）来自 127.0.0.1 或 ::1。代理在别的机器上时，请改用网关日志中 `fwd=` 旁边的 `remote=`。",
  "find-proxy-address": "从日志中取得代理的地址：就是 `fwd=` 旁边的 `remote=`。",
  "trust-pod-network":
    "在集群中，该地址属于某一个 Pod，下次启动就会改变：请改为写入 Pod 的网段（K3s 是 10.42.0.0/16，kubeadm 和 kind 是 10.244.0.0/16）。",
  "find-pod-network":
    "{remote|对端}是一个 Pod，下次发布后会由另一个 Pod 代替：请把该集群分配 Pod 地址的网段写入 gateway.trustedProxies，绝不要只写这一个地址。`kubectl get nodes -o jsonpath='{.items[*].spec.podCIDR}'` 会显示它。",
  "pod-network-of-nodes":
    "如果除 {range|该网段} 之外每个 Node 还有自己的网段，请把代理的 Pod 可能运行的 Node 的网段也写入。列入网段中的任何 Pod 都能声称任意的客户端地址：请用 NetworkPolicy 只让代理的 Pod 访问网关。",
  "pod-address-changes":
    "该版本只接受单个地址，而 {remote|Pod 的地址} 会在代理的 Pod 每次启动时改变：届时请重新设置，或者升级。",
  "keep-client-address":
    "让客户端自己的地址到达代理：在 Ingress 控制器的 Service 中设置 `externalTrafficPolicy: Local`；前面有负载均衡器时使用 PROXY 协议。否则 X-Forwarded-For 写的是某个 Node，而它的地址也在同一网段内。",
  "narrow-proxy-range":
    "把 gateway.trustedProxies 中的网段缩小到代理本身：X-Forwarded-For 写作客户端的任何地址都不能在其中。",
  "overwrite-forwarded-for": "让代理用客户端的地址覆盖 X-Forwarded-For，而不是追加。",
  "https-proxy": "配置一个带 HTTPS 的代理，转发 `Upgrade` 和 `Connection`，并覆盖 X-Forwarded-For。",
  "review-origins":
    "以下来源的页面也曾凭这个开关进入：{origins}。请把其中认识的加入 gateway.controlUi.allowedOrigins。",
  "name-certificate":
    "在该文件中填入自己的证书和私钥的路径，或用选项指定：`--certificate PATH --certificate-key PATH`。",
  "load-proxy-site":
    "把站点文件放到 {proxy|代理} 读取站点的位置，检查配置（`nginx -t`、`caddy validate`），然后让代理重新加载。",
  "trust-proxy-authority":
    "让浏览器所在的机器信任代理自己的证书颁发机构：在代理主机上运行 `caddy trust`；其他机器导入其根证书（Caddy 数据目录中的 `pki/authorities/local/root.crt`）。",
  "close-listener":
    "停止网关再重新启动：在自身进程内重启的网关会保留旧的监听（bind `{bind}`），任何人都能不加密地访问它。此后它只监听 127.0.0.1。",
  "loopback-clients-ask":
    "在该版本中，网关主机上原本直接通过的客户端此后需要批准一次；2026.3.31 及更高版本不再要求。",
  "open-at": "今后在 {url} 打开页面。对网关来说那里是一个新的浏览器：填写一次令牌，并批准一次。",
  "bind-ends-elsewhere":
    "在后面的步骤之前，先停止网关再重新启动：一直运行的网关可能保留原来的 bind `{bind}`，这样就无法以 Serve 启动。此后它只监听 127.0.0.1，其他机器也要使用 .ts.net 域名。",
  "install-tailscale": "先在网关所在的主机上安装并登录 Tailscale：`tailscale up`。",
  "log-in-tailscale": "先让网关所在的主机连上你的 tailnet，并启用 MagicDNS：`tailscale up`，然后再运行一次。",
  "proxy-upgrade-headers": "让代理以 HTTP/1.1 连接网关，并转发 `Upgrade` 和 `Connection`。",
  "certificate-of-known-authority":
    "为代理换上由浏览器认识的机构签发的证书，或让浏览器所在的机器信任签发机构。",
  "renew-certificate":
    "续期证书（`certbot renew`，或当初签发它的工具），让代理重新加载，并在其日志中查明为何没有自动续期。",
  "certificate-for-name":
    "用证书中的名称打开页面（`openssl s_client -connect HOST:443 </dev/null | openssl x509 -noout -text` 会列出这些名称），或为该名称获取证书。",
  "tailscale-serve": "在这台机器上启用 Tailscale Serve，并用它的 .ts.net 域名打开页面。",
  "compose-bind": "在 compose 文件中把 OPENCLAW_GATEWAY_BIND（或 `--bind`）设为 `lan`。",
  "publish-on-loopback": "把端口发布为 `127.0.0.1:{port|18789}:{port|18789}`。",
  "compose-network-mode": "给 CLI 的服务加上 `network_mode: service:openclaw-gateway`。",
  "edit-configmap": "同时修改 ConfigMap 中的值：Pod 每次启动都会复制它。",
  "port-forward": "使用页面期间保持 `kubectl port-forward` 运行。",
  "keep-state": "给客户端的状态目录挂载卷，或使用普通的浏览器个人资料。",
  "stop-other-gateway": "停止没有人使用的网关，或给它换一个端口和状态目录。",
  "run-as-node": "以网关的用户运行 CLI（官方镜像中是 `-u node`）。",
  "read-json-log": "带上 JSON 日志再运行一次本工具：`--log FILE`。",
  "compare-shared-token":
    "请先比较，因为 2026.2.14 至 2026.2.21 在共享令牌不同时也这样提示：网关一侧的 OPENCLAW_GATEWAY_TOKEN 和 gateway.auth.token，客户端一侧的 gateway.remote.token。如果不同，原因就在这里，设备令牌不用动。",
  "rotate-device-token":
    "在网关所在的主机上：`openclaw devices rotate --device {deviceId|DEVICE_ID} --role {role|operator}`。",
  "forget-device": "在浏览器中让页面忘记该设备，或只清除这个来源的站点数据。",
  "remove-device": "在网关所在的主机上：`openclaw devices remove {deviceId|DEVICE_ID}`。",
  "connect-anew": "让客户端重新连接：它会作为新设备请求，等待一次批准。",
  "pass-loopback-url":
    '运行 CLI 时加上 `--url ws://127.0.0.1:{port|18789} --token "$OPENCLAW_GATEWAY_TOKEN"`，该变量中是网关的令牌：使用该选项时它既不读取配置，也不读取环境变量。',
  "nobody-outside": "先确认网关主机或容器之外没有任何东西需要访问它：没有已发布的端口，也没有其他机器。",
  "drop-lan-url":
    "把网关自己的局域网地址从 gateway.remote.url 和 OPENCLAW_GATEWAY_URL 中去掉，或改成 127.0.0.1。",
  "compose-up": "启动改动过的服务：`docker compose up -d`。",
  "run-in-gateway-container": "在网关容器内运行每条 CLI 命令，例如：",
  "unnest-home":
    "把 OPENCLAW_HOME（或 HOME）设为包含 `.openclaw` 的目录，而不是 `.openclaw` 本身：{path|该路径} 里出现了两次。",
  "same-config":
    "找到网关自己的 openclaw.json（它的启动日志或服务定义里有路径），通过 OPENCLAW_CONFIG_PATH 和 OPENCLAW_STATE_DIR 提供给 CLI，或让 CLI 使用网关的 HOME。",
  "mode-local":
    "在网关主机上把 gateway.mode 设为 `local`；在其他机器上把 gateway.remote.url 设为网关的地址。",
  "use-wss-url": "让客户端使用 wss:// 地址。",
  "stop-gateway": "停止网关，以及会自动重启它的程序。",
  "remove-old-cli": "删除与它共用状态目录的旧版 OpenClaw。",
  "move-identity-aside":
    "如果 doctor 因文件与它迁移过的不同而拒绝，请把{path|该文件}移出状态目录，并保留副本。",
  "chown-state":
    "在主机上把挂载的目录交给网关的运行用户：`sudo chown -R {owner|1000:1000} {path|STATE_DIR}`。",
  "chown-volume":
    "用一个随后即删除的容器，把 {source|该卷} 交给网关的运行用户：`docker run --rm --user 0 --entrypoint chown -v {source|VOLUME}:/state {image|IMAGE} -R {owner|1000:1000} /state`。",
  "recreate-for-port":
    "重新创建容器，发布端口必须这样做：使用 Compose 时运行 `docker compose up -d`；用 `docker run` 创建的容器要删除后带上 `-p` 再次运行。",
  "change-at-mount":
    "由于挂载方式，容器内无法写入 openclaw.json。请在挂载的来源处{（place）}修改，或以可写方式挂载它所在的目录；按目前的状况，下面几行会失败。",
  "change-in-helm":
    "在 Helm release {owner} 的 values 中修改（它生成 ConfigMap {name}，键 {key}），然后运行 `helm upgrade`：只在集群中做的修改会在下次升级时丢失。",
  "change-in-argocd":
    "在 Argo CD 应用 {owner} 的来源中修改（它生成 ConfigMap {name}，键 {key}）：只在集群中做的修改会在下次同步时被还原。",
  "change-in-flux":
    "在 Flux 的 {owner} 所取的来源中修改（它生成 ConfigMap {name}，键 {key}）：只在集群中做的修改会在下次协调时被还原。",
  "change-in-operator":
    "在 operator 自己的资源 {owner} 中修改（它生成 ConfigMap {name}，键 {key}）：只在那里做的修改会被还原。",
  "change-in-configmap":
    "同时在 ConfigMap {name}（键 {key}）中修改：Pod 每次启动都会把它合并进文件，以它的键为准。",
  "mount-claim":
    "在工作负载的清单中，把 PersistentVolumeClaim 挂载到 {path|/home/node/.openclaw}，并在其 securityContext 中设置 fsGroup 1000。",
  "scale-to-one":
    "在工作负载的清单（或 values）中设置 `replicas: 1`；如果该卷只能挂载一次，请使用 Recreate 策略；并移除它的自动扩缩。",
  "set-fs-group":
    "把该卷交给网关的用户 {owner|1000:1000}：在 Pod 的 securityContext 中用 `fsGroup` 设置该组；如果卷的驱动不支持 fsGroup（hostPath、NFS），用执行 `chown` 的 init 容器。",
  "change-in-command":
    "容器自己的命令在每次启动时都会写入 openclaw.json：`{quote|…}`。请在那里修改并重新创建容器；下面几行所做的修改只保持到下一次启动。",
  "change-in-unraid":
    "在 Unraid 中编辑该容器，切换到 Advanced View，修改 Post Arguments 里的 JSON，它在每次启动时都会写入 openclaw.json；下面几行所做的修改只保持到下一次启动。",
  "change-in-coolify":
    "该镜像在每次启动时都会根据环境变量和挂载在 /app/config/openclaw.json 的文件（OPENCLAW_CUSTOM_CONFIG）重新生成 openclaw.json。请在 Coolify 中把设置写进该文件并重新部署；下面几行所做的修改只保持到下一次启动。",
  "change-in-environment":
    "该镜像在每次启动时都会根据环境变量设置这个键。请在 Compose 文件或 `.env` 中为 {variable|该变量} 设置取值，并重新创建容器；下面几行所做的修改只保持到下一次启动。",
  "change-in-truenas":
    "TrueNAS 在每次启动时都会根据应用的设置写入这个键。请编辑该应用，在那里填写允许的来源；下面几行所做的修改只保持到下一次启动。",
  "mount-state": "把主机目录或卷挂载到 {path|/home/node/.openclaw}，属主为网关的运行用户，然后重新创建容器。",
  "unit-user": "用 `sudo systemctl edit {unit|UNIT}` 修改单元：在 `[Service]` 之下写上 `User={owner|USER}`。",
  "service-as-owner":
    "停止目前运行用户的服务，并以 {owner|配置它的用户} 的身份安装：`openclaw gateway install`。",
  "enable-linger": "在网关所在的主机上，以管理员身份运行：`loginctl enable-linger {user|USER}`。",
  "look-as-owner":
    "如果它就是网关：`sudo -u {user} -i npx openclaw-pairing-doctor`；或直接指定地址，不读取它的文件：`npx openclaw-pairing-doctor --target ws://127.0.0.1:PORT`。",
  "free-port":
    "查看端口 {port} 上是什么程序（`sudo ss -ltnp`），结束它或让用户 {user} 换端口；也可以给网关换一个端口（`gateway.port`）。",
  "find-port-holder":
    "查看谁占用了端口：容器用 `docker ps`，主机上的程序用 `sudo ss -ltnp`（端口 {port|18789}）。",
  "stop-other-container": "停止不需要的容器，例如 `docker stop {other|CONTAINER}`，或给它单独的状态目录。",
  "copy-state-out":
    "先把状态保存下来，它在容器自己的可写层中，会随容器一起消失：`docker cp {container|CONTAINER}:{path|/home/node/.openclaw} ./openclaw-state`，并在新容器中把该目录挂载到相同的路径。",
  "mount-writable": "挂载该目录时不要用 `:ro` 或 `readOnly`，文件系统也不能是只读的。",
  "approve-with-shared-token":
    '在那里绕过已配对的 CLI 设备，批准自己的请求：`openclaw devices approve {requestId|REQUEST_ID} --url ws://127.0.0.1:{port|18789} --token "$OPENCLAW_GATEWAY_TOKEN"`，该变量中是共享令牌。',
  "find-gateways": "列出正在运行的网关：`openclaw gateway status --deep`，使用 Docker 时再看 `docker ps`。",
  "make-setup-code":
    "取得设置码：版本支持时，在 Control UI 的 Devices 中选择 Pair device；否则在 OpenClaw 接入的聊天中发送 `/pair`。让应用读取它。",
  "update-app": "把应用更新到与网关版本相配的版本；第三方应用请向其作者询问。",
  "add-gateway-again": "在应用里移除这个网关，再用该设置码重新添加。",
  "connect-in-app": "重新打开应用；如果没有自动连接，请点击连接。",
  "connect-again": "让该客户端重新连接。",
  "start-node-again": "重新启动 node：`openclaw node run` 或 `openclaw node restart`，与之前的启动方式相同。",
  "mend-syntax":
    "用编辑器打开 {path|openclaw.json}，查看第 {line} 行第 {column|1} 列以及它的上一行：缺少或多出了逗号、引号或括号。",
  "mend-key": "在 {path|openclaw.json} 中去掉或改正 `{key}`：该版本不接受它。",
  "mend-file": "运行 `openclaw doctor`，它会指出 {path|openclaw.json} 中的位置，然后用编辑器修正。",
  "restarts-by-itself": "无需手动启动：容器会自行重启，并重新读取该文件。",
  "ask-first": "先在要放行的浏览器中打开页面：请求由此产生，并只保留五分钟。",
  "locks-out":
    "先不要执行：现在能进入的页面之后会被拒绝（{gate}），而且批准也无济于事。请先换一种方式打开页面（HTTPS，或到 127.0.0.1 的 SSH 隧道），确认能够连接后再继续。",
  "page-switched-off": "gateway.controlUi.enabled 为 false，网关因此不提供页面：如果需要页面，请去掉这一项。",
  "page-root": "检查页面文件是否在 {path}，gateway.controlUi.root 指向那里。",
  "page-files":
    "如果日志写明缺少某个文件或模块，请按原来的方式（npm、pnpm 或镜像）重新安装同一版本的 OpenClaw。",
  "who-answers":
    "弄清这个地址上应答的是哪个程序：在那台机器上 `sudo ss -ltnp` 会显示它；代理自己的日志里有这次请求。",
  "name-target": "在网关自己的机器上再次运行本命令，或用 --target 指明网关的地址。",
  "end-port-holder": "结束占用端口 {port|18789} 的程序：{program|见 `sudo ss -ltnp`}，pid {pid|见其显示}。",
  "remove-former-service":
    "停止旧网关（{program|旧程序}，pid {pid|见上}）并移除它的服务：`systemctl --user disable --now clawdbot-gateway` 或 moltbot-gateway，Mac 上用 `launchctl bootout` 加它的标签；然后用 `npm uninstall -g` 卸载旧的包。",
  "use-container-path":
    "把{path|主机路径}从容器内的环境变量和命令中去掉；在 Compose 中它只出现在 `volumes` 的左侧。",
  "compare-scopes": "查看该客户端是否在列表中，以及已批准的权限范围。",
  "choose-device": "从列表中取出自己客户端的 deviceId；它不会随请求改变。",
  "approve-by-device":
    "把 DEVICE_ID 换成该 ID，在一行中完成：`openclaw devices approve $(openclaw devices list --json | jq -r '.pending[] | select(.deviceId == \"DEVICE_ID\") | .requestId')`。",
  "listens-where":
    "找到最新的 `listening on ws://ADDRESS:PORT`：容器内是 127.0.0.1 就是这个原因；其他地址或没有这一行则不是。",
  "approve-node": "也要批准 node 自己的请求：先 `openclaw nodes pending`，再 `openclaw nodes approve`。",
  "raise-handshake-limit": "为网关设置 OPENCLAW_HANDSHAKE_TIMEOUT_MS（单位毫秒）：例如 30000，即半分钟。",
  "version.show": "在网关运行的地方执行 `openclaw --version`。",
  "security-audit": "在网关所在的主机上运行 `openclaw security audit`。",
  "generate-token": "如果还没有设置令牌：`openclaw doctor --generate-gateway-token`。",
  "approve-browsers-in-use":
    "在每个正在使用的浏览器中打开页面，并批准它自己的请求：先 `openclaw devices list`，再 `openclaw devices approve REQUEST_ID`。",
  "check-origins": "先核对这些来源：只保留自己会打开的地址，没人认识的名字可能是别人的尝试。",
  "set-local-password":
    "在网关主机上，把 gateway.auth.password（或网关与 CLI 的 OPENCLAW_GATEWAY_PASSWORD）设为新的机密，让那里的 CLI 能够进入。",
  "token-behind-proxy":
    "为网关和客户端设置同一个共享令牌，并在页面中填写一次；在这种模式下，代理的身份请求头不起作用。",
  "move-proxy":
    "让代理在单独的容器或机器上运行，通过网关的网络地址访问网关，并在 gateway.trustedProxies 中写上代理的确切地址。",
  "overwrite-identity-header":
    "让代理覆盖 gateway.auth.trustedProxy.userHeader 所指的身份请求头，无论客户端发送什么。",
  "open-through-proxy": "在代理的地址打开页面，并在那里登录。",
  "unset-env-token": "从网关的环境中去掉 OPENCLAW_GATEWAY_TOKEN：.env 文件、服务单元、chart 或应用设置。",
  "proxy-read-timeout":
    "为这条路由调大代理的空闲和读取超时（nginx：`proxy_read_timeout 3600s`），并关闭响应缓冲。",
  "align-password":
    "在{places| .env 文件或服务单元，以及 openclaw.json }中设置相同的密码，然后重新创建容器或服务。",
  "move-store-aside": "把损坏的文件移出状态目录，并保留它。",
  "pair-again": "让每个客户端重新连接，并按 requestId 批准它自己的请求。",
  "use-device-commands":
    "用 `openclaw devices approve`、`reject` 或 `remove` 并带上各自的 ID 来批准、拒绝或移除，不要改动文件。",
  "remove-stale-devices": "移除不再使用的设备：`openclaw devices remove DEVICE_ID`。",
  "look-at-channel-pairing":
    "聊天渠道的配对码用于允许某个发送者对话：先 `openclaw pairing list CHANNEL`，确认是认识的人之后再 `openclaw pairing approve CHANNEL CODE`。",
  "look-at-channel":
    "查看该渠道：`openclaw channels status --probe`，它的令牌或登录状态，以及对方服务是否有回应。",
  "look-at-relay": "查看浏览器扩展及其中继：`openclaw browser status`，以及是否有标签页已连接。",
  "look-at-provider": "查看模型提供商的密钥或登录状态：`openclaw models status`。它的 401 不是网关给出的。",
  "way-into-wsl":
    "在 Windows 中运行 `wsl --shutdown`，重新启动 WSL 和网关，再打开 http://localhost:PORT。如果仍然没有响应，请查看 %UserProfile%\\.wslconfig 是否关闭了 localhostForwarding，或在其中设置 networkingMode=mirrored；VPN 也可能阻断转发。",
  "way-into-container":
    "查看端口是否已发布（`docker ps` 中有 `->18789/tcp`），以及容器内的网关是否监听在回环以外的地址（gateway.bind: lan）。",
  "way-to-machine":
    "查看网关监听在哪个地址，以及浏览器所在的机器如何到达那里：网关只监听回环时用 SSH 隧道或 Tailscale，否则查看中间的防火墙和地址。",
  "look-at-limit": "查看该提供商的账号：限额、余额和服务状态页。稍后再试，或配置另一个模型作为后备。",
  "look-at-context": "开始新的对话（`/new`），或压缩当前对话（`/compact`）。",
  "look-at-channel-app":
    "在该渠道的开发者页面查看其应用：令牌或密钥，以及所申请的权限（Discord 为 privileged intents）。然后运行 `openclaw channels status --probe`。",
  "look-at-slow-client":
    "网关断开了一个已经进入但读取太慢的客户端。请检查该客户端的网络和机器，它可以重新连接。",
  "look-at-frames":
    "有程序发送了不属于该协议的数据：端口扫描、负载均衡的健康检查或其他程序。请查看是谁在连接这个端口。",
  "look-at-memory": "查看记忆搜索及其嵌入提供商：`openclaw memory status`。",
  "page-without-token": "在页面中不要填写令牌：有令牌时，网关只看令牌，而不看 Tailscale 用户。",
};
