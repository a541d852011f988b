// One option of the command that is being typed: a chip with its name and its field.

import { api, encodeFile } from "./api.js";
import { OPTION, OPTION_WORDS, faultOf, fixedChoices, valueOf } from "./commands.js";
import { h, toast } from "./dom.js";

const DEBOUNCE = 250; // ms of quiet before the bot is asked for suggestions
const SHOWN = 25; // as many as an autocomplete answer may hold

export class OptionField {
  /** `context`: guild, world, names, suggestions, and request(): the body of the command as typed so far. */
  constructor(option, context) {
    this.option = option;
    this.context = context;
    this.chosen = null;
    this.asked = 0;
    this.file = option.type === OPTION.ATTACHMENT;
    this.input = this.makeInput();
    this.node = h(
      "label",
      { class: option.required ? "chip required" : "chip", title: option.description },
      h(
        "span",
        { class: "chip-name" },
        option.name,
        option.required && h("span", { class: "required", "aria-hidden": "true" }, "*"),
      ),
      this.input,
    );
  }

  makeInput() {
    const { option } = this;
    const kind = OPTION_WORDS[option.type] ?? "text";
    const input = h("input", {
      type: this.file ? "file" : "text",
      "data-testid": `option-${option.name}`,
      "aria-label": `${option.name}: ${option.description} (${kind}, ${option.required ? "required" : "optional"})`,
      "aria-required": option.required ? "true" : null,
      placeholder: option.required ? kind : `${kind}, optional`,
      autocomplete: "off",
      spellcheck: "false",
      inputmode: option.type === OPTION.INTEGER ? "numeric" : null,
      role: this.file ? null : "combobox",
      "aria-expanded": this.file ? null : "false",
    });
    input.size = Math.max(12, input.placeholder.length);
    input.addEventListener("focus", () => this.suggest(true));
    input.addEventListener("input", () => {
      this.chosen = null;
      this.mark("");
      this.suggest(false);
    });
    return input;
  }

  get filled() {
    return this.file ? this.input.files.length > 0 : this.input.value.trim() !== "";
  }

  get value() {
    return valueOf(this.option, this.input.value.trim(), this.match());
  }

  /** What was chosen from the list, or typed exactly as it stands there. */
  match() {
    if (this.chosen) return this.chosen;
    const typed = this.input.value.trim().toLowerCase().replace(/^[@#]/, "");
    const fixed = fixedChoices(this.option, this.context);
    return fixed?.find((choice) => choice.name.toLowerCase().replace(/^[@#]/, "") === typed) ?? null;
  }

  attachment() {
    return encodeFile(this.input.files[0]);
  }

  /** Words for what is wrong, also shown on the chip; "" when nothing is. */
  fault() {
    const missing = this.option.required && !this.filled ? "This option is required." : "";
    return this.mark(this.file ? missing : faultOf(this.option, this.input.value, this.match()));
  }

  mark(words) {
    this.node.classList.toggle("bad", Boolean(words));
    this.input.setAttribute("aria-invalid", String(Boolean(words)));
    return words;
  }

  /** Offer values. On mere focus nothing is preselected, so that Enter still sends the command. */
  suggest(onFocus) {
    const { suggestions } = this.context;
    const { option, input } = this;
    const heading = [h("b", {}, option.name), ` ${option.description}`];
    const typed = input.value.trim();
    const show = (choices, note) => {
      const items = choices.slice(0, SHOWN).map((choice) => ({
        name: String(choice.name),
        detail: choice.detail,
        testid: "choice",
        pick: () => this.take(choice),
      }));
      suggestions.show(input, { heading, items, preselect: !onFocus && typed !== "", note });
    };
    const fixed = fixedChoices(option, this.context);
    if (fixed) {
      const wanted = typed.toLowerCase();
      const found = this.chosen ? fixed : fixed.filter((choice) => choice.name.toLowerCase().includes(wanted));
      return show(found, found.length ? null : "Nothing like that");
    }
    if (!option.autocomplete) return show([], null);
    if (!onFocus || !suggestions.open) show([], "Looking…");
    return this.ask(show, onFocus ? 0 : DEBOUNCE);
  }

  ask(show, pause) {
    this.asked += 1;
    const turn = this.asked;
    const current = () => turn === this.asked && document.activeElement === this.input;
    clearTimeout(this.timer);
    this.timer = setTimeout(async () => {
      if (!this.node.isConnected) return; // the command was sent or left meanwhile
      const request = this.context.request();
      const body = {
        ...request,
        options: { ...request.options, [this.option.name]: this.input.value },
        focused: this.option.name,
      };
      try {
        const { choices } = await api.act("autocomplete", body);
        if (current()) show(choices ?? [], choices?.length ? null : "No options match your search");
      } catch (error) {
        if (!current()) return;
        show([], "Loading options failed");
        if (error.status !== 408) toast(error.message);
      }
    }, pause);
  }

  take(choice) {
    this.chosen = choice;
    this.asked += 1; // an answer still under way may not open the list again
    clearTimeout(this.timer);
    this.input.value = String(choice.name);
    this.input.size = Math.min(60, Math.max(12, this.input.value.length));
    this.mark("");
    this.context.suggestions.hide();
    this.input.focus();
  }
}
