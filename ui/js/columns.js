// One system's answer: a head that stays in sight, and its cards; or a skeleton, or the sentence that says what failed.

const SKELETONS = 4;

function makeHead(column, { onretry, onstep, onmenu }) {
  const name = el("h2", { class: "system", title: column.system }, systemName(column.system));
  const head = el("header", { class: "head", id: `head-${column.i}` }, el("div", { class: "line" }, name));
  if (column.state === "running") {
    head.firstChild.append(el("span", { class: "time" }, say("column.running")));
    head.append(el("div", { class: "ranks" })); // its room, so that nothing jumps
  }
  if (column.state === "done") {
    const time = el("button", { type: "button", class: "time quiet", "aria-expanded": "false", title: say("column.stages") }, duration(column.seconds), caret());
    const stages = stageList(column.stages);
    time.addEventListener("click", () => {
      stages.hidden = !stages.hidden;
      time.setAttribute("aria-expanded", String(!stages.hidden));
    });
    head.firstChild.append(time);
    head.append(ranksByLanguage(column, onstep), stages);
  }
  if (column.state === "error") {
    const retry = el("button", { type: "button", class: "plain", onclick: onretry }, say("column.retry"));
    head.append(el("p", { class: "failed", role: "alert" }, el("b", {}, say("column.failed")), " ", write(el("span"), column.error)), retry);
  }
  const words = say("column.menu", { system: column.system });
  const more = el("button", { type: "button", class: "quiet more", title: words, "aria-label": words, "aria-expanded": "false", onclick: () => onmenu(column, more) }, "⋯");
  head.firstChild.append(more);
  return head;
}

// A collapsed column: its name down the side, which opens it again.
function foldedHead(column, onopen) {
  const words = say("column.unfold", { system: column.system });
  const open = el("button", { type: "button", class: "unfold", title: words, "aria-expanded": "false", onclick: onopen }, el("span", { class: "number" }, String(column.i + 1)), systemName(column.system, "system"));
  return el("header", { class: "head" }, el("h2", { id: `head-${column.i}` }, open));
}

// One cell a rank, in the colour of its language: what a list is made of, at a glance.
function ranksByLanguage(column, onstep) {
  const counts = new Map();
  for (const hit of column.hits) counts.set(hit.language, (counts.get(hit.language) || 0) + 1);
  const shares = [...counts].sort((a, b) => b[1] - a[1]).map(([tag, n]) => `${tongue(tag).name} ${n}`).join(", ");
  const cells = column.hits.map((hit) => {
    const cell = el("i", { "data-language": hit.language, title: `${hit.rank} · ${tongue(hit.language).name}`, onclick: () => onstep(hit.rank) });
    cell.style.background = colourOf(hit.language);
    return cell;
  });
  return el("div", { class: "ranks", role: "img", "aria-label": say("strip.shares", { shares }) }, cells);
}

function stageList(stages) {
  const rows = stages.map((stage) =>
    el(
      "li",
      { title: stage.shared ? say("column.shared") : null },
      systemName(stage.name, "stage"),
      el("span", { class: "number" }, duration(stage.seconds) + (stage.shared ? " *" : "")),
    ),
  );
  const shared = stages.some((stage) => stage.shared);
  return el("ul", { class: "stages", hidden: true }, rows, shared && el("li", { class: "hint" }, `* ${say("column.shared")}`));
}

function skeletons() {
  const line = (kind) => el("i", { class: kind });
  const one = () => el("div", { class: "card skeleton" }, line("a"), line("b"), line("c"), line("c"), line("d"));
  return el("div", { class: "feed", "aria-hidden": "true" }, Array.from({ length: SKELETONS }, one));
}
