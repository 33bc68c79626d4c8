// Beside the name: when the grades were last copied off this machine, or that they are not. Nothing where no copy is kept.

const backed = makeBacked();

function makeBacked() {
  const node = el("span", { class: "backed", hidden: true });
  let timer = 0;
  const clock = (at) => new Date(at).toLocaleTimeString("en-GB");
  const words = ({ kind, at, waiting, error }) => {
    if (kind === "machine" || kind === "reader") return say(`backed.${kind}`);
    if (error && waiting) return at ? say("backed.since", { time: clock(at), n: waiting }) : say("backed.never", { n: waiting });
    return at ? say("backed.at", { time: clock(at) }) : "";
  };
  const show = (state) => {
    if (!state) return;
    const text = words(state);
    node.hidden = !text;
    if (node.textContent !== text) node.replaceChildren(text);
    const plain = state.kind === "machine" || state.kind === "reader";
    node.title = plain ? say(`backed.${state.kind}.title`) : (typeof state.error === "string" && state.error) || say("backed.title");
    node.classList.toggle("behind", plain || Boolean(state.error && state.waiting));
  };
  // Passes a server function's answer on, and shows what it says of the copy; after a save it looks once more, when the
  // grade should be there.
  const heard = (send) => async (data) => {
    const answer = await send(data);
    show(answer?.backed);
    if (answer?.backed?.waiting) {
      clearTimeout(timer);
      timer = setTimeout(() => server.read_backup({}).then((late) => show(late?.backed)).catch(() => undefined), answer.backed.again * 1000);
    }
    return answer;
  };
  return { node, show, heard };
}
