// Building elements. Text only ever becomes text; no markup is read anywhere on this page.

const SVG = "http://www.w3.org/2000/svg";
const RICH_TAGS = { b: "b", i: "i", u: "u", s: "s", code: "code", pre: "pre", blockquote: "blockquote" };
const MARKS = /(\*[^*\n]+\*|_[^_\n]+_|~[^~\n]+~)|(https?:\/\/[^\s<>"]+[^\s<>".,;:!?)])/gu;
const MARK_TAGS = { "*": "b", _: "i", "~": "s" };

/** An element with properties, `data-*` (under `data`), attributes (under `attrs`), children. */
export function el(tag, properties = {}, ...children) {
  const node = document.createElement(tag);
  const { attrs = {}, data = {}, ...rest } = properties;
  Object.assign(node, rest);
  Object.assign(node.dataset, data);
  for (const [name, value] of Object.entries(attrs)) {
    if (value !== null && value !== undefined) node.setAttribute(name, value);
  }
  node.append(...children.filter((child) => child !== null && child !== undefined && child !== ""));
  return node;
}

export function icon(name, label = "") {
  const svg = document.createElementNS(SVG, "svg");
  if (label) {
    svg.setAttribute("role", "img");
    svg.setAttribute("aria-label", label);
  } else {
    svg.setAttribute("aria-hidden", "true");
  }
  const use = document.createElementNS(SVG, "use");
  use.setAttribute("href", `/simulator/static/icons.svg#${name}`);
  svg.append(use);
  return svg;
}

export function unseen(text) {
  return el("span", { className: "unseen", textContent: text });
}

function link(href, ...children) {
  return el("a", { href, target: "_blank", rel: "noopener noreferrer" }, ...children);
}

/** The server's tree of Telegram markup as elements. */
export function richText(nodes) {
  return nodes.map((node) => {
    if (typeof node === "string") return document.createTextNode(node);
    const inside = richText(node.children);
    if (node.tag === "a") return node.href ? link(node.href, ...inside) : el("span", {}, ...inside);
    if (node.tag === "tg-spoiler") return spoiler(inside);
    return el(RICH_TAGS[node.tag] || "span", {}, ...inside);
  });
}

function spoiler(inside) {
  const words = el("span", { hidden: true }, ...inside);
  const button = el("button", { type: "button", className: "spoiler" }, el("span", { textContent: "Tampilkan" }), words);
  button.addEventListener("click", () => {
    button.firstChild.hidden = true;
    words.hidden = false;
    button.classList.add("is-open");
  });
  return button;
}

/** Plain words: addresses become links; on WhatsApp *so* is bold, _so_ italic, ~so~ struck. */
export function plainText(text, marked) {
  const nodes = [];
  let at = 0;
  for (const found of text.matchAll(MARKS)) {
    const [whole, mark, address] = found;
    const alone = !/[\p{L}\p{N}]/u.test((text[found.index - 1] || "") + (text[found.index + whole.length] || ""));
    if (mark && !(marked && alone)) continue;
    nodes.push(document.createTextNode(text.slice(at, found.index)));
    nodes.push(address ? link(address, address) : el(MARK_TAGS[mark[0]], { textContent: mark.slice(1, -1) }));
    at = found.index + whole.length;
  }
  nodes.push(document.createTextNode(text.slice(at)));
  return nodes;
}

const HOUR = new Intl.DateTimeFormat("id", { hour: "2-digit", minute: "2-digit" });
const DAY = new Intl.DateTimeFormat("id", { weekday: "long", day: "numeric", month: "long" });

export function hourOf(iso) {
  return HOUR.format(new Date(iso));
}

export function dayOf(iso) {
  const day = DAY.format(new Date(iso));
  return day === DAY.format(new Date()) ? "Hari ini" : day;
}

export function sizeOf(bytes) {
  return bytes < 1e6 ? `${Math.max(1, Math.round(bytes / 1e3))} KB` : `${(bytes / 1e6).toFixed(1)} MB`;
}
