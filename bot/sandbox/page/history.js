// The messages of the open channel, as far as they were read.

import { api } from "./api.js";
import { byId } from "./dom.js";

export const FIRST_LOAD = 50;
const MOST = 500; // as many as the sandbox gives at once

export class History {
  /** `changed(toBottom)` is called when there is something to draw. */
  constructor(changed) {
    this.changed = changed;
    this.loads = 0; // counted, so that a late answer for another channel is dropped
    this.open(null, null);
  }

  /** Begin with another channel or reader; nothing is read yet. */
  open(channelId, userId) {
    this.channelId = channelId;
    this.userId = userId;
    this.limit = FIRST_LOAD;
    this.messages = new Map();
    this.meanwhile = null; // changes that came while the list was being read
  }

  /** Are there perhaps messages before those that were read? */
  get more() {
    return this.messages.size >= this.limit && this.limit < MOST;
  }

  /** What is to be drawn, oldest first: the messages and `others`, whose `key` is the id of their interaction. */
  entries(others, dismissed) {
    const shown = [...this.messages.values()].filter((message) => !dismissed.has(message.id));
    return [...shown, ...others].sort(byAge);
  }

  async load() {
    if (!this.channelId) return;
    this.loads += 1;
    const turn = this.loads;
    this.meanwhile = [];
    byId("messages").setAttribute("aria-busy", "true"); // what was there before is not read out as news
    try {
      const answer = await api.messages(this.channelId, this.userId, this.limit);
      if (turn !== this.loads) return;
      this.messages = new Map(answer.messages.map((message) => [message.id, message]));
      // The answer may be older than what the event stream told while it was under way.
      for (const change of this.meanwhile) change();
      this.changed(this.limit === FIRST_LOAD);
    } finally {
      if (turn === this.loads) {
        this.meanwhile = null;
        requestAnimationFrame(() => byId("messages").removeAttribute("aria-busy"));
      }
    }
  }

  loadEarlier() {
    this.limit = Math.min(this.limit * 4, MOST);
    return this.load();
  }

  put(message) {
    this.apply(() => this.messages.set(message.id, message));
  }

  /** A message that came with an answer, which may be older than what is known of it. */
  keep(message) {
    if (!this.messages.has(message.id)) this.put(message);
  }

  /** An edit; one of a message from before what is shown stays where it is: further up. */
  edit(message) {
    const oldest = this.messages.keys().next().value;
    if (!oldest || BigInt(message.id) >= BigInt(oldest)) this.put(message);
  }

  remove(id) {
    this.apply(() => this.messages.delete(id));
  }

  apply(change) {
    this.meanwhile?.push(change);
    change();
    this.changed(false);
  }
}

// Ids rise with age, those of interactions among those of messages; what has no id yet is the newest.
function age(entry) {
  const id = entry.id ?? entry.key;
  return /^\d+$/.test(id) ? BigInt(id) : 1n << 64n;
}

function byAge(a, b) {
  const [first, second] = [age(a), age(b)];
  return first < second ? -1 : Number(first > second);
}
