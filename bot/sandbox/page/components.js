// Buttons, selects and the newer layout components (version 2) of messages.

import { h, safeLink } from "./dom.js";
import { drawAttachments, picture } from "./embeds.js";
import { markdown } from "./markdown_dom.js";
import { openMenu } from "./menu.js";
import { avatar, memberName } from "./users.js";

export const TYPE = {
  ROW: 1,
  BUTTON: 2,
  STRING_SELECT: 3,
  TEXT_INPUT: 4,
  USER_SELECT: 5,
  ROLE_SELECT: 6,
  MENTIONABLE_SELECT: 7,
  CHANNEL_SELECT: 8,
  SECTION: 9,
  TEXT: 10,
  THUMBNAIL: 11,
  GALLERY: 12,
  FILE: 13,
  SEPARATOR: 14,
  CONTAINER: 17,
  LABEL: 18,
  UPLOAD: 19,
  RADIO: 21,
  CHECKBOXES: 22,
  CHECKBOX: 23,
};

const SELECTS = new Set([
  TYPE.STRING_SELECT,
  TYPE.USER_SELECT,
  TYPE.ROLE_SELECT,
  TYPE.MENTIONABLE_SELECT,
  TYPE.CHANNEL_SELECT,
]);
export const isSelect = (component) => SELECTS.has(component.type);

const BUTTON_CLASS = { 1: "primary", 2: "secondary", 3: "success", 4: "danger", 5: "link" };

/**
 * Draw the components of a message. `context`: `names` (see app.js), `guild`, `world`, `attachments`, `busy` (the
 * custom_id that waits for its answer), `press(custom_id, values?)`.
 */
export function drawComponents(components, context) {
  return h(
    "div",
    { class: "components" },
    components.map((component) => drawComponent(component, context)),
  );
}

function drawComponent(component, context) {
  const inner = (list) => (list ?? []).map((child) => drawComponent(child, context));
  switch (component.type) {
    case TYPE.ROW:
      return h("div", { class: "action-row" }, inner(component.components));
    case TYPE.BUTTON:
      return drawButton(component, context);
    case TYPE.SECTION:
      return h(
        "div",
        { class: "section" },
        h("div", { class: "section-text" }, inner(component.components)),
        component.accessory && drawComponent(component.accessory, context),
      );
    case TYPE.TEXT:
      return h("div", { class: "text-display md" }, markdown(component.content, context.names));
    case TYPE.THUMBNAIL:
      return picture({ ...component.media, description: component.description }, context.attachments, "embed-thumb");
    case TYPE.GALLERY:
      return h(
        "div",
        { class: "gallery" },
        component.items.map((item) =>
          picture({ ...item.media, description: item.description }, context.attachments, "gallery-item"),
        ),
      );
    case TYPE.FILE:
      return drawFile(component, context);
    case TYPE.SEPARATOR:
      return h("hr", {
        class: `separator ${component.spacing === 2 ? "wide" : ""} ${component.divider === false ? "bare" : ""}`,
      });
    case TYPE.CONTAINER:
      return drawContainer(component, inner);
    default:
      return isSelect(component)
        ? drawSelect(component, context)
        : h("div", { class: "notice" }, `(component of type ${component.type})`);
  }
}

function drawContainer(component, inner) {
  const colour = component.accent_color;
  const style = typeof colour === "number" ? { "--bar": `#${colour.toString(16).padStart(6, "0")}` } : {};
  return h("div", { class: "container", style, "data-testid": "container" }, inner(component.components));
}

function drawFile(component, context) {
  const name = (component.file.url ?? "").replace("attachment://", "");
  const file = context.attachments.find((each) => each.filename === name) ?? {
    filename: component.name ?? name,
    url: component.file.url,
    size: component.size,
  };
  return drawAttachments([file]);
}

const emojiNode = (emoji) =>
  emoji && h("span", { class: "btn-emoji", "aria-hidden": "true" }, emoji.id ? `:${emoji.name}:` : emoji.name);

