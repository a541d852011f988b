// Discord's markdown as a tree of plain objects. Knows no page, no names and no clock: markdown_dom.js draws it.
//
// A node is a string, or {type, children?, ...}. Blocks: heading, subtext, quote, list, fence, text.
// Inline: strong, em, underline, strike, spoiler, code, link, user, role, channel, command, time, emoji, everyone.

const FENCE = /(?<!\\)```(?:([\w+\-.#]+)\n)?\n*([\s\S]+?)\n*```/g;
const ITEM = /^( *)([-*]|\d{1,9}\.) +(.*)$/;
const DEEPEST = 24; // nested emphasis beyond this is shown as typed: a hostile message may not exhaust the stack

/** The blocks of a message or of an embed's description. */
export function parse(text) {
  const blocks = [];
  let from = 0;
  for (const match of text.matchAll(FENCE)) {
    blocks.push(...parseLines(text.slice(from, match.index)));
    blocks.push({ type: "fence", language: match[1] ?? "", text: match[2] });
    from = match.index + match[0].length;
    if (text[from] === "\n") from += 1; // the line break after a code block belongs to it
  }
  blocks.push(...parseLines(text.slice(from)));
  return blocks;
}

/** `quoted`: inside a quote, where no further quote begins. */
function parseLines(text, quoted = false) {
  const blocks = [];
  if (!text) return blocks;
  const lines = text.split("\n");
  let plain = [];
  const flush = () => {
    if (plain.some((line) => line.trim())) blocks.push({ type: "text", children: parseInline(plain.join("\n")) });
    plain = [];
  };
  for (let at = 0; at < lines.length;) {
    const [block, used] = blockAt(lines, at, quoted);
    if (block) {
      flush();
      blocks.push(block);
    } else plain.push(lines[at]);
    at += used;
  }
  flush();
  return blocks;
}

