// The left side: servers, channels, unread marks.

import { byId, h } from "./dom.js";
import { bits, findMember, may } from "./users.js";

const CATEGORY = 4;
const MARKS = { 2: "🔊", 5: "📣", 10: "🧵", 11: "🧵", 12: "🧵", 13: "🎙" };

const initials = (name) =>
  name
    .split(/\s+/)
    .map((word) => [...word][0])
    .join("")
    .slice(0, 3);

/** What this user may open in the guild, in the order the server gives. */
export function visibleChannels(guild, userId) {
  const member = findMember(guild, userId);
  if (!member) return [];
  return guild.channels.filter(
    (channel) => channel.type !== CATEGORY && may(guild, member, channel, bits.VIEW_CHANNEL),
  );
}

/**
 * The rail of servers. `dms`: show the entry for direct messages. `unread`: Map channel id -> {count, mentions}.
 * `onOpen(guildId)`; null stands for direct messages.
 */
export function drawRail(world, { guildId, userId, dms, unread, onOpen }) {
  const dmEntry = h(
    "button",
    {
      class: guildId === null ? "guild open" : "guild",
      type: "button",
      title: "Direct messages",
      "aria-label": "Direct messages",
      "data-testid": "guild-dms",
      on: { click: () => onOpen(null) },
    },
    "💬",
    badge(
      dms.map((channel) => channel.id),
      unread,
    ),
  );
  const entries = world.guilds.map((guild) => {
    const inside = findMember(guild, userId);
    const ids = visibleChannels(guild, userId).map((channel) => channel.id);
    const title = inside ? guild.name : `${guild.name} (you are not a member; opening it makes you one of its people)`;
    const look = ["guild", guild.id === guildId ? "open" : "", inside ? "" : "outside"].filter(Boolean).join(" ");
    return h(
      "button",
      {
        class: look,
        type: "button",
        title,
        "aria-label": title,
        "aria-current": guild.id === guildId ? "true" : null,
        "data-testid": `guild-${guild.name}`,
        on: { click: () => onOpen(guild.id) },
      },
      initials(guild.name),
      guild.id === guildId ? null : badge(ids, unread),
    );
  });
  byId("rail").replaceChildren(...(dms.length ? [dmEntry] : []), ...entries);
}

function badge(channelIds, unread) {
  const seen = channelIds.map((id) => unread.get(id)).filter(Boolean);
  if (!seen.length) return null;
  const mentions = seen.reduce((sum, each) => sum + each.mentions, 0);
  return mentions ? h("span", { class: "badge" }, String(mentions)) : h("span", { class: "unread-dot" });
}

/** The list of channels. `channels`: of the open guild, or the direct messages. */
export function drawChannels(title, channels, { channelId, unread, onOpen }) {
  byId("guild-name").textContent = title;
  byId("channels").replaceChildren(
    ...channels.map((channel) => drawChannel(channel, channelId, unread.get(channel.id), onOpen)),
  );
}

function drawChannel(channel, openId, news, onOpen) {
  const open = channel.id === openId;
  const look = ["channel", open ? "open" : "", news ? "unread" : ""].filter(Boolean).join(" ");
  return h(
    "button",
    {
      class: look,
      type: "button",
      "aria-current": open ? "page" : null,
      "aria-label": news ? `${channel.name}, ${news.count} unread` : channel.name,
      "data-testid": `channel-${channel.name}`,
      on: { click: () => onOpen(channel.id) },
    },
    news && h("span", { class: "unread-dot", "data-testid": "unread" }),
    h("span", { class: "hash", "aria-hidden": "true" }, channel.dm ? "@" : (MARKS[channel.type] ?? "#")),
    h("span", { class: "channel-label" }, channel.name),
    news?.mentions ? h("span", { class: "badge" }, String(news.mentions)) : null,
  );
}
