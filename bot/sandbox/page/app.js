// The page as a whole: what is open, what is known, and who is told when something changes.

import { Events, api } from "./api.js";
import { Composer } from "./composer.js";
import { byId, h, toast } from "./dom.js";
import { FIRST_LOAD, History } from "./history.js";
import { Inbox } from "./inbox.js";
import { Interactions } from "./interactions.js";
import { MessageList } from "./messages.js";
import { closeMenu } from "./menu.js";
import { openModal } from "./modal.js";
import { Panel } from "./panel.js";
import { drawChannels, drawRail, visibleChannels } from "./sidebar.js";
import { bits, drawUserSwitch, findMember, may, memberName, people } from "./users.js";

// What is open is in the address too, so that a reload or a second window shows the same.
const address = new URLSearchParams(location.hash.slice(1));
const open = { guild: address.get("guild"), channel: address.get("channel"), user: address.get("user") };

let world = null;
let events = null;
const messages = new History((toBottom) => draw(toBottom));
const inbox = new Inbox();
const dismissed = new Set(JSON.parse(sessionStorage.getItem("dismissed") ?? "[]"));

const guild = () => world.guilds.find((each) => each.id === open.guild) ?? null;
const member = () => findMember(guild(), open.user);
const channels = () => (open.guild ? visibleChannels(guild(), open.user) : inbox.dmList);
const channel = () => channels().find((each) => each.id === open.channel) ?? null;
const everyMember = () => world.guilds.flatMap((each) => each.members);

// How ids are called, for markdown and components.
const names = {
  isMe: (id) => id === open.user,
  user: (id) => {
    const found = findMember(guild(), id) ?? everyMember().find((each) => each.user.id === id);
    return found ? memberName(found) : null;
  },
  role: (id) => guild()?.roles.find((role) => role.id === id) ?? null,
  channel: (id) => world.guilds.flatMap((each) => each.channels).find((each) => each.id === id) ?? null,
  canSee: (each) => channels().some((visible) => visible.id === each.id),
  openChannel: (id) => openChannel(id),
  openCommand: (name) => composer.start(name),
};

const interactions = new Interactions({
  changed: () => draw(),
  keep: (channelId, message) => {
    if (channelId === open.channel) messages.keep(message);
  },
  modal: (interaction) => {
    const submit = (values) =>
      interactions.submit(interaction, { user: open.user, interaction_id: interaction.id, values });
    closeMenu();
    openModal(interaction, { names, guild: guild(), world }, submit);
  },
  error: toast,
});

const list = new MessageList({
  names,
  world: () => world,
  guild,
  userId: () => open.user,
  press: (message, customId, values) =>
    interactions.press(message, {
      user: open.user,
      message_id: message.id,
      custom_id: customId,
      ...(values ? { values } : {}),
    }),
  dismiss: (key) => {
    if (!interactions.dismiss(key)) dismissed.add(key);
    sessionStorage.setItem("dismissed", JSON.stringify([...dismissed].slice(-500)));
    draw();
  },
});

const composer = new Composer({
  world: () => world,
  guild,
  channel,
  member,
  userId: () => open.user,
  names,
  sendText: (content) => api.world("send_message", { user: open.user, channel: open.channel, content }),
  sendCommand: (body) => {
    draw(true);
    return interactions.command(body, names.user(body.user));
  },
});

const panel = new Panel();

let drawing = false;
let wantBottom = false;

/** Redraw the messages once, at the next frame, however many changes come until then. */
function draw(toBottom = false) {
  wantBottom ||= toBottom;
  if (drawing) return;
  drawing = true;
  requestAnimationFrame(() => {
    drawing = false;
    const entries = messages.entries(interactions.pendingIn(open.channel), dismissed);
    list.show({ entries, notes: interactions.notes, toBottom: wantBottom });
    wantBottom = false;
    byId("earlier").hidden = !messages.more;
    drawWelcome(entries.length);
    inbox.saw(open.user, open.channel, entries.findLast((entry) => entry.id)?.id);
  });
}

function drawWelcome(count) {
  const here = channel();
  byId("welcome").hidden = !here || count >= FIRST_LOAD;
  if (!here) return;
  const inGuild = !here.dm;
  byId("welcome").replaceChildren(
    h("h2", {}, inGuild ? `Welcome to #${here.name}` : here.name),
    h(
      "p",
      {},
      inGuild
        ? `This is the start of the channel.${closedBecause(here) ? "" : " Type / to see what the bot can do."}`
        : "This is the start of your direct messages.",
    ),
  );
}

function drawSides() {
  const view = {
    guildId: open.guild,
    userId: open.user,
    channelId: open.channel,
    unread: inbox.unread,
    dms: inbox.dmList,
  };
  drawRail(world, { ...view, onOpen: openGuild });
  drawChannels(open.guild ? guild().name : "Direct messages", channels(), { ...view, onOpen: openChannel });
  drawUserSwitch(world, guild() ?? firstGuildOf(open.user), open.user, switchUser);
  const here = channel();
  byId("channel-name").textContent = here ? `${here.dm ? "@" : "#"} ${here.name}` : "";
  byId("channel-topic").textContent = here?.topic ?? "";
  document.title = here ? `${here.name} | ${open.guild ? guild().name : "Direct messages"}` : "Sandbox";
  composer.available(closedBecause(here), here ? `Message ${here.dm ? "@" : "#"}${here.name}, or / for commands` : "");
}

