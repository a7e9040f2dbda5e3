// What this browser remembers: where one was, and what was read.

const KEY = "kawan-buruh-simulator";

export class Memory {
  constructor(latest) {
    try {
      this.kept = JSON.parse(localStorage.getItem(KEY)) || {};
    } catch {
      this.kept = {};
    }
    this.kept.read ||= {};
    this.newest = {};
    for (const { chat, thread, id } of latest) this.newest[`${chat}|${thread}`] = id;
  }

  get(name) {
    return this.kept[name];
  }

  set(name, value) {
    this.kept[name] = value;
    this.keep();
  }

  keep() {
    try {
      localStorage.setItem(KEY, JSON.stringify(this.kept));
    } catch {
      // private browsing: it is only forgotten at the next load
    }
  }

  latest(chat, thread = "") {
    return this.newest[`${chat}|${thread}`] || 0;
  }

  /** Note a message; whether it is a new one. */
  note(chat, thread, id) {
    const isNew = Number(id) > this.latest(chat, thread);
    if (isNew) this.newest[`${chat}|${thread}`] = Number(id);
    return isNew;
  }

  read(chat, thread, id) {
    const key = `${chat}|${thread}`;
    if ((this.kept.read[key] || 0) >= Number(id)) return;
    this.kept.read[key] = Number(id);
    this.keep();
  }

  isUnread(chat, thread = "") {
    return this.latest(chat, thread) > (this.kept.read[`${chat}|${thread}`] || 0);
  }

  /** Whether anything is unread in a chat of one side. */
  anyUnread(isOfTheSide) {
    return Object.keys(this.newest).some((key) => isOfTheSide(key.split("|")[0]) && this.isUnread(...key.split("|")));
  }
}
