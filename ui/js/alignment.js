// The Alignment page: map and numbers of one encoder, joined; what it asks of the server, and what the URL remembers.

function makeAlignment() {
  const live = el("p", { class: "live", role: "status", "aria-live": "polite" });
  const notes = makeNotices();
  const help = makeHelp();
  const header = makeHeader({ onhelp: help.open, oncollection: (id) => follow(`?v=1&c=${encodeURIComponent(id)}`, true) });
  const lead = el("p", { class: "sentence" });
  const encoder = el("select", { class: "quiet", "aria-label": say("align.encoder"), onchange: () => follow(changed({ model: encoder.value, open: null }), true) });
  const waiting = el("p", { class: "computing", role: "status", hidden: true });
  const empty = el("section", { class: "empty", hidden: true });
  const map = new DocumentMap({ onpoint: (at) => open({ at }) });
  const mapTitle = el("div", { class: "titled" });
  const matrix = new Matrix({ pair: choose, metric: (name) => remember({ metric: name }) });
  const detail = new PairDetail({ open, pair: choose, clear: () => choose(null) });
  const reader = new Reader({ open, close: shut });
  const list = makeList({ onopen: open });
  const neighbours = makeNeighbours();
  const origin = makeOrigin();
  const left = el("div", { class: "left" }, mapTitle, map.node, reader.node, list.node);
  const numbers = el("section", { class: "part", id: "numbers", tabindex: -1 }, el("h2", {}, say("matrix.title")), matrix.node, detail.node);
  const atlas = el("div", { class: "atlas", hidden: true }, left, el("div", { class: "right" }, numbers, neighbours.node));
  const skip = el("a", { class: "skip", href: "#numbers" }, say("align.skip"));
  let page = null;
  let study = null;
  let run = null;
  let lost = 0;
  let patience = 0;
  let wanted = 0; // the newest text asked for; later answers of others are dropped

  // Asking

  function follow(link, push) {
    run = uuid4();
    delete atlas.dataset.done;
    if (push) history.pushState(null, "", location.pathname + link);
    clearTimeout(lost);
    lost = setTimeout((asked) => asked === run && notes.show([], say("align.lost")), 60000, run);
    trigger("follow", { wish: { link, run } });
  }

  const asked = () => ({ collection: page.collection.id, model: page.state.model });

  function changed(parts) {
    const address = new URLSearchParams(location.search);
    for (const [name, text] of Object.entries(parts)) text === null ? address.delete(name) : address.set(name, text);
    return `?${address.toString().replace(/%3A/g, ":")}`;
  }

  function remember(parts) {
    history.replaceState(null, "", location.pathname + changed(parts));
  }

  // Showing

  watch("page", () => {
    if (!props.page || props.page.run !== run) return;
    page = props.page;
    Object.assign(tongues, page.languages);
    for (const tag of Object.keys(page.collection.languages).sort()) colourOf(tag);
    header.show(page.collections, page.collection.id);
    backed.show(page.backed);
    encoder.replaceChildren(...page.models.map((name) => el("option", { value: name }, name)));
    encoder.value = page.state.model;
    matrix.metric = page.state.metric;
    document.title = `${say("align.title")} · ${page.collection.id} · ${say("brand")}`;
    notes.show(page.notes, "");
    const counts = { documents: page.collection.size.toLocaleString("en"), languages: Object.keys(page.collection.languages).length };
    waiting.textContent = say("align.computing", { ...counts, model: page.state.model });
    clearTimeout(patience);
    patience = setTimeout(() => {
      waiting.hidden = false;
      atlas.hidden = empty.hidden = lead.hidden = origin.node.hidden = true;
    }, 150); // a study that is kept comes sooner, without a word between
  });

  watch("study", () => {
    const came = props.study;
    if (!came || came.run !== run) return;
    clearTimeout(lost);
    clearTimeout(patience);
    waiting.hidden = true;
    notes.show([...(page?.notes || []), ...came.notes], page?.unbuilt ? "" : came.error);
    if (page?.unbuilt) notes.node.append(unbuiltNote(page));
    study = came.empty || came.error ? null : came;
    atlas.hidden = lead.hidden = origin.node.hidden = !study;
    empty.hidden = !came.empty;
    if (came.error) return;
    history.replaceState(null, "", location.pathname + came.link);
    if (study) showStudy();
    else empty.replaceChildren(el("h2", {}, say("align.empty")), write(el("p", { class: "lead" }), came.empty));
  });

  async function showStudy() {
    const { dim } = study.origin;
    lead.textContent = study.sentence;
    const held = share(study.variance[0] + study.variance[1]);
    const picker = el("label", { class: "encoder" }, el("span", { class: "key" }, say("align.encoder")), encoder);
    mapTitle.replaceChildren(el("h2", {}, say("map.title")), about(say("map.title"), say("map.info", { share: held, dim }), say("align.own", { file: "study" })), picker);
    const sampled = study.points.n < study.origin.documents ? ` ${say("map.sampled", { n: study.points.n.toLocaleString("en"), all: study.origin.documents.toLocaleString("en") })}` : "";
    map.hint.textContent = say(matchMedia("(pointer: coarse)").matches ? "map.touch" : "map.hint") + sampled;
    shut(true);
    const drawn = map.show(study);
    list.show(map);
    matrix.show(study);
    neighbours.show(study);
    origin.show(study, page.collection);
    choose(...(study.pair || [null]));
    if (study.open) open({ id: study.open });
    const shown = study;
    await drawn;
    if (shown === study) atlas.dataset.done = "yes";
  }

  // What one does with a point, a list entry, a cell

  async function open({ at, id }) {
    const mine = ++wanted;
    reader.wait();
    const answer = await server.read_document({ ...asked(), at: at >= 0 ? at : null, doc: id || "" });
    if (mine !== wanted) return;
    if (answer?.ok !== true) return reader.failed(answer?.error);
    reader.show(answer);
    map.join([answer.opened, ...answer.translations].map((document) => document.at).filter((place) => place >= 0));
    remember({ open: answer.opened.id });
    const said = { language: tongue(answer.opened.language).name, group: answer.group, n: answer.translations.length + answer.more };
    live.replaceChildren();
    write(live, say("reader.said", said));
    const { top } = reader.node.getBoundingClientRect();
    if (top > innerHeight - 80 || top < 0) reader.node.scrollIntoView({ block: "nearest" });
  }

  function shut(keep) {
    wanted++;
    reader.close();
    map.join([]);
    if (keep !== true) remember({ open: null });
  }

  async function choose(from, to) {
    const again = matrix.pair?.join("-") === `${from}-${to}`;
    const pair = from && !again ? [from, to] : null;
    matrix.select(pair);
    remember({ pair: pair && pair.join("-") });
    map.compare(pair && { asked: from, answering: to, missed: new Set() });
    if (!pair) return detail.close();
    const { languages, cells } = study;
    detail.show(from, to, cells[languages.indexOf(from)][languages.indexOf(to)]);
    const answer = await server.list_misses({ ...asked(), asked: from, answering: to });
    if (matrix.pair !== pair) return;
    if (answer?.ok !== true) return detail.failed(answer?.error);
    detail.showMisses(answer);
    if (answer.missed) map.compare({ asked: from, answering: to, missed: new Set(answer.groups) });
  }

  // Keys

  const leader = makeLeader();

  function onkey(event) {
    if (!element.isConnected) return document.removeEventListener("keydown", onkey, true);
    const command = commandOf(event);
    if (inTextField(event.target) && command !== "leave") return;
    if (leader.goes(event)) return;
    if (command === "go") leader.begin();
    else if (command === "help") help.open();
    else if (command === "leave" && !help.node.open) leave();
    else return;
    event.preventDefault();
  }

  function leave() {
    if (shutPopovers(true)) return;
    if (!reader.node.hidden) shut();
    else if (matrix.pair) choose(null);
  }

  function showKeys() {
    const row = (words, ...groups) =>
      el("div", {}, el("dt", {}, groups.map((keys) => el("span", { class: "combination" }, keys.map((text) => el("kbd", {}, text))))), el("dd", {}, words));
    help.node.querySelector("dl").replaceChildren(
      row(say("keys.cell"), ["↓", "↑", "←", "→"], ["j", "k", "h", "l"]),
      row(say("keys.choose"), ["Enter"]),
      row(say("keys.leave"), ["Esc"]),
      row(say("keys.help"), ["?"]),
      ...props.pages.map((one) => row(`${say("keys.page")}: ${one.title}`, ["g", one.key])),
    );
  }

  element.append(skip, header.node, notes.node, lead, waiting, empty, atlas, origin.node, live, help.node);
  origin.node.hidden = true;
  showKeys();
  skip.addEventListener("click", (event) => {
    event.preventDefault();
    numbers.focus();
  });
  document.addEventListener("keydown", onkey, true);
  window.addEventListener("popstate", () => element.isConnected && follow(location.search, false));
  follow(location.search, false);
}

window.babelscopeTheme.apply();
element.classList.add("babelscope", "alignment");
makeAlignment();
