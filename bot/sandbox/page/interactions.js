// What the reader does to the bot, followed until it is answered: commands, presses, submitted modals.

import { api } from "./api.js";

const RANK = { pending: 0, deferred: 1, answered: 2, failed: 2 };
const LOOK_AGAIN = [3500, 3000, 4000, 8000]; // ms; only for frames that were lost with a broken connection

/**
 * `hooks`: changed() when something to draw changed; keep(channelId, message) for a message that came with an answer;
 * modal(interaction) when one is to be opened; error(words).
 */
export class Interactions {
  constructor(hooks) {
    this.hooks = hooks;
    this.reset();
  }

  /** Another reader took over: what was under way is no longer his. */
  reset() {
    this.waiting = new Map(); // interaction id -> {key, kind, channelId, state, ...}
    this.frames = new Map(); // frames that overtook the answer to our own request
    this.notes = new Map(); // message id -> {busy, failure}
    this.local = 0;
  }

  /** Commands of a channel that have no message yet, as MessageList draws them. */
  pendingIn(channelId) {
    return [...this.waiting.values()].filter(
      (each) => each.kind === "command" && each.channelId === channelId && each.state !== "answered",
    );
  }

  async command(body, userName) {
    const wait = { kind: "command", channelId: body.channel, command: body.command, userId: body.user, userName };
    await this.act(wait, body).catch((error) => this.hooks.error(error.message));
  }

  async press(message, body) {
    this.notes.set(message.id, { busy: body.custom_id });
    this.hooks.changed();
    try {
      await this.act({ kind: "press", channelId: message.channel_id, messageId: message.id }, body);
    } catch (error) {
      this.notes.set(message.id, { failure: error.message });
      this.hooks.changed();
    }
  }

  /** Submit a modal; the promise tells how it ended: the interaction, "answered" or "failed". */
  submit(modal, body) {
    return new Promise((resolve, reject) => {
      this.act({ kind: "submit", channelId: modal.channel_id, done: resolve }, body).catch(reject);
    });
  }

  async act(wait, body) {
    this.local += 1;
    wait.key = `local-${this.local}`;
    wait.state = "pending";
    this.waiting.set(wait.key, wait);
    this.hooks.changed();
    let interaction;
    try {
      interaction = await api.act(wait.kind, { ...body, wait: false });
    } catch (error) {
      this.waiting.delete(wait.key);
      this.hooks.changed();
      throw error;
    }
    if (!this.waiting.delete(wait.key)) return; // the reader was switched meanwhile
    wait.key = interaction.id;
    this.waiting.set(interaction.id, wait);
    this.update(interaction);
    const overtook = this.frames.get(interaction.id);
    if (overtook) this.update(overtook);
    this.watch(interaction.id, 0);
  }

  /** A frame of the event stream. Interactions begun elsewhere (another window, a test) are remembered, not drawn. */
  frame(interaction) {
    if (this.waiting.has(interaction.id)) this.update(interaction);
    else this.frames.set(interaction.id, interaction);
    if (this.frames.size > 200) this.frames.delete(this.frames.keys().next().value);
  }

  update(interaction) {
    const wait = this.waiting.get(interaction.id);
    if (!wait || RANK[interaction.state] < RANK[wait.state]) return;
    wait.state = interaction.state;
    wait.failure = interaction.failure;
    // A deferred answer may have a message at once ("thinking") or none yet; with one, ours is no longer needed.
    for (const message of [interaction.message, ...(interaction.followups ?? [])]) {
      if (message) this.hooks.keep(wait.channelId, message);
    }
    if (wait.state === "deferred" && interaction.message) wait.state = "answered";
    // A press that was heard needs no spinner, however long its work takes.
    if (wait.state === "deferred" && wait.kind === "press") this.notes.set(wait.messageId, {});
    if (interaction.state === "answered" || interaction.state === "failed") this.settle(wait, interaction);
    this.hooks.changed();
  }

  settle(wait, interaction) {
    if (wait.kind === "press") {
      const failed = interaction.state === "failed";
      this.notes.set(wait.messageId, failed ? { failure: "This interaction failed" } : {});
    }
    if (interaction.modal && interaction.state === "answered" && wait.kind !== "submit") this.hooks.modal(interaction);
    wait.done?.(interaction);
    // A failed command stays to be read until it is dismissed.
    if (!(wait.kind === "command" && interaction.state === "failed")) this.waiting.delete(interaction.id);
  }

  /** A message came by the event stream: the line that waited for it goes. */
  arrived(message) {
    const used = message.interaction_metadata ?? message.interaction;
    if (this.waiting.get(used?.id)?.kind === "command") this.waiting.delete(used.id);
    if (!used || this.waiting.has(used.id)) return;
    // The bot was faster than the answer to our own request, so the line does not know its id yet.
    const early = [...this.waiting.values()].find(
      (wait) => wait.key.startsWith("local-") && wait.command === message.interaction?.name,
    );
    if (early) early.state = "answered";
  }

  dismiss(key) {
    return this.waiting.delete(key);
  }

  /** Forget that a message's last press failed: it was edited, or pressed again. */
  clearNote(messageId) {
    if (this.notes.get(messageId)?.failure) this.notes.delete(messageId);
  }

  watch(id, round) {
    if (round >= LOOK_AGAIN.length) return;
    setTimeout(async () => {
      const wait = this.waiting.get(id);
      if (!wait || wait.state === "failed") return;
      const interaction = await api.interaction(id).catch(() => null);
      if (interaction) this.update(interaction);
      this.watch(id, round + 1);
    }, LOOK_AGAIN[round]);
  }
}
