// Why a document came: the arithmetic of its score, stage by stage, and which of its words answer which of the query's.

function reasons({ accounts, matrix }, column, language) {
  const name = el("p", { class: "hint" }, say("why.of"), " ", systemName(column?.system ?? "", "stage"));
  return [name, ...accounts.map((one) => account(one, language)), wordMatrix(matrix, language)];
}

function account({ stage, kind, rank, score, exact, parts }, language) {
  const place = rank ? say("why.place", { rank, score }) : say("why.absent");
  const head = el("h3", {}, systemName(stage, "stage"), el("span", { class: "number" }, place));
  const node = el("section", { class: "account" }, head);
  if (!parts.length) return node;
  const rows = parts.map((part) => partRow(part, kind, language));
  node.append(el("table", {}, el("caption", {}, say(`why.${kind in WHY ? kind : "sum"}`)), el("tbody", {}, rows)));
  if (!exact) node.append(el("p", { class: "hint approximate" }, say("why.approximate")));
  return node;
}

const WHY = { bm25: 1, dense: 1, maxsim: 1, lists: 1 };

function partRow({ what, answer, rank, how, value, share }, kind, language) {
  const name = el("th", { scope: "row" });
  if (kind === "lists") name.append(systemName(what, "stage"));
  else if (what) write(name.appendChild(spoken(el("bdi"), asking.language)), what);
  else name.append(el("span", { class: "hint" }, say("why.signs")));
  if (answer) name.append(" → ", write(spoken(el("bdi"), language), answer));
  const note = kind === "lists" ? (rank ? how : say("why.absent")) : how;
  const bar = el("i", { class: "bar", "aria-hidden": "true" });
  bar.style.setProperty("--share", share);
  bar.classList.toggle("minus", /^[-−]/.test(value));
  return el("tr", {}, name, el("td", { class: "how" }, note), el("td", { class: "weight" }, bar), el("td", { class: "number" }, value));
}

// Rows: the words of the document; columns: those of the query. At first the rows that answer something.
function wordMatrix({ query, passage, cosines, least, more }, language) {
  const answering = passage.map(([, , answers]) => answers);
  const every = !answering.some(Boolean);
  const table = el("table", { class: "heat" });
  const heads = query.map(([word, faded]) => el("th", { scope: "col", class: faded ? "faded" : null }, write(spoken(el("bdi"), asking.language), word)));
  const rows = passage.map(([word, faded, answers], at) => {
    const own = el("th", { scope: "row", class: faded ? "faded" : null }, write(spoken(el("bdi"), language), word));
    const best = Math.max(...cosines[at]);
    const cells = cosines[at].map((cosine, column) => heatCell(cosine, least, faded || query[column][1], answers && cosine === best));
    return el("tr", { hidden: !answers && !every, "data-answers": answers ? "" : null }, own, cells);
  });
  table.append(el("thead", {}, el("tr", {}, el("td"), heads)), el("tbody", {}, rows));
  const rest = answering.filter((one) => !one).length;
  const button = el("button", { type: "button", class: "plain", "aria-pressed": "false", hidden: every || !rest }, say("why.all", { n: passage.length }));
  button.addEventListener("click", () => {
    const all = button.getAttribute("aria-pressed") !== "true";
    button.setAttribute("aria-pressed", String(all));
    for (const row of rows) row.hidden = !all && row.dataset.answers === undefined;
  });
  const title = el("h3", {}, el("span", {}, say("why.matrix")), button);
  const lead = el("p", { class: "hint" }, say(every ? "why.matrix.none" : "why.matrix.lead"), more ? ` ${say("why.matrix.more", { n: more })}` : "");
  return el("section", { class: "account" }, title, lead, el("div", { class: "heat-frame", tabindex: 0, role: "region", "aria-label": say("why.matrix") }, table));
}

// Five steps of heat from the least that counts up to the same word.
function heatCell(cosine, least, faded, best) {
  const heat = faded || cosine < least ? 0 : Math.min(5, 1 + Math.floor((5 * (cosine - least)) / (1 - least)));
  const text = cosine.toFixed(2).replace("0.", ".").replace("-", "−");
  return el("td", { "data-tint": heat || null, class: [faded && "faded", best && "best"].filter(Boolean).join(" ") || null, title: text }, text);
}
