// The page's beginning: both sides, the tabs of small screens, and the news that feeds them.

import { Memory } from "./memory.js";
import { getJson, listen } from "./net.js";
import { alertBox, attempt, notice } from "./notices.js";
import { Officers } from "./officers.js";
import { Phone } from "./phone.js";

const LINK_WORDS = { on: "Tersambung", waiting: "Menyambung…" };
const SIDES = ["phone", "officers"];

async function begin() {
  const state = await attempt(() => getJson("state"));
  if (!state) {
    setTimeout(begin, 3000);
    return;
  }
  const memory = new Memory(state.latest);
  const phone = new Phone(state, memory);
  const officers = new Officers(state, memory);
  const isPhone = (chat) => state.workers.some((worker) => chat.endsWith(`:${worker.id}`));
  const tabs = new Tabs(memory, {
    onShow: (side) => (side === "phone" ? phone : officers).showSeen(),
    isUnread: (side) => memory.anyUnread((chat) => isPhone(chat) === (side === "phone")),
  });

  const handlers = {
    message(message) {
      if (!message) return;
      memory.note(message.chat, message.thread, message.id);
      (isPhone(message.chat) ? phone : officers).onMessage(message);
    },
    gone({ chat, thread, id }) {
      for (const side of [phone, officers]) if (side.log.holds(chat, thread)) side.log.remove(id);
    },
    topic(topic) {
      if (topic) officers.onTopic(topic);
    },
    typing({ chat, thread }) {
      for (const side of [phone, officers]) if (side.log.holds(chat, thread)) side.log.showTyping();
    },
    toast({ tap, text, alert }) {
      if (!officers.taps.delete(tap)) return;
      for (const button of document.querySelectorAll(".is-waiting")) button.classList.remove("is-waiting");
      if (text && alert) alertBox(text);
      else if (text) notice(text);
    },
    async refresh() {
      const fresh = await getJson("state");
      for (const { chat, thread, id } of fresh.latest) memory.note(chat, thread, id);
      for (const topic of fresh.topics) officers.onTopic(topic);
      await Promise.all([phone.open(), officers.open(officers.chat, officers.log.thread)]);
    },
  };

  await Promise.all([phone.open(), officers.start()]);
  tabs.mark();
  listen(state.news, {
    onState: showLink,
    onNews(kind, content) {
      handlers[kind](content);
      tabs.mark();
    },
  });
  document.addEventListener("visibilitychange", () => {
    phone.showSeen();
    officers.showSeen();
    tabs.mark();
  });
  document.body.dataset.ready = "true";
}

class Tabs {
  constructor(memory, { onShow, isUnread }) {
    this.memory = memory;
    this.onShow = onShow;
    this.isUnread = isUnread;
    this.buttons = Object.fromEntries(SIDES.map((side) => [side, document.getElementById(`tab-${side}`)]));
    for (const side of SIDES) {
      this.buttons[side].addEventListener("click", () => this.show(side));
      this.buttons[side].addEventListener("keydown", (event) => {
        if (!["ArrowLeft", "ArrowRight"].includes(event.key)) return;
        const other = SIDES.find((each) => each !== side);
        this.show(other);
        this.buttons[other].focus();
      });
    }
    this.show(SIDES.includes(memory.get("tab")) ? memory.get("tab") : "phone");
  }

  show(side) {
    document.body.dataset.tab = side;
    for (const [name, button] of Object.entries(this.buttons)) {
      button.setAttribute("aria-selected", String(name === side));
      button.tabIndex = name === side ? 0 : -1;
    }
    this.memory.set("tab", side);
    this.onShow(side);
    this.mark();
  }

  mark() {
    for (const [name, button] of Object.entries(this.buttons)) {
      button.querySelector(".dot").hidden = document.body.dataset.tab === name || !this.isUnread(name);
    }
  }
}

function showLink(state) {
  const box = document.getElementById("link-state");
  if (box.dataset.state === state) return;
  box.dataset.state = state;
  box.firstElementChild.textContent = LINK_WORDS[state];
}

begin();
