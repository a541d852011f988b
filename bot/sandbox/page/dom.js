// Building elements. Text only ever becomes a text node or an attribute, so nothing that the server
// sends can turn into markup.

/**
 * One element. `props`: `class`, `on` ({event: handler}), `style` ({property: value}), everything else is an attribute;
 * null, undefined and false leave it out. Children: nodes, strings, nested lists; null and false are skipped.
 */
export function h(tag, props = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(props ?? {})) {
    if (value === null || value === undefined || value === false) continue;
    if (name === "class") element.className = value;
    else if (name === "on")
      for (const [type, handler] of Object.entries(value)) element.addEventListener(type, handler);
    else if (name === "style") for (const [key, to] of Object.entries(value)) element.style.setProperty(key, to);
    else element.setAttribute(name, value === true ? "" : String(value));
  }
  element.append(
    ...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false),
  );
  return element;
}

export const byId = (id) => document.getElementById(id);

/** Make `parent` hold exactly `wanted`, moving as little as possible: what stays keeps focus and scroll position. */
export function reconcile(parent, wanted) {
  let at = parent.firstChild;
  for (const node of wanted) {
    if (node === at) at = at.nextSibling;
    else parent.insertBefore(node, at);
  }
  while (at) {
    const next = at.nextSibling;
    at.remove();
    at = next;
  }
}

/** Replace `old` by `fresh`; when the focus was inside, it goes to the element with the same data-testid. */
export function swap(old, fresh) {
  const focused = old.contains(document.activeElement) ? document.activeElement.dataset.testid : null;
  old.replaceWith(fresh);
  if (!focused) return;
  for (const candidate of fresh.querySelectorAll("[data-testid]")) {
    if (candidate.dataset.testid === focused) candidate.focus();
  }
}

let toastTimer = 0;

/** Say something went wrong, for six seconds, to eyes and screen readers. */
export function toast(words) {
  const box = byId("toast");
  box.textContent = words;
  box.hidden = false;
  clearTimeout(toastTimer);
  toastTimer = setTimeout(() => {
    box.hidden = true;
  }, 6000);
}

/** A page may open links to the web and nothing else: no javascript:, no data:. */
export function safeLink(url) {
  try {
    const parsed = new URL(url, location.href);
    return ["http:", "https:"].includes(parsed.protocol) ? parsed.href : null;
  } catch {
    return null;
  }
}

/**
 * A picture's address if it lies on this server, else null: the page never loads anything from elsewhere.
 * The server may call itself 127.0.0.1 where the reader opened localhost, so a /cdn/ path counts by itself.
 */
export function localPicture(url) {
  if (!url) return null;
  if (url.startsWith("data:image/") || url.startsWith("blob:")) return url;
  try {
    const parsed = new URL(url, location.href);
    const loopback = ["127.0.0.1", "localhost", "[::1]", location.hostname].includes(parsed.hostname);
    return loopback && parsed.pathname.startsWith("/cdn/") ? parsed.pathname + parsed.search : null;
  } catch {
    return null;
  }
}
