// The place where one writes: text, files, a recording, an answer to or a correction of a message.

import { summary } from "./bubble.js";
import { el, icon, sizeOf } from "./dom.js";
import { notice } from "./notices.js";
import { Recorder } from "./recorder.js";

const MOST_FILES = 10;
const FILE_LIMIT = 25 * 1024 * 1024;

export class Composer {
  /**
   * @param form an empty form
   * @param how {name, placeholder, label, voice, onAttach(button), onSend({text, files, edits, replyTo}), onInput(text)}
   */
  constructor(form, how) {
    this.form = form;
    this.how = how;
    this.files = [];
    this.about = null; // {kind: "reply" | "edit", message}
    this.build();
  }

  build() {
    const { name, placeholder, label, voice } = this.how;
    this.context = el("div", { className: "context", hidden: true });
    this.tray = el("ul", { className: "tray", hidden: true, attrs: { "aria-label": "Berkas yang akan dikirim" } });
    this.picker = el("input", { type: "file", multiple: true, hidden: true, data: { testid: `${name}-file` } });
    this.attach = round("clip", "Lampirkan", `${name}-attach`);
    this.input = el("textarea", { rows: 1, placeholder, maxLength: 4096, data: { testid: `${name}-input` }, attrs: { "aria-label": label } });
    this.mic = voice ? round("mic", "Rekam pesan suara", `${name}-mic`) : null;
    this.send = round("send", "Kirim", `${name}-send`);
    this.send.type = "submit";
    this.send.classList.add("is-main");
    this.row = el("div", { className: "composer-row" }, this.attach, this.input, this.mic, this.send);
    this.form.append(this.context, this.tray, this.row, this.picker);
    this.attach.addEventListener("click", () => this.how.onAttach(this.attach));
    this.picker.addEventListener("change", () => this.addFiles([...this.picker.files]));
    this.input.addEventListener("input", () => this.grow());
    this.input.addEventListener("keydown", (event) => this.keys(event));
    this.input.addEventListener("paste", (event) => this.paste(event));
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.submit();
    });
    this.mic?.addEventListener("click", () => this.record());
  }

  keys(event) {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      this.submit();
    }
    if (event.key === "Escape" && this.about) this.forget();
  }

  paste(event) {
    if (!event.clipboardData.files.length) return;
    event.preventDefault();
    this.addFiles([...event.clipboardData.files]);
  }

  grow() {
    const { input } = this;
    input.classList.add("is-measured");
    input.rows = 1;
    const line = 22;
    input.rows = Math.min(6, Math.max(1, Math.floor((input.scrollHeight - 16) / line)));
    input.classList.remove("is-measured");
    this.how.onInput?.(input.value);
  }

  write(text) {
    this.input.value = text;
    this.grow();
    this.input.focus();
    this.input.setSelectionRange(text.length, text.length);
  }

  /** Let the person choose files of one kind (`photo`, `video`, `document`, `voice`). */
  choose(kind) {
    this.picker.accept = { photo: "image/*", video: "video/*", voice: "audio/*" }[kind] || "";
    this.picker.dataset.kind = kind;
    this.picker.click();
  }

  addFiles(files) {
    const kind = this.picker.dataset.kind;
    for (const file of files) {
      if (file.size > FILE_LIMIT) notice(`${file.name} terlalu besar. Paling besar 25 MB.`, { error: true });
      else if (!file.size) notice(`${file.name} kosong. Pilih berkas lain.`, { error: true });
      else if (this.files.length < MOST_FILES) this.files.push({ file, kind: kind || kindOf(file), name: file.name });
      else notice(`Paling banyak ${MOST_FILES} berkas sekali kirim.`, { error: true });
    }
    this.picker.value = "";
    delete this.picker.dataset.kind;
    this.showTray();
    this.input.focus();
  }

  showTray() {
    for (const image of this.tray.querySelectorAll("img")) URL.revokeObjectURL(image.src);
    this.tray.replaceChildren(...this.files.map((each) => this.trayItem(each)));
    this.tray.hidden = !this.files.length;
  }

  trayItem(each) {
    const shown = each.kind === "photo" && each.file.type.startsWith("image/");
    const face = shown ? el("img", { src: URL.createObjectURL(each.file), alt: "" }) : icon(each.kind);
    const drop = round("close", `Buang ${each.name}`);
    drop.addEventListener("click", () => {
      this.files = this.files.filter((other) => other !== each);
      this.showTray();
      this.input.focus();
    });
    const name = el("span", { textContent: each.name });
    return el("li", {}, face, el("span", {}, name, el("small", { textContent: sizeOf(each.file.size) })), drop);
  }

  replyTo(message) {
    this.setAbout("reply", message);
    this.input.focus();
  }

  edit(message) {
    this.setAbout("edit", message);
    this.write(message.text);
  }

  setAbout(kind, message) {
    this.about = { kind, message };
    const cancel = round("close", "Batal");
    cancel.addEventListener("click", () => this.forget());
    const title = kind === "edit" ? "Ubah pesan" : `Kutip ${message.name}`;
    this.context.replaceChildren(
      icon(kind),
      el("span", {}, el("strong", { textContent: title }), el("span", { textContent: summary(message) })),
      cancel,
    );
    this.context.hidden = false;
  }

  forget() {
    if (this.about?.kind === "edit") this.input.value = "";
    this.clearAbout();
    this.grow();
    this.input.focus();
  }

  clearAbout() {
    this.about = null;
    this.context.hidden = true;
  }

  /** Start afresh, for another chat. */
  reset() {
    this.clearAbout();
    this.files = [];
    this.showTray();
    this.input.value = "";
    this.grow();
  }

  submit() {
    const text = this.input.value.trim();
    if (!text && !this.files.length) {
      this.input.focus();
      return;
    }
    const { about, files } = this;
    this.reset();
    this.input.focus();
    this.how.onSend({
      text,
      files,
      edits: about?.kind === "edit" ? about.message.id : null,
      replyTo: about?.kind === "reply" ? about.message.id : null,
    });
  }

  async record() {
    const recorder = new Recorder(this.form);
    const file = await recorder.run();
    if (file) this.how.onSend({ text: "", files: [{ file, kind: "voice", name: file.name }], edits: null, replyTo: null });
    this.mic.focus();
  }
}

function round(name, label, testId) {
  const data = testId ? { testid: testId } : {};
  return el("button", { type: "button", className: "icon-button", title: label, data, attrs: { "aria-label": label } }, icon(name));
}

function kindOf(file) {
  const sort = file.type.split("/")[0];
  return { image: "photo", video: "video", audio: "voice" }[sort] || "document";
}
