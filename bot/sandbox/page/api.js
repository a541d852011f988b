// The sandbox's control API: requests under /_..., and the stream of events.

async function call(method, path, body) {
  let response;
  try {
    response = await fetch(path, {
      method,
      headers: body === undefined ? {} : { "Content-Type": "application/json" },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
  } catch {
    throw new Error("The sandbox cannot be reached.");
  }
  const answer = await response.json().catch(() => ({}));
  if (!response.ok) throw new ApiError(answer.error ?? `The sandbox answered ${response.status}.`, response.status);
  return answer;
}

export class ApiError extends Error {
  constructor(words, status) {
    super(words);
    this.status = status;
  }
}

const query = (fields) => new URLSearchParams(fields).toString();

export const api = {
  state: () => call("GET", "/_state"),
  messages: (channel, user, limit) => call("GET", `/_messages?${query({ channel, user, limit })}`),
  act: (kind, body) => call("POST", `/_act/${kind}`, body),
  interaction: (id) => call("GET", `/_interactions/${encodeURIComponent(id)}`),
  setClock: (change) => call("POST", "/_clock", change),
  violations: () => call("GET", "/_violations"),
  world: (op, fields) => call("POST", "/_world", { op, ...fields }),
};

const FIRST_PAUSE = 400;
const LONGEST_PAUSE = 5000;

/** The event stream of one user; reconnects by itself until closed. */
export class Events {
  /** `onFrame(frame)`; `onOpen()` when connected: what happened before was not heard of; `onLost()`. */
  constructor(user, { onFrame, onOpen, onLost }) {
    this.user = user;
    this.handlers = { onFrame, onOpen, onLost };
    this.pause = FIRST_PAUSE;
    this.closed = false;
    this.connect();
  }

  connect() {
    const scheme = location.protocol === "https:" ? "wss" : "ws";
    this.socket = new WebSocket(`${scheme}://${location.host}/_events?${query({ user: this.user })}`);
    this.socket.addEventListener("open", () => {
      if (this.closed) return;
      this.pause = FIRST_PAUSE;
      this.handlers.onOpen();
    });
    this.socket.addEventListener("message", (event) => {
      if (!this.closed) this.handlers.onFrame(JSON.parse(event.data));
    });
    this.socket.addEventListener("close", () => this.retry());
  }

  retry() {
    if (this.closed) return;
    this.handlers.onLost();
    this.timer = setTimeout(() => this.connect(), this.pause);
    this.pause = Math.min(this.pause * 2, LONGEST_PAUSE);
  }

  close() {
    this.closed = true;
    clearTimeout(this.timer);
    this.socket.close();
  }
}

/** A chosen file as the control API takes it. */
export async function encodeFile(file) {
  const bytes = new Uint8Array(await file.arrayBuffer());
  const step = 0x8000; // String.fromCharCode takes its arguments on the stack
  let binary = "";
  for (let at = 0; at < bytes.length; at += step) binary += String.fromCharCode(...bytes.subarray(at, at + step));
  return { filename: file.name, content_type: file.type || "application/octet-stream", base64: btoa(binary) };
}
