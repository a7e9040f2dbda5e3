// A chat's messages on a screen: kept in order, patched in place, focus never lost.

import { el } from "./dom.js";
import { getJson } from "./net.js";

const NEAR_THE_END = 120;

export class ChatLog {
  /**
   * @param box the element with role "log"
   * @param draw (message, find) => element
   */
  constructor(box, { draw, empty, onChange = () => {} }) {
    this.box = box;
    this.draw = draw;
    this.empty = empty;
    this.onChange = onChange;
    this.messages = new Map();
    this.chat = this.thread = "";
    this.typing = el("div", { className: "typing", hidden: true, attrs: { "aria-hidden": "true" } }, el("i"), el("i"), el("i"));
    this.older = el("button", { type: "button", className: "small-button older", textContent: "Lihat pesan lama", hidden: true });
    this.newer = el("button", { type: "button", className: "newer", textContent: "Ada pesan baru", hidden: true });
    this.older.addEventListener("click", () => this.loadOlder());
    this.newer.addEventListener("click", () => this.scrollToEnd());
    box.addEventListener("keydown", (event) => this.walk(event));
    box.addEventListener("focusin", (event) => this.offerActions(event.target));
    box.addEventListener("scroll", () => this.atEnd() && (this.newer.hidden = true), { passive: true });
    // A card or keyboard that takes room must not push the newest message out of sight.
    let height = box.clientHeight;
    new ResizeObserver(() => {
      const lost = height - box.clientHeight;
      height = box.clientHeight;
      if (lost > 0 && this.gap() < NEAR_THE_END + lost) this.scrollToEnd();
    }).observe(box);
  }

  async open(chat, thread = "") {
    const asked = (this.asked = Symbol("open"));
    const found = await getJson(`chats/${encodeURIComponent(chat)}?thread=${encodeURIComponent(thread)}`);
    if (asked !== this.asked) return; // another chat was opened meanwhile
    this.chat = chat;
    this.thread = thread;
    this.messages = new Map(found.messages.map((message) => [message.id, message]));
    this.older.hidden = !found.more;
    this.hideTyping();
    this.box.setAttribute("aria-busy", "true"); // what stood there before is not read aloud
    this.redraw();
    this.scrollToEnd();
    requestAnimationFrame(() => this.box.setAttribute("aria-busy", "false"));
  }

  redraw() {
    const drawn = [...this.messages.values()].map((message) => this.draw(message, this.find)).filter(Boolean);
    this.box.replaceChildren(this.older, ...drawn, this.typing, this.newer);
    this.afterChange();
  }

  find = (id) => this.messages.get(id);

  holds(chat, thread) {
    return this.chat === chat && this.thread === thread;
  }

  put(message) {
    const stick = this.atEnd();
    const isNew = !this.messages.has(message.id);
    this.messages.set(message.id, message);
    const old = this.element(message.id);
    const fresh = this.draw(message, this.find);
    if (old && fresh) this.swap(old, fresh);
    else if (old) this.drop(old);
    else if (fresh) this.box.insertBefore(fresh, this.nextOf(message.id));
    if (isNew && message.author === "bot") this.hideTyping();
    this.afterChange();
    if (isNew && (stick || fresh?.classList.contains("is-own"))) this.scrollToEnd(true);
    else if (isNew && fresh) this.newer.hidden = false;
    else if (stick) this.scrollToEnd();
  }

  remove(id) {
    this.messages.delete(id);
    const old = this.element(id);
    if (old) this.drop(old);
    this.afterChange();
  }

  swap(old, fresh) {
    const focused = old.contains(document.activeElement) ? document.activeElement : null;
    const key = focused?.dataset.key;
    old.replaceWith(fresh);
    if (!focused) return;
    const same = key && [...fresh.querySelectorAll("[data-key]")].find((each) => each.dataset.key === key);
    (same || fresh).focus({ preventScroll: true });
  }

  drop(old) {
    const hadFocus = old.contains(document.activeElement);
    old.remove();
    if (hadFocus) this.box.focus({ preventScroll: true });
  }

  showTyping() {
    const stick = this.atEnd();
    this.typing.hidden = false;
    clearTimeout(this.typingEnds);
    this.typingEnds = setTimeout(() => this.hideTyping(), 6000);
    if (stick) this.scrollToEnd(true);
    this.onChange();
  }

  hideTyping() {
    clearTimeout(this.typingEnds);
    this.typing.hidden = true;
    this.onChange();
  }

  async loadOlder() {
    const first = Math.min(...[...this.messages.keys()].map(Number));
    const query = `thread=${encodeURIComponent(this.thread)}&before=${first}`;
    const found = await getJson(`chats/${encodeURIComponent(this.chat)}?${query}`);
    const fromEnd = this.box.scrollHeight - this.box.scrollTop;
    this.messages = new Map([...found.messages.map((message) => [message.id, message]), ...this.messages]);
    this.older.hidden = !found.more;
    this.redraw();
    this.box.scrollTop = this.box.scrollHeight - fromEnd;
    (found.more ? this.older : this.box).focus({ preventScroll: true });
  }

  afterChange() {
    const shown = this.elements();
    shown.forEach((each, at) => each.classList.toggle("starts-day", each.dataset.day !== shown[at - 1]?.dataset.day));
    shown.forEach((each, at) => each.classList.toggle("goes-on", each.dataset.author === shown[at - 1]?.dataset.author));
    const hint = this.box.querySelector(":scope > .empty");
    if (!shown.length && this.empty && !hint) this.box.insertBefore(this.empty(), this.typing);
    if (shown.length) hint?.remove();
    this.onChange();
  }

  elements() {
    return [...this.box.querySelectorAll(":scope > .message")];
  }

  element(id) {
    return this.elements().find((each) => each.dataset.id === id);
  }

  nextOf(id) {
    return this.elements().find((each) => Number(each.dataset.id) > Number(id)) || this.typing;
  }

  gap() {
    return this.box.scrollHeight - this.box.scrollTop - this.box.clientHeight;
  }

  atEnd() {
    return this.gap() < NEAR_THE_END;
  }

  scrollToEnd(softly = false) {
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    this.newer.hidden = true;
    this.box.scrollTo({ top: this.box.scrollHeight, behavior: softly && !calm ? "smooth" : "instant" });
  }

  /** Arrow keys go from message to message; their actions are then next in tab order. */
  walk(event) {
    const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    if (!step || event.target.closest("audio, video, input")) return;
    const shown = this.elements();
    const at = shown.indexOf(document.activeElement.closest(".message"));
    const to = at < 0 ? shown.at(-1) : shown[at + step];
    if (!to) return;
    event.preventDefault();
    to.focus();
    to.scrollIntoView({ block: "nearest" });
  }

  offerActions(target) {
    const current = target.closest(".message");
    for (const button of this.box.querySelectorAll(".actions button")) {
      button.tabIndex = current?.contains(button) ? 0 : -1;
    }
  }
}
