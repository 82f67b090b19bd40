// The page's style. Colours are variables, chosen so that text reaches 4.5:1 and marks 3:1 on their ground, in both
// themes; no colour speaks alone.

#include "tickets/report/page_parts.hpp"

namespace hyakki::tickets {

const std::string_view page_style = R"css(
:root{color-scheme:light;--page:#f4f5f7;--card:#fff;--line:#e2e5ea;--rule:#eceef2;--ink:#171b22;--soft:#4e5866;--faint:#626c7a;
--accent:#3a49b8;--tint:#eef0fb;--s0:#73829a;--s1:#3f5bd9;--s2:#c3263b;--s3:#1f7a57;--s4:#858e9c;--s5:#8a6d1f;
--p0:#b3202f;--p1:#c2570b;--p2:#4a6fb5;--p3:#7d899a;--good:#1a7a50;--fair:#9a5b00;--poor:#b3202f;--track:#e4e7ec;--hatch:#fff}
@media (prefers-color-scheme:dark){:root:not([data-theme=light]){color-scheme:dark;--page:#0f1217;--card:#161b22;--line:#29303a;
--rule:#20262f;--ink:#e7eaef;--soft:#adb6c3;--faint:#929cab;--accent:#a3b3ff;--tint:#1d2438;--s0:#8795ab;--s1:#7c96ff;--s2:#ff6f7d;
--s3:#4cbc8a;--s4:#707a89;--s5:#d1ad4e;--p0:#ff6f7d;--p1:#f29a4b;--p2:#86a8ee;--p3:#7f8b9c;--good:#54c492;--fair:#e6ac52;
--poor:#ff7c88;--track:#2a313b;--hatch:#161b22}}
:root[data-theme=dark]{color-scheme:dark;--page:#0f1217;--card:#161b22;--line:#29303a;--rule:#20262f;--ink:#e7eaef;--soft:#adb6c3;
--faint:#929cab;--accent:#a3b3ff;--tint:#1d2438;--s0:#8795ab;--s1:#7c96ff;--s2:#ff6f7d;--s3:#4cbc8a;--s4:#707a89;--s5:#d1ad4e;
--p0:#ff6f7d;--p1:#f29a4b;--p2:#86a8ee;--p3:#7f8b9c;--good:#54c492;--fair:#e6ac52;--poor:#ff7c88;--track:#2a313b;--hatch:#161b22}
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%;scroll-padding-top:56px}
@media (prefers-reduced-motion:no-preference){html{scroll-behavior:smooth}}
body{margin:0;background:var(--page);color:var(--ink);font:14px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans",sans-serif;
overflow-wrap:anywhere}
h1,h2,h3,p,ul,ol,dl,dd,figure,table{margin:0;padding:0}ul,ol{list-style:none}
bdi{unicode-bidi:isolate}
a{color:var(--accent);text-decoration-thickness:1px;text-underline-offset:2px}
:focus-visible{outline:2px solid var(--accent);outline-offset:2px;border-radius:3px}
.wrap{max-width:1328px;margin:0 auto;padding:0 24px}
.unseen{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
.skip{position:absolute;left:-999px}.skip:focus{left:16px;top:8px;z-index:9;background:var(--card);padding:6px 12px}
.top{padding:36px 0 20px}.top .wrap{display:flex;gap:16px;align-items:flex-end;justify-content:space-between;flex-wrap:wrap}
.eyebrow{color:var(--faint);font-size:12px;letter-spacing:.06em;text-transform:uppercase;font-weight:600}
h1{font-size:28px;line-height:1.2;letter-spacing:-.015em;font-weight:650;margin-top:2px}
.meta{color:var(--soft);margin-top:6px}.meta span+span::before{content:"·";margin:0 7px;color:var(--faint)}
.tools{display:flex;gap:8px}
button,select,input{font:inherit;color:inherit}
.btn{background:var(--card);border:1px solid var(--line);border-radius:7px;padding:5px 12px;cursor:pointer;color:var(--soft)}
.btn:hover{color:var(--ink);border-color:var(--faint)}.btn[disabled]{opacity:.45;cursor:default}
nav{position:sticky;top:0;z-index:5;background:var(--page);border-bottom:1px solid var(--line)}
nav ul{display:flex;gap:20px;overflow-x:auto;scrollbar-width:none}nav ul::-webkit-scrollbar{display:none}
nav a{display:block;padding:10px 0;color:var(--soft);text-decoration:none;white-space:nowrap}nav a:hover{color:var(--ink)}
section{padding-top:32px}
section>header{display:flex;gap:4px 14px;align-items:baseline;flex-wrap:wrap;margin-bottom:12px}
h2{font-size:17px;font-weight:650;letter-spacing:-.01em}section>header p{color:var(--faint)}
.grid{display:grid;grid-template-columns:repeat(12,minmax(0,1fr));gap:16px}
.card{background:var(--card);border:1px solid var(--line);border-radius:10px;padding:18px 20px;grid-column:span 12;min-width:0}
h3{font-size:14px;font-weight:620}.card>.sub{color:var(--faint);font-size:13px;margin-bottom:14px}
.card>h3+figure,.card>h3+table,.card>h3+div{margin-top:14px}
@media (min-width:1000px){.w3{grid-column:span 3}.w4{grid-column:span 4}.w5{grid-column:span 5}.w6{grid-column:span 6}.w7{grid-column:span 7}.w8{grid-column:span 8}.w9{grid-column:span 9}}
@media (min-width:640px) and (max-width:999px){.w3,.w4{grid-column:span 6}#risk .w3{grid-column:span 12}}
.kpis{display:grid;grid-template-columns:repeat(6,minmax(0,1fr));padding:0;overflow:hidden}
.card.kpis{padding:0}.kpi{padding:16px 20px;border-left:1px solid var(--line);margin-left:-1px}
.kpi dt{color:var(--soft);font-size:13px}.kpi dd b{display:block;font-size:26px;line-height:1.25;font-weight:620;letter-spacing:-.02em;
font-variant-numeric:tabular-nums}.kpi dd small{color:var(--faint);font-size:12.5px}
@media (max-width:999px){.kpis{grid-template-columns:repeat(3,minmax(0,1fr))}.kpi{border-top:1px solid var(--line);margin-top:-1px}}
@media (max-width:639px){.kpis{grid-template-columns:repeat(2,minmax(0,1fr))}.kpi{padding:12px 16px}.kpi dd b{font-size:22px}}
.kpi b{text-transform:capitalize}.kpi svg{margin-top:4px}.kpi .poor{color:var(--poor)}.kpi .fair{color:var(--fair)}.kpi .good{color:var(--good)}
.strip{border-top:1px solid var(--line);grid-column:1/-1;padding:16px 20px 18px}
svg{display:block;overflow:visible}svg svg{overflow:visible}
.s0{fill:var(--s0)}.s1{fill:var(--s1)}.s2{fill:var(--s2)}.s3{fill:var(--s3)}.s4{fill:url(#hatch)}#hatch rect{fill:var(--card)}#hatch path{stroke:var(--s4);stroke-width:2.5}.s5{fill:var(--s5)}
.p0{fill:var(--p0)}.p1{fill:var(--p1)}.p2{fill:var(--p2)}.p3{fill:var(--p3)}.p4{fill:var(--s5)}
rect.good{fill:var(--good)}rect.fair{fill:var(--fair)}rect.poor{fill:var(--poor)}rect.plain{fill:var(--s0)}
rect.track{fill:var(--track)}rect.gap{fill:var(--card)}rect.hover{fill:transparent}g:hover>rect.hover{fill:var(--rule)}
rect.made{fill:var(--card);stroke:var(--s0);stroke-width:1.5}
.plot .rule{stroke:var(--rule)}.plot .axis{stroke:var(--s4)}
.plot .tick{paint-order:stroke;stroke:var(--card);stroke-width:4px;stroke-linejoin:round}.plot text{fill:var(--faint);font-size:11px;font-variant-numeric:tabular-nums}.plot .m{text-anchor:middle}.plot .e{text-anchor:end}
.trace{fill:none;stroke:var(--s1);stroke-width:2;vector-effect:non-scaling-stroke;stroke-linejoin:round}
.area{fill:var(--s1);opacity:.12}.dot{fill:var(--s1);stroke:var(--card);stroke-width:2}
.ideal{stroke:var(--s4);stroke-width:1.5;stroke-dasharray:4 4;vector-effect:non-scaling-stroke}
.due{stroke:var(--p1);stroke-width:1.5}
.stack svg:first-child{border-radius:4px;overflow:hidden}
.legend{display:flex;flex-wrap:wrap;gap:4px 18px;margin-top:10px;color:var(--soft);font-size:13px}
.legend li{display:flex;gap:6px;align-items:center}.legend b{color:var(--ink);font-weight:600;font-variant-numeric:tabular-nums}
.legend small,.n small{color:var(--faint);font-size:12px}
.data{margin-top:10px;font-size:13px}.data summary{color:var(--faint);cursor:pointer;width:max-content}.data table{margin-top:8px}
table{border-collapse:collapse;width:100%;font-size:13px}
th,td{text-align:left;padding:6px 12px 6px 0;border-top:1px solid var(--rule);vertical-align:top;font-weight:400}
thead th{color:var(--faint);font-size:12px;border-top:0;vertical-align:bottom;font-weight:500}
td:last-child,th:last-child{padding-right:0}.n{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
tbody th b{font-weight:560}td small,th small{color:var(--faint);font-size:12.5px}
.bars th{width:36%;max-width:0;padding-right:12px;overflow:hidden;text-overflow:ellipsis;white-space:nowrap}.w3 .bars th{width:50%}.bars thead th{width:auto;max-width:none;vertical-align:bottom}.bars td,.bars th{border:0;padding-top:4px;padding-bottom:4px;vertical-align:middle}
.bars .n{width:1%;padding-left:10px;padding-right:0}.rowbar{border-radius:3px;overflow:hidden;min-width:40px}.bars td+td.n{color:var(--ink)}
.scroll{overflow-x:auto}.scroll td,.scroll thead th{overflow-wrap:normal}.scroll tbody th{min-width:150px}.scroll td>.rowbar{margin-top:6px;min-width:60px}
.figures+.rowbar{margin:12px 0}table+h3{margin-top:22px}.bars+.sub{margin-top:8px}.scroll:focus-visible{outline-offset:-2px}
.id{font:12px/1.6 ui-monospace,"SF Mono",Menlo,Consolas,"DejaVu Sans Mono",monospace;white-space:nowrap;color:var(--soft)}a.id{color:var(--accent)}span.id{white-space:normal}
.ids a{margin-right:10px;display:inline-block}
.mark{display:inline-flex;align-items:center;gap:6px;white-space:nowrap}
.mark::before{content:"";flex:none;width:9px;height:9px;border-radius:50%;border:2px solid var(--s0)}
.mark.s1::before{border-color:var(--s1);background:linear-gradient(90deg,var(--s1) 50%,transparent 50%)}
.mark.s2::before{border-color:var(--s2);background:var(--s2);border-radius:1px}
.mark.s3::before{border-color:var(--s3);background:var(--s3)}
.mark.s4::before{border-color:var(--s4);height:0;border-width:1px;border-radius:0}
.mark.s5::before{border-color:var(--s5);border-style:dotted}
.pr{white-space:nowrap}.pr.p0{color:var(--p0);font-weight:620}.pr.p1{color:var(--p1);font-weight:560}.pr.p2{color:var(--soft)}.pr.p3{color:var(--faint)}
.tag{display:inline-block;font-size:11.5px;line-height:17px;border:1px solid var(--line);border-radius:4px;padding:0 5px;margin:1px 4px 0 0;color:var(--soft);
max-width:24ch;overflow:hidden;text-overflow:ellipsis;white-space:nowrap;vertical-align:top}
.tag.good{color:var(--good);border-color:currentColor}.tag.fair{color:var(--fair);border-color:currentColor}.tag.poor{color:var(--poor);border-color:currentColor}
.good{color:var(--good)}.fair{color:var(--fair)}.poor{color:var(--poor)}
.empty{border:1px dashed var(--line);border-radius:8px;padding:14px 16px;color:var(--soft);margin-top:12px}
code{font:12.5px ui-monospace,"SF Mono",Menlo,Consolas,"DejaVu Sans Mono",monospace;background:var(--tint);border-radius:4px;padding:1px 5px;overflow-wrap:anywhere}
.welcome{padding:40px 32px}.welcome h2{font-size:20px}.welcome ol{counter-reset:step;margin-top:16px;display:grid;gap:12px}
.welcome li{display:grid;grid-template-columns:28px minmax(0,1fr);gap:2px 4px;counter-increment:step}.welcome li::before{content:counter(step);color:var(--faint);font-variant-numeric:tabular-nums}
.welcome li>*{grid-column:2}.welcome li code{justify-self:start}
.figures{display:grid;grid-template-columns:repeat(auto-fit,minmax(112px,1fr));gap:14px 18px;margin-top:14px}
.figures>div{align-self:end}.figures dt{color:var(--faint);font-size:12.5px}.figures dd{font-size:19px;font-weight:600;letter-spacing:-.01em;font-variant-numeric:tabular-nums}
.figures dd small{font-size:12.5px;font-weight:400;letter-spacing:0;color:var(--faint)}
.score{display:flex;align-items:baseline;gap:10px;margin-top:6px}.score b{font-size:40px;line-height:1.1;font-weight:640;letter-spacing:-.03em}
.score span{color:var(--soft)}.card>.score+svg{margin:10px 0 4px}
.two{display:grid;gap:14px}.two+.two,.two+h3{margin-top:18px}
.log li{display:grid;grid-template-columns:88px minmax(0,1fr);gap:0 12px;padding:6px 0;border-top:1px solid var(--rule);font-size:13px}
.log li:first-child{border-top:0}.log time{color:var(--faint);font-variant-numeric:tabular-nums}.log .what{color:var(--soft)}
.log{columns:2;column-gap:40px;margin-top:8px}.log li{break-inside:avoid}@media (max-width:999px){.log{columns:1}}
.bar{display:flex;flex-wrap:wrap;gap:8px;align-items:center;margin-bottom:12px}
.bar .group{display:flex;flex-wrap:wrap;gap:6px}.bar .btn[aria-pressed=true]{background:var(--ink);border-color:var(--ink);color:var(--card)}
.bar .btn small{opacity:.75;font-variant-numeric:tabular-nums;margin-left:4px}
.bar input{flex:1 1 220px;min-width:0;max-width:360px;margin-left:auto;background:var(--card);border:1px solid var(--faint);border-radius:7px;padding:5px 12px}
.pager{display:flex;flex-wrap:wrap;gap:8px 14px;align-items:center;justify-content:space-between;margin-top:12px;color:var(--soft);font-size:13px}
.pager div{display:flex;gap:8px;align-items:center}.pager select{background:var(--card);border:1px solid var(--line);border-radius:7px;padding:4px 8px}
html:not([data-live]) .live{display:none}html[data-live] tbody.more{display:none}
#list{table-layout:fixed}#list th,#list td{padding:5px 12px 5px 0;overflow:hidden}#list thead th{padding-bottom:8px}
#list thead button{all:unset;cursor:pointer;color:inherit}#list thead button:focus-visible{outline:2px solid var(--accent)}
#list thead [aria-sort=ascending] button::after{content:" ↑"}#list thead [aria-sort=descending] button::after{content:" ↓"}
#list .c-id{width:116px}#list .c-st{width:108px}#list .c-pr{width:74px}#list .c-as{width:132px}#list .c-pt{width:56px}#list .c-ag{width:62px}#list .c-sp{width:178px}#list .c-up{width:92px}
#list tbody th{white-space:nowrap;text-overflow:ellipsis}#list td .t{margin-right:8px}
#list tr.hit>*{background:var(--tint)}#list td:nth-child(5){overflow:hidden;text-overflow:ellipsis}
@media (min-width:640px) and (max-width:1099px){#list .c-sp,#list .c-up,#list td:nth-child(8),#list td:nth-child(9),#list thead th:nth-child(8),#list thead th:nth-child(9){display:none}
#list .c-as{width:110px}#list .c-id{width:104px}}
@media (max-width:639px){.wrap{padding:0 16px}.top{padding-top:24px}.card{padding:16px}h1{font-size:24px}
.id,#list tbody th{white-space:normal}.bar input{max-width:none;margin:0;flex-basis:100%}.c-hide{display:none}
#list,#list tbody{display:block}#list thead,#list colgroup{display:none}html:not([data-live]) #list tbody.more{display:block}
html[data-live] #list tbody.more{display:none}
#list tr{display:flex;flex-wrap:wrap;gap:2px 12px;padding:10px 0;border-top:1px solid var(--rule)}#list tbody th,#list td{border:0;padding:0;overflow:visible}
#list tbody th{order:-2}#list td:nth-child(2){flex-basis:100%;order:3}#list td:nth-child(3){order:-1;margin-left:auto}
#list td:nth-child(n+4){order:4}#list td:nth-child(n+4):not(.pr){color:var(--soft)}#list td:empty{display:none}#list td[data-k]:not(:empty)::before{content:attr(data-k) " ";color:var(--faint)}
.scroll table,.scroll tbody{display:block}.scroll thead{display:none}.scroll tr{display:flex;flex-wrap:wrap;gap:3px 14px;padding:10px 0;border-top:1px solid var(--rule)}
.scroll tr:first-child{border-top:0}.scroll tbody th,.scroll td{border:0;padding:0;text-align:left}.scroll tbody th{flex-basis:100%}.scroll td:empty{display:none}
.scroll td[data-k]::before{content:attr(data-k) " ";color:var(--faint)}.scroll td.wide{flex-basis:100%}.bars tbody th{width:38%}.log li{grid-template-columns:76px minmax(0,1fr)}.figures{grid-template-columns:repeat(2,minmax(0,1fr))}}
footer.wrap{color:var(--faint);font-size:12.5px;padding-top:28px;padding-bottom:40px}
.method dt{font-weight:560;margin-top:10px}.method dd{color:var(--soft)}.method summary{cursor:pointer;color:var(--soft)}
@page{size:A4;margin:14mm 12mm 16mm}
@media print{
:root,:root[data-theme=dark],:root:not([data-theme=light]){color-scheme:light;--page:#fff;--card:#fff;--line:#cfd4db;--rule:#e4e7ec;--ink:#111;--soft:#3c4450;--faint:#5a6370;
--accent:#2b3899;--tint:#f1f2f7;--s0:#73829a;--s1:#3f5bd9;--s2:#c3263b;--s3:#1f7a57;--s4:#858e9c;--s5:#8a6d1f;--p0:#b3202f;--p1:#b04e08;--p2:#4a6fb5;--p3:#7d899a;
--good:#1a7a50;--fair:#8a5200;--poor:#b3202f;--track:#e4e7ec;--hatch:#fff}
*{print-color-adjust:exact;-webkit-print-color-adjust:exact}
body{font-size:10.5px}table,.legend,.data,.log li,.pager{font-size:9.5px}.kpi dd b{font-size:17px}.figures dd{font-size:14px}h1{font-size:22px}h2{font-size:14px}h3{font-size:11.5px}
nav,.tools,.bar,.skip,.data summary,.pager div{display:none}.wrap{max-width:none;padding:0 1px}
.card>.sub,small,.kpi dt,.kpi dd small,.figures dt,.figures dd small,td small,th small,.legend small,.n small,.plot text,footer.wrap,code,section>header p,.method summary{font-size:9px}
#risk .w3{grid-column:span 3}#risk .w9{grid-column:span 9}#work .card,#time .card,#quality .w4,#plan .w4{grid-column:span 4}thead th{font-size:9px}.log{columns:2}.log li{grid-template-columns:62px minmax(0,1fr);padding:3px 0}th,td{padding-top:4px;padding-bottom:4px}.bars td,.bars th{padding-top:2px;padding-bottom:2px}.figures{gap:8px 12px}.scroll tbody th{min-width:0}.top{padding:0 0 10px}section{padding-top:18px}
.card{padding:10px 12px;break-inside:avoid;border-radius:6px}.grid{gap:10px}.kpi{padding:9px 12px}.kpis{grid-template-columns:repeat(6,minmax(0,1fr))}
section>header{break-after:avoid;margin-bottom:8px}.w3,.w4,.w5,.w6,.w7{grid-column:span 6}.score b{font-size:26px}a{color:inherit;text-decoration:none}
#tickets{break-before:page}#tickets .card{break-inside:auto;border:0;padding:0}#list tr{break-inside:avoid}#list thead{display:table-header-group}
#list .c-sp,#list .c-up,#list td:nth-child(8),#list td:nth-child(9),#list thead th:nth-child(8),#list thead th:nth-child(9){display:none}
#list .c-id{width:84px}#list .c-st{width:76px}#list .c-pr{width:58px}#list .c-as{width:84px}#list .c-pt{width:38px}#list .c-ag{width:42px}
.tag{font-size:8.5px;line-height:12px}.id{font-size:9px}.scroll{overflow:visible}.method>details>*{display:block}}
)css";

} // namespace hyakki::tickets
