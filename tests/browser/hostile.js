// What the tests of the hostile corpus do and read in the page: installed before its own script.

window.read = (node) => {
  const copy = node.cloneNode(true), badges = [...copy.querySelectorAll(".badge")];
  badges.forEach((badge) => badge.remove());
  return [copy.textContent, badges.length];
};
window.foreign = ".babelscope :is(img, script, iframe, object, embed, svg, base, meta, style, link, template):not(.plot *)";
window.safe = () => window.pwned === undefined && !document.querySelector(foreign);
window.until = (ready) => new Promise((done, failed) => {
  const begun = performance.now();
  const look = () => {
    if (ready()) done();
    else if (performance.now() - begun > 10000) failed(new Error("no answer"));
    else setTimeout(look, 4);
  };
  look();
});
const PACE_MS = 150; // a query is some four requests, and the guard lets 30 a second through
const paced = async (work) => {
  const rest = new Promise((done) => setTimeout(done, PACE_MS));
  await work();
  await rest;
};
window.settled = () =>
  until(() => document.querySelector("div.grid").dataset.done === "yes" || document.querySelector(".notes .error"));
const blank = (card) => !card.querySelector(".title").textContent || !card.querySelector(".text").textContent.trim();
const column = (node) => [read(node.querySelector(".system")), node.dataset.state, node.querySelector(".failed")?.textContent || ""];
window.result = () => ({
  q: pushed && new URL(pushed, location).searchParams.get("q"),
  box: document.querySelector("#query").value,
  error: document.querySelector(".notes .error")?.textContent || "",
  safe: safe(),
  empty: [...document.querySelectorAll("article.card")].filter(blank).length,
  columns: [...document.querySelectorAll("section.column")].map(column),
});
// A browser takes 200 addresses in half a minute and drops the rest; this keeps the last one beside it.
window.pushed = null;
history.pushState = (state, title, address) => (window.pushed = address);
window.clear = () => {
  window.pushed = null;
  document.querySelector(".notes").replaceChildren();
  document.querySelector("div.grid").dataset.done = "";
};
window.typed = async (texts) => {
  const box = document.querySelector("#query"), found = [];
  for (const text of JSON.parse(texts)) {
    clear();
    box.value = text;
    await paced(() => {
      box.form.requestSubmit();
      return settled();
    });
    found.push(result());
  }
  return found;
};
window.followed = async (links) => {
  const found = [];
  for (const link of links) {
    clear();
    history.replaceState(null, "", link);
    await paced(() => {
      window.dispatchEvent(new PopStateEvent("popstate"));
      return settled();
    });
    found.push(result());
  }
  return found;
};
window.named = (texts) => {
  const input = document.querySelector(".panel.name input");
  const label = document.querySelector(".top .popover button bdi");
  return JSON.parse(texts).map((text) => {
    input.value = text;
    input.dispatchEvent(new Event("change"));
    return [...read(label), safe()];
  });
};
