// Draws what markdown.js parsed. `names` tells how ids are called; see `names` in app.js.

import { timeNode } from "./clock.js";
import { h, safeLink } from "./dom.js";
import { parse, parseInline } from "./markdown.js";

/** Full markdown: messages, embed descriptions, field values, text displays. */
export function markdown(text, names) {
  const fragment = document.createDocumentFragment();
  fragment.append(...parse(text).map((block) => drawBlock(block, names)));
  return fragment;
}

/** Inline marks only: embed titles and field names. */
export const inlineMarkdown = (text, names) => drawInline(parseInline(text), names);

function drawBlock(block, names) {
  const children = () => drawInline(block.children, names);
  switch (block.type) {
    case "fence":
      return h("pre", { "data-language": block.language || null }, h("code", {}, block.text));
    case "heading":
      return h(`h${block.level + 2}`, { class: `md-h${block.level}` }, children());
    case "subtext":
      return h("div", { class: "md-subtext" }, children());
    case "quote":
      return h(
        "blockquote",
        {},
        block.children.map((child) => drawBlock(child, names)),
      );
    case "list":
      return drawList(block, names);
    default:
      return h("div", { class: emojiOnly(block.children) ? "md-text jumbo" : "md-text" }, children());
  }
}

function drawList(list, names) {
  const items = list.items.map((item) => h("li", {}, drawInline(item.children, names)));
  return list.ordered ? h("ol", { start: list.start }, items) : h("ul", {}, items);
}

/** A message of nothing but a few emoji is drawn large. */
function emojiOnly(children) {
  if (children.length !== 1 || typeof children[0] !== "string") return false;
  const text = children[0].trim();
  return (
    text.length <= 30 &&
    /^(?:\p{Extended_Pictographic}|\p{Emoji_Component}|\s)+$/u.test(text) &&
    !/^[\d#*\s]+$/.test(text)
  );
}

const WRAPS = { strong: "strong", em: "em", underline: "u", strike: "s" };

function drawInline(nodes, names) {
  return nodes.map((node) => (typeof node === "string" ? node : drawMark(node, names)));
}

function drawMark(node, names) {
  if (node.type in WRAPS) return h(WRAPS[node.type], {}, drawInline(node.children, names));
  switch (node.type) {
    case "code":
      return h("code", {}, node.text);
    case "spoiler":
      return spoiler(drawInline(node.children, names));
    case "link":
      return link(node.url, drawInline(node.children, names), node.title);
    case "time":
      return timeNode(node.seconds * 1000, node.style);
    case "emoji":
      return h("span", { class: "custom-emoji", title: `:${node.name}:` }, `:${node.name}:`);
    case "everyone":
      return h("span", { class: "mention" }, `@${node.name}`);
    case "list":
      return drawList(node, names);
    default:
      return mention(node, names);
  }
}

function spoiler(children) {
  const button = h(
    "button",
    { class: "spoiler", type: "button", "aria-label": "Spoiler, press to show" },
    h("span", {}, children),
  );
  button.addEventListener("click", () => {
    button.classList.add("shown");
    button.removeAttribute("aria-label");
  });
  return button;
}

/** A link to the web in a new tab; an address of any other kind stays text. */
export function link(url, children, title) {
  const href = safeLink(url);
  if (!href) return h("span", {}, children);
  return h("a", { href, title: title ?? href, target: "_blank", rel: "noopener noreferrer" }, children);
}

function mention(node, names) {
  switch (node.type) {
    case "user":
      return h(
        "span",
        { class: names.isMe(node.id) ? "mention me" : "mention", "data-id": node.id },
        `@${names.user(node.id) ?? "unknown-user"}`,
      );
    case "role":
      return roleMention(names.role(node.id));
    case "channel":
      return channelMention(node.id, names);
    case "command":
      return h(
        "button",
        { class: "mention", type: "button", on: { click: () => names.openCommand(node.name) } },
        `/${node.name}`,
      );
    default:
      return "";
  }
}

function roleMention(role) {
  const style = role?.color ? { "--role": `#${role.color.toString(16).padStart(6, "0")}` } : {};
  return h("span", { class: "mention role", style }, `@${role?.name ?? "deleted-role"}`);
}

function channelMention(id, names) {
  const channel = names.channel(id);
  if (!channel) return h("span", { class: "mention" }, "# unknown");
  return h(
    "button",
    { class: "mention", type: "button", on: { click: () => names.openChannel(id) } },
    `# ${channel.name}`,
  );
}
