// The officers' side: the group with its topics, and private chats with the bot.

import { bubble } from "./bubble.js";
import { Composer } from "./composer.js";
import { el, icon, unseen } from "./dom.js";
import { ChatLog } from "./log.js";
import { newId, postFile, postJson } from "./net.js";
import { attempt } from "./notices.js";

const HINTS = {
  topic: "Hanya dibaca petugas. Untuk menjawab pelapor, pakai /balas.",
  reply: "Untuk pelapor. Anda memeriksanya dulu sebelum terkirim.",
  general: "Obrolan petugas, di luar kasus.",
  private: "Percakapan pribadi dengan bot. Petugas lain tidak melihatnya.",
};

export class Officers {
  constructor(state, memory) {
    this.state = state;
    this.memory = memory;
    this.topics = new Map(state.topics.map((topic) => [topic.id, topic]));
    this.taps = new Set();
    this.group = document.getElementById("group");
    this.select = document.getElementById("officer");
    this.list = document.getElementById("topic-list");
    this.card = document.getElementById("card");
    this.cardBody = document.getElementById("card-body");
    this.closer = document.getElementById("room-close");
    this.log = new ChatLog(document.getElementById("room-log"), {
      draw: (message, find) => (message === this.pinned() ? null : this.draw(message, find)),
      empty: () => el("div", { className: "empty" }, el("p", { textContent: "Belum ada pesan di sini." })),
      onChange: () => this.showCard(),
    });
    this.buildComposer();
    this.buildOfficers();
    document.getElementById("room-back").addEventListener("click", () => this.showList());
    this.closer.addEventListener("click", () => this.toggleTopic());
    this.folded = new Set(memory.get("folded") || []);
    this.cardToggle = document.getElementById("card-toggle");
    this.cardToggle.addEventListener("click", () => this.foldCard(!this.cardBody.hidden));
  }

  buildComposer() {
    this.composer = new Composer(document.getElementById("room-form"), {
      name: "officer",
      placeholder: "Tulis catatan, atau /balas …",
      label: "Tulis di topik ini",
      onAttach: () => this.composer.choose(""),
      onSend: (what) => this.send(what),
      onInput: () => this.showHint(),
    });
    this.hint = el("p", { className: "hint", id: "room-hint" });
    this.replyButton = el("button", { type: "button", className: "small-button", textContent: "/balas" });
    this.replyButton.addEventListener("click", () => {
      const words = this.composer.input.value.replace(/^\/balas\s*/u, "");
      this.composer.write(`/balas ${words}`);
    });
    this.composer.form.append(el("div", { className: "hint-row" }, this.hint, this.replyButton));
    this.composer.input.setAttribute("aria-describedby", "room-hint");
  }

  buildOfficers() {
    const known = this.state.officers.some((officer) => officer.id === this.memory.get("officer"));
    this.officer = known ? this.memory.get("officer") : this.state.officers[0].id;
    this.select.replaceChildren(
      ...this.state.officers.map(({ id, name, role }) => el("option", { value: id, textContent: `${name} – ${role}` })),
    );
    this.select.value = this.officer;
    this.select.addEventListener("change", () => this.speakAs(this.select.value));
  }

  get chat() {
    return this.log.chat;
  }

  get place() {
    return { chat: this.chat.split(":")[1], thread: this.log.thread };
  }

  get me() {
    return this.state.officers.find((officer) => officer.id === this.officer);
  }

  async speakAs(officer) {
    this.officer = officer;
    this.memory.set("officer", officer);
    const isPrivate = this.chat !== this.state.group.chat;
    if (isPrivate) await this.open(this.state.group.chat, "");
    else this.log.redraw();
    this.showTopics();
  }

  /** Open what was open when the page was left. */
  async start() {
    const [chat, thread] = this.memory.get("room") || [];
    const known = chat === this.me.chat || (chat === this.state.group.chat && (!thread || this.topics.has(thread)));
    await this.open(known ? chat : this.state.group.chat, known ? thread : "");
    this.group.dataset.view = known && this.memory.get("view") === "room" ? "room" : "list";
  }

  async open(chat, thread) {
    this.composer.reset();
    this.memory.set("room", [chat, thread]);
    await attempt(() => this.log.open(chat, thread));
    this.showSeen();
    this.showRoom();
    this.showTopics();
  }

  async choose(chat, thread) {
    this.view("room");
    await this.open(chat, thread);
    // On a narrow screen the list is gone, and the focus with it.
    if (this.list.offsetParent === null) document.getElementById("room-back").focus();
  }

  showList() {
    this.view("list");
    this.group.querySelector(".topics [aria-current]")?.focus();
  }

  view(name) {
    this.group.dataset.view = name;
    this.memory.set("view", name);
  }

  showRoom() {
    const { thread } = this.log;
    const topic = this.topics.get(thread);
    const isPrivate = this.chat !== this.state.group.chat;
    document.getElementById("room-title").textContent = topic?.title || (isPrivate ? `Pribadi: ${this.me.name} dan bot` : "Umum");
    this.closer.hidden = !topic;
    this.closer.textContent = topic?.closed ? "Buka lagi topik" : "Tutup topik";
    this.replyButton.hidden = !topic;
    this.composer.input.placeholder = topic ? "Tulis catatan, atau /balas …" : "Tulis pesan";
    this.showHint();
  }

  showHint() {
    const isReply = /^\/balas\b/u.test(this.composer.input.value);
    const isPrivate = this.chat && this.chat !== this.state.group.chat;
    const kind = isPrivate ? "private" : !this.log.thread ? "general" : isReply ? "reply" : "topic";
    if (!this.hint || this.hint.dataset.kind === kind) return;
    this.hint.dataset.kind = kind;
    this.hint.textContent = HINTS[kind];
  }

