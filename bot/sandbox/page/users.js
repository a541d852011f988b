// Who people are: names, coloured initials, roles, permissions, and the switch between users.

import { byId, h } from "./dom.js";
import { openMenu } from "./menu.js";

const SEARCH_FROM = 50; // with more people than this the switch gets a search field

const ADMINISTRATOR = 1n << 3n;
const VIEW_CHANNEL = 1n << 10n;
const SEND_MESSAGES = 1n << 11n;
const USE_COMMANDS = 1n << 31n;
const ALL = (1n << 60n) - 1n;
export const bits = { VIEW_CHANNEL, SEND_MESSAGES, USE_COMMANDS };

const plainName = (user) => user.global_name ?? user.name ?? user.username ?? "unknown";

/** How a member is called in his guild. */
export const memberName = (member) => member.nick ?? plainName(member.user);

export const findMember = (guild, userId) => guild?.members.find((member) => member.user.id === userId) ?? null;

/** The name for the author of a message or any user object; the guild's nickname wins. */
export function displayName(user, guild) {
  const member = findMember(guild, user.id);
  return member ? memberName(member) : plainName(user);
}

export function isBot(user, world) {
  return Boolean(user.bot) || user.id === world.bot.id;
}

/** "owner", "moderator" or "member": what the switch says beside a name. */
export function rank(guild, member) {
  if (guild.owner_id === member.user.id) return "owner";
  const names = guild.roles.filter((role) => member.roles.includes(role.id)).map((role) => role.name);
  return names.some((name) => name.toLowerCase() === "moderator") ? "moderator" : "member";
}

/** The colour of a name: the highest coloured role's. */
export function nameColour(guild, userId) {
  const member = findMember(guild, userId);
  if (!member) return null;
  const coloured = guild.roles.filter((role) => role.color && member.roles.includes(role.id));
  const top = coloured.sort((a, b) => b.position - a.position)[0];
  return top ? `#${top.color.toString(16).padStart(6, "0")}` : null;
}

/** Coloured initials in place of a picture; the colour depends on the id alone. */
export function avatar(id, name, size = "") {
  const hue = Number(BigInt(id) % 12n) * 30 + 15;
  const initials = name
    .split(/\s+/)
    .filter(Boolean)
    .map((word) => [...word][0].toUpperCase());
  const text = initials.length > 1 ? initials[0] + initials.at(-1) : (initials[0] ?? "?");
  return h("span", { class: `avatar ${size}`, style: { "--hue": hue }, "aria-hidden": "true" }, text);
}

/** A member's permissions in the guild, and in the channel if one is given, computed as Discord does. */
export function permissions(guild, member, channel) {
  if (guild.owner_id === member.user.id) return ALL;
  const held = new Set([guild.id, ...member.roles]);
  const base = guild.roles
    .filter((role) => held.has(role.id))
    .reduce((sum, role) => sum | BigInt(role.permissions), 0n);
  if (base & ADMINISTRATOR) return ALL;
  const overwrites = channel?.permission_overwrites ?? [];
  const everyone = overwrites.filter((each) => each.id === guild.id);
  const roles = overwrites.filter((each) => each.id !== guild.id && held.has(each.id));
  const own = overwrites.filter((each) => each.id === member.user.id);
  return [everyone, roles, own].reduce(applied, base);
}

function applied(value, overwrites) {
  const deny = overwrites.reduce((sum, each) => sum | BigInt(each.deny), 0n);
  const allow = overwrites.reduce((sum, each) => sum | BigInt(each.allow), 0n);
  return (value & ~deny) | allow;
}

export function may(guild, member, channel, bit) {
  return Boolean(permissions(guild, member, channel) & bit);
}

/** People of a guild who can be acted as: everybody but bots. */
export const people = (guild, world) => guild.members.filter((member) => !isBot(member.user, world));

/** The bottom-left button, and the list it opens. `onSwitch(userId)`. */
export function drawUserSwitch(world, guild, userId, onSwitch) {
  const member = findMember(guild, userId);
  const name = member ? memberName(member) : "nobody";
  const button = byId("user-switch");
  button.replaceChildren(
    ...(member ? [avatar(userId, name)] : []),
    h(
      "span",
      { class: "who" },
      h("span", { class: "who-name" }, h("span", { class: "you" }, "You are: "), name),
      h("span", { class: "who-role" }, member ? rank(guild, member) : ""),
    ),
    h("span", { class: "chevron", "aria-hidden": "true" }, "⇅"),
  );
  button.onclick = () => {
    const all = people(guild, world);
    openMenu(button, {
      label: "Act as",
      search: all.length > SEARCH_FROM ? "Find a member" : null,
      items: all.map((each) => ({
        value: each.user.id,
        name: memberName(each),
        detail: rank(guild, each),
        icon: avatar(each.user.id, memberName(each), "small"),
        chosen: each.user.id === userId,
        testid: `user-${memberName(each)}`,
      })),
      onChoose: ([id]) => onSwitch(id),
    });
  };
}
