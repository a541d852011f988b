// The list above the composer: commands to choose from, or values for an option.

import { byId, h } from "./dom.js";

export class Suggestions {
  constructor() {
    this.box = byId("suggestions");
    this.items = [];
    this.active = -1;
    this.owner = null;
  }

  get open() {
    return !this.box.hidden;
  }

  /**
   * Show `items` [{name, detail, testid, pick()}] under `heading` for the input `owner`. With `preselect` the first is
   * ready to be taken by Enter or Tab; without, Enter means "send".
   */
  show(owner, { heading, items, preselect, note }) {
    this.owner?.removeAttribute("aria-activedescendant");
    this.owner = owner;
    this.items = items;
    this.box.hidden = false;
    const drawn = items.map((item, index) => this.drawItem(item, index));
    this.box.replaceChildren(
      h("div", { class: "suggest-heading", role: "presentation" }, heading),
      h("div", { class: "suggest-list", id: "suggest-list", role: "listbox", "aria-label": "Suggestions" }, drawn),
      ...(note ? [h("div", { class: "suggest-note", role: "presentation" }, note)] : []),
    );
    owner.setAttribute("aria-expanded", "true");
    owner.setAttribute("aria-controls", "suggest-list");
    this.activate(preselect && items.length ? 0 : -1);
  }

  drawItem(item, index) {
    const row = h(
      "div",
      {
        class: "suggest-item",
        role: "option",
        id: `suggestion-${index}`,
        "aria-selected": "false",
        "data-testid": item.testid,
      },
      h("span", { class: "suggest-name" }, item.name),
      item.options,
      item.detail && h("span", { class: "suggest-detail" }, item.detail),
    );
    // pointerdown, not click: the input must not lose its focus, or the list would be gone before the click.
    row.addEventListener("pointerdown", (event) => event.preventDefault());
    row.addEventListener("click", () => item.pick());
    row.addEventListener("pointermove", () => this.active !== index && this.activate(index, false));
    return row;
  }

  activate(index, scroll = true) {
    this.active = index;
    this.box.querySelectorAll(".suggest-item").forEach((row, at) => {
      row.setAttribute("aria-selected", String(at === index));
      if (at === index && scroll) row.scrollIntoView({ block: "nearest" });
    });
    if (index >= 0) this.owner.setAttribute("aria-activedescendant", `suggestion-${index}`);
    else this.owner?.removeAttribute("aria-activedescendant");
  }

  hide() {
    this.box.hidden = true;
    this.box.replaceChildren();
    this.items = [];
    this.active = -1;
    this.owner?.setAttribute("aria-expanded", "false");
    this.owner?.removeAttribute("aria-activedescendant");
  }

  /** Arrow keys, Enter, Tab and Escape while the list is open; true when the key is used up. */
  key(event) {
    if (!this.open) return false;
    const count = this.items.length;
    if (event.key === "Escape") {
      this.hide();
      return true;
    }
    if ((event.key === "ArrowDown" || event.key === "ArrowUp") && count) {
      const step = event.key === "ArrowDown" ? 1 : -1;
      this.activate(this.active < 0 ? (step > 0 ? 0 : count - 1) : (this.active + step + count) % count);
      return true;
    }
    const takes = event.key === "Enter" || (event.key === "Tab" && !event.shiftKey);
    if (takes && this.active >= 0) {
      this.items[this.active].pick();
      return event.key === "Enter"; // Tab takes the value and goes on to the next field
    }
    return false;
  }
}