function closedBecause(here) {
  if (!here) return "There is no channel to write in";
  if (here.dm || may(guild(), member(), here, bits.SEND_MESSAGES)) return null;
  return "You may read this channel, but not write in it";
}

const firstGuildOf = (userId) => world.guilds.find((each) => findMember(each, userId)) ?? world.guilds[0];

/** Make what is open possible: a guild, a user in it, a channel this user can see. */
function settle() {
  if (inbox.dms.size && (open.guild === "dm" || (open.guild === null && inbox.dms.has(open.channel))))
    open.guild = null;
  else if (!guild()) open.guild = firstGuildOf(open.user)?.id ?? world.guilds[0].id;
  const usual = (each) =>
    people(each, world).find((one) => one.user.id !== each.owner_id && !one.roles.length) ?? people(each, world)[0];
  if (open.guild && !member()) open.user = usual(guild())?.user.id ?? null;
  if (!channel()) open.channel = (channels().find((each) => each.name === "general") ?? channels()[0])?.id ?? null;
  const place = { guild: open.guild ?? "dm", channel: open.channel ?? "", user: open.user ?? "" };
  history.replaceState(null, "", `#${new URLSearchParams(place)}`);
}

const loadMessages = () => messages.load().catch((error) => toast(error.message));

async function openChannel(id) {
  const home = world.guilds.find((each) => each.channels.some((one) => one.id === id));
  if (home && home.id !== open.guild && !findMember(home, open.user)) return;
  open.guild = home ? home.id : null;
  open.channel = id;
  inbox.unread.delete(id);
  settle();
  messages.open(open.channel, open.user);
  list.forget();
  composer.clear();
  drawSides();
  draw(true);
  await loadMessages();
}

/** Another guild; somebody who is not in it becomes one of its people. */
async function openGuild(id) {
  const before = open.user;
  open.guild = id ?? "dm";
  open.channel = null;
  settle();
  if (open.user !== before) await becomeUser();
  else await openChannel(open.channel);
}

async function switchUser(id) {
  open.user = id;
  await becomeUser();
}

async function becomeUser() {
  interactions.reset();
  inbox.reset();
  inbox.readDms(world, open.user);
  settle();
  connect();
  await openChannel(open.channel);
}

async function catchUp() {
  const user = open.user;
  await inbox.catchUp(world, user, open.channel);
  if (user === open.user) drawSides();
}

async function readWorld() {
  const before = JSON.stringify(world?.guilds);
  world = await api.state();
  panel.setClock(world);
  panel.setMoments(world.moments ?? []);
  panel.setBot(world.bot);
  inbox.readDms(world, open.user);
  settle();
  if (JSON.stringify(world.guilds) !== before) list.forget(); // names or colours may have changed
  drawSides();
  composer.refresh();
}

function connect() {
  events?.close();
  events = new Events(open.user, {
    onFrame: frame,
    onOpen: () => {
      byId("lost").hidden = true;
      refresh();
    },
    onLost: () => {
      byId("lost").hidden = false;
    },
  });
}

async function refresh() {
  try {
    await reread();
    await Promise.all([loadMessages(), panel.loadViolations(), catchUp()]);
  } catch (error) {
    toast(error.message);
  }
}

const frame = (event) => frames[event.type]?.(event);

let worldTimer = 0;

/** The world changed; a bulk of changes is read once. */
function rereadSoon() {
  clearTimeout(worldTimer);
  worldTimer = setTimeout(() => reread().catch((error) => toast(error.message)), 100);
}

/** Read the world; when the open channel or the reader is gone, go on with another one. */
async function reread() {
  const before = { ...open };
  await readWorld();
  if (open.user !== before.user) await becomeUser();
  else if (open.channel !== before.channel) await openChannel(open.channel);
  else draw();
}

const frames = {
  message_create: ({ channel_id: channelId, message }) => {
    interactions.arrived(message);
    if (channelId === open.channel) messages.put(message);
    else if (inbox.note(channelId, message, world, open.user)) drawSides();
  },
  message_update: ({ channel_id: channelId, message }) => {
    interactions.clearNote(message.id);
    interactions.arrived(message);
    if (channelId === open.channel) messages.edit(message);
  },
  message_delete: ({ id }) => {
    messages.remove(id);
  },
  interaction: ({ interaction }) => interactions.frame(interaction),
  clock: (event) => panel.setClock(event),
  bot: ({ online }) => {
    world.bot.online = online;
    panel.setBot(world.bot);
  },
  commands: rereadSoon,
  world: rereadSoon,
  violation: () => panel.loadViolations(),
};

byId("earlier").addEventListener("click", () => {
  messages.loadEarlier().catch((error) => toast(error.message));
});
byId("zone").addEventListener("change", () => {
  list.forget(); // days may begin elsewhere
  draw();
});

async function begin() {
  try {
    await readWorld();
  } catch {
    byId("lost").hidden = false;
    setTimeout(begin, 1000);
    return;
  }
  messages.open(open.channel, open.user);
  connect(); // all else is read when the stream is open, so that nothing that happens meanwhile is missed
}

begin();
