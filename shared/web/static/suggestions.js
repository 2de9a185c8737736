// Suggests what to write while somebody types; without scripts the field is a plain one. Marked in the HTML:
//   <input data-suggest="/url" data-suggested="Suggestions: {number}" data-chosen="id">   GET /url?q=… answers
//       {"items": [{"id": …, "name": …, "municipality": …}]}; a screen reader is told the sentence with the number in it;
//       the hidden field with the id of data-chosen holds the id of what was chosen, until the name is typed anew
// An editable combobox with a list (WAI-ARIA): arrows choose, Enter takes over, Escape closes. Any other text may stay.

const PAUSE = 200; // milliseconds without a key before anything is asked
const FEWEST_LETTERS = 2;

const announcer = document.getElementById("announcer");

function make(tag, attributes, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

class Combobox {
  constructor(input) {
    this.input = input;
    this.active = -1;
    const label = document.querySelector(`label[for="${input.id}"]`);
    label.id ||= `${input.id}-label`;
    this.list = make("ul", { id: `${input.id}-suggestions`, class: "suggestions", role: "listbox", "aria-labelledby": label.id });
    this.list.hidden = true;
    input.after(this.list);
    const roles = { role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": this.list.id };
    for (const [name, value] of Object.entries(roles)) input.setAttribute(name, value);
    this.chosen = document.getElementById(input.dataset.chosen ?? "");
    this.place = make("p", { class: "field-hint", dir: "auto" }); // which of two with the same name
    this.place.hidden = true;
    this.list.after(this.place);
    input.addEventListener("input", () => {
      this.remember("", "");
      this.askSoon();
    });
    input.addEventListener("keydown", (event) => this.press(event));
    input.addEventListener("blur", () => this.close());
    // The field keeps the focus while the pointer chooses.
    this.list.addEventListener("mousedown", (event) => event.preventDefault());
    this.list.addEventListener("click", (event) => this.take(event.target.closest("[role=option]")));
  }

  remember(id, place) {
    if (this.chosen) this.chosen.value = id;
    this.place.textContent = place;
    this.place.hidden = !place;
  }

  askSoon() {
    this.close();
    this.timer = setTimeout(() => this.ask(this.input.value.trim()), PAUSE);
  }

  async ask(question) {
    if (question.length < FEWEST_LETTERS) return;
    this.asking = new AbortController();
    try {
      const url = `${this.input.dataset.suggest}?${new URLSearchParams({ q: question })}`;
      const response = await fetch(url, { signal: this.asking.signal, headers: { Accept: "application/json" } });
      if (response.ok) this.show((await response.json()).items);
    } catch {
      this.close(); // whoever types on, or is offline, goes on without suggestions
    }
  }

  show(items) {
    if (!items.length || document.activeElement !== this.input) return;
    this.list.replaceChildren(...items.map((item, index) => this.option(item, index)));
    this.list.hidden = false;
    this.input.setAttribute("aria-expanded", "true");
    announcer.textContent = this.input.dataset.suggested.replace("{number}", items.length);
  }

  option(item, index) {
    const place = item.municipality && item.municipality !== item.name ? [" ", make("small", { dir: "auto" }, item.municipality)] : [];
    const option = make("li", { id: `${this.list.id}-${index}`, role: "option", "aria-selected": "false" }, make("bdi", {}, item.name), ...place);
    Object.assign(option.dataset, { name: item.name, id: item.id, place: item.municipality });
    return option;
  }

  close() {
    clearTimeout(this.timer);
    this.asking?.abort();
    this.list.hidden = true;
    this.input.setAttribute("aria-expanded", "false");
    this.choose(-1);
  }

  choose(index) {
    const options = [...this.list.children];
    this.active = index;
    options.forEach((option, place) => option.setAttribute("aria-selected", String(place === index)));
    if (index < 0) {
      this.input.removeAttribute("aria-activedescendant");
    } else {
      this.input.setAttribute("aria-activedescendant", options[index].id);
      options[index].scrollIntoView({ block: "nearest" });
    }
  }

  take(option) {
    if (!option) return;
    this.input.value = option.dataset.name;
    this.remember(option.dataset.id, option.dataset.place);
    announcer.textContent = [option.dataset.name, option.dataset.place].filter(Boolean).join(", ");
    this.close();
    this.input.dispatchEvent(new Event("change", { bubbles: true }));
  }

  press(event) {
    if (event.isComposing) return;
    if (this.list.hidden) {
      if (event.key === "ArrowDown") this.ask(this.input.value.trim());
      return;
    }
    const number = this.list.children.length;
    const steps = { ArrowDown: (this.active + 1) % number, ArrowUp: (this.active <= 0 ? number : this.active) - 1 };
    if (event.key in steps) this.choose(steps[event.key]);
    else if (event.key === "Enter" && this.active >= 0) this.take(this.list.children[this.active]);
    else if (event.key === "Escape") this.close();
    else return;
    event.preventDefault();
  }
}

for (const input of document.querySelectorAll("input[data-suggest]")) new Combobox(input);
