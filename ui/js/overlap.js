// How alike neighbouring columns are, which languages each list is made of beside the collection, and translations lit.

function makeAgreement() {
  const node = el("div", { class: "agreement" });
  const show = (columns) => {
    const pairs = columns.filter((column) => column.beside && columns[column.i - 1]?.state === "done");
    const values = (measure) =>
      pairs.map(({ i, beside }) => {
        const words = say(`strip.${measure}.title`, { left: i, right: i + 1, ...beside });
        return el("span", { class: "between", title: words }, el("span", { class: "pair" }, `${i}–${i + 1}`), " ", el("span", { class: "number" }, beside[measure]));
      });
    node.hidden = !pairs.length;
    node.replaceChildren(el("span", { class: "key" }, say("strip.overlap")), ...values("overlap"), el("span", { class: "key" }, say("strip.rbo")), ...values("rbo"));
  };
  return { node, show };
}

// Language by language: its share of the documents one searches in, and of each list below.
function makeShares() {
  const table = el("table", {});
  const button = el("button", { type: "button", class: "quiet" }, say("strip.compare"), caret());
  const node = popover(button, el("div", { class: "shares" }, el("p", { class: "caption" }, say("strip.compare.title")), el("div", { class: "shares-frame", tabindex: 0, role: "region", "aria-label": say("strip.compare.title") }, table)));
  const show = (columns, collection, chosen) => {
    const done = columns.filter((column) => column.shares);
    const counts = Object.entries(collection.languages).filter(([tag]) => !chosen.length || chosen.includes(tag));
    const all = counts.reduce((sum, [, n]) => sum + n, 0);
    const heads = [say("collection"), ...done.map((column) => column.i + 1)];
    const rows = counts.map(([tag, n]) => {
      const cells = [n / all, ...done.map((column) => column.shares[tag] || 0)].map((share) => shareCell(share, tag));
      return el("tr", {}, el("th", { scope: "row" }, languageTag(tag)), cells);
    });
    const titles = heads.map((text, at) => el("th", { scope: "col", title: at ? done[at - 1].system : null }, String(text)));
    table.replaceChildren(el("thead", {}, el("tr", {}, el("td"), titles)), el("tbody", {}, rows));
    node.hidden = !done.length;
  };
  return { node, show };
}

function shareCell(share, tag) {
  const bar = el("i", { class: "bar", "aria-hidden": "true" });
  bar.style.setProperty("--share", share);
  bar.style.setProperty("--colour", colourOf(tag));
  return el("td", {}, bar, el("span", { class: "number" }, share ? `${Math.round(100 * share)} %` : "–"));
}

// Whether the translations of a document light up with it.
function kinSwitch() {
  const button = el("button", { type: "button", class: "plain kin-switch", title: say("strip.kin.title") }, say("strip.kin"));
  const paint = (on) => {
    button.setAttribute("aria-pressed", String(on));
    element.dataset.kin = on ? "on" : "off";
  };
  button.addEventListener("click", () => {
    const on = element.dataset.kin !== "on";
    kept.set("kin", on ? "on" : null);
    paint(on);
  });
  paint(kept.get("kin") === "on");
  return button;
}