function drawButton(button, { busy, press }) {
  const look = `btn ${BUTTON_CLASS[button.style] ?? "secondary"}`;
  const content = [emojiNode(button.emoji), button.label && h("span", {}, button.label)];
  const name = button.label ?? button.emoji?.name ?? "button";
  if (button.style === 5) {
    const href = button.disabled ? null : safeLink(button.url);
    const attributes = {
      class: look,
      href,
      target: "_blank",
      rel: "noopener noreferrer",
      "aria-label": name,
      "data-testid": `button-${name}`,
      "aria-disabled": href ? null : "true",
    };
    return h("a", attributes, content, h("span", { class: "out", "aria-hidden": "true" }, "↗"));
  }
  const waiting = busy === button.custom_id;
  return h(
    "button",
    {
      class: waiting ? `${look} busy` : look,
      type: "button",
      disabled: button.disabled || null,
      "aria-busy": waiting ? "true" : null,
      "aria-label": name,
      "data-testid": `button-${button.custom_id}`,
      on: { click: () => waiting || press(button.custom_id) },
    },
    content,
  );
}

/** A select in a message: what is chosen is sent at once. */
function drawSelect(select, context) {
  const waiting = context.busy === select.custom_id;
  return selectButton(select, context, {
    values: selectItems(select, context)
      .filter((item) => item.chosen)
      .map((item) => item.value),
    busy: waiting,
    onChange: (values) => waiting || context.press(select.custom_id, values),
  });
}

/** The closed form of a select with what is chosen in it; opens the list. Used by modals too. */
export function selectButton(select, context, { values, busy = false, onChange }) {
  const items = selectItems(select, context).map((item) => ({ ...item, chosen: values.includes(item.value) }));
  const chosen = items.filter((item) => item.chosen).map((item) => item.name);
  const placeholder = select.placeholder ?? "Make a selection";
  const button = h(
    "button",
    {
      class: busy ? "select busy" : "select",
      type: "button",
      disabled: select.disabled || null,
      "aria-haspopup": "listbox",
      "aria-expanded": "false",
      "aria-label": chosen.length ? `${placeholder}: ${chosen.join(", ")}` : placeholder,
      "data-testid": `select-${select.custom_id}`,
    },
    h(
      "span",
      { class: chosen.length ? "select-value" : "select-value placeholder" },
      chosen.length ? chosen.join(", ") : placeholder,
    ),
    h("span", { class: "chevron", "aria-hidden": "true" }, "⌄"),
  );
  const limits = { min: select.min_values ?? 1, max: select.max_values ?? 1 };
  const search = select.type === TYPE.STRING_SELECT ? null : "Search";
  button.addEventListener("click", () =>
    openMenu(button, { label: placeholder, items, search, ...limits, onChoose: onChange }),
  );
  return button;
}

/** What a select offers: its own options, or the people, roles and channels of the guild. */
function selectItems(select, { guild, names }) {
  const given = new Set((select.default_values ?? []).map((each) => each.id));
  const item = (value, name, extra) => ({ value, name, chosen: given.has(value), testid: `choice-${name}`, ...extra });
  if (select.type === TYPE.STRING_SELECT) {
    return select.options.map((option) => ({
      value: option.value,
      name: option.label,
      detail: option.description,
      icon: emojiNode(option.emoji),
      chosen: Boolean(option.default),
      testid: `choice-${option.value}`,
    }));
  }
  const users = () =>
    (guild?.members ?? []).map((member) =>
      item(member.user.id, memberName(member), { icon: avatar(member.user.id, memberName(member), "small") }),
    );
  const roles = () =>
    (guild?.roles ?? []).map((role) => item(role.id, role.name.startsWith("@") ? role.name : `@${role.name}`));
  if (select.type === TYPE.USER_SELECT) return users();
  if (select.type === TYPE.ROLE_SELECT) return roles();
  if (select.type === TYPE.MENTIONABLE_SELECT) return [...users(), ...roles()];
  const wanted = select.channel_types ?? [];
  const channels = (guild?.channels ?? []).filter(
    (channel) => (!wanted.length || wanted.includes(channel.type)) && names.canSee(channel),
  );
  return channels.map((channel) => item(channel.id, `# ${channel.name}`));
}