  showTopics() {
    const focused = document.activeElement?.dataset.item;
    const group = this.state.group.chat;
    const fixed = [this.item(group, "", "Umum", "topic", "topic-general")];
    if (this.me.chat) fixed.push(this.item(this.me.chat, "", `Pribadi: ${this.me.name} dan bot`, "person", "topic-private"));
    document.getElementById("topics-fixed").replaceChildren(...fixed);
    const latest = (topic) => this.memory.latest(group, topic.id) || Number(topic.id);
    const sorted = [...this.topics.values()].sort((one, other) => latest(other) - latest(one));
    this.list.replaceChildren(
      ...sorted.map((topic) => this.item(group, topic.id, topic.title, topic.closed ? "lock" : "topic", "topic-item", topic.closed)),
    );
    document.getElementById("topics-empty").hidden = sorted.length > 0;
    if (focused) this.group.querySelector(`.topics [data-item="${CSS.escape(focused)}"]`)?.focus({ preventScroll: true });
  }

  item(chat, thread, title, symbol, testId, closed = false) {
    const unread = this.memory.isUnread(chat, thread);
    const current = this.log.holds(chat, thread);
    const button = el(
      "button",
      {
        type: "button",
        className: `topic ${closed ? "is-closed" : ""} ${unread ? "is-unread" : ""}`,
        data: { item: `${chat}|${thread}`, testid: testId, thread },
        attrs: { "aria-current": current ? "true" : null },
      },
      icon(symbol),
      el("span", { className: "topic-title", textContent: title }),
      closed ? unseen(" (ditutup)") : null,
      unread ? el("span", { className: "dot" }, unseen(" ada pesan baru")) : null,
    );
    button.addEventListener("click", () => this.choose(chat, thread));
    return el("li", {}, button);
  }

  pinned() {
    return [...(this.log?.messages.values() || [])].findLast((message) => message.pinned);
  }

  showCard() {
    const card = this.pinned();
    this.card.hidden = !card;
    this.showFold();
    if (!card) {
      this.cardBody.replaceChildren();
      this.cardShown = null;
      return;
    }
    if (card === this.cardShown) return;
    this.cardShown = card;
    const fresh = this.draw(card, () => null, false);
    const old = this.cardBody.firstElementChild;
    if (old) this.log.swap(old, fresh);
    else this.cardBody.replaceChildren(fresh);
  }

  /** Whoever works on a case needs the room more than the card; it is one tap away. */
  foldCard(folded) {
    if (folded) this.folded.add(this.log.thread);
    else this.folded.delete(this.log.thread);
    this.memory.set("folded", [...this.folded]);
    this.showFold();
  }

  showFold() {
    const folded = this.folded.has(this.log.thread);
    if (folded && this.cardBody.contains(document.activeElement)) this.cardToggle.focus();
    this.cardToggle.setAttribute("aria-expanded", String(!folded));
    this.cardBody.hidden = folded;
  }

  draw(message, find, withActions = true) {
    return bubble(message, {
      own: message.author === this.officer,
      group: true,
      look: "sim-telegram",
      testId: "officer-button",
      quoted: find(message.reply_to),
      onTap: (tapped, choice, button) => this.tap(tapped, choice, button),
      onReply: withActions ? (quoted) => this.composer.replyTo(quoted) : null,
      onEdit: (edited) => this.composer.edit(edited),
    });
  }

  async tap(message, choice, button) {
    const body = { client_id: newId(), chat: this.place.chat, message_id: message.id, id: choice.id };
    this.taps.add(body.client_id);
    button.classList.add("is-waiting");
    setTimeout(() => button.classList.remove("is-waiting"), 4000);
    if (message === this.pinned()) this.foldCard(true);
    await attempt(() => postJson(`officers/${this.officer}/taps`, body));
  }

  async send({ text, files, edits, replyTo }) {
    const { chat, thread } = this.place;
    if (thread) this.foldCard(true);
    const path = `officers/${this.officer}`;
    if (!files.length) {
      const body = { client_id: newId(), chat, thread, text, edits, reply_to: replyTo };
      await attempt(() => postJson(`${path}/messages`, body));
      return;
    }
    const album = files.length > 1 ? newId() : "";
    for (const [at, { file, kind, name }] of files.entries()) {
      const caption = at ? "" : text;
      const query = { client_id: newId(), chat, thread, kind, name, caption, album };
      await attempt(() => postFile(`${path}/files`, query, file));
    }
  }

  async toggleTopic() {
    const topic = this.topics.get(this.log.thread);
    const body = { client_id: newId(), thread: topic.id, closed: !topic.closed };
    await attempt(() => postJson(`officers/${this.officer}/topics`, body));
  }

  get isShown() {
    return document.visibilityState === "visible" && this.log.box.offsetParent !== null;
  }

  onMessage(message) {
    if (this.log.takes(message)) {
      const cardBefore = this.pinned()?.id;
      this.log.put(message);
      if (this.pinned()?.id !== cardBefore) this.log.redraw(); // the card leaves the row of messages
      if (this.isShown) this.memory.read(message.chat, message.thread, message.id);
    }
    this.showTopics();
  }

  onTopic(topic) {
    this.topics.set(topic.id, topic);
    this.showTopics();
    if (this.log.thread === topic.id) this.showRoom();
  }

  showSeen() {
    if (!this.isShown) return;
    const shown = [...this.log.messages.keys()].map(Number);
    if (shown.length) this.memory.read(this.chat, this.log.thread, Math.max(...shown));
    this.showTopics();
  }
}
