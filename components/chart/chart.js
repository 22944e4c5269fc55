// A finger on a chart moves the page: Plotly, which would hold it, hears a tap as the mouse that browsers make of it.
// The hand is shown where a click leads somewhere, and on no other chart.
addEventListener("touchstart", (event) => event.target.closest?.(".nsewdrag") && event.stopPropagation(), true);
const look = new CSSStyleSheet();
look.replaceSync(".stPlotlyChart .draglayer:not(.cursor-move) .nsewdrag { cursor: default; }");
document.adoptedStyleSheets.push(look);

export default function () {}
