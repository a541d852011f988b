// Modals: text inputs, selects, radio buttons, checkboxes and uploads, checked as Discord's client checks them.

import { encodeFile } from "./api.js";
import { TYPE, isSelect, selectButton } from "./components.js";
import { byId, h } from "./dom.js";
import { markdown } from "./markdown_dom.js";

const PARAGRAPH = 2;

/**
 * Open the modal of `interaction`. `context`: names, guild, world. `submit(values)` resolves to the interaction that
 * came of it; while it fails the modal stays open with everything that was typed.
 */
export function openModal(interaction, context, submit) {
  const { modal } = interaction;
  const dialog = byId("modal");
  const fields = (modal.components ?? []).flatMap((component) => drawTop(component, context));
  const problem = h("div", { class: "failure", role: "alert", hidden: true });
  const send = h("button", { class: "btn primary", type: "submit", "data-testid": "modal-submit" }, "Submit");
  const close = () => dialog.close();
  const form = h(
    "form",
    { class: "modal-form", novalidate: true },
    h(
      "header",
      {},
      h("h2", { id: "modal-title" }, modal.title),
      h("button", { class: "icon", type: "button", "aria-label": "Close", on: { click: close } }, "✕"),
    ),
    h(
      "div",
      { class: "modal-body" },
      fields.map((field) => field.node),
      problem,
    ),
    h("footer", {}, h("button", { class: "btn plain", type: "button", on: { click: close } }, "Cancel"), send),
  );
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const faults = fields.filter((field) => field.check && !field.check());
    if (faults.length) return faults[0].focus?.();
    send.disabled = true;
    problem.hidden = true;
    try {
      const values = Object.fromEntries(
        await Promise.all(fields.filter((field) => field.id).map(async (field) => [field.id, await field.value()])),
      );
      const result = await submit(values);
      if (result.state === "failed") throw new Error("Something went wrong. Try again.");
      close();
    } catch (error) {
      problem.textContent = error.message;
      problem.hidden = false;
    } finally {
      send.disabled = false;
    }
  });
  dialog.replaceChildren(form);
  if (dialog.open) dialog.close();
  dialog.showModal();
  form.querySelector("input, textarea, .select")?.focus();
}

/** Fields of one top-level component: {node, id, value(), check(), focus()}; id is missing for text. */
function drawTop(component, context) {
  if (component.type === TYPE.TEXT)
    return [{ node: h("div", { class: "md" }, markdown(component.content, context.names)) }];
  if (component.type === TYPE.ROW)
    return component.components.map((inner) => labelled(inner, inner.label ?? inner.placeholder, null, context));
  if (component.type === TYPE.LABEL)
    return [labelled(component.component, component.label, component.description, context)];
  return [{ node: h("div", { class: "notice" }, `(component of type ${component.type})`) }];
}

function labelled(component, label, description, context) {
  const required = component.type !== TYPE.CHECKBOX && component.required !== false;
  const error = h("span", { class: "field-error", role: "alert" });
  const id = `field-${component.custom_id}`;
  const control = drawControl(component, { ...context, id, label, required });
  const check = () => {
    error.textContent = control.fault?.() ?? "";
    return !error.textContent;
  };
  const node = h(
    "div",
    { class: "field", "data-testid": `field-${component.custom_id}` },
    h("label", { for: id }, label, required && h("span", { class: "required", "aria-hidden": "true" }, " *")),
    description && h("small", {}, description),
    control.node,
    error,
  );
  return {
    node,
    id: component.custom_id,
    value: control.value,
    check,
    focus: () => node.querySelector("input, textarea, button")?.focus(),
  };
}

function drawControl(component, context) {
  if (component.type === TYPE.TEXT_INPUT) return textInput(component, context);
  if (isSelect(component)) return select(component, context);
  if (component.type === TYPE.UPLOAD) return upload(component, context);
  if (component.type === TYPE.CHECKBOX) return checkbox(component, context);
  return choices(component, context);
}

function textInput(component, { id, required }) {
  const long = component.style === PARAGRAPH;
  const min = component.min_length ?? 0;
  const max = component.max_length ?? 4000;
  const input = h(long ? "textarea" : "input", {
    id,
    type: long ? null : "text",
    rows: long ? 5 : null,
    placeholder: component.placeholder,
    maxlength: max,
    required,
    "data-testid": `input-${component.custom_id}`,
  });
  input.value = component.value ?? "";
  const counter = h("span", { class: "counter", "aria-hidden": "true" });
  const count = () => {
    counter.textContent = `${input.value.length} / ${max}`;
    counter.classList.toggle("short", input.value.length < min);
  };
  input.addEventListener("input", count);
  count();
  const fault = () => {
    if (!input.value.trim()) return required ? "This field is required." : "";
    if (input.value.length < min) return `Must be at least ${min} characters long.`;
    return input.value.length > max ? `Must be ${max} characters or fewer.` : "";
  };
  return { node: h("div", { class: "input-wrap" }, input, counter), value: () => input.value, fault };
}

function select(component, context) {
  let chosen =
    component.type === TYPE.STRING_SELECT
      ? component.options.filter((each) => each.default).map((each) => each.value)
      : (component.default_values ?? []).map((each) => each.id);
  const wrap = h("div", {});
  const draw = () => {
    const button = selectButton(component, context, {
      values: chosen,
      onChange: (values) => {
        chosen = values;
        draw();
        wrap.querySelector("button").focus();
      },
    });
    button.id = context.id;
    wrap.replaceChildren(button);
  };
  draw();
  const min = component.min_values ?? 1;
  return {
    node: wrap,
    value: () => chosen,
    fault: () => (context.required && chosen.length < min ? "Make a selection." : ""),
  };
}

/** Radio group or checkbox group. */
function choices(component, { id, label, required }) {
  const radio = component.type === TYPE.RADIO;
  const inputs = component.options.map((option, index) => {
    const input = h("input", {
      type: radio ? "radio" : "checkbox",
      name: id,
      id: index ? `${id}-${index}` : id,
      value: option.value,
      "data-testid": `choice-${option.value}`,
    });
    input.checked = Boolean(option.default);
    return h(
      "label",
      { class: "choice" },
      input,
      h("span", {}, option.label, option.description && h("small", {}, option.description)),
    );
  });
  const node = h("div", { role: radio ? "radiogroup" : "group", "aria-label": label }, inputs);
  const checked = () => [...node.querySelectorAll("input:checked")].map((input) => input.value);
  const max = component.max_values ?? component.options.length;
  const fault = () => {
    const count = checked().length;
    if (required && count < (radio ? 1 : (component.min_values ?? 1))) return "Make a selection.";
    return !radio && count > max ? `Choose ${max} at most.` : "";
  };
  return { node, value: () => (radio ? (checked()[0] ?? null) : checked()), fault };
}

function checkbox(component, { id }) {
  const input = h("input", { type: "checkbox", id, "data-testid": `input-${component.custom_id}` });
  input.checked = Boolean(component.default);
  return { node: h("div", { class: "choice" }, input), value: () => input.checked };
}

function upload(component, { id, required }) {
  const max = component.max_values ?? 1;
  const input = h("input", { type: "file", id, multiple: max > 1, "data-testid": `input-${component.custom_id}` });
  const fault = () => {
    if (required && input.files.length < (component.min_values ?? 1)) return "Choose a file.";
    return input.files.length > max ? `Choose ${max} files at most.` : "";
  };
  return { node: input, value: () => Promise.all([...input.files].map(encodeFile)), fault };
}
