import { ssh as english } from "../../../../core/sentences/ssh.ts";
import { translation } from "../../../../core/translation.ts";

export const ssh = translation(english, {
  "ssh-missing": "{host}：这里没有可用的 ssh 程序（{detail}）",
  "ssh-host": "{host}：ssh 不认识这台主机（{detail}）",
  "ssh-host-key-unknown": "{host}：还没有人确认过该主机的密钥；请先手动连接一次并核对（{detail}）",
  "ssh-host-key-changed": "{host}：该主机的密钥与以前不同；弄清原因之前不要向它发送任何内容（{detail}）",
  "ssh-denied": "{host}：该主机不接受 ssh 在这里持有的任何密钥（{detail}）",
  "ssh-password":
    "{host}：该主机要求密码或验证码，而这里不会询问任何人；请改用密钥，或由 ssh-agent 保管（{detail}）",
  "ssh-unreachable": "{host}：ssh 连接不到该主机（{detail}）",
  "ssh-silent": "{host}：该主机没有在时限内应答 ssh（{detail}）",
  "ssh-no-ssh": "{host}：那里监听的程序没有按 SSH 协议应答（{detail}）",
  "ssh-cut": "{host}：连接被切断（{detail}）",
  "ssh-no-shell": "{host}：该账号没有可用来查看的 shell（{detail}）",
  "ssh-not-run": "{host}：那里的 shell 报告成功，却什么也没有做（强制命令，或结束 shell 的启动脚本）",
  "ssh-garbage": "{host}：返回的内容不是对所问的应答（{detail}）",
  "ssh-endless": "{host}：该主机不停地输出，因此不再读取",
  "ssh-late": "{host}：所问的事没有在时限内结束（{detail}）",
  "ssh-failed": "{host}：ssh 结束了，没有给出应答（{detail}）",
  "ssh-tunnel-refused": "{host}：sshd 不转发到 {address}（{detail}）",
  "no-node-there": "{host}：那里没有可信（他人无法改写）的 Node，而文件要由它来修改",
  "own-lan-dial-there": "该版本的命令会拨向主机的网络地址，在那里它自己也是陌生设备：请在主机上加 --url 运行",
});
