// A system put together from parts: what finds, how the lists are joined, what re-ranks in turn. The name is written as
// one builds, and the server says in one sentence whether it runs; a name that is typed shows its parts.

const CHECK_MS = 150; // after the last change

function makeBuilder({ collection, ondone, onleave }) {
  let offers = { sources: [], fusions: [], rerankers: [] };
  let defaults = { source: 100, rerank: 50, k: 60 };
  let parts = null; // as core.offering.Recipe
  let at = null; // the column that is changed; null for a new one
  let timer = 0;
  let asked = 0;
  const finds = el("ul", { class: "rows", "aria-label": say("build.finds") });
  const joins = el("div", { class: "rows" });
  const reranks = el("ul", { class: "rows", "aria-label": say("build.reranks") });
  const name = el("textarea", { rows: 2, dir: "ltr", maxlength: 2000, spellcheck: "false", autocapitalize: "off", "aria-describedby": "build-told" });
  const told = el("p", { class: "hint", role: "status", id: "build-told" });
  const done = el("button", { type: "button", class: "primary", onclick: () => finish() });
  const leave = el("button", { type: "button", class: "plain", onclick: () => onleave() }, say("build.leave"));
  const title = el("p", { class: "title-of" });
  const add = (words, act) => el("button", { type: "button", class: "quiet", onclick: act }, `+ ${words}`);
  const moreSources = add(say("build.source"), () => changed({ parts: [...parts.parts, fresh()] }, lastOf(finds)));
  const moreRerankers = add(say("build.reranker"), () => changed({ rerankers: [...parts.rerankers, { name: offers.rerankers[0].name, depth: defaults.rerank }] }, lastOf(reranks)));
  const node = el(
    "section",
    { class: "builder", hidden: true, "aria-label": say("build.title") },
    title,
    el("p", { class: "caption" }, say("build.finds")),
    finds,
    moreSources,
    joins,
    el("p", { class: "caption" }, say("build.reranks")),
    reranks,
    moreRerankers,
    el("label", {}, say("build.name"), name),
    told,
    el("div", { class: "line" }, done, leave),
  );

  // Another first stage: the first on offer that is not there yet.
  function fresh() {
    const there = new Set(parts.parts.map((part) => part.name));
    const free = offers.sources.find((one) => !there.has(one.name)) || offers.sources[0];
    return { name: free.name, depth: defaults.source, weight: null };
  }

  // `again`: finds what is focused once the rows were made anew; without it they stay, for Tab is on its way through them.
  function changed(what, again) {
    parts = { ...parts, ...what };
    if (parts.parts.length < 2) parts.fusion = "";
    else parts.fusion ||= offers.fusions[0];
    name.value = printed();
    if (again) {
      paint();
      again()?.focus();
    }
    check();
  }

  const lastOf = (list) => () => list.lastElementChild?.querySelector("select");

  // The name; as the grammar prints it, so that what the server makes of it is no surprise.
  function printed() {
    const deep = (text, depth, usual) => (depth === null || depth === usual ? text : `${text}@${depth}`);
    const lists = parts.parts.map((part) => deep(part.name, part.depth, defaults.source));
    const weighed = parts.fusion === "wsum" ? lists.map((text, i) => `${text} ${String(parts.parts[i].weight ?? 0.5).replace(/^0\./, ".")}`) : lists;
    if (parts.fusion === "rrf" && parts.k !== defaults.k) weighed.push(`k=${parts.k}`);
    const source = parts.fusion ? deep(`${parts.fusion}(${weighed.join(", ")})`, parts.depth, defaults.source) : lists[0];
    return [source, ...parts.rerankers.map((part) => deep(part.name, part.depth, defaults.rerank))].join(" >> ");
  }

  function paint() {
    node.classList.toggle("apart", !parts);
    for (const button of [moreSources, moreRerankers]) button.disabled = !parts;
    moreRerankers.hidden = !offers.rerankers.length;
    finds.replaceChildren(...(parts ? parts.parts.map((part, i) => partRow(part, i, "parts", offers.sources)) : []));
    reranks.replaceChildren(...(parts ? parts.rerankers.map((part, i) => partRow(part, i, "rerankers", offers.rerankers)) : []));
    joins.replaceChildren(...(parts?.fusion ? fusionRow() : []));
  }

  function partRow(part, i, which, offered) {
    const put = (what, again) => changed({ [which]: parts[which].map((one, j) => (j === i ? { ...one, ...what } : one)) }, again);
    const list = which === "parts" ? finds : reranks;
    const another = (text) => put({ name: text, depth: part.depth ?? defaults.source }, part.depth === null && (() => list.children[i].querySelector("select")));
    const names = offered.some((one) => one.name === part.name) ? offered : [{ name: part.name }, ...offered];
    const choice = choose(say(which === "parts" ? "build.source.of" : "build.reranker.of", { n: i + 1 }), names.map((one) => one.name), part.name, another);
    const depth = part.depth !== null && number(say("build.depth"), part.depth, { least: 1, most: 10000, onchange: (value) => put({ depth: value }) });
    const weight = parts.fusion === "wsum" && which === "parts" && number(say("build.weight"), part.weight ?? 0.5, { least: 0, most: 1000, step: 0.05, onchange: (value) => put({ weight: value }) });
    const words = say("build.remove", { name: part.name });
    const last = which === "parts" && parts.parts.length === 1;
    const gone = () => changed({ [which]: parts[which].filter((_, j) => j !== i) }, () => (which === "parts" ? moreSources : moreRerankers));
    return el("li", {}, choice, depth, weight, el("button", { type: "button", class: "quiet cross", disabled: last, title: words, "aria-label": words, onclick: gone }, "×"));
  }

  function fusionRow() {
    const kind = choose(say("build.fusion"), offers.fusions, parts.fusion, (text) => changed({ fusion: text }, () => joins.querySelector("select")));
    const k = parts.fusion === "rrf" && number("k", parts.k, { least: 1, most: 1000000, onchange: (value) => changed({ k: value }) });
    const depth = number(say("build.depth"), parts.depth, { least: 1, most: 10000, onchange: (value) => changed({ depth: value }) });
    return [el("p", { class: "caption" }, say("build.fusion")), el("div", { class: "line" }, kind, k, depth)];
  }

  function choose(label, names, chosen, onchange) {
    const box = el("select", { class: "quiet", "aria-label": label, onchange: () => onchange(box.value) }, names.map((text) => el("option", { value: text }, text)));
    box.value = chosen;
    return box;
  }

  function number(label, value, { least, most, step = 1, onchange }) {
    const box = el("input", { type: "number", min: least, max: most, step: step === 1 ? 1 : "any", value });
    box.addEventListener("change", () => {
      const given = step === 1 ? Math.round(box.valueAsNumber) : box.valueAsNumber;
      if (Number.isFinite(given)) onchange(Math.min(most, Math.max(least, given)));
      else box.value = value;
    });
    return el("label", { class: "figure" }, label, box);
  }

  // What the server makes of the name: as it prints, its parts, and whether it runs here.
  function check() {
    clearTimeout(timer);
    done.disabled = true;
    timer = setTimeout(look, CHECK_MS);
  }

  async function look(typed) {
    const mine = ++asked;
    const answer = await server.check_system({ names: name.value, collection: collection() }).catch(() => undefined);
    if (mine !== asked) return;
    const found = answer?.ok === true ? answer.systems[0] : null;
    told.replaceChildren();
    told.classList.toggle("wrong", !found || Boolean(found.error));
    write(told, !found ? answer?.error || say(name.value.trim() ? "error.lost" : "build.empty") : found.error || say("build.runs"));
    done.disabled = !found || (Boolean(found.error) && !found.recipe);
    if (found && typed) {
      parts = found.recipe;
      paint();
    }
  }

  function finish() {
    if (!done.disabled && name.value.trim()) ondone(name.value.trim(), at);
  }

  name.addEventListener("input", () => {
    clearTimeout(timer);
    done.disabled = true;
    timer = setTimeout(() => look(true), CHECK_MS);
  });
  name.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.isComposing || event.keyCode === 229) return;
    event.preventDefault();
    finish();
  });

  // `text`: the system to begin with; `column` the one that is changed, or null.
  function open(text, column) {
    at = column;
    title.textContent = at === null ? say("build.title") : say("build.change", { n: at + 1 });
    done.textContent = at === null ? say("build.add") : say("build.put", { n: at + 1 });
    name.value = text;
    parts = null;
    paint();
    return look(true);
  }

  const know = (answer) => {
    if (answer.offers) offers = answer.offers;
    defaults = answer.defaults;
  };
  return { node, open, know, first: () => offers.sources[0]?.name || "bm25" };
}
