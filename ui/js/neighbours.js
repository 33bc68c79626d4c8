// Which languages a document's nearest neighbours are in, and what everything was computed from: two plain tables.

function makeNeighbours() {
  const table = el("table", { class: "neighbours" });
  const node = el("section", { class: "part" }, title("h2", "neighbours.title", "neighbours.info", "study"), table);
  const show = ({ neighbours }) => {
    const head = ["neighbours.language", "neighbours.bar", "neighbours.own", "neighbours.chance"].map((key) => el("th", { scope: "col" }, say(key)));
    table.replaceChildren(el("thead", {}, el("tr", {}, head)), el("tbody", {}, neighbours.map(neighbourRow)));
  };
  return { node, show };
}

function neighbourRow({ language, own, chance, others }) {
  const part = ([tag, value]) => {
    const words = say("neighbours.share", { name: tongue(tag).name, share: share(value) });
    const segment = el("span", { class: tag === language ? "segment own" : "segment", title: words }, value > 0.14 ? el("span", { class: "tag" }, tag) : "");
    segment.style.setProperty("--part", colourOf(tag));
    segment.style.flexGrow = value;
    return segment;
  };
  const parts = [[language, own], ...others].filter(([, value]) => value > 0);
  const words = parts.map(([tag, value]) => say("neighbours.share", { name: tongue(tag).name, share: share(value) })).join(", ");
  return el(
    "tr",
    {},
    el("th", { scope: "row", title: tongue(language).name }, marker(language), el("span", { class: "tag" }, language)),
    el("td", { class: "wide" }, el("div", { class: "bar", role: "img", "aria-label": words }, parts.map(part))),
    el("td", { class: "number" }, share(own)),
    el("td", { class: "number faint" }, share(chance)),
  );
}

function title(level, key, words, file, values) {
  return el("div", { class: "titled" }, el(level, {}, say(key)), about(say(key), say(words, values), say("align.own", { file })));
}

function makeOrigin() {
  const list = el("dl");
  const node = el("section", { class: "origin-of" }, el("h2", {}, say("origin.title")), list);
  const code = (text) => el("code", {}, text);
  const show = ({ origin }, collection) => {
    const { n, pairs, seed } = origin;
    const rows = [
      ["origin.encoder", origin.model],
      ["origin.revision", code(origin.revision)],
      ["origin.identity", code(origin.identity)],
      ["origin.dimensions", origin.dim],
      ["origin.collection", `${origin.collection} · ${say(`provenance.${collection.provenance}`)}`],
      ["origin.documents", origin.documents.toLocaleString("en")],
      ["origin.checksum", code(origin.checksum)],
      ["origin.seed", seed],
      ["origin.n", say("origin.said", { n: n.toLocaleString("en"), pairs: pairs.toLocaleString("en") })],
      ["origin.again", code(`babelscope align --collection ${origin.collection} --model ${origin.model}`)],
    ];
    list.replaceChildren(...rows.map(([key, value]) => el("div", {}, el("dt", {}, say(key)), el("dd", {}, value))));
  };
  return { node, show };
}
