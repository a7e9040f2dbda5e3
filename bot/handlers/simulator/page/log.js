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
    this.following = true; // the reader is at the newest message
    this.chat = this.thread = "";
    this.typing = el("div", { className: "typing", hidden: true, attrs: { "aria-hidden": "true" } }, el("i"), el("i"), el("i"));
    this.older = el("button", { type: "button", className: "small-button older", textContent: "Lihat pesan lama", hidden: true });
    this.newer = el("button", { type: "button", className: "newer", textContent: "Ada pesan baru", hidden: true });
    this.older.addEventListener("click", () => this.loadOlder());
    this.newer.addEventListener("click", () => this.scrollToEnd());
    box.addEventListener("keydown", (event) => this.walk(event));
    box.addEventListener("focusin", (event) => this.offerActions(event.target));
    box.addEventListener("scroll", () => this.noteScroll(), { passive: true });
    // Neither a card or keyboard that takes room nor a late picture pushes the newest away.
    const follow = () => this.isFollowing() && this.scrollToEnd();
    new ResizeObserver(follow).observe(box);
    box.addEventListener("load", follow, { capture: true });
  }

  async open(chat, thread = "") {
    const asked = (this.asked = { chat, thread, late: [] });
    const path = `chats/${encodeURIComponent(chat)}?thread=${encodeURIComponent(thread)}`;
    const found = await getJson(path).catch((problem) => {
      if (asked === this.asked) this.asked = null;
      throw problem;
    });
    if (asked !== this.asked) return; // another chat was opened meanwhile
    this.chat = chat;
    this.thread = thread;
    this.messages = new Map(found.messages.map((message) => [message.id, message]));
    this.older.hidden = !found.more;
    this.hideTyping();
    this.box.setAttribute("aria-busy", "true"); // what stood there before is not read aloud
    this.following = true;
    this.redraw();
    this.asked = null;
    for (const message of asked.late) this.put(message);
    requestAnimationFrame(() => this.box.setAttribute("aria-busy", "false"));
  }

  redraw() {
    const drawn = [...this.messages.values()].map((message) => this.draw(message, this.find)).filter(Boolean);
    this.box.replaceChildren(this.older, ...drawn, this.typing, this.newer);
    this.afterChange();
    if (this.following) this.scrollToEnd();
  }

  find = (id) => this.messages.get(id);

  holds(chat, thread) {
    return this.chat === chat && this.thread === thread;
  }

  /** Whether to `put` a message that has come; one for a chat just being opened is kept for it. */
  takes(message) {
    const { asked } = this;
    if (asked?.chat !== message.chat || asked.thread !== message.thread) return this.holds(message.chat, message.thread);
    asked.late.push(message);
    return false;
  }

  put(message) {
    const following = this.isFollowing();
    const before = this.messages.get(message.id);
    const isNew = !before;
    this.messages.set(message.id, message);
    if (before && looks(before) === looks(message)) return; // a playing recording plays on
    const old = this.element(message.id);
    const fresh = this.draw(message, this.find);
    if (old && fresh) this.swap(old, fresh);
    else if (old) this.drop(old);
    else if (fresh) this.box.insertBefore(fresh, this.nextOf(message.id));
    if (isNew && message.author === "bot") this.hideTyping();
    this.afterChange();
    if (isNew && fresh) fresh.classList.add("is-new");
    if (following || (isNew && fresh?.classList.contains("is-own"))) this.scrollToEnd();
    else if (isNew && fresh) this.newer.hidden = false;
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
    this.typing.hidden = false;
    clearTimeout(this.typingEnds);
    this.typingEnds = setTimeout(() => this.hideTyping(), 6000);
    if (this.following) this.scrollToEnd();
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

  /** Whether the reader is at the newest message; a scroll's event may still be on the way. */
  isFollowing() {
    if (this.box.scrollTop !== this.scrolledTo) this.noteScroll();
    return this.following;
  }

  noteScroll() {
    const { scrollHeight, scrollTop, clientHeight } = this.box;
    this.scrolledTo = scrollTop;
    this.following = scrollHeight - scrollTop - clientHeight < NEAR_THE_END;
    if (this.following) this.newer.hidden = true;
  }

  scrollToEnd() {
    this.following = true;
    this.newer.hidden = true;
    this.box.scrollTop = this.box.scrollHeight;
    this.scrolledTo = this.box.scrollTop;
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

/** All of a message that can be seen: the ticks of what the bot says stand on no screen. */
function looks(message) {
  return JSON.stringify(message.author === "bot" ? { ...message, ticks: "" } : message);
}
