// The middle of the page: messages of the open channel, grouped and with their decorations.

import { dayOf, messageTime, sentAt } from "./clock.js";
import { drawComponents } from "./components.js";
import { byId, h, reconcile, swap } from "./dom.js";
import { drawAttachments, drawEmbed } from "./embeds.js";
import { markdown } from "./markdown_dom.js";
import { avatar, displayName, isBot, nameColour } from "./users.js";

const SUPPRESS_EMBEDS = 1 << 2;
const EPHEMERAL = 1 << 6;
const LOADING = 1 << 7;

const COMMAND = 2; // type of an interaction
const GROUP_FOR = 7 * 60 * 1000; // messages of one author this close together share a head line

/** Is this message one that only its reader sees? */
export const isEphemeral = (message) => Boolean((message.flags ?? 0) & EPHEMERAL);

/**
 * Draws the list and remembers what it drew, so that a new message does not redraw the others.
 * `hooks`: press(message, custom_id, values), dismiss(key), names, and world() and guild() as they are now.
 */
export class MessageList {
  constructor(hooks) {
    this.hooks = hooks;
    this.box = byId("messages");
    this.scroller = byId("scroller");
    this.drawn = new Map(); // key -> {signature, node}
  }

  /** Throw away what was drawn: names, colours or the reader changed. */
  forget() {
    this.drawn.clear();
  }

  /**
   * Show `entries`: messages and commands that have none yet (with a `state`, see interactions.js), oldest first.
   * `notes`: by message id, {busy: custom_id, failure: words}. `toBottom` scrolls to the newest; else only a reader who
   * is there already is kept there.
   */
  show({ entries, notes, toBottom }) {
    const atBottom = toBottom || this.scroller.scrollHeight - this.scroller.scrollTop - this.scroller.clientHeight < 60;
    const items = [];
    let previous = null;
    let lastDay = null;
    for (const message of entries) {
      if (message.state) {
        items.push({ key: `wait-${message.key}`, signature: [message.state], draw: () => this.drawPending(message) });
        previous = null;
        continue;
      }
      const day = dayOf(sentAt(message));
      const newDay = day !== lastDay;
      lastDay = day;
      if (newDay) items.push({ key: `day-${message.id}`, signature: [day], draw: () => divider(day) });
      const grouped = !newDay && previous !== null && belongTogether(previous, message);
      const note = notes.get(message.id) ?? {};
      items.push({
        key: message.id,
        signature: [message, grouped, note.busy, note.failure],
        draw: () => this.drawMessage(message, grouped, note),
      });
      previous = message;
    }
    reconcile(
      this.box,
      items.map((item) => this.node(item)),
    );
    const keys = new Set(items.map((item) => item.key));
    for (const key of this.drawn.keys()) if (!keys.has(key)) this.drawn.delete(key);
    if (atBottom) this.scroller.scrollTop = this.scroller.scrollHeight;
  }

  node({ key, signature, draw }) {
    const before = this.drawn.get(key);
    if (before?.signature.every((part, index) => part === signature[index])) return before.node;
    const node = draw();
    if (before?.node.isConnected) swap(before.node, node);
    this.drawn.set(key, { signature, node });
    return node;
  }

  drawMessage(message, grouped, note) {
    const guild = this.hooks.guild();
    const world = this.hooks.world();
    const name = displayName(message.author, guild);
    const ephemeral = isEphemeral(message);
    const classes = [
      "message",
      grouped ? "grouped" : "first",
      ephemeral ? "ephemeral" : "",
      this.pingsMe(message) ? "pings-me" : "",
    ];
    return h(
      "article",
      {
        class: classes.filter(Boolean).join(" "),
        "data-testid": "message",
        "data-id": message.id,
        "aria-label": `Message from ${name}`,
      },
      grouped ? null : this.answersWhat(message, guild),
      h(
        "div",
        { class: "message-row" },
        grouped ? h("span", { class: "gutter" }) : avatar(message.author.id, name),
        h(
          "div",
          { class: "message-body" },
          grouped ? null : headLine(message.author, name, guild, world, messageTime(sentAt(message))),
          this.drawContent(message, note),
          note.failure && h("div", { class: "failure", role: "alert" }, note.failure),
          ephemeral && ephemeralLine(() => this.hooks.dismiss(message.id)),
        ),
      ),
    );
  }

