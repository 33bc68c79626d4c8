// Sentences over a page: what is wrong, first, and what was left out; each can be put away.

function makeNotices() {
  const node = el("div", { class: "notes" });
  const line = (text, kind) => {
    const cross = el("button", { type: "button", class: "quiet cross", "aria-label": say("note.dismiss"), title: say("note.dismiss") }, "×");
    const notice = el("p", { class: kind, role: kind === "error" ? "alert" : "status" }, write(el("span"), text), cross);
    cross.addEventListener("click", () => notice.remove());
    return notice;
  };
  const show = (sentences, error) =>
    node.replaceChildren(...(error ? [line(error, "error")] : []), ...sentences.map((text) => line(text, "note")));
  return { node, show };
}
