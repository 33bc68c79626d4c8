// One hit as a card. Everything that depends on grades or on other columns is painted again by `paint…`.

function makeCard(hit, column, { scale, total, tints, ongrade, onopen, onunfold, onplace }) {
  const id = `card-${column.i}-${hit.rank}`;
  const title = spoken(el("h3", { class: "title", id }), hit.language);
  const text = spoken(el("p", { class: "text" }), hit.language);
  const card = el(
    "article",
    { class: "card", tabindex: -1, "aria-posinset": hit.rank, "aria-setsize": total, "aria-labelledby": id, "data-rank": hit.rank },
    el("span", { class: "rank" }, String(hit.rank)),
    el("div", { class: "headline" }, title, el("span", { class: "score", title: hit.scale }, hit.score)),
    el("div", { class: "meta" }, languageTag(hit.language), el("span", { class: "places" })),
    text,
    gradeRow(scale, (value) => ongrade(card, value)),
  );
  card.dataset.doc = hit.id;
  if (hit.group) card.dataset.group = hit.group;
  Object.assign(card, { hit, column: column.i, titleNode: title, textNode: text, onplace });
  title.addEventListener("click", () => onopen(card, "text"));
  text.addEventListener("click", () => {
    if (!String(getSelection())) onunfold(card);
  });
  card.querySelector(".foot").append(el("button", { type: "button", class: "quiet why", tabindex: -1, title: say("card.why.title"), onclick: () => onopen(card, "why") }, say("card.why")));
  paintText(card, tints.of(hit), false);
  return card;
}

function languageTag(tag) {
  const { name } = tongue(tag);
  return el("span", { class: "language", title: name }, dot(tag), el("span", { class: "tag" }, tag), endonym(tag));
}

// Shut: from the best-matching sentence on, three lines. Open: all of it, of a long text the `whole` that was asked for.
function paintText(card, tints, open, whole) {
  const { hit, titleNode, textNode } = card;
  titleNode.replaceChildren();
  if (visible(hit.title)) writePieces(titleNode, hit.title, tints?.[0]);
  else write(titleNode, say("card.untitled", { id: hit.id }));
  textNode.replaceChildren();
  if (whole && open) writePieces(textNode, whole.text, whole.tints[1]);
  else if (open) writePieces(textNode, [...hit.before, ...hit.text], tints?.[1]);
  else {
    if (hit.led) textNode.append("… ");
    writePieces(textNode, hit.text, tints && behind(tints[1], lengthOf(hit.before)));
  }
  if (hit.cut && !(whole && open)) textNode.append(" …");
  card.classList.toggle("open", open);
  textNode.title = say(open ? "card.shut" : "card.open");
}

function gradeRow(scale, ongrade) {
  const buttons = scale.map((grade) =>
    el(
      "button",
      {
        type: "button",
        class: `grade step-${stepOf(grade.value, scale)}`,
        role: "radio",
        tabindex: -1,
        "aria-checked": "false",
        "aria-label": say("grade.of", grade),
        title: say("grade.of", grade),
        "data-grade": grade.value,
        onclick: () => ongrade(grade.value),
      },
      String(grade.value),
    ),
  );
  return el(
    "div",
    { class: "foot" },
    el("div", { class: "grades", role: "radiogroup", "aria-label": say("grade.label") }, buttons),
    el("span", { class: "saved" }),
  );
}

// The colour of a grade: four steps, whatever the scale; the lowest and the highest keep theirs.
function stepOf(value, scale) {
  const values = scale.map((grade) => grade.value);
  const [low, high] = [Math.min(...values), Math.max(...values)];
  return high === low ? 3 : Math.round((3 * (value - low)) / (high - low));
}

function paintGrade(card, { grade, state, error }, scale) {
  const given = scale.find((step) => step.value === grade);
  card.dataset.state = state;
  card.dataset.step = given ? stepOf(grade, scale) : "";
  for (const button of card.querySelectorAll(".grade")) {
    button.setAttribute("aria-checked", String(Number(button.dataset.grade) === grade));
  }
  const word = { pending: "grade.saving", saved: "grade.saved", refused: "grade.saved", unsaved: "grade.unsaved" }[state];
  const saved = card.querySelector(".saved");
  saved.replaceChildren();
  if (word) saved.append(el("span", { class: "state" }, say(word)), " ");
  if (given) saved.append(el("span", { class: "given" }, `(${given.name})`));
  saved.title = error;
  if (error) saved.append(write(el("span", { class: "sentence" }), error));
}

// Where the document stands in the other columns: "in ② –".
function paintPlaces(card, columns) {
  const places = card.querySelector(".places");
  places.replaceChildren();
  const others = columns.filter((column) => column && column.i !== card.column && column.state === "done");
  if (!others.length) return;
  places.append(el("span", { class: "in" }, say("card.in")));
  for (const other of others) {
    const rank = other.ranks.get(card.hit.id);
    const named = { rank, column: other.i + 1, system: other.system };
    const shown = rank <= other.hits.length;
    const words = say(shown ? "card.place" : rank ? "card.deep" : "card.absent", named);
    if (rank && !shown) places.append(el("span", { class: "place deep", role: "img", title: words, "aria-label": words }, String(rank)));
    else if (rank) {
      const go = () => card.onplace(other.i, card.hit.id);
      places.append(el("button", { type: "button", class: "place", tabindex: -1, title: words, "aria-label": words, onclick: go }, String(rank)));
    } else places.append(el("span", { class: "place none", role: "img", title: words, "aria-label": words }, "–"));
  }
}
