// What stands behind the points and the cells: a text and its translations, the misses of a pair, all documents as a list.

const MOST_LISTED = 60;
const FEW = 24; // groups that are listed without being asked, where there is room

// A title, or the id where there is none, that opens its document.
function documentLink(document, onopen) {
  const words = spoken(el("span", { class: "words" }), document.title ? document.language : "");
  return el("button", { type: "button", class: "opens", onclick: () => onopen(document) }, languageMark(document.language), write(words, document.title || document.id));
}

class Reader {
  // on: {open(document), close()}
  constructor(on) {
    this.on = on;
    this.node = el("section", { class: "reader", "aria-live": "off", hidden: true });
  }

  wait() {
    if (this.node.hidden) this.node.replaceChildren(el("p", { class: "hint" }, say("reader.reading")));
    this.node.hidden = false;
  }

  show({ group, opened, translations, more }) {
    const shut = el("button", { type: "button", class: "quiet cross", "aria-label": say("reader.close"), title: say("reader.close"), onclick: () => this.on.close() }, "×");
    const heading = el("h3", { class: "title", tabindex: -1 });
    write(spoken(heading, opened.title ? opened.language : ""), opened.title || opened.id);
    const body = write(spoken(el("p", { class: "whole" }), opened.language), opened.text);
    const others = translations.map((document) => el("li", {}, documentLink(document, this.on.open), this.glance(document)));
    const count = translations.length ? say("reader.translations", { n: translations.length + more }) : say("reader.alone");
    this.node.replaceChildren(
      el("div", { class: "line" }, el("span", { class: "whose" }, languageMark(opened.language), write(el("bdi", { class: "group" }), group)), shut),
      heading,
      body,
      opened.cut ? el("p", { class: "hint" }, say("reader.cut", { n: opened.text.length.toLocaleString("en") })) : "",
      el("h4", {}, count),
      el("ul", { class: "translations" }, others),
      more ? el("p", { class: "hint" }, say("reader.more", { n: more })) : "",
    );
    this.node.dataset.doc = opened.id;
    this.node.hidden = false;
  }

  glance(document) {
    return write(spoken(el("p", { class: "glance" }), document.language), document.text + (document.cut ? " …" : ""));
  }

  failed(sentence) {
    this.node.replaceChildren(el("p", { class: "failed", role: "alert" }, write(el("span"), sentence || say("reader.failed"))));
    this.node.hidden = false;
  }

  close() {
    this.node.hidden = true;
    this.node.replaceChildren();
    delete this.node.dataset.doc;
  }
}

class PairDetail {
  // on: {open(document), pair(asked, answering), clear()}
  constructor(on) {
    this.on = on;
    this.node = el("section", { class: "pair-detail", hidden: true });
    this.list = el("div", { class: "misses", role: "status" });
  }

  show(asked, answering, cell) {
    const name = (tag) => el("span", { title: tongue(tag).name }, marker(tag), el("span", { class: "tag" }, tag));
    const figure = (words, value) => el("div", {}, el("dt", {}, words), el("dd", {}, measured(value)));
    const figures = [
      ...Object.values(METRICS).map(({ name: key, of }) => figure(say(key), of(cell))),
      figure(say("pair.matched"), cell[2]),
      figure(say("pair.random"), cell[3]),
      el("div", {}, el("dt", {}, "n"), el("dd", {}, String(cell[4]))),
    ];
    const back = el("button", { type: "button", class: "plain", onclick: () => this.on.pair(answering, asked) }, `⇄ ${say("pair.back")}`);
    const clear = el("button", { type: "button", class: "quiet cross", "aria-label": say("pair.clear"), title: say("pair.clear"), onclick: () => this.on.clear() }, "×");
    this.list.replaceChildren(el("p", { class: "hint" }, say("pair.reading")));
    this.node.replaceChildren(
      el("div", { class: "line" }, el("h3", { class: "of-pair" }, name(asked), " → ", name(answering)), el("span", {}, back, " ", clear)),
      el("dl", { class: "figures" }, figures),
      this.list,
    );
    this.node.hidden = false;
  }

  showMisses({ n, missed, misses }) {
    const row = ({ asked, nearest, own, best }) =>
      el("li", {}, documentLink(asked, this.on.open), el("span", { class: "instead" }, say("pair.instead")), documentLink(nearest, this.on.open), el("span", { class: "hint number" }, say("pair.cosines", { best: measured(best), own: measured(own) })));
    const lead = missed ? say("pair.some", { missed, n }) : say("pair.none", { n });
    const rest = missed > misses.length ? el("p", { class: "hint" }, say("pair.first", { most: misses.length })) : "";
    this.list.replaceChildren(el("p", {}, lead), el("ul", {}, misses.map(row)), rest);
  }

  failed(sentence) {
    this.list.replaceChildren(write(el("p", { class: "failed" }), sentence || say("reader.failed")));
  }

  close() {
    this.node.hidden = true;
  }
}

// For everybody who cannot, or would rather not, aim at a point.
function makeList({ onopen }) {
  const summary = el("summary");
  const filter = el("input", { type: "text", dir: "auto", "aria-label": say("list.filter"), placeholder: say("list.filter") });
  const list = el("ul", { class: "groups" });
  const rest = el("p", { class: "hint", role: "status" });
  const node = el("details", { class: "listed" }, summary, filter, list, rest);
  let groups = [];
  const chip = (point) => {
    const words = say("list.open", { group: point.group, language: tongue(point.language).name });
    return el("button", { type: "button", class: "chip-of", "data-at": point.at, "aria-label": words, title: words, onclick: () => onopen(point) }, marker(point.language), el("span", { class: "tag" }, point.language));
  };
  const paint = () => {
    const wanted = filter.value.trim().toLowerCase();
    const found = groups.filter(([name]) => name.toLowerCase().includes(wanted));
    const rows = found.slice(0, MOST_LISTED).map(([name, points]) => el("li", {}, write(el("bdi", { class: "group" }), name), el("span", { class: "chips-of" }, points.map(chip))));
    list.replaceChildren(...rows);
    rest.textContent = found.length > MOST_LISTED ? say("list.more", { n: found.length - MOST_LISTED }) : "";
  };
  filter.addEventListener("input", paint);
  node.addEventListener("toggle", () => node.open && paint());
  const show = (map) => {
    groups = [...map.byGroup];
    summary.textContent = say("list.title", { n: map.points.length });
    filter.hidden = groups.length < 12;
    node.open = groups.length <= FEW && innerWidth >= 1200;
    paint();
  };
  return { node, show };
}
