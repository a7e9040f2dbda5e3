// A sheet that rises from the foot of one screen; the rest of that screen waits meanwhile.

import { el, icon } from "./dom.js";

/**
 * @param host the screen's frame; its other children become inert
 * @param items {label, detail, icon, testId, onChoose}
 * @param opener gets the focus back
 */
export function openSheet(host, { title, items, opener }) {
  const behind = [...host.children];
  const shade = el("div", { className: "shade" });
  const close = () => {
    sheet.remove();
    shade.remove();
    for (const each of behind) each.inert = false;
    focusOn(opener, host);
  };
  const list = el("ul", {});
  for (const item of items) {
    const button = el(
      "button",
      { type: "button", data: { testid: item.testId } },
      item.icon ? icon(item.icon) : null,
      el("span", {}, el("span", { textContent: item.label }), item.detail ? el("small", { textContent: item.detail }) : null),
    );
    button.addEventListener("click", () => {
      close();
      item.onChoose(opener);
    });
    list.append(el("li", {}, button));
  }
  const shut = el("button", { type: "button", className: "icon-button", attrs: { "aria-label": "Tutup" } }, icon("close"));
  const heading = el("h4", { textContent: title });
  const sheet = el(
    "div",
    { className: "sheet", attrs: { role: "dialog", "aria-modal": "true", "aria-label": title } },
    el("div", { className: "sheet-top" }, heading, shut),
    list,
  );
  shut.addEventListener("click", close);
  shade.addEventListener("click", close);
  sheet.addEventListener("keydown", (event) => {
    if (event.key === "Escape") close();
    if (event.key === "ArrowDown" || event.key === "ArrowUp") step(event, list);
  });
  for (const each of behind) each.inert = true;
  host.append(shade, sheet);
  (list.querySelector("button") || shut).focus();
}

/** The opener, or what stands in its place when its message was drawn anew meanwhile. */
function focusOn(opener, host) {
  const id = opener.closest(".message")?.dataset.id;
  const now = host.querySelector(`.message[data-id="${CSS.escape(id || "")}"] [data-key="${CSS.escape(opener.dataset.key || "")}"]`);
  (opener.isConnected ? opener : now)?.focus();
}

function step(event, list) {
  const buttons = [...list.querySelectorAll("button")];
  const at = buttons.indexOf(document.activeElement) + (event.key === "ArrowDown" ? 1 : -1);
  event.preventDefault();
  buttons[Math.max(0, Math.min(at, buttons.length - 1))].focus();
}
