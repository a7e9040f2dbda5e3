// The worker's phone: whose it is, how it looks, what was said.

import { bubble } from "./bubble.js";
import { Composer } from "./composer.js";
import { el } from "./dom.js";
import { ChatLog } from "./log.js";
import { newId, postFile, postJson } from "./net.js";
import { attempt } from "./notices.js";
import { openSheet } from "./sheet.js";

const OPENERS = [
  "Halo",
  "Gaji saya bulan ini belum dibayar",
  "Teman saya tangannya terjepit mesin, tidak ada alat pelindung",
];
const FILES = [
  ["photo", "Foto"],
  ["video", "Video"],
  ["document", "Dokumen"],
  ["voice", "Berkas suara"],
];

export class Phone {
  constructor(state, memory) {
    this.state = state;
    this.memory = memory;
    this.frame = document.getElementById("phone");
    this.select = document.getElementById("worker");
    this.status = document.getElementById("phone-status");
    this.log = new ChatLog(document.getElementById("phone-log"), {
      draw: (message, find) => this.draw(message, find),
      empty: () => this.openers(),
      onChange: () => this.showStatus(),
    });
    this.composer = new Composer(document.getElementById("phone-form"), {
      name: "phone",
      placeholder: "Tulis pesan",
      label: "Tulis pesan ke Kawan Buruh",
      voice: true,
      onAttach: (button) => this.offerFiles(button),
      onSend: (what) => this.send(what),
    });
    this.look = state.looks.includes(memory.get("look")) ? memory.get("look") : state.looks[0];
    const known = state.workers.some((worker) => worker.id === memory.get("worker"));
    this.worker = known ? memory.get("worker") : state.workers[0].id;
    this.select.replaceChildren(...state.workers.map((worker) => el("option", { value: worker.id })));
    this.select.addEventListener("change", () => this.turn({ worker: this.select.value }));
    for (const button of document.querySelectorAll("[data-look][aria-pressed]")) {
      button.addEventListener("click", () => this.turn({ look: button.dataset.look }));
    }
  }

  get chat() {
    return `${this.look}:${this.worker}`;
  }

  get path() {
    return `phones/${this.look}/${this.worker}`;
  }

  turn({ look = this.look, worker = this.worker }) {
    const same = look === this.look && worker === this.worker;
    this.look = look;
    this.worker = worker;
    this.memory.set("look", look);
    this.memory.set("worker", worker);
    if (!same) this.composer.reset();
    return this.open();
  }

  async open() {
    this.frame.dataset.look = this.look;
    for (const button of document.querySelectorAll("[data-look][aria-pressed]")) {
      button.setAttribute("aria-pressed", String(button.dataset.look === this.look));
    }
    await attempt(() => this.log.open(this.chat));
    this.showSeen();
    this.showWorkers();
  }

  showWorkers() {
    this.select.value = this.worker;
    this.state.workers.forEach((worker, at) => {
      const unread = this.memory.isUnread(`${this.look}:${worker.id}`) && worker.id !== this.worker;
      this.select.options[at].textContent = `${worker.name} – ${worker.work}${unread ? " (pesan baru)" : ""}`;
    });
    this.select.value = this.worker;
  }

  draw(message, find) {
    const own = message.author !== "bot";
    return bubble(message, {
      own,
      look: this.look,
      testId: "phone-button",
      quoted: find(message.reply_to),
      onTap: (tapped, choice) => this.tap(tapped, choice),
      onList: (tapped, opener) => this.offerList(tapped, opener),
      onReply: (quoted) => this.composer.replyTo(quoted),
      onEdit: (edited) => this.composer.edit(edited),
    });
  }

  openers() {
    const box = el("div", { className: "empty" }, el("p", { textContent: "Tulis apa saja untuk memulai, misalnya:" }));
    for (const words of OPENERS) {
      const button = el("button", { type: "button", className: "small-button", textContent: words });
      button.addEventListener("click", () => this.composer.write(words));
      box.append(button);
    }
    return box;
  }

  tap(message, choice) {
    const body = { client_id: newId(), choice: { message_id: message.id, id: choice.id } };
    return attempt(() => postJson(`${this.path}/messages`, body));
  }

  offerList(message, opener) {
    openSheet(this.frame, {
      title: message.list_label,
      opener,
      items: message.buttons.map((choice) => ({
        label: choice.label,
        detail: choice.detail,
        icon: choice.tapped ? "check" : null,
        testId: "phone-button",
        onChoose: () => this.tap(message, choice),
      })),
    });
  }

  offerFiles(opener) {
    const files = FILES.map(([kind, label]) => ({ label, icon: kind, onChoose: () => this.composer.choose(kind) }));
    const place = { label: "Lokasi", icon: "place", testId: "phone-place", onChoose: () => this.offerPlaces(opener) };
    openSheet(this.frame, { title: "Lampirkan", opener, items: [...files, place] });
  }

  offerPlaces(opener) {
    const { path } = this;
    const items = this.state.places.map((location) => ({
      label: location.label,
      icon: "place",
      onChoose: () => {
        const body = { client_id: newId(), location };
        attempt(() => postJson(`${path}/messages`, body));
      },
    }));
    openSheet(this.frame, { title: "Kirim lokasi", opener, items });
  }

  async send({ text, files, edits, replyTo }) {
    const { path } = this;
    if (!files.length) {
      const body = { client_id: newId(), text, reply_to: replyTo, edits };
      await attempt(() => postJson(`${path}/messages`, body));
      return;
    }
    const album = files.length > 1 && this.look === "sim-telegram" ? newId() : "";
    for (const [at, { file, kind, name }] of files.entries()) {
      const query = { client_id: newId(), kind, name, caption: at ? "" : text, album };
      await attempt(() => postFile(`${path}/files`, query, file));
    }
  }

  get isShown() {
    return document.visibilityState === "visible" && this.frame.offsetParent !== null;
  }

  onMessage(message) {
    if (this.log.takes(message)) {
      this.log.put(message);
      if (this.isShown) {
        this.memory.read(message.chat, "", message.id);
        this.report(message.chat, [message], "dibaca");
      }
    } else {
      this.report(message.chat, [message], "sampai");
    }
    this.showWorkers();
  }

  /** What stands on the screen has been read by the one who looks at it. */
  showSeen() {
    if (!this.isShown) return;
    const shown = [...this.log.messages.values()];
    if (shown.length) this.memory.read(this.chat, "", shown.at(-1).id);
    this.report(this.chat, shown, "dibaca");
  }

  report(chat, messages, ticks) {
    const reached = ticks === "dibaca" ? ["dibaca"] : ["sampai", "dibaca"];
    const ids = messages
      .filter((message) => message.author === "bot" && !reached.includes(message.ticks))
      .map((message) => message.id);
    if (ids.length) postJson("seen", { chat, ids, ticks }).catch(() => {}); // said again at the next look
  }

  showStatus() {
    this.status.textContent = this.log?.typing.hidden === false ? "sedang mengetik…" : "akun latihan";
  }
}
