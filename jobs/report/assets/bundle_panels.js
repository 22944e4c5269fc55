// The tabs Claims and Your review.
"use strict";
const bundlePanels = (() => {
  const { facts } = bundle;
  const BADGES = { holds: "holds", moved: "moved", "cannot be recomputed": "lost" };

  // A number as Vitrine writes it, to as many digits as are asked for.
  function written(value, unit, digits = 1) {
    if (value === null || value === undefined || Number.isNaN(value)) return "–";
    if (unit === "count") return whole(Math.round(value));
    if (unit === "share") return `${(100 * value).toFixed(digits)} %`;
    if (unit === "points") return `${value > 0 ? "+" : ""}${(100 * value).toFixed(digits)} points`;
    if (unit === "bytes") return `${whole(value)} bytes`;
    return value.toFixed(unit === "ratio" ? Math.max(digits, 2) : digits + 2);
  }

  function span({ low, high }, unit) {
    if (low === null || low === undefined || Number.isNaN(low)) return "";
    return ` (${[low, high].map((end) => written(end, unit).replace(" points", "")).join(" to ")})`;
  }

  function outcome(number, found) {
    if (!found) return [h("span", { class: "note" }, number.question ? "not computed yet" : `It cannot be computed here. ${number.why_not}`)];
    if (found.state === "not asked") return [h("span", { class: "note" }, `It cannot be computed here. ${found.why}`)];
    const said = [h("strong", {}, `${found.state === "same" ? "✓" : "≠"} ${written(found.number, number.unit)}${span(found, number.unit)}`)];
    if (found.around) {
      const most = Math.max(...["low", "high"].flatMap((end) => found.around[end].map((value) => Math.abs(value - found[end]))));
      said.push(h("span", { class: "note" }, `The number is equal to 1e-9${found.equal ? "" : ": it is not"}. The interval is of ${whole(found.resamples)} resamples of this browser's own; ` +
        `another seed may move its ends by up to ${written(most, number.unit === "points" ? "points" : number.unit, 2).replace("+", "")}${found.ends ? ", and those of Vitrine lie within that." : ", and those of Vitrine do not lie within that."}`));
    } else said.push(h("span", { class: "note" }, found.state === "same" ? "Equal to 1e-9." : `Vitrine had ${number.now.number}, this browser has ${found.number}.`));
    return said;
  }

  function card(claim) {
    const [title, then, now, here] = ["Number", "When it was kept", "When it was asked last", "Here"].map((words) => ({ data: { title: words } }));
    const cells = claim.numbers.map((number) => h("td", here, ...outcome(number, undefined)));
    const run = async () => {
      again.disabled = true;
      cells.forEach((cell, at) => { if (claim.numbers[at].question) cell.replaceChildren("computing…"); });
      const found = await bundleClaims.recompute(claim, (share) => { again.textContent = `${Math.round(100 * share)} %`; });
      cells.forEach((cell, at) => cell.replaceChildren(...outcome(claim.numbers[at], found[claim.numbers[at].name])));
      again.disabled = false;
      again.textContent = "Compute again";
    };
    const again = button("Compute in this browser", run, { class: "first", disabled: !claim.numbers.some((number) => number.question) });
    const rows = claim.numbers.map((number, at) => h("tr", {}, named(number.title, "td", { title: number.about, ...title }),
      h("td", then, written(number.then.number, number.unit) + span(number.then, number.unit)),
      h("td", now, number.now && number.now.number !== null ? written(number.now.number, number.unit) + span(number.now, number.unit) : "–"), cells[at]));
    const made = h("div", { class: `claim ${BADGES[claim.verdict]}`, id: `claim-${claim.id}` },
      h("div", {}, h("span", { class: `badge ${BADGES[claim.verdict]}` }, claim.verdict), h("span", {}, `Claim ${claim.id}, kept by `, named(claim.kept_by), `, ${claim.kept_at}`)),
      named(claim.then, "p", { class: "sentence" }),
      claim.now !== claim.then && claim.verdict !== "holds" ? h("p", { class: "now" }, h("strong", {}, "Now: "), named(claim.now)) : null,
      h("div", { class: "scroll" }, h("table", {}, h("thead", {}, h("tr", {}, ...[title, then, now, here].map((column) => h("th", {}, column.data.title)))), h("tbody", {}, ...rows))),
      ...[["Why", claim.why], ["Weak", claim.weak]].filter(([, list]) => list.length).map(([word, list]) =>
        h("div", { class: word.toLowerCase() }, h("strong", {}, word), h("ul", {}, ...list.map((words) => named(words, "li"))))),
      h("div", { class: "row" }, again, bundleReview.commentButton({ kind: "claim", claim: claim.id })));
    return { made, run };
  }

  function claims(panel) {
    const cards = facts.claims.map(card);
    const all = button("Compute all of them", async () => {
      all.disabled = true;
      for (const each of cards) await each.run();
      all.disabled = false;
      const found = [...bundleClaims.results.values()].flatMap((each) => Object.values(each));
      const of = (state) => found.filter((each) => each.state === state).length;
      said.textContent = `${whole(of("same"))} numbers are the same here, ${whole(of("other"))} are not, ${whole(of("not asked"))} cannot be computed here.`;
    }, { class: "first" });
    const said = h("p", { class: "note", role: "status" });
    panel.replaceChildren(h("h2", {}, "Claims"),
      h("p", {}, facts.claims.length ? "Sentences with numbers that can be asked for again. The columns that they rest on travel in this file, so your browser can compute them by itself." : "Nobody has claimed anything yet."),
      ...(cards.length ? [h("div", { class: "row" }, all), said] : []), ...cards.map((each) => each.made));
  }

  function criterion([name, title, ask, most]) {
    const box = h("div", { class: "criterion" });
    const note = h("textarea", { rows: 2, maxLength: bundleReview.LONGEST - 100, "aria-label": `${title}: note`, placeholder: "Note" });
    note.addEventListener("change", () => bundleReview.score(name, { note: note.value }));
    const points = Array.from({ length: most }, (_, at) => button(String(at + 1), () => {
      const mine = (bundleReview.state.scores[name] || {}).score;
      bundleReview.score(name, { score: mine === at + 1 ? null : at + 1 });
    }, { "aria-label": `${title}: ${at + 1} of ${most}` }));
    const draw = () => {
      const mine = bundleReview.state.scores[name] || {};
      if (document.activeElement !== note) note.value = mine.note || "";
      points.forEach((point, at) => point.setAttribute("aria-pressed", String(mine.score === at + 1)));
    };
    bundleReview.listen(draw);
    draw();
    box.append(h("div", {}, h("strong", {}, title), h("p", { class: "note" }, ask)), h("div", { class: "points" }, ...points), note);
    return box;
  }

  function remark(comment) {
    const row = comment.on.kind === "picture" ? bundle.rowOfId.get(comment.on.image_id) : undefined;
    return h("div", { class: "remark" }, named(bundleReview.inWords(comment.on), "strong"), named(comment.text, "p"),
      h("div", { class: "row" }, button("Change", () => bundleReview.write(comment.on, comment)), button("Take out", () => bundleReview.unsay(comment.id)),
        row === undefined ? null : button("Look", () => bundlePictures.open(row))));
  }

  function review(panel) {
    const name = h("input", { type: "text", value: bundleReview.state.reviewer, "aria-label": "Your name", placeholder: "Your name", maxLength: 100 });
    name.addEventListener("input", () => { bundleReview.state.reviewer = name.value; bundleReview.changed(); });
    const file = h("input", { type: "file", accept: ".json,application/json", hidden: true });
    const said = h("p", { class: "note", role: "status" }), list = h("div");
    file.addEventListener("change", async () => {
      if (!file.files.length) return;
      said.textContent = bundleReview.load(await file.files[0].text()) || "It is taken in; what was here is still here.";
      file.value = "";
      name.value = bundleReview.state.reviewer;
    });
    const save = () => {
      const nameless = !name.value.trim();
      said.textContent = nameless ? "Write your name first: a review without one is not taken in." : "";
      if (nameless) name.focus();
      else bundleReview.save();
    };
    const draw = () => {
      const { comments, opinions } = bundleReview.state, judged = Object.values(opinions);
      const count = (verdict) => judged.filter((each) => each.verdict === verdict).length;
      const rows = judged.map((each) => bundle.rowOfId.get(each.image_id)).filter((row) => row !== undefined);
      list.replaceChildren(h("h3", {}, `Comments (${comments.length})`),
        comments.length ? "" : h("p", { class: "note" }, "None yet. A button “Comment” stands at every picture, claim and block."),
        ...comments.map(remark), h("h3", {}, `Labels (${judged.length})`),
        h("p", { class: "note" }, judged.length ? `${count("right")} right, ${count("wrong")} wrong, ${count("unsure")} unsure.` : "None yet. Open a picture and say whether its label is right."),
        bundlePictures.strip(rows.slice(0, 60)),
        bundleReview.refusal() ? h("p", { class: "stale" }, bundleReview.refusal()) : "");
    };
    bundleReview.listen(draw);
    draw();
    panel.replaceChildren(h("h2", {}, "Your review"),
      h("p", {}, "What you write is kept in this browser alone. Save it as ", h("code", {}, "review.json"), " and send that back; it is taken in by ", h("code", {}, "vitrine merge-review review.json"), "."),
      h("div", { class: "row" }, name, button("Save review.json", save, { class: "first" }), button("Load", () => file.click()), file, bundleReview.commentButton({ kind: "general" })),
      said, h("h3", {}, "Rubric"), ...bundleReview.RUBRIC.map(criterion), list);
  }

  return { claims, review, written };
})();
