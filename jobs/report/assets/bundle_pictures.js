// One picture with all that is known of it: labels, opinions, decisions, copies; and what the reviewer thinks of it.
"use strict";
const bundlePictures = (() => {
  const { facts } = bundle;
  const VERDICTS = [["right", "Right"], ["wrong", "Wrong"], ["unsure", "Unsure"]];
  let decisionsOf; // place -> numbers of decisions, made when it is first asked

  const when = (seconds) => `${new Date(seconds * 1000).toISOString().slice(0, 16).replace("T", " ")} UTC`;
  const percent = (value) => (value === NONE ? null : `${((100 * value) / (NONE - 1)).toFixed(1)} %`);

  async function decisions() {
    if (decisionsOf) return decisionsOf;
    const names = ["at", "act", "who", "reason", "batch", "before", "after", "when", "stands"];
    const columns = await Promise.all(names.map((name) => bundle.column(`decision_${name}`)));
    const of = Object.fromEntries(names.map((name, at) => [name, columns[at]])), places = new Map();
    of.at.forEach((place, number) => {
      if (!places.has(place)) places.set(place, []);
      places.get(place).push(number);
    });
    decisionsOf = { of, places, text: (name, number) => facts.decisions[name][of[name][number]] };
    return decisionsOf;
  }

  // What was done, in words; from and to where a label was changed.
  function actInWords(all, number) {
    const act = all.text("act", number);
    const words = { keep: "label kept", remove: "removed", restore: "restored", flag: "flagged" }[act] || act;
    if (act !== "relabel") return words;
    const before = all.of.before[number], after = all.of.after[number];
    return `${before === NONE ? "" : `${bundle.className(before)} → `}${bundle.className(after)}`;
  }

  async function opinions(row) {
    const read = async (name) => { const column = await bundle.column(`opinion_${name}`); return column && column[row]; };
    const heard = await read("n_heard");
    if (!heard) return [];
    const classOf = async (title, name) => {
      const index = await read(name);
      return index === undefined || index === NONE ? null : [title, bundle.className(index)];
    };
    const sure = await read("self_confidence"), severity = await read("severity");
    return [
      await classOf("The check suggests", "suggested"),
      sure === NONE ? null : ["Probability of its label", percent(sure)],
      severity === NONE ? null : ["How bad it looks", percent(severity)],
      ["Opinions against it", `${await read("n_against")} of ${heard}`],
      await classOf("Its neighbours", "neighbour_label"),
      await classOf("Its near duplicates", "copy_label"),
      await classOf("Zero-shot", "zero_shot_label"),
      await classOf("The detector", "detected_label"),
    ].filter(Boolean);
  }

  const states = (place) => [
    bundle.said("doubted", place) && "label doubted", bundle.said("outlier", place) && "outlier",
    bundle.flag("relabelled", place) && bundle.label[place] !== bundle.given[place] && "label changed",
    bundle.flag("removed", place) && "removed", bundle.flag("missing", place) && "file gone",
    isCopy(place) && "duplicate", bundle.flag("checked", place) && "checked by eye",
  ].filter(Boolean);

  const isCopy = (place) => Boolean(bundle.twins[place] || (bundle.near && bundle.near[place]));

  function copiesOf(place) {
    const found = [];
    for (let other = 0; other < facts.n_images && found.length < 24; other++) {
      if (other === place || bundle.rowOf[other] < 0) continue;
      const twin = bundle.twins[place] && bundle.twins[other] === bundle.twins[place];
      if (twin || (bundle.near && bundle.near[place] && bundle.near[other] === bundle.near[place])) found.push(bundle.rowOf[other]);
    }
    return found;
  }

  // Small pictures in a row, each opening its own.
  function strip(rows, given = {}) {
    return h("div", { class: "strip", ...given }, ...rows.map((row) => {
      const label = bundle.className(bundle.label[bundle.row[row]]);
      return h("button", { type: "button", class: "thumb", title: `${label}: ${bundle.paths[row]}`, click: () => open(row, rows) },
        bundle.picture(bundle.image_id[row], label));
    }));
  }

  function judging(row) {
    const box = h("div", { class: "judging" });
    const draw = () => {
      const mine = bundleReview.state.opinions[bundle.image_id[row]];
      const labels = h("select", { "aria-label": "What it is instead" }, h("option", { value: "" }, "it is…"),
        ...facts.names.map((name) => h("option", { value: name, selected: Boolean(mine && mine.label === name) }, name)));
      labels.addEventListener("change", () => bundleReview.judge(row, "wrong", labels.value || null));
      box.replaceChildren(h("strong", {}, "Its label is"), ...VERDICTS.map(([verdict, words]) =>
        button(words, () => bundleReview.judge(row, verdict), { "aria-pressed": String(Boolean(mine && mine.verdict === verdict)) })), labels);
    };
    draw();
    box.redraw = draw;
    return box;
  }

  let redrawn = null; // the judging that is shown
  bundleReview.listen(() => { if (redrawn) redrawn.redraw(); });

  // Open the dialog on a row of the table. among: rows that the arrows go through
  async function open(row, among = []) {
    const dialog = document.getElementById("detail"), place = bundle.row[row], path = bundle.paths[row];
    const all = await decisions(), mine = all.places.get(place) || [], copies = isCopy(place) ? copiesOf(place) : [];
    const facts_ = [
      ["Label now", bundle.labelsOf(place).map(bundle.className).join(", ") || "no label"],
      ["Label as imported", bundle.givenName(bundle.given[place])],
      ["Split", bundle.splitName(bundle.split[place])], ["Number", String(bundle.image_id[row])], ["SHA-256", bundle.sha(row)],
      ...(await opinions(row)),
    ];
    redrawn = judging(row);
    const at = among.indexOf(row);
    const step = (by) => button(by < 0 ? "‹" : "›", () => open(among[at + by], among), {
      disabled: among[at + by] === undefined, "aria-label": by < 0 ? "The one before" : "The next one" });
    dialog.replaceChildren(
      h("div", { class: "row top" }, named(path, "h3"), step(-1), step(1), button("✕", () => dialog.close(), { "aria-label": "Close" })),
      h("div", { class: "two" },
        h("div", {}, bundle.picture(bundle.image_id[row], path), h("p", { class: "states" }, ...states(place).map((word) => h("span", { class: "state" }, word)))),
        h("dl", { class: "facts" }, ...facts_.map(([title, value]) => h("div", {}, h("dt", {}, title), named(value, "dd"))))),
      h("div", { class: "row" }, redrawn, bundleReview.commentButton(bundleReview.onPicture(row))),
      ...(mine.length ? [h("h4", {}, "Decisions")] : []),
      ...mine.map((number) => h("p", { class: all.of.stands[number] ? "act" : "act undone" }, named(actInWords(all, number), "strong"),
        ` by `, named(all.text("who", number)), `, ${when(all.of.when[number])}`, all.of.stands[number] ? "" : " (taken back)",
        all.text("reason", number) ? named(`: ${all.text("reason", number)}`) : "")),
      ...(copies.length ? [h("h4", {}, "The same, or nearly"), strip(copies)] : []),
    );
    if (!dialog.open) dialog.showModal();
  }

  document.getElementById("detail").addEventListener("click", (event) => {
    if (event.target === event.currentTarget) event.currentTarget.close(); // beside it
  });
  return { open, strip, states, isCopy, decisions, actInWords, when, percent };
})();
