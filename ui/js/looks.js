// How one looks at the results, in the URL without an entry in the history: what is open, the reference, the view.

const LOOKS = ["open", "panel", "col", "ref", "view", "top", "fold", "pin"];

const readable = (parts) => parts.toString().replace(/%3B/g, ";").replace(/%3A/g, ":").replace(/%2C/g, ",").replace(/%28/g, "(").replace(/%29/g, ")");

// The address without them: what is asked.
function unlooked(search) {
  const parts = new URLSearchParams(search);
  for (const name of LOOKS) parts.delete(name);
  return parts.toString();
}

// Some of them changed; null, undefined and "" go without saying.
function keepLooks(changed) {
  const before = new URLSearchParams(location.search);
  const parts = new URLSearchParams(unlooked(location.search));
  for (const name of LOOKS) {
    const value = name in changed ? changed[name] : before.get(name);
    if (value) parts.set(name, value);
  }
  history.replaceState(null, "", location.pathname + (parts.size ? `?${readable(parts)}` : ""));
}
