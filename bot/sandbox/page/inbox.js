// What this reader has not seen yet, and the direct messages heard of.

import { api } from "./api.js";
import { mentions } from "./messages.js";
import { visibleChannels } from "./sidebar.js";
import { findMember, isBot } from "./users.js";

const LOOK_BACK = 25; // messages of a channel that are counted when the page is opened

export class Inbox {
  constructor() {
    this.unread = new Map(); // channel id -> {count, mentions}
    this.dms = new Map(); // channel id -> channel
    this.seen = new Map(); // "user:channel" -> id of the newest message that was on the screen
  }

  /** Another reader: nothing is known of him but what he saw on this page before. */
  reset() {
    this.unread.clear();
    this.dms.clear();
  }

  get dmList() {
    return [...this.dms.values()];
  }

  /** Take over the direct-message channel that the server names for this user. */
  readDms(world, userId) {
    const id = world.users?.find((each) => each.id === userId)?.dm_channel;
    if (id) this.addDm(id, world);
  }

  addDm(id, world) {
    this.dms.set(id, { id, name: world.bot.name, dm: true, type: 1 });
  }

  saw(userId, channelId, messageId) {
    if (messageId) this.seen.set(`${userId}:${channelId}`, messageId);
  }

  /** Note a message in a channel that is not open; true when there is something to draw. */
  note(channelId, message, world, userId) {
    if (message.author.id === userId) return false;
    const guild = world.guilds.find((each) => each.channels.some((one) => one.id === channelId)) ?? null;
    if (!guild && !this.dms.has(channelId)) {
      if (!isBot(message.author, world)) return false;
      this.addDm(channelId, world);
    }
    if (guild && !visibleChannels(guild, userId).some((each) => each.id === channelId)) return false;
    const news = this.unread.get(channelId) ?? { count: 0, mentions: 0 };
    const pinged = !guild || mentions(message, guild, userId);
    this.unread.set(channelId, { count: news.count + 1, mentions: news.mentions + (pinged ? 1 : 0) });
    return true;
  }

  /** Count what lies in every other channel that this user may see, so that a newcomer finds what was posted before. */
  async catchUp(world, userId, openId) {
    const guilds = world.guilds.filter((guild) => findMember(guild, userId));
    const channels = [...guilds.flatMap((guild) => visibleChannels(guild, userId)), ...this.dmList];
    const counts = channels
      .filter((channel) => channel.id !== openId)
      .map(async (channel) => {
        const answer = await api.messages(channel.id, userId, LOOK_BACK).catch(() => ({ messages: [] }));
        const last = BigInt(this.seen.get(`${userId}:${channel.id}`) ?? 0);
        this.unread.delete(channel.id);
        for (const message of answer.messages)
          if (BigInt(message.id) > last) this.note(channel.id, message, world, userId);
      });
    await Promise.all(counts);
  }
}
