// The panel of the simulation itself: clock, jumps, speed, the bot's state, broken rules.

import { api } from "./api.js";
import { clock, panelTime, setReaderZone, tick } from "./clock.js";
import { byId, h, toast } from "./dom.js";

const TICKS = 250; // ms between redraws of the clock
const SPEEDS = [
  [0, "stand still"],
  [1, "1×"],
  [10, "10×"],
  [60, "60×"],
];
const STEPS = [
  [60, "+1 min"],
  [3600, "+1 h"],
  [86400, "+1 day"],
];
const ZONES = [
  "",
  "UTC",
  "Europe/Berlin",
  "Europe/London",
  "America/New_York",
  "America/Los_Angeles",
  "America/Sao_Paulo",
  "Asia/Kolkata",
  "Asia/Tokyo",
  "Australia/Sydney",
];

export class Panel {
  constructor() {
    this.violations = [];
    byId("steps").append(
      ...STEPS.map(([seconds, label]) =>
        h(
          "button",
          { class: "btn secondary", type: "button", on: { click: () => this.move({ advance: seconds }) } },
          label,
        ),
      ),
    );
    this.speeds = SPEEDS.map(([speed, label]) =>
      h(
        "button",
        { class: "btn secondary", type: "button", "data-speed": speed, on: { click: () => this.move({ speed }) } },
        label,
      ),
    );
    byId("speeds").append(...this.speeds);
    this.fillZones();
    setInterval(() => this.draw(), TICKS);
  }

  fillZones() {
    const own = Intl.DateTimeFormat().resolvedOptions().timeZone;
    const select = byId("zone");
    select.append(...ZONES.map((zone) => h("option", { value: zone }, zone || `your zone (${own})`)));
    select.addEventListener("change", () => setReaderZone(select.value));
  }

  async move(change) {
    try {
      this.setClock(await api.setClock(change));
    } catch (error) {
      toast(error.message);
    }
  }

  setClock(state) {
    clock.set(state);
    this.draw();
  }

  draw() {
    if (!clock.anchor) return;
    for (const [zone, name] of [
      ["UTC", "utc"],
      ["Europe/Berlin", "berlin"],
    ]) {
      const { date, time } = panelTime(zone);
      setText(byId(`date-${name}`), date);
      setText(byId(`time-${name}`), time);
    }
    byId("clock-now").dataset.now = new Date(clock.now()).toISOString();
    for (const button of this.speeds)
      button.setAttribute("aria-pressed", String(Number(button.dataset.speed) === clock.speed));
    this.markMoments();
    tick();
  }

  /** What is behind the clock is drawn as past. */
  markMoments() {
    for (const button of byId("moments").children) {
      button.classList.toggle("past", Date.parse(button.dataset.at) <= clock.now());
    }
  }

  setMoments(moments) {
    byId("moments-card").hidden = !moments.length;
    const draw = (moment, index) => {
      const at = new Date(moment.at);
      const when = `${at.toISOString().slice(0, 16).replace("T", " ")} UTC`;
      return h(
        "button",
        {
          class: "btn secondary moment",
          type: "button",
          "data-testid": `moment-${index}`,
          "data-at": moment.at,
          title: when,
          on: { click: () => this.move({ now: moment.at }) },
        },
        moment.label,
      );
    };
    byId("moments").replaceChildren(...moments.map(draw));
    this.markMoments();
  }

  setBot({ name, online }) {
    const box = byId("bot-status");
    box.dataset.online = String(online);
    box.replaceChildren(
      h("span", { class: online ? "dot online" : "dot", "aria-hidden": "true" }),
      `${name} is ${online ? "online" : "offline"}`,
    );
  }

  async loadViolations() {
    const answer = await api.violations().catch(() => null);
    if (answer) this.setViolations(answer.violations);
  }

  setViolations(violations) {
    this.violations = violations;
    byId("violation-count").textContent = String(violations.length);
    byId("violations").classList.toggle("any", violations.length > 0);
    const rows = violations.slice(-100).reverse();
    byId("violation-list").replaceChildren(
      ...rows.map((each) =>
        h("li", {}, h("b", {}, each.rule), each.where && h("code", {}, each.where), h("span", {}, each.words)),
      ),
    );
  }
}

function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}
