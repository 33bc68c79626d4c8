// What stands beside the ladder: its languages, whose grades make its lines thick, the same as a table, and its switch.

function makeLadderLegend({ onlimit }) {
  const node = el("div", { class: "languages", role: "group", "aria-label": say("ladder.legend") });
  const press = (only) => {
    for (const entry of node.children) entry.setAttribute("aria-pressed", String(entry.dataset.language === only));
  };
  const show = (documents) => {
    const counts = new Map();
    for (const { language } of documents) counts.set(language, (counts.get(language) || 0) + 1);
    const ordered = [...counts].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
    const entry = ([tag, n]) => el("button", { type: "button", class: "entry", "data-language": tag, title: say("ladder.only", { name: tongue(tag).name }), onclick: () => onlimit(tag) }, languageMark(tag), el("span", { class: "number" }, String(n)));
    node.replaceChildren(...ordered.map(entry));
  };
  return { node, show, press };
}

// A choice only where the collection judges the query.
function makeGradeSources({ onpick }) {
  const [own, collection] = ["own", "collection"].map((by) => el("button", { type: "button", class: "plain", "data-by": by, onclick: () => onpick(by) }, say(`ladder.by.${by}`)));
  const choice = el("span", { class: "switch", role: "group", "aria-label": say("ladder.by") }, own, collection);
  const alone = el("span", {}, say("ladder.by.own"));
  const node = el("span", { class: "graded-by" }, el("span", { class: "key", title: say("ladder.by.title") }, say("ladder.by")), " ", choice, alone);
  const show = (by, judged) => {
    choice.hidden = !judged;
    alone.hidden = Boolean(judged);
    for (const button of [own, collection]) button.setAttribute("aria-pressed", String(button.dataset.by === by));
  };
  return { node, show };
}

// Made only while it is open.
function makeLadderTable() {
  const frame = el("div", { class: "table-frame", tabindex: 0, role: "region", "aria-label": say("ladder.table") });
  const node = el("details", { class: "ladder-table" }, el("summary", {}, say("ladder.table")), frame);
  let [lists, documents] = [[], []];
  const paint = () => frame.replaceChildren(...(node.open ? [ladderTable(lists, documents)] : []));
  const show = (...shown) => {
    [lists, documents] = shown;
    paint();
  };
  node.addEventListener("toggle", paint);
  return { node, show };
}

function ladderTable(lists, documents) {
  const best = (one) => Math.min(...one.ranks.map((rank) => rank ?? Infinity));
  const title = (text) => el("th", { scope: "col" }, text);
  const systems = lists.map(({ i, system }) => el("th", { scope: "col" }, el("span", { class: "number" }, `${i + 1} `), systemName(system)));
  const rows = [...documents].sort((a, b) => best(a) - best(b)).map((one) =>
    el(
      "tr",
      {},
      el("th", { scope: "row" }, write(spoken(el("bdi", {}), one.language), one.title)),
      el("td", {}, languageMark(one.language)),
      one.ranks.map((rank) => el("td", { class: "number" }, String(rank ?? "–"))),
      el("td", { class: "number" }, String(one.grade ?? "")),
    ),
  );
  const head = el("tr", {}, title(say("ladder.document")), title(say("ladder.language")), systems, title(say("grade.label")));
  return el("table", {}, el("thead", {}, head), el("tbody", {}, rows));
}

// Columns or ladder.
function makeViewSwitch({ onview }) {
  let on = false;
  const button = (name) => el("button", { type: "button", class: "plain", "data-view": name, title: say(`view.${name}.title`), onclick: () => onview(name === "ladder") }, say(`view.${name}`));
  const buttons = ["columns", "ladder"].map(button);
  const show = (ladder) => {
    on = ladder;
    buttons.forEach((one, at) => one.setAttribute("aria-pressed", String(Boolean(at) === on)));
  };
  show(false);
  return { node: el("span", { class: "switch views", role: "group", "aria-label": say("view") }, buttons), show, turn: () => onview(!on) };
}