  drawContent(message, note) {
    const { names } = this.hooks;
    const attachments = message.attachments ?? [];
    if ((message.flags ?? 0) & LOADING)
      return h("div", { class: "content" }, thinking(displayName(message.author, this.hooks.guild())));
    const embeds = (message.flags ?? 0) & SUPPRESS_EMBEDS ? [] : (message.embeds ?? []);
    const components = message.components ?? [];
    const shown = JSON.stringify([embeds, components]); // a file that stands in there is not shown once more
    const loose = attachments.filter((file) => !shown.includes(JSON.stringify(file.url)));
    const context = {
      names,
      attachments,
      guild: this.hooks.guild(),
      world: this.hooks.world(),
      busy: note.busy,
      press: (customId, values) => this.hooks.press(message, customId, values),
    };
    const content = message.content ? h("div", { class: "content md" }, markdown(message.content, names)) : null;
    const edited =
      message.edited_timestamp && h("span", { class: "edited", title: "This message was edited" }, "(edited)");
    const lastLine = content?.lastElementChild?.matches(".md-text") ? content.lastElementChild : null;
    if (edited && lastLine) lastLine.append(" ", edited);
    return [
      content,
      loose.length ? drawAttachments(loose) : null,
      embeds.map((embed) => drawEmbed(embed, names, attachments)),
      components.length ? drawComponents(components, context) : null,
      lastLine ? null : edited,
    ];
  }

  /** The thin line above an answer: who used which command, or which message it replies to. */
  answersWhat(message, guild) {
    const used = commandBehind(message);
    if (used) return usedLine(displayName(used.user, guild), used.user.id, used.name);
    const replied = message.referenced_message;
    if (!replied) return null;
    const words = replied.content || replied.embeds?.[0]?.title || "a message";
    return h(
      "div",
      { class: "used" },
      h("span", { class: "elbow", "aria-hidden": "true" }),
      h("b", {}, displayName(replied.author, guild)),
      h("span", { class: "quoted" }, words),
    );
  }

  /** A command that waits for its first answer, thinks, or failed. */
  drawPending(wait) {
    const guild = this.hooks.guild();
    const { bot } = this.hooks.world();
    const failed = wait.state === "failed";
    const body = failed ? h("div", { class: "failure", role: "alert" }, "The application did not respond") : null;
    return h(
      "article",
      {
        class: "message first ephemeral",
        "data-testid": "pending",
        "data-state": wait.state,
        title: wait.failure ?? null,
      },
      usedLine(wait.userName, wait.userId, wait.command),
      h(
        "div",
        { class: "message-row" },
        avatar(bot.id, bot.name),
        h(
          "div",
          { class: "message-body" },
          headLine({ ...bot, bot: true }, displayName(bot, guild), guild, this.hooks.world(), null),
          body ?? thinking(wait.state === "deferred" ? bot.name : null),
          failed && ephemeralLine(() => this.hooks.dismiss(wait.key)),
        ),
      ),
    );
  }

  pingsMe(message) {
    return mentions(message, this.hooks.guild(), this.hooks.userId());
  }
}

/** Did this message really ping the user: by name, by one of his roles, or everyone? */
export function mentions(message, guild, userId) {
  const { users = [], roles = [], everyone = false } = message._pinged ?? {};
  const mine = guild?.members.find((member) => member.user.id === userId)?.roles ?? [];
  return everyone || users.map(String).includes(userId) || roles.map(String).some((role) => mine.includes(role));
}

/** The command this message answers, {name, user}; null for answers to buttons and modals. */
function commandBehind(message) {
  const command = (message.interaction_metadata?.type ?? COMMAND) === COMMAND;
  return command && message.interaction?.name && message.interaction.user ? message.interaction : null;
}

function belongTogether(before, message) {
  return (
    before.author.id === message.author.id &&
    sentAt(message) - sentAt(before) < GROUP_FOR &&
    !commandBehind(message) &&
    !message.referenced_message &&
    isEphemeral(before) === isEphemeral(message)
  );
}

const divider = (day) => h("div", { class: "day", role: "separator" }, h("span", {}, day));

function usedLine(name, userId, command) {
  return h(
    "div",
    { class: "used", "data-testid": "used" },
    h("span", { class: "elbow", "aria-hidden": "true" }),
    avatar(userId, name, "tiny"),
    h("b", {}, name),
    " used ",
    h("span", { class: "mention" }, `/${command}`),
  );
}

function headLine(author, name, guild, world, when) {
  const colour = guild && nameColour(guild, author.id);
  return h(
    "div",
    { class: "head" },
    h("span", { class: "author", style: colour ? { color: colour } : {} }, name),
    isBot(author, world) && h("span", { class: "app-tag", "data-testid": "app-tag" }, "APP"),
    when,
  );
}

function thinking(botName) {
  const words = botName ? `${botName} is thinking…` : "Sending command…";
  return h(
    "div",
    { class: "thinking", role: "status", "data-testid": "thinking" },
    h("span", { class: "dots", "aria-hidden": "true" }, h("i"), h("i"), h("i")),
    words,
  );
}

function ephemeralLine(dismiss) {
  return h(
    "div",
    { class: "ephemeral-line", "data-testid": "ephemeral" },
    h("span", { "aria-hidden": "true" }, "👁 "),
    "Only you can see this · ",
    h("button", { class: "textlink", type: "button", on: { click: dismiss } }, "Dismiss message"),
  );
}
