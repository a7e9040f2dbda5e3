// One message as it stands on a screen.

import { dayOf, el, hourOf, icon, plainText, richText, sizeOf, unseen } from "./dom.js";

const TICKS = { antre: "clock", terkirim: "check", sampai: "checks", dibaca: "checks" };
const HUES = [168, 28, 262, 205, 340, 96];

/**
 * @param message as the server gives it
 * @param how {own, look, group, testId, quoted, onTap, onList, onReply, onEdit}
 */
export function bubble(message, how) {
  const side = how.own ? "is-own" : "is-other";
  const inner = el(
    "div",
    { className: "bubble" },
    sender(message, how),
    how.quoted ? quote(how.quoted) : null,
    message.media ? media(message.media) : null,
    message.location ? place(message.location) : null,
    message.text ? words(message, how.look) : null,
    meta(message, how.own),
  );
  const actions = el(
    "div",
    { className: "actions" },
    how.onReply && action("reply", "Kutip pesan ini", () => how.onReply(message)),
    how.own && how.onEdit && message.text && !message.media
      ? action("edit", "Ubah pesan ini", () => how.onEdit(message))
      : null,
  );
  return el(
    "div",
    {
      className: `message ${side} ${message.media?.kind === "photo" ? "has-photo" : ""}`,
      tabIndex: -1,
      attrs: { role: "article" },
      data: { id: message.id, day: dayOf(message.at), author: message.author },
    },
    how.group && !how.own ? avatar(message) : null,
    el("div", { className: "stack" }, el("div", { className: "line" }, inner, actions), choices(message, how)),
  );
}

export function avatar(message) {
  if (message.author === "bot") {
    return el("img", { className: "avatar", src: "/simulator/static/logo.svg", alt: "", width: 32, height: 32 });
  }
  const hue = HUES[[...message.author].reduce((sum, letter) => sum + letter.codePointAt(0), 0) % HUES.length];
  const face = el("span", { className: "avatar", textContent: message.name.slice(0, 1), attrs: { "aria-hidden": "true" } });
  face.classList.add(`hue-${HUES.indexOf(hue)}`);
  return face;
}

export function summary(message) {
  if (message.text) return message.rich ? flat(message.rich) : message.text.replace(/(?<!\S)([*_~])(\S[^\n]*?)\1(?!\w)/gu, "$2");
  if (message.location) return `Lokasi: ${message.location.label}`;
  return message.media ? message.media.name : "";
}

function flat(nodes) {
  return nodes.map((node) => (typeof node === "string" ? node : flat(node.children))).join("");
}

function sender(message, how) {
  const shown = how.group && !how.own;
  const name = how.own ? "Anda" : message.name;
  return el("span", { className: shown ? "sender" : "unseen", textContent: shown ? name : `${name}: ` });
}

function quote(quoted) {
  return el(
    "div",
    { className: "quote" },
    el("span", { className: "quote-name", textContent: quoted.name }),
    el("span", { className: "quote-text", textContent: summary(quoted) }),
  );
}

function words(message, look) {
  const inside = message.rich ? richText(message.rich) : plainText(message.text, look === "sim-whatsapp");
  return el("div", { className: "words" }, ...inside);
}

function media(file) {
  if (file.kind === "photo" && file.type.startsWith("image/")) {
    const image = el("img", { src: file.url, alt: `Foto ${file.name}`, loading: "lazy" });
    return el("a", { className: "photo", href: file.url, target: "_blank", rel: "noopener" }, image);
  }
  if (file.kind === "video" && file.type.startsWith("video/")) {
    return el("video", { src: file.url, controls: true, preload: "metadata", attrs: { "aria-label": file.name } });
  }
  if (file.kind === "voice") {
    const player = { src: file.url, controls: true, preload: "metadata", attrs: { "aria-label": "Pesan suara" } };
    return el("audio", player);
  }
  return el(
    "a",
    { className: "document", href: file.url, target: "_blank", rel: "noopener", download: file.name },
    icon("document"),
    el("span", {}, el("span", { className: "document-name", textContent: file.name }), el("small", { textContent: sizeOf(file.size) })),
  );
}

function place(location) {
  const degrees = `${location.latitude.toFixed(4)}, ${location.longitude.toFixed(4)}`;
  return el(
    "div",
    { className: "place" },
    icon("place"),
    el("span", {}, unseen("Lokasi: "), el("span", { textContent: location.label || "Lokasi" }), el("small", { textContent: degrees })),
  );
}

function meta(message, own) {
  return el(
    "span",
    { className: "meta" },
    message.edited ? el("span", { textContent: "diubah" }) : null,
    el("time", { dateTime: message.at, textContent: hourOf(message.at) }),
    own ? el("span", { className: `ticks is-${message.ticks}` }, icon(TICKS[message.ticks], message.ticks)) : null,
  );
}

function action(name, label, onClick) {
  const button = el("button", { type: "button", className: "icon-button", tabIndex: -1, title: label, attrs: { "aria-label": label } }, icon(name));
  button.addEventListener("click", onClick);
  return button;
}

function choices(message, how) {
  if (!message.buttons.length) return null;
  if (message.list_label && how.look === "sim-whatsapp") {
    const open = el(
      "button",
      { type: "button", className: "choice", data: { key: "list", testid: "phone-list" }, attrs: { "aria-haspopup": "dialog" } },
      icon("list"),
      el("span", { textContent: message.list_label }),
    );
    open.addEventListener("click", () => how.onList(message, open));
    return el("div", { className: "choices" }, open);
  }
  const box = el("div", { className: `choices in-${Math.min(message.rows, 4)}` });
  for (const choice of message.buttons) {
    const button = el(
      "button",
      { type: "button", className: `choice ${choice.tapped ? "is-tapped" : ""}`, data: { key: choice.id, testid: how.testId } },
      choice.tapped ? icon("check", "dipilih") : how.look === "sim-whatsapp" ? icon("reply") : null,
      el("span", { textContent: choice.label }),
    );
    button.addEventListener("click", () => how.onTap(message, choice, button));
    box.append(button);
  }
  return box;
}
