// What a reviewer writes: comments, opinions on labels, a rubric. Kept in this browser, saved and loaded as review.json.
"use strict";
const bundleReview = (() => {
  const { facts } = bundle;
  const KEY = `vitrine-review:${facts.dataset}:${facts.id}`;
  const RUBRIC = facts.rubric; // of each criterion its name, title, what it asks, and the best score
  const LONGEST = 5000; // characters that are taken in of a comment
  const state = { reviewer: "", comments: [], scores: {}, opinions: {} };
  const listeners = [];
  let refused = "";

  const now = () => new Date().toISOString();

  function newId() {
    if (crypto.randomUUID) return crypto.randomUUID();
    const hex = [...crypto.getRandomValues(new Uint8Array(16))].map((byte, at) =>
      (at === 6 ? (byte & 15) | 64 : at === 8 ? (byte & 63) | 128 : byte).toString(16).padStart(2, "0")).join("");
    return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
  }

  function restore() {
    try {
      const text = localStorage.getItem(KEY);
      if (text) Object.assign(state, JSON.parse(text));
      localStorage.setItem(`${KEY}:try`, "1");
      localStorage.removeItem(`${KEY}:try`);
    } catch (error) {
      refused = "This browser keeps nothing for this file. Save review.json before you close it.";
    }
  }

  function changed() {
    try {
      if (!refused) localStorage.setItem(KEY, JSON.stringify(state));
    } catch (error) {
      refused = "There is no more room in this browser for this review. Save review.json before you close the file.";
    }
    for (const tell of listeners) tell();
  }

  const onPicture = (row) => ({ kind: "picture", image_id: bundle.image_id[row], sha256: bundle.sha(row), path: bundle.paths[row] });

  function inWords(on) {
    if (on.kind === "picture") return `Picture ${on.path}`;
    if (on.kind === "claim") return `Claim ${on.claim}`;
    if (on.kind === "block") return `Block ${on.title || on.block}`;
    return "In general";
  }

  const same = (a, b) => a.kind === b.kind && a.image_id === b.image_id && a.claim === b.claim && a.block === b.block;
  const about = (on) => state.comments.filter((comment) => same(comment.on, on));

  function say(on, text, id) {
    const mine = state.comments.find((comment) => comment.id === id);
    if (mine) Object.assign(mine, { text, at: now() });
    else state.comments.push({ id: newId(), on, text, at: now() });
    changed();
  }

  function unsay(id) {
    state.comments = state.comments.filter((comment) => comment.id !== id);
    changed();
  }

  // What the reviewer thinks of a picture's label; the same verdict again takes it back.
  function judge(row, verdict, label = null) {
    const id = bundle.image_id[row], before = state.opinions[id];
    if (before && before.verdict === verdict && before.label === label) delete state.opinions[id];
    else {
      const { image_id, sha256, path } = onPicture(row);
      state.opinions[id] = { image_id, sha256, path, verdict, label, at: now() };
    }
    changed();
  }

  function score(criterion, given) {
    const before = state.scores[criterion] || { id: newId() };
    state.scores[criterion] = { ...before, ...given, at: now() };
    changed();
  }

  // The review as others read it. A note without a score is a comment of its own: a score is a number there.
  function asFile() {
    const given = RUBRIC.map(([criterion, title, , most]) => ({ criterion, title, most, ...state.scores[criterion] }));
    const scores = given.filter((each) => each.score)
      .map(({ criterion, title, most, score: points, note }) => ({ criterion, title, score: points, of: most, note: note || "" }));
    const notes = given.filter((each) => !each.score && each.note)
      .map(({ title, note, id, at }) => ({ id, on: { kind: "general" }, text: `${title}: ${note}`.slice(0, LONGEST), at }));
    return {
      format: "vitrine-review", version: 1, dataset: facts.dataset,
      bundle: { run: facts.run, generation: facts.generation, written_at: facts.written_at },
      reviewer: state.reviewer.trim(), saved_at: now(), comments: [...state.comments, ...notes], scores, opinions: Object.values(state.opinions),
    };
  }

  function save() {
    const url = URL.createObjectURL(new Blob([JSON.stringify(asFile(), null, 2)], { type: "application/json" }));
    h("a", { href: url, download: "review.json" }).click();
    setTimeout(() => URL.revokeObjectURL(url), 60_000);
  }

  // Take a review.json in: what is here stays, what is there and not here is added; the newer word counts.
  function load(text) {
    let file;
    try { file = JSON.parse(text); } catch (error) { return "This is no review.json: it cannot be read."; }
    if (!file || file.format !== "vitrine-review") return "This is no review.json of Vitrine.";
    if (file.version !== 1) return `This review is of version ${file.version}, which this file does not know.`;
    if (file.dataset !== facts.dataset) return `This review is of another dataset: ${file.dataset}.`;
    for (const comment of file.comments || []) {
      const mine = state.comments.find((each) => each.id === comment.id);
      if (!mine) state.comments.push(comment);
      else if (comment.at > mine.at) Object.assign(mine, comment);
    }
    for (const given of file.scores || []) {
      state.scores[given.criterion] = state.scores[given.criterion] || { id: newId(), score: given.score, note: given.note, at: file.saved_at };
    }
    for (const opinion of file.opinions || []) {
      const mine = state.opinions[opinion.image_id];
      if (!mine || opinion.at > mine.at) state.opinions[opinion.image_id] = opinion;
    }
    state.reviewer = state.reviewer || file.reviewer || "";
    changed();
    return "";
  }

  // A dialog to write a comment in. on: what it is about; comment: one to be changed
  function write(on, comment) {
    const dialog = document.getElementById("comment");
    const text = h("textarea", { rows: 6, maxLength: LONGEST, value: comment ? comment.text : "", "aria-label": "Comment" });
    const keep = () => {
      if (text.value.trim()) say(on, text.value.trim(), comment && comment.id);
      dialog.close();
    };
    const before = about(on).filter((each) => !comment || each.id !== comment.id);
    dialog.replaceChildren(
      named(inWords(on), "h3"),
      ...before.map((each) => named(each.text, "p", { class: "said" })),
      text,
      h("div", { class: "row" }, button("Keep", keep, { class: "first" }), button("Cancel", () => dialog.close())),
    );
    dialog.showModal();
    text.focus();
  }

  function commentButton(on) {
    const made = button("", () => write(on), { class: "comment" });
    const tell = () => {
      const n = about(on).length;
      made.textContent = n ? `Comment (${n})` : "Comment";
    };
    listeners.push(tell);
    tell();
    return made;
  }

  restore();
  return { state, RUBRIC, LONGEST, about, say, unsay, judge, score, save, load, write, asFile, commentButton, onPicture, inWords, changed,
    listen: (tell) => listeners.push(tell), refusal: () => refused, key: KEY };
})();
