// The composer: plain messages, and slash commands with their options.

import { OPTION_WORDS, flatten, matching } from "./commands.js";
import { byId, h, toast } from "./dom.js";
import { OptionField } from "./option_field.js";
import { Suggestions } from "./suggestions.js";

export class Composer {
  /**
   * `hooks`: world(), guild(), channel(), member(), userId(), names; sendText(content), sendCommand(body). Both send
   * functions may reject; the words are shown.
   */
  constructor(hooks) {
    this.hooks = hooks;
    this.input = byId("composer");
    this.chips = byId("options");
    this.problem = byId("composer-problem");
    this.suggestions = new Suggestions();
    this.command = null;
    this.fields = [];
    const form = byId("composer-form");
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.send();
    });
    form.addEventListener("keydown", (event) => this.key(event));
    form.addEventListener("focusout", (event) => {
      if (!form.contains(event.relatedTarget)) this.suggestions.hide();
    });
    this.input.addEventListener("input", () => this.typed());
    this.input.addEventListener("focus", () => this.typed());
  }

  /** `words` say why nothing can be written here; null lets the reader write. */
  available(words, placeholder) {
    this.input.disabled = Boolean(words);
    byId("send").disabled = Boolean(words);
    this.input.placeholder = words ?? placeholder;
    if (words) this.clear();
  }

  clear() {
    this.input.value = "";
    this.leaveCommand();
    this.suggestions.hide();
    this.resize();
  }

  commands() {
    const guild = this.hooks.guild();
    const world = this.hooks.world();
    const offered = guild ? world.commands[guild.id] : world.dm_commands;
    return flatten(offered ?? [], guild, this.hooks.member(), this.hooks.channel());
  }

  /** Begin a command by its name, as a mention of it in a message does. */
  start(name) {
    if (this.input.disabled) return;
    const command = this.commands().find((each) => each.name === name);
    if (command) this.choose(command);
    else {
      this.input.value = `/${name}`;
      this.input.focus();
    }
  }

  typed() {
    const text = this.input.value;
    this.resize();
    this.say("");
    if (this.command && text.trim() !== `/${this.command.name}`) this.leaveCommand();
    if (this.command) return this.hint();
    if (!text.startsWith("/") || text.includes("\n")) return this.suggestions.hide();
    const all = this.commands();
    const exact = text.endsWith(" ") && all.find((command) => `/${command.name} ` === text);
    if (exact && !all.some((command) => command.name.startsWith(`${exact.name} `))) return this.choose(exact, { onward: true });
    if (!all.length)
      return this.suggestions.show(this.input, {
        heading: "Commands",
        items: [],
        note: "The bot has no commands here yet. Is it running?",
      });
    const found = matching(all, text.slice(1));
    if (!found.length) return this.suggestions.hide();
    return this.suggestions.show(this.input, {
      heading: "Commands",
      items: found.map((command) => this.commandItem(command)),
      preselect: true,
    });
  }

  /** The world was read anew: who is looking for a command sees those that came since. */
  refresh() {
    if (document.activeElement === this.input && !this.command && this.input.value.startsWith("/")) this.typed();
  }

  commandItem(command) {
    return {
      name: `/${command.name}`,
      detail: command.description,
      options: h(
        "span",
        { class: "suggest-options" },
        command.options.map((option) => h("span", { class: "suggest-option" }, option.name)),
      ),
      testid: `command-${command.name}`,
      pick: () => this.choose(command),
    };
  }

  /** Take a command; `onward`: whoever typed a space after its name goes on with its first option. */
  choose(command, { onward = false } = {}) {
    this.leaveCommand();
    this.command = command;
    this.input.value = `/${command.name}`;
    const context = {
      guild: this.hooks.guild(),
      world: this.hooks.world(),
      names: this.hooks.names,
      suggestions: this.suggestions,
      request: () => this.request(),
    };
    this.fields = command.options.map((option) => new OptionField(option, context));
    this.chips.replaceChildren(...this.fields.map((field) => field.node));
    this.resize();
    const first = this.fields.find((field) => field.option.required) ?? (onward ? this.fields[0] : undefined);
    if (first) first.input.focus();
    else {
      this.input.focus();
      this.hint();
    }
  }

  /** While the name of a chosen command has the focus: what it does, and what Enter will do. */
  hint() {
    const { command } = this;
    const detail = command.options
      .map((option) => `${option.name} (${OPTION_WORDS[option.type]}${option.required ? "" : ", optional"})`)
      .join(" · ");
    const note = command.options.length ? `Enter sends · Tab goes to: ${detail}` : "Enter sends";
    this.suggestions.show(this.input, {
      heading: [h("b", {}, `/${command.name}`), ` ${command.description}`],
      items: [],
      note,
    });
  }

  leaveCommand() {
    this.command = null;
    this.fields = [];
    this.chips.replaceChildren();
    this.say("");
  }

  request() {
    const options = Object.fromEntries(
      this.fields.filter((field) => field.filled && !field.file).map((field) => [field.option.name, field.value]),
    );
    return {
      user: this.hooks.userId(),
      guild: this.hooks.guild()?.id ?? null,
      channel: this.hooks.channel().id,
      command: this.command.name,
      options,
    };
  }

  key(event) {
    if (event.isComposing) return;
    if (this.suggestions.open && this.suggestions.key(event)) event.preventDefault();
    else if (event.key === "Enter" && !event.shiftKey && event.target.tagName !== "BUTTON") {
      event.preventDefault();
      this.send();
    } else if (event.key === "Escape" && this.command) {
      event.preventDefault();
      this.clear();
      this.input.focus();
    } else if (event.key === "Backspace" && this.chips.contains(event.target) && event.target.value === "") {
      event.preventDefault();
      const at = this.fields.findIndex((field) => field.input === event.target);
      (this.fields[at - 1]?.input ?? this.input).focus();
    }
  }

  async send() {
    try {
      await (this.command ? this.sendCommand() : this.sendText());
    } catch (error) {
      toast(error.message);
    }
  }

  async sendText() {
    const text = this.input.value.trim();
    if (!text) return;
    this.clear();
    try {
      await this.hooks.sendText(text);
    } catch (error) {
      this.input.value = text; // not lost because it was refused
      throw error;
    }
  }

  async sendCommand() {
    const faults = this.fields.map((field) => [field, field.fault()]).filter(([, words]) => words);
    if (faults.length) {
      const [field, words] = faults[0];
      field.input.focus();
      this.say(`${field.option.name}: ${words}`);
      return;
    }
    const body = this.request();
    const files = this.fields.filter((field) => field.file && field.filled);
    if (files.length)
      body.attachments = Object.fromEntries(
        await Promise.all(files.map(async (field) => [field.option.name, await field.attachment()])),
      );
    this.clear();
    this.input.focus();
    await this.hooks.sendCommand(body);
  }

  say(words) {
    this.problem.textContent = words;
    this.problem.hidden = !words;
  }

  resize() {
    this.input.classList.toggle("command-name", Boolean(this.command));
    this.input.style.width = this.command ? `${this.input.value.length + 1}ch` : "";
    this.input.style.height = "";
    if (!this.command) this.input.style.height = `${Math.min(this.input.scrollHeight, 200)}px`;
  }
}
