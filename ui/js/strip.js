// The line between question and answers: what was found in which languages, where the documents come from, how long it took.

function makeStrip({ onstop, onlanguage, view, lines, marks }) {
  const agreement = makeAgreement();
  const shares = makeShares();
  const found = el("div", { class: "found" });
  const origin = el("span", { class: "origin" });
  const time = el("span", { class: "wall number" });
  const stop = el("button", { type: "button", class: "plain", hidden: true, onclick: onstop }, say("stop"), " ", el("kbd", {}, "."));
  const first = el("div", { class: "row" }, found, shares.node, el("div", { class: "aside" }, origin, time, stop));
  const second = el("div", { class: "row" }, agreement.node, el("div", { class: "aside" }, view, lines, kinSwitch(), marks));
  const node = el("div", { class: "strip", hidden: true }, first, second);

  const show = (columns, collection, documents) => {
    const wall = Math.max(0, ...columns.map((column) => column.elapsed || 0));
    node.hidden = !columns.length;
    const running = columns.filter((column) => column.state === "running").length;
    stop.hidden = !running;
    origin.textContent = provenanceOf(collection);
    origin.className = `origin ${collection.provenance}`;
    origin.title = say(`provenance.${collection.provenance}`);
    const n = columns.length;
    const words = running ? say("strip.running", { n, done: n - running }) : say(n === 1 ? "strip.done.one" : "strip.done", { n, time: duration(wall) });
    time.textContent = words;
    time.title = say("strip.wall");
    paintFound(columns);
    agreement.show(columns);
    shares.show(columns, collection, documents);
  };
  const paintFound = (columns) => {
    const documents = new Map();
    for (const column of columns) for (const hit of column.hits) documents.set(hit.id, hit.language);
    const counts = new Map();
    for (const tag of documents.values()) counts.set(tag, (counts.get(tag) || 0) + 1);
    const rows = [...counts].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)).map(([tag, n]) => {
      const words = say("strip.language", { name: tongue(tag).name, n, all: documents.size });
      const only = (on) => onlanguage(on ? tag : null);
      const item = el("span", { class: "share", title: words }, dot(tag), el("span", { class: "tag" }, tag), " ", el("span", { class: "number" }, String(n)));
      item.addEventListener("mouseenter", () => only(true));
      item.addEventListener("mouseleave", () => only(false));
      return item;
    });
    found.replaceChildren(...(rows.length ? [el("span", { class: "key" }, say("strip.found")), ...rows] : []));
  };
  return { node, show };
}

// "demo · machine-written"
function provenanceOf(collection) {
  const [short] = say(`provenance.${collection.provenance}`).split(":");
  return `${collection.id} · ${short}`;
}
