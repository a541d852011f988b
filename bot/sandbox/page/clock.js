// The simulated clock, and times drawn by it. Nothing on the page asks the computer for the time of day.

import { h } from "./dom.js";

const MINUTE = 60;
const HOUR = 3600;
const DAY = 86400;

export class SimClock {
  constructor() {
    this.anchor = 0;
    this.since = performance.now();
    this.speed = 1;
  }

  /** Take over what the server says: `now` (ISO) and `speed`. */
  set({ now, speed }) {
    this.anchor = Date.parse(now);
    this.since = performance.now();
    if (speed !== undefined && speed !== null) this.speed = speed;
  }

  /** Milliseconds since 1970, simulated. */
  now() {
    return this.anchor + (performance.now() - this.since) * this.speed;
  }
}

export const clock = new SimClock();

// The zone in which this reader sees times; undefined is the computer's own.
let readerZone;

export function setReaderZone(zone) {
  readerZone = zone || undefined;
  for (const element of document.querySelectorAll("time[data-style]")) drawTime(element);
}

const formats = new Map();

function format(ms, options, zone = readerZone) {
  const key = JSON.stringify([options, zone]);
  if (!formats.has(key)) formats.set(key, new Intl.DateTimeFormat(undefined, { ...options, timeZone: zone }));
  return formats.get(key).format(ms);
}

const SHORT_TIME = { hour: "numeric", minute: "2-digit" };
const LONG_TIME = { ...SHORT_TIME, second: "2-digit" };
const SHORT_DATE = { year: "numeric", month: "2-digit", day: "2-digit" };
const LONG_DATE = { year: "numeric", month: "long", day: "numeric" };
const STYLES = {
  t: SHORT_TIME,
  T: LONG_TIME,
  d: SHORT_DATE,
  D: LONG_DATE,
  f: { ...LONG_DATE, ...SHORT_TIME },
  F: { weekday: "long", ...LONG_DATE, ...SHORT_TIME },
  s: { ...SHORT_DATE, ...SHORT_TIME },
  S: { ...SHORT_DATE, ...LONG_TIME },
};

/** The text of a Discord timestamp: `style` as in <t:UNIX:style>, `ms` since 1970. */
export function stampText(ms, style) {
  if (Number.isNaN(new Date(ms).getTime())) return "Invalid date";
  return style === "R" ? relative(ms - clock.now()) : format(ms, STYLES[style] ?? STYLES.f);
}

// Unit, its seconds, and the amount from which the next unit is used.
const UNITS = [
  ["second", 1, 60],
  ["minute", MINUTE, 60],
  ["hour", HOUR, 24],
  ["day", DAY, 30],
  ["month", 30.44 * DAY, 12],
  ["year", 365.25 * DAY, Infinity],
];
const words = new Intl.RelativeTimeFormat(undefined, { numeric: "always" });

/** "in 3 hours", "2 days ago", for a difference in milliseconds. */
export function relative(difference) {
  const seconds = Math.abs(difference) / 1000;
  const [unit, size] = UNITS.find(([, each, limit]) => Math.round(seconds / each) < limit);
  const amount = Math.round(seconds / size);
  return words.format(difference < 0 ? -amount : amount, unit);
}

/** A <time> that stays right: relative ones count on by the simulated clock (see `tick`). */
export function timeNode(ms, style) {
  const element = h("time", { class: "stamp", "data-style": style, "data-ms": ms });
  drawTime(element);
  return element;
}

function drawTime(element) {
  const ms = Number(element.dataset.ms);
  const { style } = element.dataset;
  const text = style === "message" ? messageText(ms) : stampText(ms, style);
  if (element.textContent !== text) element.textContent = text;
  const full = stampText(ms, "F");
  if (element.title !== full) element.title = full;
}

/** Redraw what depends on the present moment; called a few times a second. */
export function tick() {
  for (const element of document.querySelectorAll('time[data-style="R"], time[data-style="message"]'))
    drawTime(element);
}

/** The calendar day in the reader's zone, comparable and ready to show. */
export const dayOf = (ms) => format(ms, LONG_DATE);

/** When a message was sent, as in its head line: "Today at 09:58", else the date. */
function messageText(ms) {
  const time = format(ms, SHORT_TIME);
  if (dayOf(ms) === dayOf(clock.now())) return `Today at ${time}`;
  if (dayOf(ms) === dayOf(clock.now() - DAY * 1000)) return `Yesterday at ${time}`;
  return format(ms, STYLES.s);
}

export const messageTime = (ms) => timeNode(ms, "message");

const PANEL = {
  weekday: "short",
  day: "2-digit",
  month: "short",
  year: "numeric",
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
  hourCycle: "h23",
};

/** The clock panel's line: always 24 hours, so that two zones are easy to compare. */
export function panelTime(zone) {
  const parts = new Intl.DateTimeFormat("en-GB", { ...PANEL, timeZone: zone }).formatToParts(clock.now());
  const get = (type) => parts.find((part) => part.type === type).value;
  return {
    date: `${get("weekday")} ${get("day")} ${get("month")} ${get("year")}`,
    time: `${get("hour")}:${get("minute")}:${get("second")}`,
  };
}

/** When a message was made: its own timestamp. */
export const sentAt = (message) => Date.parse(message.timestamp);
