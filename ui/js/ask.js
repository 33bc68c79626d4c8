// What is asked: the words, their language, the languages of the documents. Every change asks again.

function makeQueryBox({ onask }) {
  const input = el("input", {
    type: "text", id: "query", dir: "auto", autocomplete: "off", spellcheck: "false", enterkeyhint: "search",
    "aria-label": say("query.label"), placeholder: say("query.placeholder"),
  });
  const language = el("select", { class: "quiet language-of-query", "aria-label": say("language.label"), onchange: () => onask() });
  const button = el("button", { type: "submit", class: "primary" }, say("query.search"));
  const form = el("form", { class: "query", role: "search" }, input, language, button);
  let composing = false;
  input.addEventListener("keydown", (event) => (composing = event.isComposing || event.keyCode === 229));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (!composing) onask();
  });
  const show = ({ languages, asked, query }) => {
    const detected = query && !asked ? { name: tongue(query.language).name, share: Math.round(100 * query.confidence) } : null;
    const first = el("option", { value: "" }, detected ? say("language.detected", detected) : say("language.detect"));
    const named = (tag) => (tongue(tag).endonym === tongue(tag).name ? tongue(tag).name : `${tongue(tag).name} · ${tongue(tag).endonym}`);
    language.replaceChildren(first, ...languages.map((tag) => el("option", { value: tag }, named(tag))));
    language.value = asked;
    if (query) spokenInput(input, query.language);
  };
  return { node: form, input, language, show };
}

// The box goes by the direction of what stands in it, and by the font of its language once that is known.
function spokenInput(input, tag) {
  input.lang = tag;
  input.dataset.script = tongue(tag).script || "";
}

function makeDocumentPicker({ onask }) {
  const label = el("span");
  const button = el("button", { type: "button", class: "quiet", "aria-label": say("documents.label") }, label, caret());
  const list = el("div", { class: "checks", role: "group", "aria-label": say("documents.label") });
  const every = el("button", { type: "button", class: "plain" }, say("documents.every"));
  const node = popover(button, el("div", {}, every, list));
  let chosen = [];
  let languages = [];
  const change = (tags) => {
    chosen = tags.length === languages.length ? [] : tags;
    paint();
    onask();
  };
  const paint = () => {
    const boxes = list.querySelectorAll("input");
    for (const box of boxes) box.checked = chosen.includes(box.value);
    every.setAttribute("aria-pressed", String(!chosen.length));
    label.replaceChildren();
    if (!chosen.length) label.append(say("documents.all", { n: languages.length }));
    else if (chosen.length <= 3) chosen.forEach((tag, i) => label.append(i ? ", " : "", tag));
    else label.append(`${chosen.length} / ${languages.length}`);
  };
  every.addEventListener("click", () => change([]));
  list.addEventListener("change", () => {
    change(Array.from(list.querySelectorAll("input:checked"), (box) => box.value));
  });
  const show = (counts, documents) => {
    languages = Object.keys(counts);
    chosen = documents;
    const rows = Object.entries(counts).map(([tag, n]) =>
      el("label", {}, el("input", { type: "checkbox", value: tag }), dot(tag), el("span", { class: "tag" }, tag), endonym(tag), el("span", { class: "number" }, String(n))),
    );
    list.replaceChildren(...rows);
    paint();
  };
  return { node: el("div", { class: "field" }, el("span", { class: "key" }, say("documents.key")), node), show, chosen: () => chosen };
}
