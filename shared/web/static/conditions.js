// Shows a question only to whoever gave the answer that it depends on. Marked in the HTML:
//   <div data-shown-if="answers.meal" data-shown-answers="vegan all">   shown if one of these is chosen in that field
//   <p data-shown-words>   says so to those without scripts
// What is hidden is disabled, so that it is neither checked nor sent. The conditions stand in the order of the questions.

function chosen(form, name) {
  const fields = [...form.elements].filter((field) => field.name === name && !field.disabled);
  return fields.filter((field) => field.type === "select-one" || field.checked).map((field) => field.value);
}

function update(form) {
  for (const part of form.querySelectorAll("[data-shown-if]")) {
    const answers = part.dataset.shownAnswers.split(" ");
    const shown = chosen(form, part.dataset.shownIf).some((answer) => answers.includes(answer));
    part.hidden = !shown;
    // A part may stand in another.
    for (const field of part.querySelectorAll("input, select, textarea")) field.disabled = field.closest("[data-shown-if][hidden]") !== null;
  }
}

const forms = new Set([...document.querySelectorAll("[data-shown-if]")].map((part) => part.closest("form")));
for (const form of forms) {
  for (const words of form.querySelectorAll("[data-shown-words]")) words.hidden = true;
  form.addEventListener("change", () => update(form));
  update(form);
}
