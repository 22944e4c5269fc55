addEventListener("touchstart", (event) => event.target.closest?.(".nsewdrag") && event.stopPropagation(), true);
const look = new CSSStyleSheet();
look.replaceSync(".stPlotlyChart .draglayer:not(.cursor-move) .nsewdrag { cursor: default; }");
document.adoptedStyleSheets.push(look);
export default function () {}
