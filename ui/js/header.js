// The line on top: the name, the pages there are, the collection, who sits here, light or dark, the keys.

function makeHeader({ onhelp, oncollection }) {
  const mark = el("span", { class: "mark", "aria-hidden": "true" }, el("i"), el("i"), el("i"));
  const pages = props.pages.map(({ title, path, current }) =>
    el("a", { href: `.${path}`, "aria-current": current ? "page" : null }, title),
  );
  const collection = el("select", { class: "quiet", "aria-label": say("collection"), onchange: () => oncollection(collection.value) });
  const theme = el("button", { type: "button", class: "quiet round", title: say("theme"), "aria-label": say("theme") });
  theme.append(el("span", { class: "moon", "aria-hidden": "true" }));
  theme.addEventListener("click", () => window.babelscopeTheme.toggle());
  const help = el("button", { type: "button", class: "quiet round", title: say("help"), "aria-label": say("help"), onclick: onhelp }, "?");
  const node = el(
    "header",
    { class: "top" },
    el("h1", { class: "brand" }, mark, say("brand")),
    el("nav", { "aria-label": say("pages") }, pages),
    el("div", { class: "aside" }, collection, backed.node, nameButton(), theme, help),
  );
  const show = (ids, chosen) => {
    collection.replaceChildren(...ids.map((id) => el("option", { value: id }, id)));
    collection.value = chosen;
  };
  return { node, show };
}
