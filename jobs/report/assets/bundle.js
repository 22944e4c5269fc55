// The tabs of a bundle, drawn when they are first opened.
"use strict";
const bundlePage = (() => {
  const { facts, album } = bundle;
  const panelOf = (name) => document.getElementById(name);
  const drawn = new Set();

  function sentence() {
    const n = bundle.picture_id.length;
    return `${many(n, "picture")} of ${whole(facts.n_images)} ${n === 1 ? "travels" : "travel"} in this file, ${album.side} pixels at most a side.`;
  }

  // Of each reason to take a picture along: how many there are, of how many there were.
  function stages() {
    const counts = new Uint32Array(facts.stages.length);
    for (const stage of bundle.picture_stage) counts[stage]++;
    const rows = facts.stages.map((name, at) => [name, counts[at], facts.wished[at]]).filter(([, , of]) => of);
    return h("table", {}, h("thead", {}, h("tr", {}, h("th", {}, "Why"), h("th", { class: "number" }, "Pictures"), h("th", { class: "number" }, "of"))),
      h("tbody", {}, ...rows.map(([name, n, of]) => h("tr", {}, h("td", {}, name), h("td", { class: "number" }, whole(n)), h("td", { class: "number" }, whole(of))))));
  }

  const tile = (title, value, tab) => h("a", { class: "tilelink", href: `#${tab}` }, h("strong", {}, value), h("span", {}, title));

  function start(panel) {
    const doubted = bundle.check ? bundle.check.reduce((n, bits) => n + ((bits >> 1) & 1), 0) : 0;
    const changed = bundle.label.reduce((n, index, place) => n + (index !== bundle.given[place] ? 1 : 0), 0);
    panel.replaceChildren(
      named(facts.dataset, "p", { class: "dataset" }), named(facts.title, "h1"),
      h("p", { class: "lead" }, "All that a reviewer needs, in one file: nothing is installed, nothing is loaded from elsewhere, nothing is sent."),
      h("div", { class: "tiles" }, tile("pictures kept", whole(bundleClaims.count({ none: ["missing", "removed"] })), "pictures"), tile("classes", whole(facts.names.length), "classes"),
        tile("labels doubted", whole(doubted), "pictures"), tile("labels changed", whole(changed), "pictures"),
        tile("decisions", whole(facts.decisions.n), "decisions"), tile("claims", whole(facts.claims.length), "claims")),
      h("h3", {}, "Which pictures are here"),
      h("p", {}, sentence(), " They are chosen in this order, until the file is as large as it was allowed to be ",
        `(${(album.budget / 1e6).toFixed(0)} MB, of which ${(album.rest / 1e6).toFixed(1)} MB are the report, the columns and the scripts):`),
      stages(),
      ...notes().map((words) => h("p", { class: "note" }, words)),
      h("h3", {}, "What to do"),
      h("ol", { class: "todo" },
        h("li", {}, "Read the ", h("a", { href: "#report" }, "report"), "."),
        h("li", {}, "Look at the ", h("a", { href: "#map" }, "map"), ", the ", h("a", { href: "#classes" }, "classes"), " and the ", h("a", { href: "#pictures" }, "pictures"), "; say of a label whether it is right."),
        h("li", {}, "Have the ", h("a", { href: "#claims" }, "claims"), " computed again, here, by your browser."),
        h("li", {}, "Write ", h("a", { href: "#review" }, "your review"), ", save ", h("code", {}, "review.json"), " and send it back.")),
      h("p", { class: "note foot" }, facts.foot));
  }

  function notes() {
    const said = [];
    if (facts.n_rows < facts.n_images) said.push(`${whole(facts.n_rows)} of ${whole(facts.n_images)} images are listed and on the map: those that travel or were decided on, and a sample of each class in proportion. Claims are counted over all of them.`);
    if (album.gone) said.push(`${many(album.gone, "picture")} could not be read where the file was written, and ${album.gone === 1 ? "has" : "have"} no picture here.`);
    if (facts.decisions.n > facts.decisions_here) said.push(`The newest ${whole(facts.decisions_here)} of ${whole(facts.decisions.n)} decisions are here.`);
    if (facts.blurred) said.push("People in the pictures are blurred.");
    said.push("Pictures carry no position and no camera's notes.");
    return said;
  }

  function classes(panel) {
    const c = facts.names.length, zero = () => new Uint32Array(c + 1), at = (index) => Math.min(index, c);
    const now = zero(), given = zero(), doubted = zero(), changed = zero(), removed = zero();
    for (let place = 0; place < facts.n_images; place++) {
      const index = at(bundle.label[place]);
      given[at(bundle.given[place])]++;
      if (bundleClaims.kept(place)) { now[index]++; if (bundle.said("doubted", place)) doubted[index]++; }
      if (bundle.label[place] !== bundle.given[place]) changed[index]++;
      if (bundle.flag("removed", place)) removed[index]++;
    }
    const examples = Array.from({ length: c + 1 }, () => []);
    bundle.picture_id.forEach((id) => {
      const row = bundle.rowOfId.get(id);
      if (row === undefined) return;
      const mine = examples[at(bundle.label[bundle.row[row]])];
      if (mine.length < 24) mine.push(row);
    });
    const near = new IntersectionObserver((entries) => {
      for (const { isIntersecting, target } of entries) {
        if (!isIntersecting) continue;
        near.unobserve(target);
        target.replaceChildren(...bundlePictures.strip(examples[target.dataset.index]).children);
      }
    }, { rootMargin: "400px 0px" });
    const sheet = (index) => {
      const strip = h("div", { class: "strip", data: { index } });
      near.observe(strip);
      const said = [`${whole(now[index])} now`, `${whole(given[index])} imported`, doubted[index] && `${whole(doubted[index])} doubted`,
        changed[index] && `${whole(changed[index])} came by a change`, removed[index] && `${whole(removed[index])} removed`].filter(Boolean).join(" · ");
      return h("section", { class: "sheet", data: { name: facts.names[index].toLowerCase() } },
        h("div", { class: "row" }, named(facts.names[index], "h3"), button("All of it", () => { location.hash = "pictures"; setTimeout(() => bundleTable.only(index), 0); })),
        h("p", { class: "note" }, said), strip);
    };
    const sheets = facts.names.map((_, index) => index).filter((index) => !facts.gone[index] || now[index]).map(sheet);
    const search = h("input", { type: "search", placeholder: "Class", "aria-label": "Search a class" });
    search.addEventListener("input", () => {
      const wanted = search.value.trim().toLowerCase();
      for (const each of sheets) each.hidden = !each.dataset.name.includes(wanted);
    });
    panel.replaceChildren(h("h2", {}, "Classes"), h("p", { class: "note" }, "Pictures that travel in this file, by the label that counts now."),
      ...(c > 8 ? [h("div", { class: "filters" }, search)] : []), ...sheets);
  }

  async function map(panel) {
    if (!facts.map) { panel.replaceChildren(h("h2", {}, "Map"), h("p", { class: "missing" }, "No map has been drawn of this dataset.")); return; }
    const [rows, x, y] = await Promise.all(["map_row", "map_x", "map_y"].map(bundle.column));
    const frame = h("div", { class: "mapframe" }), card = h("div", { class: "card", hidden: true });
    const of = rows.length < facts.map.all ? `${whole(rows.length)} of ${whole(facts.map.all)} pictures` : many(rows.length, "picture");
    const hover = (i, box) => {
      const row = rows[i], place = bundle.row[row];
      card.replaceChildren(bundle.picture(bundle.image_id[row], ""), named(bundle.className(bundle.label[place]), "strong"), named(bundle.paths[row], "span", { class: "path" }));
      card.hidden = false;
      card.style.left = `${box.x > box.w / 2 ? box.x - 190 : box.x + 18}px`;
      card.style.top = `${Math.max(4, Math.min(box.y - 80, box.h - 236))}px`;
    };
    const drawn_ = vitrineMap.create(frame, { x, y, aspect: facts.map.aspect, wheel: true, hover, leave: () => { card.hidden = true; }, click: (i) => bundlePictures.open(rows[i]) });
    frame.querySelector(".stage").append(card);
    drawn_.canvas.setAttribute("aria-label", `${of} on a map`);
    const classKinds = (names) => [...names.map((name, at) => ({ name, colour: facts.colours[at] })), { name: "no label", colour: "#9aa0a6" }];
    const none = facts.names.length;
    const ways = {
      "label now": [(place) => Math.min(bundle.label[place], none), classKinds(facts.names)],
      "label as imported": [(place) => Math.min(bundle.given[place], none), classKinds(facts.given_names)],
      split: [(place) => Math.min(bundle.split[place], facts.splits.length), [...facts.splits.map((name, at) => ({ name, colour: facts.split_colours[at] })), { name: "no split", colour: "#7d858f" }]],
      "what is doubted": [(place) => (bundle.said("doubted", place) ? 1 : bundle.said("outlier", place) ? 2 : 0),
        [{ name: "not doubted", colour: "#9aa0a6" }, { name: "label doubted", colour: "#d06a1c" }, { name: "outlier", colour: "#8a6fd1" }]],
      "what was decided": [(place) => (bundle.flag("removed", place) ? 2 : bundle.label[place] !== bundle.given[place] ? 1 : bundle.flag("checked", place) ? 3 : 0),
        [{ name: "nothing", colour: "#9aa0a6" }, { name: "label changed", colour: "#d06a1c" }, { name: "removed", colour: "#d2554a" }, { name: "checked by eye", colour: "#0f8a80" }]],
      "in this file": [(place, row) => (bundle.pictureOf.has(bundle.image_id[row]) ? 1 : 0), [{ name: "not here", colour: "#9aa0a6" }, { name: "in this file", colour: "#0f8a80" }]],
    };
    if (!facts.splits.length) delete ways.split;
    if (!bundle.check) delete ways["what is doubted"];
    const choose = h("select", { "aria-label": "Colour by" }, ...Object.keys(ways).map((name) => h("option", { value: name }, `Colour: ${name}`)));
    const colour = () => {
      const [groupOf, kinds] = ways[choose.value];
      drawn_.setGroups(Uint16Array.from(rows, (row) => groupOf(bundle.row[row], row)), kinds);
    };
    choose.addEventListener("change", colour);
    panel.replaceChildren(h("h2", {}, "Map"), h("div", { class: "filters" }, choose, h("span", { class: "note" }, `${of}; near ones look alike to the encoder ${facts.map.space}. Drag, zoom, point; click opens one.`)), frame);
    colour();
    bundlePage.map = drawn_;
  }

  async function decisions(panel) {
    const all = await bundlePictures.decisions(), { of } = all, groups = [], byBatch = new Map();
    of.at.forEach((_, number) => {
      const batch = all.text("batch", number);
      const change = all.text("act", number) === "relabel" ? `${of.before[number]} ${of.after[number]}` : "";
      const key = batch && [batch, of.act[number], change, of.reason[number], of.stands[number]].join("|");
      if (key && byBatch.has(key)) { byBatch.get(key).push(number); return; }
      const group = [number];
      groups.push(group);
      if (key) byBatch.set(key, group);
    });
    const list = h("div", { class: "decisions" });
    let shown = 0;
    const more = button("More", () => add());
    const add = () => {
      list.append(...groups.slice(shown, shown + 100).map(decision));
      shown = Math.min(shown + 100, groups.length);
      more.hidden = shown >= groups.length;
    };
    const decision = (numbers) => {
      const [first] = numbers, rows = numbers.map((number) => bundle.rowOf[of.at[number]]).filter((row) => row >= 0);
      const pictures = h("div");
      const made = h("details", { class: of.stands[first] ? "decision" : "decision undone" },
        h("summary", {}, h("span", { class: "when" }, bundlePictures.when(of.when[first])), named(bundlePictures.actInWords(all, first), "strong"),
          h("span", {}, many(numbers.length, "picture")), named(all.text("who", first), "span", { class: "who" }),
          named(all.text("reason", first), "span", { class: "reason" }), of.stands[first] ? null : h("span", { class: "state" }, "taken back")),
        pictures);
      made.addEventListener("toggle", () => { if (made.open && !pictures.children.length) pictures.replaceChildren(bundlePictures.strip(rows.slice(0, 60)), rows.length > 60 ? h("p", { class: "note" }, `60 of ${whole(rows.length)}.`) : ""); });
      return made;
    };
    add();
    panel.replaceChildren(h("h2", {}, "Decisions"), h("p", { class: "note" }, groups.length ? `${many(of.at.length, "decision")}, newest first; those made in one go stand together.` : "Nobody has decided anything on a picture yet."), list, more);
  }

  const DRAW = { start, map, classes, decisions, pictures: (panel) => bundleTable.start(panel), claims: (panel) => bundlePanels.claims(panel), review: (panel) => bundlePanels.review(panel), report: comments };

  function comments(panel) {
    for (const block of panel.querySelectorAll('section[id^="block-"]:not(.section)')) {
      const title = block.querySelector("h3");
      block.append(bundleReview.commentButton({ kind: "block", block: Number(block.id.slice(6)), title: title ? title.textContent : "" }));
    }
    fill(panel);
  }

  // The report's pictures, when they come near.
  function fill(panel) {
    const near = new IntersectionObserver((entries) => {
      for (const { isIntersecting, target } of entries) {
        if (!isIntersecting) continue;
        near.unobserve(target);
        const id = Number(target.dataset.picture), made = bundle.picture(id, target.alt), row = bundle.rowOfId.get(id);
        if (row !== undefined) { made.style.cursor = "pointer"; made.addEventListener("click", () => bundlePictures.open(row)); }
        target.replaceWith(made);
      }
    }, { rootMargin: "600px 0px" });
    for (const image of panel.querySelectorAll("img[data-picture]")) near.observe(image);
  }

  function show() {
    const hash = decodeURIComponent(location.hash.slice(1));
    const name = hash.startsWith("block-") ? "report" : DRAW[hash] ? hash : "start";
    for (const panel of document.querySelectorAll("#panels > section")) panel.hidden = panel.id !== name;
    for (const tab of document.querySelectorAll('[role="tab"]')) {
      tab.setAttribute("aria-selected", String(tab.id === `tab-${name}`));
      if (tab.id === `tab-${name}`) tab.parentElement.scrollLeft = tab.offsetLeft - tab.parentElement.offsetLeft - 60;
    }
    const ready = drawn.has(name) ? undefined : DRAW[name](panelOf(name));
    drawn.add(name);
    const target = hash.startsWith("block-") ? document.getElementById(hash) : null;
    if (target) target.scrollIntoView();
    else window.scrollTo({ top: 0, behavior: "instant" });
    return Promise.resolve(ready);
  }

  async function begin() {
    await bundle.load();
    window.addEventListener("hashchange", show);
    await show();
    document.documentElement.dataset.ready = "yes";
  }

  return { begin, show };
})();
bundlePage.begin();
