// Recording a voice note in place of the writing row, where the browser allows it.

import { el, icon } from "./dom.js";
import { notice } from "./notices.js";

const LONGEST = 5 * 60;
const REFUSED = "Mikrofon tidak bisa dipakai. Berkas suara bisa dikirim lewat tombol lampiran.";

export class Recorder {
  constructor(form) {
    this.form = form;
  }

  /** The recording as a file; null when it was cancelled or not allowed. */
  async run() {
    let stream;
    try {
      stream = await navigator.mediaDevices.getUserMedia({ audio: true });
      this.recorder = new MediaRecorder(stream);
    } catch {
      stream?.getTracks().forEach((track) => track.stop());
      notice(REFUSED, { error: true });
      return null;
    }
    const parts = [];
    this.recorder.addEventListener("dataavailable", (event) => parts.push(event.data));
    const ended = new Promise((done) => this.recorder.addEventListener("stop", done, { once: true }));
    this.recorder.start();
    const wanted = await this.wait();
    this.recorder.stop();
    await ended;
    stream.getTracks().forEach((track) => track.stop());
    if (!wanted) return null;
    const type = this.recorder.mimeType.split(";")[0] || "audio/webm";
    const ending = { "audio/mp4": "m4a", "audio/ogg": "ogg" }[type] || "webm";
    return new File(parts, `pesan-suara.${ending}`, { type });
  }

  /** Show the bar until the person decides; whether to send. */
  wait() {
    const time = el("span", { className: "recording-time", textContent: "0:00" });
    const cancel = el("button", { type: "button", className: "small-button", textContent: "Batal" });
    const send = el("button", { type: "button", className: "main-button" }, icon("send"), "Kirim");
    const label = el("span", { className: "recording-label", textContent: "Merekam", attrs: { role: "status" } });
    const bar = el("div", { className: "recording" }, el("i", { attrs: { "aria-hidden": "true" } }), label, time, cancel, send);
    const row = this.form.querySelector(".composer-row");
    row.hidden = true;
    row.after(bar);
    send.focus();
    return new Promise((done) => {
      const begun = Date.now();
      const finish = (wanted) => {
        clearInterval(ticking);
        bar.remove();
        row.hidden = false;
        done(wanted);
      };
      const ticking = setInterval(() => {
        const seconds = Math.floor((Date.now() - begun) / 1000);
        time.textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
        if (seconds >= LONGEST) finish(true);
      }, 250);
      cancel.addEventListener("click", () => finish(false));
      send.addEventListener("click", () => finish(true));
      bar.addEventListener("keydown", (event) => event.key === "Escape" && finish(false));
    });
  }
}
