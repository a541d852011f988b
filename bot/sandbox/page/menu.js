// A list that opens beside a button: for selects in messages and modals, and for the switch between users.

import { h } from "./dom.js";

const SHOWN = 100; // more than this is found by searching

let close = () => {};

/** Close the open menu, if any, without choosing. */
export const closeMenu = () => close();

/**
 * Open a list at `anchor`. Options: `label` for screen readers, `search` (placeholder of a search field, or null),
 * `items` [{value, name, detail, icon, chosen, testid}], `max` (how many may be chosen; above 1 a Done button ends it)
 * and `min`, `onChoose(values)`.
 */
export function openMenu(anchor, { label, search = null, items, min = 1, max = 1, onChoose }) {
  close();
  const chosen = new Set(max > 1 ? items.filter((item) => item.chosen).map((item) => item.value) : []);
  const list = h("div", {
    class: "menu-list",
    role: "listbox",
    "aria-label": label,
    "aria-multiselectable": max > 1 ? "true" : null,
  });
  const field =
    search && h("input", { class: "menu-search", type: "search", placeholder: search, "aria-label": search });
  const done =
    max > 1 && h("button", { class: "btn primary menu-done", type: "button", "data-testid": "menu-done" }, "Done");
  const menu = h("div", { class: "menu", "data-testid": "menu" }, field, list, done);
  // Inside a modal dialog only the dialog's own children can be reached.
  (anchor.closest("dialog") ?? document.body).append(menu);

  const draw = () => {
    const wanted = (field?.value ?? "").trim().toLowerCase();
    const found = items.filter((item) => item.name.toLowerCase().includes(wanted));
    list.replaceChildren(...found.slice(0, SHOWN).map(drawItem));
    if (!found.length) list.append(h("div", { class: "menu-empty" }, "Nothing found"));
    if (found.length > SHOWN)
      list.append(h("div", { class: "menu-empty" }, `${found.length - SHOWN} more: search for them`));
    if (done) done.disabled = chosen.size < min;
  };
  const drawItem = (item) => {
    const on = max > 1 ? chosen.has(item.value) : item.chosen;
    const button = h(
      "button",
      {
        class: on ? "menu-item on" : "menu-item",
        type: "button",
        role: "option",
        "aria-selected": String(Boolean(on)),
        "data-testid": item.testid,
      },
      item.icon,
      h("span", { class: "menu-text" }, h("span", {}, item.name), item.detail && h("small", {}, item.detail)),
      max > 1 && h("span", { class: "check", "aria-hidden": "true" }, on ? "☑" : "☐"),
    );
    button.addEventListener("click", () => pick(item, button));
    return button;
  };
  const pick = (item, button) => {
    if (max === 1) return finish(item.chosen && min === 0 ? [] : [item.value]);
    if (chosen.has(item.value)) chosen.delete(item.value);
    else if (chosen.size < max) chosen.add(item.value);
    const index = [...list.children].indexOf(button);
    draw();
    return list.children[index]?.focus();
  };
  const finish = (values) => {
    close();
    anchor.focus();
    onChoose(values);
  };

  const outside = (event) => {
    if (!menu.contains(event.target) && !anchor.contains(event.target)) close();
  };
  const keys = (event) => {
    if (event.key === "Escape") {
      event.preventDefault();
      event.stopPropagation(); // a modal around it stays open
      close();
      anchor.focus();
    } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      moveFocus(list, event.key === "ArrowDown" ? 1 : -1);
    } else if (event.key === "Enter" && event.target === field) {
      event.preventDefault();
      list.querySelector("button")?.click();
    }
  };
  close = () => {
    document.removeEventListener("pointerdown", outside, true);
    menu.remove();
    anchor.setAttribute("aria-expanded", "false");
    close = () => {};
  };
  document.addEventListener("pointerdown", outside, true);
  menu.addEventListener("keydown", keys);
  field?.addEventListener("input", draw);
  done && done.addEventListener("click", () => finish([...chosen]));
  anchor.setAttribute("aria-expanded", "true");
  draw();
  place(menu, anchor);
  (field ?? list.querySelector(".on") ?? list.querySelector("button"))?.focus();
}

function moveFocus(list, step) {
  const buttons = [...list.querySelectorAll("button")];
  const at = buttons.indexOf(document.activeElement);
  buttons.at((at + step + buttons.length) % buttons.length)?.focus();
}

/** Below the button where there is room, else above it; never outside the window. */
function place(menu, anchor) {
  const box = anchor.getBoundingClientRect();
  menu.style.minWidth = `${Math.max(box.width, 220)}px`;
  const size = menu.getBoundingClientRect();
  const below = box.bottom + 4 + size.height <= innerHeight;
  menu.style.top = `${Math.max(4, below ? box.bottom + 4 : box.top - size.height - 4)}px`;
  menu.style.left = `${Math.max(4, Math.min(box.left, innerWidth - size.width - 4))}px`;
}
