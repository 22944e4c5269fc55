// The keys of a presentation: they step through slides while it is on. data: { slide, n }.
// Trigger: "step" with by how many slides, or "end" to leave.
const STEPS = {
  ArrowRight: 1,
  ArrowDown: 1,
  PageDown: 1,
  " ": 1,
  Enter: 1,
  ArrowLeft: -1,
  ArrowUp: -1,
  PageUp: -1,
  Backspace: -1,
  Home: -10000,
  End: 10000,
};
const held = { listener: null };

export default function ({ setTriggerValue }) {
  if (held.listener) document.removeEventListener("keydown", held.listener, true);
  held.listener = (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event)) return;
    if (event.key === "Escape" && document.querySelector("[role=dialog]")) return; // it closes that first
    if (event.key === "Escape") setTriggerValue("step", 0);
    else if (event.key === "f") toggleFullScreen();
    else if (event.key in STEPS) setTriggerValue("step", STEPS[event.key]);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  document.addEventListener("keydown", held.listener, true);
  return () => {
    document.removeEventListener("keydown", held.listener, true);
    held.listener = null;
  };
}

function toggleFullScreen() {
  if (document.fullscreenElement) document.exitFullscreen();
  else document.documentElement.requestFullscreen?.();
}

// A key that is meant for what has the focus stays there: a field, and Enter or a space on a button or a link.
function isTyping(event) {
  const at = event.composedPath()[0];
  const name = at.tagName || "";
  if (/^(INPUT|TEXTAREA|SELECT)$/.test(name) || at.isContentEditable) return true;
  return (event.key === " " || event.key === "Enter") && /^(BUTTON|A)$/.test(name);
}
