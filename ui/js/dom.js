// The one way text gets onto the page: as text. Nothing here, or anywhere in these files, reads HTML.

function el(tag, attributes, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes || {})) {
    if (value === null || value === undefined || value === false) continue;
    if (name === "class") node.className = value;
    else if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else node.setAttribute(name, value === true ? "" : String(value));
  }
  node.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

const SVG = "http://www.w3.org/2000/svg";

function svg(tag, attributes, ...children) {
  const node = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes || {})) if (value !== null && value !== undefined && value !== false) node.setAttribute(name, String(value));
  node.append(...children.flat().filter(Boolean));
  return node;
}

function say(key, values) {
  const words = WORDS[key] || key;
  return words.replace(/\{(\w+)\}/g, (whole, name) => (values && name in values ? String(values[name]) : whole));
}

// 3 ms, 41 ms, 1.3 s
function duration(seconds) {
  const ms = seconds * 1000;
  if (ms < 10) return `${ms.toFixed(1)} ms`;
  return ms < 1000 ? `${Math.round(ms)} ms` : `${seconds.toFixed(1)} s`;
}

// Where nothing may be kept (a strict browser, a frame), the page still works, until it is closed.
const kept = {
  memory: new Map(),
  get(name) {
    try {
      return localStorage.getItem(`babelscope.${name}`);
    } catch {
      return this.memory.get(name) ?? null;
    }
  },
  names(prefix) {
    const names = [...this.memory.keys()];
    try {
      names.push(...Object.keys(localStorage).map((name) => name.replace(/^babelscope\./, "")));
    } catch {
      // Only this page's memory, then.
    }
    return names.filter((name) => name.startsWith(prefix));
  },
  set(name, value) {
    if (value === null) this.memory.delete(name);
    try {
      if (value === null) localStorage.removeItem(`babelscope.${name}`);
      else localStorage.setItem(`babelscope.${name}`, value);
    } catch {
      if (value !== null) this.memory.set(name, value);
    }
  },
};

// UUIDs by getRandomValues: crypto.randomUUID is missing on plain http outside localhost.
function uuid(version, head) {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  if (head !== undefined) for (let i = 0; i < 6; i++) bytes[i] = Math.floor(head / 2 ** (8 * (5 - i))) % 256;
  bytes[6] = (bytes[6] & 0x0f) | (version << 4);
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}

const uuid4 = () => uuid(4);
const uuid7 = () => uuid(7, Date.now());
