// Figures that are drawn when they come near, in the colours of the page; pictures that are shown more than once.
"use strict";
const live = (() => {
  const read = (id) => JSON.parse(document.getElementById(id).textContent);
  const looks = read("looks");
  const dark = window.matchMedia("(prefers-color-scheme: dark)");
  const places = [...document.querySelectorAll("[data-figure]")];
  const drawn = new Map(); // place -> its layout as it came
  const maps = new Map(); // place -> what draws it
  const shape = { of: () => ({}) }; // what a slide lays over a figure's own size
  let printing = false;
  const LEAST_SHARE = 0.5; // a figure that is up to twice too wide is made to fit; a wider one scrolls
  const NARROW_PX = 560; // in less, a legend lies below a figure: beside it, it would take half

  const theme = () => document.documentElement.dataset.theme || (dark.matches ? "dark" : "light");
  const look = () => looks[printing ? "light" : theme()];

  const config = (place) => ({
    displaylogo: false,
    responsive: !shape.fixed,
    modeBarButtons: [["toImage"]],
    toImageButtonOptions: { filename: `figure-${place.dataset.figure}`, scale: 2 },
  });

  function draw(place) {
    if (drawn.has(place) || maps.has(place)) return;
    const figure = read(`figure-data-${place.dataset.figure}`);
    if ("map" in place.dataset) return drawMap(place, figure);
    drawn.set(place, figure.layout);
    const room = place.clientWidth, own = figure.layout.width;
    if (own > room && own * LEAST_SHARE < room) figure.layout.width = room;
    const aside = figure.layout.showlegend !== false && (figure.layout.legend || {}).orientation !== "h";
    if (aside && room < NARROW_PX) {
      figure.layout.legend = { ...figure.layout.legend, orientation: "h", x: 0, y: -0.05, yanchor: "top" };
    }
    const layout = { ...figure.layout, template: look(), ...shape.of(place, figure.layout) };
    return Plotly.newPlot(place, figure.data, layout, config(place));
  }

  // Maps are no figures of Plotly: they are as tall as their place, and take the page's colours by themselves.
  function drawMap(place, data) {
    const { width, height } = shape.of(place, {});
    if (height) place.style.height = `${height}px`;
    if (width) place.style.width = `${width}px`;
    maps.set(place, vitrineMap.fromData(place, data));
  }

  function recolour() {
    for (const place of drawn.keys()) Plotly.relayout(place, { template: look() });
    for (const map of maps.values()) map.redraw();
  }

  function setTheme(name) {
    document.documentElement.dataset.theme = name;
    recolour();
  }

  // A picture's bytes stand once in the file; where it is shown again, they are taken from there.
  function fillPictures() {
    for (const image of document.querySelectorAll("img[data-same]")) {
      const first = document.getElementById(`picture-${image.dataset.same}`);
      if (first) image.src = first.src;
    }
  }

  // All figures in light colours, as wide as paper; and back.
  function beforePrint(width) {
    printing = true;
    for (const place of places) {
      draw(place);
      if (maps.has(place)) { maps.get(place).paint(); continue; }
      const own = drawn.get(place).width;
      const wide = width ? { width: Math.min(own || width, width) } : {};
      Plotly.relayout(place, { template: look(), ...wide });
    }
  }

  function afterPrint(width) {
    printing = false;
    for (const [place, layout] of drawn) {
      const wide = width ? { width: layout.width || null, autosize: !layout.width } : {};
      Plotly.relayout(place, { template: look(), ...wide });
    }
  }

  function start() {
    fillPictures();
    document.getElementById("theme").addEventListener("click", () => setTheme(theme() === "dark" ? "light" : "dark"));
    dark.addEventListener("change", recolour);
    const near = new IntersectionObserver(
      (entries) => {
        for (const entry of entries) {
          if (!entry.isIntersecting) continue;
          near.unobserve(entry.target);
          draw(entry.target);
        }
      },
      { rootMargin: "600px 0px" },
    );
    for (const place of places) near.observe(place);
  }

  return { start, setTheme, theme, shape, beforePrint, afterPrint };
})();
