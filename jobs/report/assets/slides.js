// Slides: which one is shown, how large, by which keys; the clock; what fits.
"use strict";
(() => {
  const WIDTH = 1280, HEIGHT = 720;
  const root = document.documentElement;
  const by = (id) => document.getElementById(id);
  const frames = [...document.querySelectorAll(".frame")];
  const overview = () => root.classList.contains("overview");
  let current = 0;

  // A figure takes the room of its slide; its letters grow with it where it has few rows.
  const PLOT = { width: 1136, height: 470, least: 300, grown: 1.8 };
  live.shape.fixed = true;
  live.shape.of = (place, layout) => {
    const own = layout.height || 450;
    const room = place.closest(".middle").clientHeight - captionOf(place) || PLOT.height;
    const height = Math.round(Math.min(room, Math.max(own * PLOT.grown, PLOT.least)));
    const width = layout.width ? Math.min(PLOT.width, Math.round(layout.width * (height / own))) : PLOT.width;
    const size = height >= own * 1.25 ? 16 : height >= own ? 14 : height >= own * 0.7 ? 12 : 10;
    return { width, height, font: { ...layout.font, size } };
  };

  function captionOf(place) {
    const caption = place.closest("figure").querySelector("figcaption");
    return caption ? caption.offsetHeight + 12 : 0;
  }

  function scale() {
    if (overview()) {
      const columns = Math.max(2, Math.round(window.innerWidth / 320));
      return (window.innerWidth - 24 - 16 * columns) / columns / WIDTH;
    }
    const room = by("frames").getBoundingClientRect();
    return Math.min(room.width / WIDTH, room.height / HEIGHT);
  }

  const resize = () => root.style.setProperty("--scale", String(scale()));

  // Letters as small as they must be for all of a slide to be seen, down to half; below that it scrolls.
  function fit(frame) {
    const middle = frame.querySelector(".middle");
    if (!middle || middle.dataset.fitted || !middle.clientHeight) return;
    const inner = middle.firstElementChild;
    for (let size = 1; size >= 0.5; size -= 0.05) {
      middle.style.setProperty("--fit", size.toFixed(2));
      middle.classList.toggle("dense", size < 0.8);
      const wide = [...inner.querySelectorAll(".scroll")].some((box) => box.scrollWidth > box.clientWidth + 1);
      if (inner.scrollHeight <= middle.clientHeight + 1 && !wide) break;
    }
    middle.dataset.fitted = "yes";
  }

  function show(place, { keep = false } = {}) {
    current = Math.max(0, Math.min(frames.length - 1, place));
    frames.forEach((frame, at) => frame.classList.toggle("current", at === current));
    fit(frames[current]);
    by("number").textContent = `${current + 1} / ${frames.length}`;
    by("done").style.width = `${(100 * (current + 1)) / frames.length}%`;
    if (!keep) history.replaceState(null, "", `#${current + 1}`);
    if (overview()) frames[current].scrollIntoView({ block: "nearest" });
  }

  function toggleOverview(on = !overview()) {
    root.classList.toggle("overview", on);
    resize();
    if (on) frames.forEach(fit);
    show(current);
  }

  function toggleNotes() {
    root.classList.toggle("with-notes");
    resize();
  }

  function toggleHelp() {
    const help = by("help");
    if (help.open) help.close();
    else help.showModal();
  }

  const clock = { since: 0, timer: 0 };
  function toggleClock() {
    const shown = by("clock");
    shown.hidden = !shown.hidden;
    clearInterval(clock.timer);
    if (shown.hidden) return;
    clock.since = clock.since || Date.now();
    const tick = () => {
      const s = Math.floor((Date.now() - clock.since) / 1000);
      shown.textContent = `${Math.floor(s / 60)}:${String(s % 60).padStart(2, "0")}`;
    };
    tick();
    clock.timer = setInterval(tick, 500);
  }

  function toggleFull() {
    if (document.fullscreenElement) document.exitFullscreen();
    else if (root.requestFullscreen) root.requestFullscreen().catch(() => {}); // the browser may refuse
  }

  function escape() {
    if (overview()) toggleOverview(false);
    else if (root.classList.contains("with-notes")) toggleNotes();
  }

  const next = () => show(current + 1), before = () => show(current - 1);
  const KEYS = {
    ArrowRight: next, ArrowDown: next, " ": next, PageDown: next,
    ArrowLeft: before, ArrowUp: before, PageUp: before,
    Home: () => show(0), End: () => show(frames.length - 1),
    o: () => toggleOverview(), n: toggleNotes, t: toggleClock, f: toggleFull, "?": toggleHelp,
    d: () => by("theme").click(), Escape: escape,
    Enter: () => overview() && toggleOverview(false),
  };
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const pressesButton = (event.key === " " || event.key === "Enter") && event.target.closest("button");
    if (pressesButton || (by("help").open && event.key !== "?")) return;
    const name = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    const act = event.shiftKey && event.key === " " ? before : KEYS[name];
    if (!act) return;
    event.preventDefault();
    act();
  });

  by("next").addEventListener("click", next);
  by("before").addEventListener("click", before);
  by("overview").addEventListener("click", () => toggleOverview());
  by("notes").addEventListener("click", toggleNotes);
  by("keys").addEventListener("click", toggleHelp);
  by("help").addEventListener("click", () => by("help").close());
  by("frames").addEventListener("click", (event) => {
    const frame = event.target.closest(".frame");
    if (!overview() || !frame) return;
    current = frames.indexOf(frame);
    toggleOverview(false);
  });
  for (const button of document.querySelectorAll(".bar button, .edge")) {
    button.addEventListener("click", (event) => { if (event.detail) button.blur(); }); // the keys stay the slides'
  }

  let touch = null;
  document.addEventListener("touchstart", (event) => {
    touch = event.touches.length === 1 ? event.touches[0] : null;
  }, { passive: true });
  document.addEventListener("touchend", (event) => {
    if (!touch || overview() || by("help").open) return;
    const x = event.changedTouches[0].clientX - touch.clientX, y = event.changedTouches[0].clientY - touch.clientY;
    if (Math.abs(x) > 50 && Math.abs(x) > 2 * Math.abs(y)) (x < 0 ? next : before)();
  }, { passive: true });

  const named = () => (Number.parseInt(location.hash.slice(1), 10) || 1) - 1;
  window.addEventListener("hashchange", () => show(named(), { keep: true }));
  window.addEventListener("resize", resize);
  window.addEventListener("beforeprint", () => {
    root.classList.add("printing");
    frames.forEach(fit);
    live.beforePrint(0);
  });
  window.addEventListener("afterprint", () => {
    root.classList.remove("printing");
    live.afterPrint(0);
  });
  resize();
  show(named());
  live.start();
})();
