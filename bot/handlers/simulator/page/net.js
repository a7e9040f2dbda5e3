// Talking to the server: posts that may be repeated without harm, and the news.

const EVENTS = ["message", "gone", "topic", "typing", "toast", "refresh"];
const LOST = "Tidak tersambung ke server. Pesan belum terkirim.";

export class Refusal extends Error {
  constructor(text, again) {
    super(text);
    this.again = again; // trying the same once more may help
  }
}

export function newId() {
  const bytes = crypto.getRandomValues(new Uint8Array(12));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

export async function getJson(path) {
  return answer(fetch(`/simulator/${path}`));
}

export async function postJson(path, body) {
  return answer(
    fetch(`/simulator/${path}`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(body),
    }),
  );
}

export async function postFile(path, query, file) {
  return answer(
    fetch(`/simulator/${path}?${new URLSearchParams(query)}`, {
      method: "POST",
      headers: { "Content-Type": file.type || "application/octet-stream" },
      body: file,
    }),
  );
}

async function answer(request) {
  let response;
  try {
    response = await request;
  } catch {
    throw new Refusal(LOST, true);
  }
  const body = await response.json().catch(() => ({}));
  if (!response.ok) {
    throw new Refusal(body.error || "Server tidak bisa menjawab. Coba lagi.", response.status >= 500);
  }
  return body;
}

/** Hear the news from `after` on, for ever; the browser reconnects, we do when it gives up. */
export function listen(after, { onNews, onState }) {
  let last = after;
  const open = () => {
    const source = new EventSource(`/simulator/stream?after=${last}`);
    source.onopen = () => onState("on");
    source.onerror = () => {
      onState("waiting");
      if (source.readyState === EventSource.CLOSED) setTimeout(open, 3000);
    };
    for (const kind of EVENTS) {
      source.addEventListener(kind, (event) => {
        if (event.lastEventId === undefined || event.data === undefined) return;
        last = event.lastEventId;
        onNews(kind, JSON.parse(event.data));
      });
    }
  };
  open();
}
