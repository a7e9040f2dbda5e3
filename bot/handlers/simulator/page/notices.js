// Short notices at the foot of the page, and the dialog for those that must be read.

import { el } from "./dom.js";

const SHOWN_FOR = 7000;

/** Show a notice; `again` adds a button that tries once more. */
export function notice(text, { again = null, error = false } = {}) {
  const box = document.getElementById("toasts");
  const toast = el("div", { className: `toast ${error ? "is-error" : ""}` }, el("span", { textContent: text }));
  let timer;
  const close = () => {
    clearTimeout(timer);
    toast.remove();
  };
  if (again) {
    const button = el("button", { type: "button", className: "small-button", textContent: "Coba lagi" });
    button.addEventListener("click", () => {
      close();
      again();
    });
    toast.append(button);
  } else {
    timer = setTimeout(close, SHOWN_FOR);
  }
  while (box.childElementCount > 2) box.firstChild.remove();
  box.append(toast);
}

export function alertBox(text) {
  const dialog = document.getElementById("alert");
  document.getElementById("alert-text").textContent = text;
  if (!dialog.open) dialog.showModal();
}

/** Do it; when it fails, say why and offer to try the very same once more. */
export async function attempt(doing) {
  try {
    return await doing();
  } catch (problem) {
    if (!("again" in problem)) throw problem;
    notice(problem.message, { error: true, again: problem.again ? () => attempt(doing) : null });
    return null;
  }
}
