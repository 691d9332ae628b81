/** The page's style around the report's own: the same colours. */
export const PAGE_STYLE = `
.top{max-width:52rem;margin:0 auto;padding:.7rem 1rem;border:0;border-bottom:1px solid var(--line);border-radius:0;display:flex;flex-wrap:wrap;align-items:center;gap:.4rem 1.2rem}
.top .brand{margin:0;font-weight:700;color:var(--text)}
.top nav{display:flex;gap:.3rem;flex:1}
.top a{padding:.35rem .7rem;border-radius:6px;color:var(--link);text-decoration:none}
.top a:hover{text-decoration:underline}
.top a[aria-current]{background:var(--soft);color:var(--text);font-weight:600;box-shadow:inset 0 -2px var(--link)}
main,footer{max-width:52rem}
main>div>h1{margin:1.2rem 0 .3rem}
.intro{margin:.3rem 0 1rem;color:var(--dim)}
.card{border:1px solid var(--line);border-radius:8px;padding:.4rem 1.1rem .9rem;margin:0 0 1.2rem}
.field{margin:.7rem 0 0;display:flex;flex-direction:column;gap:.2rem;min-width:0}
.field label,legend{font-weight:600}
.field label{overflow-wrap:anywhere}
.fields{display:grid;grid-template-columns:repeat(auto-fill,minmax(17rem,1fr));gap:0 1.2rem}
.hint{color:var(--dim);font-size:.88rem;margin:.2rem 0 0}
fieldset{border:0;padding:0;margin:.6rem 0 0;min-width:0}
legend{padding:0}
input,select,textarea,button{font:inherit;color:var(--text);background:var(--ground);border:1px solid var(--edge);border-radius:6px;padding:.4rem .6rem;max-width:100%;min-height:2.5rem}
textarea{width:100%;font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,"Noto Sans Mono CJK SC",monospace;font-size:.88em;resize:vertical}
select{width:100%}
input:not([type]),.field input{width:100%}
input[type=checkbox]{min-height:0;width:1.15rem;height:1.15rem;flex:none;margin:.2rem 0 0;accent-color:var(--link)}
.tick{display:flex;gap:.6rem;align-items:flex-start;margin:.6rem 0 0}
button{cursor:pointer;font-weight:600;background:var(--link);border-color:var(--link);color:var(--ground);padding:.4rem 1.1rem}
button.plain,.answer .bar button{background:var(--ground);color:var(--link);font-weight:400}
button[hidden]{display:none}
:is(a,button,input,select,textarea,h1):focus-visible{outline:3px solid var(--link);outline-offset:2px}
.bar{display:flex;flex-wrap:wrap;gap:.6rem;align-items:flex-end;margin:.9rem 0 0}
.bar .field{margin:0}
.report .note{color:var(--warn)}
.card details{margin:.9rem 0 0}
#status{position:sticky;bottom:0;max-width:52rem;margin:0 auto;padding:.5rem 1rem;background:var(--ground);border-top:1px solid var(--line)}
#status:empty{border:0;padding:0}
@media (max-width:34rem){.bar button{flex:1}.top .brand{flex-basis:100%}}
@media print{.top,.card,.bar,.intro,footer,#status,main>div>h1{display:none}}
@media (forced-colors:active){.top a[aria-current]{outline:2px solid}}
:root{--edge:#848d97}
@media (prefers-color-scheme:dark){:root{--edge:#6e7681}}
`;
