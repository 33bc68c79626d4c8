// A collection without a complete index: the sentence, and the way to the page that builds it.

function unbuiltNote({ unbuilt, collection }) {
  const way = props.mode === "public" ? "" : el("a", { href: `./collections?v=1&c=${encodeURIComponent(collection.id)}` }, say("unbuilt.way"));
  return el("p", { class: "note unbuilt", role: "status" }, el("span", {}, write(el("span"), unbuilt), " ", way));
}
