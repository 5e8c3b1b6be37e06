/** How a report looks: light and dark, and on paper. */
export const STYLE = `:root {
  color-scheme: light dark;
  --paper: light-dark(#fcfcfa, #16181a); --ink: light-dark(#1b1d1f, #e6e7e8); --soft: light-dark(#55595d, #a6abb0);
  --rule: light-dark(#d5d5cf, #3a3e42); --good: light-dark(#1d6b3a, #7fce9a); --sheet: light-dark(#f3f3ef, #1e2124);
  --who0: light-dark(#2f67a3, #7fb2e5); --who1: light-dark(#b5451b, #f2976b); --who2: light-dark(#1f7a41, #74c990);
  --who3: light-dark(#8a2f7c, #dd8fd0); --who4: light-dark(#8a6a00, #dfc25a); --who5: light-dark(#00707f, #63c8d6);
  --who6: light-dark(#a12a55, #f08fb0); --who7: light-dark(#5a5f66, #b4bac1);
}
body {
  margin: 0; background: var(--paper); color: var(--ink); font: 15px/1.5 system-ui, 'Segoe UI', 'Noto Sans', sans-serif;
  font-variant-numeric: tabular-nums;
}
main { max-width: 800px; margin: 0 auto; padding: 32px 20px 48px; }
h1 { font-size: 26px; line-height: 1.25; margin: 0 0 8px; font-weight: 600; }
h2 { font-size: 18px; margin: 40px 0 12px; padding-top: 12px; border-top: 1px solid var(--rule); font-weight: 600; }
h3 { font-size: 15px; margin: 24px 0 8px; font-weight: 600; }
.job, .soft, figcaption { color: var(--soft); }
.job { margin: 0 0 24px; }
.answer { font-size: 16px; line-height: 1.5; margin: 0 0 20px; }
.check { overflow-wrap: anywhere; color: var(--soft); font-size: 13px; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: 14px; }
th, td { padding: 3px 12px 3px 0; text-align: left; vertical-align: top; font-weight: 400; }
thead th { border-bottom: 1px solid var(--ink); font-weight: 600; }
tbody tr + tr > * { border-top: 1px solid var(--rule); }
.numbers td, .numbers thead th + th { text-align: right; padding: 3px 0 3px 16px; white-space: nowrap; }
.numbers tbody th { min-width: 200px; }
tbody .part { padding-left: 16px; color: var(--soft); }
.best { color: var(--good); font-weight: 600; }
figure { margin: 0 0 24px; }
figcaption { font-size: 13px; margin-bottom: 4px; }
svg { display: block; width: 100%; height: auto; font: 11px system-ui, sans-serif; }
.plot { background: #fff; color: #000; }
svg text { fill: var(--ink); }
.plot svg text { fill: #000; }
.grid { stroke: var(--rule); } .line { fill: none; stroke: var(--ink); }
.who0 { fill: var(--who0); } .who1 { fill: var(--who1); } .who2 { fill: var(--who2); } .who3 { fill: var(--who3); }
.who4 { fill: var(--who4); } .who5 { fill: var(--who5); } .who6 { fill: var(--who6); } .who7 { fill: var(--who7); }
details { margin: 8px 0; font-size: 13px; }
summary { cursor: pointer; }
ol, ul { margin: 8px 0; padding-left: 20px; }
ol {
  list-style: none; padding: 0; font: 12px/1.6 ui-monospace, 'DejaVu Sans Mono', monospace; overflow-wrap: anywhere;
}
ol span { color: var(--soft); display: inline-block; min-width: 84px; }
pre {
  background: var(--sheet); padding: 12px; white-space: pre-wrap; overflow-wrap: anywhere;
  font: 13px/1.5 ui-monospace, monospace;
}
@media print {
  :root { color-scheme: light; }
  main { max-width: none; padding: 0; }
  figure, tr { break-inside: avoid; }
  h2, h3 { break-after: avoid; }
}
`;
