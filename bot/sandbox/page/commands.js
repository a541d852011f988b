// The bot's slash commands as the composer needs them: one flat list, and what may stand in each option.

import { memberName, people, permissions } from "./users.js";

export const OPTION = {
  SUB: 1,
  GROUP: 2,
  STRING: 3,
  INTEGER: 4,
  BOOLEAN: 5,
  USER: 6,
  CHANNEL: 7,
  ROLE: 8,
  MENTIONABLE: 9,
  NUMBER: 10,
  ATTACHMENT: 11,
};

export const OPTION_WORDS = {
  3: "text",
  4: "whole number",
  5: "yes or no",
  6: "user",
  7: "channel",
  8: "role",
  9: "user or role",
  10: "number",
  11: "file",
};

const SLASH = 1;

/**
 * Every command that can be called, subcommands by their full name: [{name, description, options}], sorted. What this
 * member lacks the default permissions for is left out, as Discord's own list does.
 */
export function flatten(commands, guild, member, channel) {
  const held = !guild ? ALL_ALLOWED : member ? permissions(guild, member, channel) : 0n;
  const allowed = (command) => {
    const needed = command.default_member_permissions;
    if (needed === null || needed === undefined) return true;
    return needed === "0" ? held === ALL_ALLOWED : (held & BigInt(needed)) === BigInt(needed);
  };
  const flat = commands
    .filter((command) => (command.type ?? SLASH) === SLASH && allowed(command))
    .flatMap((command) => leaves(command, command.name));
  return flat.sort((a, b) => a.name.localeCompare(b.name));
}

// "0" means: administrators only, whose bits users.js gives as all of them.
// In a direct message there are no roles to lack.
const ALL_ALLOWED = (1n << 60n) - 1n;

function leaves(node, name) {
  const options = node.options ?? [];
  const nested = options.filter((option) => option.type === OPTION.SUB || option.type === OPTION.GROUP);
  if (nested.length) return nested.flatMap((inner) => leaves(inner, `${name} ${inner.name}`));
  return [{ name, description: node.description, options }];
}

/** Commands for what was typed after the slash: names that begin so, then names and words that contain it. */
export function matching(commands, typed) {
  const wanted = typed.trim().toLowerCase();
  const starts = commands.filter((command) => command.name.startsWith(wanted));
  const rest = commands.filter((command) => !starts.includes(command));
  const inName = rest.filter((command) => command.name.includes(wanted));
  const inWords =
    wanted.length < 3
      ? []
      : rest.filter((command) => !inName.includes(command) && command.description.toLowerCase().includes(wanted));
  return [...starts, ...inName, ...inWords];
}

/** What can be chosen for an option without asking the bot: [{name, value, detail}], or null where text is free. */
export function fixedChoices(option, { guild, world, names }) {
  if (option.choices?.length) return option.choices.map((choice) => ({ name: choice.name, value: choice.value }));
  const bot = { user: world.bot };
  const users = () =>
    [...(guild ? people(guild, world) : []), bot].map((member) => ({
      name: memberName(member),
      value: member.user.id,
    }));
  const roles = () =>
    (guild?.roles ?? []).map((role) => ({
      name: role.name.startsWith("@") ? role.name : `@${role.name}`,
      value: role.id,
    }));
  switch (option.type) {
    case OPTION.BOOLEAN:
      return [
        { name: "True", value: true },
        { name: "False", value: false },
      ];
    case OPTION.USER:
      return users();
    case OPTION.ROLE:
      return roles();
    case OPTION.MENTIONABLE:
      return [...users(), ...roles()];
    case OPTION.CHANNEL: {
      const types = option.channel_types ?? [];
      const visible = (guild?.channels ?? []).filter(
        (channel) => names.canSee(channel) && (!types.length || types.includes(channel.type)),
      );
      return visible.map((channel) => ({ name: `#${channel.name}`, value: channel.id, detail: channel.topic }));
    }
    default:
      return null;
  }
}

/** Why Discord's client would not send this text for the option; "" when it would. */
export function faultOf(option, text, chosen) {
  if (!text.trim()) return option.required ? "This option is required." : "";
  const number = option.type === OPTION.INTEGER || option.type === OPTION.NUMBER;
  if (number && !chosen) return numberFault(option, text.trim());
  if (option.type === OPTION.STRING && !option.choices?.length) {
    if (text.length < (option.min_length ?? 0)) return `At least ${option.min_length} characters.`;
    return text.length > (option.max_length ?? 6000) ? `${option.max_length ?? 6000} characters at most.` : "";
  }
  return chosen || number ? "" : "Choose one from the list.";
}

function numberFault(option, text) {
  const value = Number(text);
  if (Number.isNaN(value) || (option.type === OPTION.INTEGER && !Number.isInteger(value)))
    return `This must be a ${OPTION_WORDS[option.type]}.`;
  if (option.min_value !== undefined && value < option.min_value) return `At least ${option.min_value}.`;
  return option.max_value !== undefined && value > option.max_value ? `At most ${option.max_value}.` : "";
}

/** The value to send for what stands in the field. */
export function valueOf(option, text, chosen) {
  if (chosen) return chosen.value;
  return option.type === OPTION.INTEGER || option.type === OPTION.NUMBER ? Number(text) : text;
}
