/** The page's style: light and dark by the reader's setting, a phone's width, and paper. Contrasts are 4.5:1 and more. */
export const STYLE = `
:root{--ground:#fff;--text:#1c2128;--dim:#59636e;--line:#d1d9e0;--soft:#f4f6f8;--good:#116329;--bad:#b3191f;--warn:#7a4d00;--link:#0b57b0}
@media (prefers-color-scheme:dark){:root{--ground:#0f1419;--text:#e6edf3;--dim:#9da7b3;--line:#3d444d;--soft:#1a2028;--good:#56d364;--bad:#ff7b72;--warn:#e3b341;--link:#79b8ff}}
*{box-sizing:border-box}
body{margin:0;background:var(--ground);color:var(--text);font:16px/1.55 system-ui,"Noto Sans","PingFang SC","Microsoft YaHei","Noto Sans CJK SC",sans-serif;overflow-wrap:anywhere}
main,footer{max-width:48rem;margin:0 auto;padding:0 1rem}
header{margin:1.25rem 0;padding:1rem 1.1rem;border:1px solid var(--line);border-left:6px solid var(--warn);border-radius:8px}
header.found{border-left-color:var(--bad)}
header.healthy{border-left-color:var(--good)}
header p{margin:.25rem 0 0;color:var(--dim)}
h1{font-size:1.35rem;line-height:1.3;margin:0}
h2{font-size:1.12rem;line-height:1.35;margin:0 0 .5rem}
h3{font-size:1rem;margin:.9rem 0 .35rem}
section{margin:1.6rem 0}
dl{margin:.5rem 0;display:grid;grid-template-columns:max-content 1fr;gap:.35rem .9rem}
dt{font-weight:600}
dd{margin:0}
ol,ul{margin:.4rem 0;padding-left:1.4rem}
li{margin:.25rem 0}
code,pre{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,"Noto Sans Mono CJK SC",monospace;font-size:.88em}
pre{margin:.3rem 0;padding:.55rem .7rem;background:var(--soft);border:1px solid var(--line);border-radius:6px;overflow-x:auto;white-space:pre;overflow-wrap:normal}
pre.page{white-space:pre-wrap}
pre:focus-visible,summary:focus-visible{outline:3px solid var(--link);outline-offset:2px}
.dim,.about{color:var(--dim);margin:.2rem 0}
.badge{display:inline-block;padding:0 .45rem;border:1px solid currentColor;border-radius:999px;font-size:.8rem;font-weight:600;color:var(--dim)}
.badge.error,.badge.weakens-security{color:var(--bad)}
.badge.warning,.badge.grants-access,.badge.restart{color:var(--warn)}
.remedy{border:1px solid var(--line);border-radius:8px;padding:.2rem .9rem .6rem;margin:.8rem 0}
.effect{color:var(--good);margin:.2rem 0}
.effect.refused{color:var(--bad)}
.quotes{list-style:none;padding:0}
.quotes li{border-left:3px solid var(--line);padding-left:.7rem}
.quotes .dim,.quotes code{display:block}
details>summary{cursor:pointer}
summary h2{display:inline}
figure{margin:.5rem 0}
svg{max-width:100%;height:auto;display:block}
svg text{font-family:inherit;font-size:14px;fill:var(--text)}
svg .note{font-size:12px;fill:var(--dim)}
svg .end{font-size:13px;font-weight:600;fill:var(--bad)}
svg .hop{fill:var(--soft);stroke:var(--line);stroke-width:1.5}
svg .broken{stroke:var(--bad);stroke-width:2.5}
svg .wire{stroke:var(--dim);stroke-width:2;fill:none}
svg .cut{stroke:var(--bad);stroke-dasharray:4 4}
svg .cross{stroke:var(--bad);stroke-width:3;fill:none}
svg .head{fill:var(--dim)}
.timeline{list-style:none;padding:0;border-left:2px solid var(--line);margin-left:.35rem}
.timeline li{position:relative;padding-left:1rem}
.timeline li::before{content:"";position:absolute;left:-.42rem;top:.5rem;width:.7rem;height:.7rem;border-radius:50%;background:var(--dim);border:2px solid var(--ground)}
.timeline .refused::before,.timeline .failed::before{background:var(--bad)}
.timeline .approved::before,.timeline .connected::before{background:var(--good)}
.when{color:var(--dim);font-variant-numeric:tabular-nums}
footer{color:var(--dim);font-size:.85rem;padding-bottom:2rem}
@media (max-width:34rem){dl{grid-template-columns:1fr;gap:.1rem}dd{margin-bottom:.5rem}}
@media print{:root{--ground:#fff;--text:#000;--dim:#444;--line:#999;--soft:#fff;--good:#060;--bad:#900;--warn:#630}pre{white-space:pre-wrap}details>*{display:block}section,.remedy{break-inside:avoid}body{font-size:11pt}}
`;
