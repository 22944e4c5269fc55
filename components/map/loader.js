// Fetches the map's code by HTTP, once for all visits of the page, and hands every run of the script to it.
// data: see src/map.js. State: "selected" { run, n, ids: the first 60 }. Trigger: "opened" with an image's id.

export default function (component) {
  const { data, parentElement } = component;
  const root = parentElement.querySelector(".vmap");
  if (!root || !data) return;
  const code = import(new URL(data.code, location.href).href); // Streamlit runs this from a blob, which has no address
  code.then((map) => map.render(root, component)).catch((error) => {
    root.textContent = "The map could not be started: " + error.message;
  });
  return () => code.then((map) => map.destroy(root)).catch(() => {});
}
