// What the walk over movement, lines and ladder reads off the page.

const all = (selector) => Array.from(document.querySelectorAll(selector));

window.docs = (column, n) => all(`section.column:nth-of-type(${column}) article.card`).slice(0, n).map((card) => card.dataset.doc);

// Every line's two ends, and of every card the edges that lines come to.
window.ends = () => {
  const frame = document.querySelector(".joins").getBoundingClientRect();
  const end = ({ x, y }) => [x + frame.left, y + frame.top];
  const paths = all(".joins path").map((path) => [...end(path.getPointAtLength(0)), ...end(path.getPointAtLength(path.getTotalLength()))]);
  const cards = all("article.card").map((card) => {
    const { left, right, top } = card.getBoundingClientRect();
    return { doc: card.dataset.doc, column: card.column, left, right, y: top + 24 };
  });
  return { paths, cards };
};

window.points = () => all(".ladder .point").map((point) => [Number(point.dataset.list), Number(point.dataset.rank), point.closest(".document").dataset.doc]);

window.widths = () => Object.fromEntries(all(".document .line").map((line) => [line.parentNode.dataset.step, parseFloat(line.style.strokeWidth)]));

const sides = (node) => {
  const { left, right } = node.getBoundingClientRect();
  return [left, right];
};

window.names = () => all(".column-name").map(sides);
window.titles = () => all(".ladder-plot .title").map((node) => ({ lang: node.getAttribute("lang"), way: node.getAttribute("direction"), sides: sides(node) }));
window.scales = () => all(".scale line").map((line) => line.getBoundingClientRect().left);
window.plot = () => sides(document.querySelector(".ladder-plot"));
