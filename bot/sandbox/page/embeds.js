// Embeds as Discord draws them, attachments, and pictures (from this server only).

import { h, localPicture } from "./dom.js";
import { timeNode } from "./clock.js";
import { inlineMarkdown, link, markdown } from "./markdown_dom.js";

/** One embed; `attachments` of the message resolve attachment:// pictures. */
export function drawEmbed(embed, names, attachments = []) {
  const colour = embed.color ? `#${embed.color.toString(16).padStart(6, "0")}` : null;
  const thumbnail = embed.thumbnail && picture(embed.thumbnail, attachments, "embed-thumb");
  return h(
    "article",
    {
      class: thumbnail ? "embed with-thumb" : "embed",
      "data-testid": "embed",
      style: colour ? { "--bar": colour } : {},
    },
    h(
      "div",
      { class: "embed-main" },
      embed.author && author(embed.author, attachments),
      embed.title &&
        h(
          "div",
          { class: "embed-title" },
          embed.url ? link(embed.url, inlineMarkdown(embed.title, names)) : inlineMarkdown(embed.title, names),
        ),
      embed.description && h("div", { class: "embed-description md" }, markdown(embed.description, names)),
      embed.fields?.length ? h("div", { class: "embed-fields" }, fields(embed.fields, names)) : null,
    ),
    thumbnail,
    embed.image && picture(embed.image, attachments, "embed-image"),
    (embed.footer || embed.timestamp) && footer(embed, attachments),
  );
}

function author(given, attachments) {
  const icon = given.icon_url && picture({ url: given.icon_url }, attachments, "embed-icon", true);
  return h(
    "div",
    { class: "embed-author" },
    icon,
    given.url ? link(given.url, [given.name]) : h("span", {}, given.name),
  );
}

function footer(embed, attachments) {
  const icon = embed.footer?.icon_url && picture({ url: embed.footer.icon_url }, attachments, "embed-icon", true);
  const stamp = embed.timestamp && timeNode(Date.parse(embed.timestamp), "f");
  return h(
    "footer",
    { class: "embed-footer" },
    icon,
    h("span", {}, embed.footer?.text, embed.footer?.text && stamp ? " • " : null, stamp),
  );
}

/** Inline fields that follow each other share rows of three; the twelfths of a row say how wide each is. */
function fields(all, names) {
  const drawn = [];
  for (let at = 0; at < all.length;) {
    let end = at + 1;
    if (all[at].inline) while (end < all.length && all[end].inline && end - at < 3) end += 1;
    for (const field of all.slice(at, end)) drawn.push(drawField(field, 12 / (end - at), names));
    at = end;
  }
  return drawn;
}

function drawField(field, span, names) {
  return h(
    "div",
    { class: "embed-field", style: { "grid-column": `span ${span}` } },
    h("div", { class: "embed-field-name" }, inlineMarkdown(field.name, names)),
    h("div", { class: "embed-field-value md" }, markdown(field.value, names)),
  );
}

/** A picture, or a line that says which one would be here if this page loaded things from elsewhere. */
export function picture(media, attachments = [], className = "", quiet = false) {
  const url = media.url ?? "";
  const name = url.startsWith("attachment://") ? url.slice("attachment://".length) : null;
  const attached = name === null ? null : attachments.find((each) => each.filename === name);
  const source = localPicture(attached?.url ?? url);
  if (source)
    return h("img", {
      class: className,
      src: source,
      alt: media.description ?? attached?.description ?? "",
      loading: "lazy",
    });
  if (quiet) return null;
  return h("span", { class: `${className} picture-elsewhere` }, "🖼 ", link(url, ["picture on another site"]));
}

/** Files of a message: pictures are shown, everything else can be downloaded. */
export function drawAttachments(attachments) {
  return h("div", { class: "attachments" }, attachments.map(drawAttachment));
}

function drawAttachment(file) {
  const source = localPicture(file.url);
  if (source && (file.content_type ?? "").startsWith("image/")) {
    return h("img", { class: "attachment-image", src: source, alt: file.description ?? file.filename });
  }
  return h(
    "div",
    { class: "attachment", "data-testid": "attachment" },
    h("span", { class: "attachment-icon", "aria-hidden": "true" }, "📄"),
    h(
      "span",
      {},
      h("a", { href: source ?? "#", download: file.filename }, file.filename),
      h("small", {}, fileSize(file.size ?? 0)),
    ),
  );
}

function fileSize(bytes) {
  if (bytes < 1024) return `${bytes} bytes`;
  return bytes < 1024 * 1024 ? `${(bytes / 1024).toFixed(1)} KB` : `${(bytes / 1024 / 1024).toFixed(1)} MB`;
}