/** The block that starts in line `at` and how many lines it takes; [null, 1] for ordinary text. */
function blockAt(lines, at, quoted) {
  const line = lines[at];
  const heading = /^(#{1,3}) +(\S.*)$/.exec(line);
  if (heading)
    return [{ type: "heading", level: heading[1].length, children: parseInline(heading[2].replace(/ +#+ *$/, "")) }, 1];
  const subtext = /^-# +(\S.*)$/.exec(line);
  if (subtext) return [{ type: "subtext", children: parseInline(subtext[1]) }, 1];
  if (!quoted && line.startsWith(">>> ")) {
    const rest = [line.slice(4), ...lines.slice(at + 1)];
    return [{ type: "quote", children: parseLines(rest.join("\n"), true) }, rest.length];
  }
  if (!quoted && line.startsWith("> ")) {
    const end = endOf(lines, at, (each) => each.startsWith("> ") || each === ">");
    const inner = lines.slice(at, end).map((each) => each.slice(2));
    return [{ type: "quote", children: parseLines(inner.join("\n"), true) }, end - at];
  }
  if (ITEM.test(line)) {
    const numbered = isNumbered(line);
    // An item of the other kind at the margin begins a list of its own.
    const end = endOf(
      lines,
      at,
      (each) => (ITEM.test(each) && (each.startsWith(" ") || isNumbered(each) === numbered)) || /^ {2,}\S/.test(each),
    );
    return [listOf(lines.slice(at, end)), end - at];
  }
  return [null, 1];
}

const isNumbered = (line) => /^ *\d/.test(line);

function endOf(lines, from, belongs) {
  let end = from;
  while (end < lines.length && belongs(lines[end])) end += 1;
  return end;
}

/** Lines of one list, nested by indentation; a deeper line without a marker continues its item. */
function listOf(lines) {
  const root = { type: "list", items: [] };
  const open = []; // [{indent, list}], outermost first
  for (const line of lines) {
    const match = ITEM.exec(line);
    if (!match) {
      open
        .at(-1)
        .list.items.at(-1)
        .children.push("\n", ...parseInline(line.trim()));
      continue;
    }
    const [, spaces, marker, text] = match;
    while (open.length > 1 && spaces.length < open.at(-1).indent) open.pop();
    if (!open.length) open.push({ indent: spaces.length, list: ordered(root, marker) });
    else if (spaces.length > open.at(-1).indent && open.length < DEEPEST) {
      const nested = ordered({ type: "list", items: [] }, marker);
      open.at(-1).list.items.at(-1).children.push(nested);
      open.push({ indent: spaces.length, list: nested });
    }
    open.at(-1).list.items.push({ children: parseInline(text) });
  }
  return root;
}

function ordered(list, marker) {
  const start = Number.parseInt(marker, 10);
  return Object.assign(list, Number.isNaN(start) ? { ordered: false } : { ordered: true, start });
}

// Inside emphasis a backslash takes the next character with it, so that an escaped mark closes nothing.
const INLINE = [
  [/\\([^0-9A-Za-z\s])/y, (m) => m[1]],
  [/(`+)([\s\S]*?[^`])\1(?!`)/y, (m) => ({ type: "code", text: m[1].length > 1 ? m[2].trim() : m[2] })],
  [/<t:(-?\d{1,13})(?::([tTdDfFsSR]))?>/y, (m) => ({ type: "time", seconds: Number(m[1]), style: m[2] ?? "f" })],
  [/<@!?(\d{1,20})>/y, (m) => ({ type: "user", id: m[1] })],
  [/<@&(\d{1,20})>/y, (m) => ({ type: "role", id: m[1] })],
  [/<#(\d{1,20})>/y, (m) => ({ type: "channel", id: m[1] })],
  [/<\/([^\n:<>]{1,100}):(\d{1,20})>/y, (m) => ({ type: "command", name: m[1], id: m[2] })],
  [/<a?:(\w{2,32}):(\d{1,20})>/y, (m) => ({ type: "emoji", name: m[1] })],
  [/@(everyone|here)\b/y, (m) => ({ type: "everyone", name: m[1] })],
  [/<(https?:\/\/[^\s<>]+)>/y, (m) => ({ type: "link", url: m[1], children: [m[1]] })],
  [
    /\[((?:\\[\s\S]|[^[\]\\\n]|\[[^[\]\n]*\])+)\]\(<?(https?:\/\/(?:[^\s()<>]|\([^\s()<>]*\))+)>?(?: +"([^"\n]*)")?\)/y,
    masked,
  ],
  [/https?:\/\/[^\s<>]+/y, bareLink],
  [/\*\*((?:\\[\s\S]|[^\\])+?)\*\*(?!\*)/y, (m, depth) => ({ type: "strong", children: parseInline(m[1], depth) })],
  [/__((?:\\[\s\S]|[^\\])+?)__(?!_)/y, (m, depth) => ({ type: "underline", children: parseInline(m[1], depth) })],
  [/~~((?:\\[\s\S]|[^\\])+?)~~(?!~)/y, (m, depth) => ({ type: "strike", children: parseInline(m[1], depth) })],
  [/\|\|((?:\\[\s\S]|[^\\])+?)\|\|/y, (m, depth) => ({ type: "spoiler", children: parseInline(m[1], depth) })],
  [
    /\*(?![\s*])((?:\\[\s\S]|\*\*|[^\\*])+?)(?<!\s)\*(?!\*)/y,
    (m, depth) => ({ type: "em", children: parseInline(m[1], depth) }),
  ],
  [
    /(?<![\p{L}\p{N}_])_((?:\\[\s\S]|__|[^\\_])+?)_(?![\p{L}\p{N}_])/uy,
    (m, depth) => ({ type: "em", children: parseInline(m[1], depth) }),
  ],
];
const SPECIAL = /[\\`<@[h*_~|]/; // what a rule can start with; everything else is skipped quickly

/** The inline marks of one run of text. */
export function parseInline(text, depth = 0) {
  if (depth > DEEPEST) return [text];
  const nodes = [];
  let plain = "";
  for (let at = 0; at < text.length;) {
    const found = SPECIAL.test(text[at]) ? ruleAt(text, at, depth + 1) : null;
    if (found === null) {
      plain += text[at];
      at += 1;
      continue;
    }
    const [node, length] = found;
    if (typeof node === "string") plain += node;
    else {
      if (plain) nodes.push(plain);
      plain = "";
      nodes.push(node);
    }
    at += length;
  }
  if (plain) nodes.push(plain);
  return nodes;
}

function ruleAt(text, at, depth) {
  for (const [pattern, build] of INLINE) {
    pattern.lastIndex = at;
    const match = pattern.exec(text);
    if (!match) continue;
    const node = build(match, depth);
    return [node, node.consumed ?? match[0].length];
  }
  return null;
}

function masked(match, depth) {
  const children = parseInline(match[1], depth).filter((node) => node.type !== "link");
  return { type: "link", url: match[2], title: match[3], children: children.length ? children : [match[2]] };
}

/** A bare address ends before the punctuation of the sentence around it, and before a bracket it did not open. */
function bareLink(match) {
  let url = match[0];
  for (;;) {
    const last = url.at(-1);
    const unopened = last === ")" && url.split(")").length > url.split("(").length;
    if (!unopened && !/[.,:;"'\]!?*_~|]/.test(last)) break;
    url = url.slice(0, -1);
  }
  return { type: "link", url, children: [url], consumed: url.length };
}
