import { reach as english } from "../../../../core/sentences/reach.ts";
import { translation } from "../../../../core/translation.ts";

export const reach = translation(english, {
  "tls-self-signed": "其证书为自签名证书（{detail}）",
  "tls-authority": "其证书由这里不认识的机构签发（{detail}）",
  "tls-expired": "其证书目前不在有效期内（{detail}）",
  "tls-name": "其证书属于另一个名称（{detail}）",
  "tls-failed": "无法建立 TLS 连接（{detail}）",
  "reach-refused": "那里没有程序在监听（{detail}）",
  "reach-reset": "那里的程序中断了连接（{detail}）",
  "reach-timeout": "没有及时得到应答（{detail}）",
  "reach-dns": "该名称没有对应的地址（{detail}）",
  "reach-other": "那里应答的是别的程序（{detail}）",
});
