// Pages work without this module; it only spares people a full load. Marked in the HTML:
//   <a data-swap="results">, <form data-swap="results">   swaps the element with that id for its namesake in the answer;
//       GET moves the address bar. A form that is sent this way may be sent again after a broken connection:
//       give it an idempotency key, or make its second time harmless.
//   <input type="checkbox" data-swap="row-7" data-failed="id">   in a form: a change is sent at once with the value as
//       `only`, and that element swapped; what could not be sent shows the element data-failed names
//   data-announce="text"           on the swapped element or inside it: what a screen reader is told afterwards
//   <div id="progress" data-refresh="2">   asked for again after so many seconds, until the answer has no data-refresh
//   <div data-fragment="/url">     filled from there after the page has loaded; what it holds before is the fallback
//   <details data-dialog><dialog>  opens as a modal dialog; <details data-menu> closes on Escape and outside clicks
//   <input type="checkbox" data-tick-all hidden>   in a table's head: ticks all of its rows, or none
//   <button data-copy="id" data-copied="Copied" hidden>   copies the text or value of that element

const announcer = document.getElementById("announcer");

function announce(text) {
  announcer.textContent = "";
  if (text) setTimeout(() => { announcer.textContent = text; }, 100);
}

async function fetchPage(url, options = {}) {
  const response = await fetch(url, { credentials: "same-origin", headers: { Accept: "text/html" }, ...options });
  if (!(response.headers.get("Content-Type") ?? "").startsWith("text/html")) throw new Error("The answer is not a page.");
  return { response, page: new DOMParser().parseFromString(await response.text(), "text/html") };
}

// The control that was used keeps the focus if it is still there; otherwise the reader is led to what is new.
function moveFocus(element, previousId) {
  const next = element.querySelector("[autofocus]") ?? (previousId && document.getElementById(previousId));
  if (!next) element.tabIndex = -1;
  (next || element).focus();
}

function replaceElement(old, fresh) {
  const previousId = old.contains(document.activeElement) ? document.activeElement.id : null;
  const focusWasInside = old.contains(document.activeElement);
  old.replaceWith(fresh);
  enhance(fresh);
  if (focusWasInside || fresh.querySelector("[autofocus]")) moveFocus(fresh, previousId);
  const spoken = fresh.dataset.announce ?? fresh.querySelector("[data-announce]")?.dataset.announce;
  announce(spoken ?? document.title);
}

// Shows the part of the answer that was asked for; an answer without it (a sign-in, an error) is shown whole.
function showAnswer(page, targetId) {
  document.title = page.title;
  const id = page.getElementById(targetId) && document.getElementById(targetId) ? targetId : "main";
  replaceElement(document.getElementById(id), document.adoptNode(page.getElementById(id)));
}

async function swap(url, targetId, options = {}) {
  const target = document.getElementById(targetId);
  target?.setAttribute("aria-busy", "true");
  try {
    const { response, page } = await fetchPage(url, options);
    showAnswer(page, targetId);
    return response;
  } finally {
    target?.removeAttribute("aria-busy");
  }
}

function rememberAddress(url, targetId) {
  if (!history.state?.swap) history.replaceState({ swap: targetId }, "");
  history.pushState({ swap: targetId }, "", url);
}

async function visit(url, targetId) {
  try {
    const response = await swap(url, targetId);
    rememberAddress(response.url, targetId);
  } catch {
    location.assign(url);
  }
}

function formFields(form, submitter) {
  const fields = new FormData(form);
  if (submitter?.name) fields.append(submitter.name, submitter.value);
  return fields;
}

async function post(form, submitter) {
  const fields = formFields(form, submitter);
  const body = form.enctype === "multipart/form-data" ? fields : new URLSearchParams(fields);
  try {
    const response = await swap(form.action, form.dataset.swap, { method: "POST", body });
    if (response.redirected) rememberAddress(response.url, form.dataset.swap);
  } catch {
    sendWhole(form, submitter);
  }
}

async function saveOne(event) {
  const input = event.target;
  if (!input.matches("input[data-swap]")) return;
  const body = new URLSearchParams(new FormData(input.form));
  body.set("only", input.value);
  try {
    await swap(input.form.action, input.dataset.swap, { method: "POST", body });
  } catch {
    const failure = document.getElementById(input.dataset.failed);
    failure.hidden = false; // the change stays in the form, for its button
    announce(failure.textContent);
  }
}

function tickAll(event) {
  if (!event.target.matches("[data-tick-all]")) return;
  const boxes = event.target.closest("table").querySelectorAll("tbody .check input[type=checkbox]:enabled");
  for (const box of boxes) box.checked = event.target.checked;
}

// form.submit() leaves out the button that was pressed, so it travels as a hidden field.
function sendWhole(form, submitter) {
  if (submitter?.name) {
    form.append(Object.assign(document.createElement("input"), { type: "hidden", name: submitter.name, value: submitter.value }));
  }
  HTMLFormElement.prototype.submit.call(form);
}

function get(form, submitter) {
  const url = new URL(form.action);
  url.search = new URLSearchParams(formFields(form, submitter));
  return visit(url.href, form.dataset.swap);
}

function setSending(form, sending) {
  form.toggleAttribute("data-sending", sending);
  for (const button of form.querySelectorAll("button:not([type=button])")) button.setAttribute("aria-disabled", String(sending));
}

async function onSubmit(event) {
  const form = event.target;
  if (event.defaultPrevented || form.method === "dialog") return;
  if (form.hasAttribute("data-sending")) return event.preventDefault();
  if (event.submitter?.formTarget) return; // the answer fills a frame, and the form goes on
  setSending(form, true);
  if (!form.dataset.swap) return;
  event.preventDefault();
  await (form.method === "post" ? post : get)(form, event.submitter);
  setSending(form, false);
}

function onClick(event) {
  const copying = event.target.closest("[data-copy]");
  if (copying) return copyText(copying);
  const link = event.target.closest("a[data-swap]");
  if (!link || event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  event.preventDefault();
  visit(link.href, link.dataset.swap);
}

async function copyText(button) {
  const source = document.getElementById(button.dataset.copy);
  await navigator.clipboard.writeText(source.value ?? source.textContent.trim());
  announce(button.dataset.copied);
  const label = button.querySelector("span");
  const before = label.textContent;
  label.textContent = button.dataset.copied;
  setTimeout(() => { label.textContent = before; }, 2000);
}

function onToggle(event) {
  const details = event.target;
  if (!details.matches?.("details[data-dialog][open]")) return;
  const dialog = details.querySelector("dialog");
  const wayBack = dialog.querySelector(".dialog-close");
  wayBack.hidden = false;
  wayBack.querySelector("button").autofocus = true; // Enter must not do what was only asked
  dialog.addEventListener("close", () => { details.open = false; details.querySelector("summary").focus(); }, { once: true });
  dialog.open = false; // not close(): its event would shut the details again
  dialog.showModal();
}

function closeMenus(event) {
  for (const menu of document.querySelectorAll("details[data-menu][open]")) {
    if (event.key === "Escape" && menu.contains(document.activeElement)) menu.querySelector("summary").focus();
    if (event.key === "Escape" || (event.type === "click" && !menu.contains(event.target))) menu.open = false;
  }
}

async function fillFragment(element) {
  try {
    const { response, page } = await fetchPage(element.dataset.fragment);
    if (response.ok) element.replaceChildren(...page.body.childNodes);
  } catch {
    // What the element holds already is the plain link: it stays.
  }
}

// What is under way is shown as it goes on. A page that has lost its sign-in, or the server, is left as it is.
async function refresh(element) {
  const { page } = await fetchPage(location.href);
  const fresh = page.getElementById(element.id);
  if (fresh && element.isConnected) replaceElement(element, document.adoptNode(fresh));
}

function refreshLater(element) {
  const again = () => refresh(element).catch(() => element.isConnected && refreshLater(element));
  setTimeout(again, element.dataset.refresh * 1000);
}

function enhance(root) {
  for (const element of [root, ...root.querySelectorAll("[data-refresh]")]) if (element.dataset?.refresh) refreshLater(element);
  for (const button of root.querySelectorAll("[data-copy]")) button.hidden = !navigator.clipboard;
  for (const box of root.querySelectorAll("[data-tick-all]")) box.hidden = false;
  root.querySelectorAll("[data-fragment]").forEach(fillFragment);
}

document.addEventListener("submit", onSubmit);
document.addEventListener("change", saveOne);
document.addEventListener("change", tickAll);
document.addEventListener("click", onClick);
document.addEventListener("click", closeMenus);
document.addEventListener("keydown", closeMenus);
document.addEventListener("toggle", onToggle, true);
addEventListener("pageshow", () => document.querySelectorAll("form[data-sending]").forEach((form) => setSending(form, false)));
addEventListener("popstate", (event) => {
  if (event.state?.swap) swap(location.href, event.state.swap).catch(() => location.reload());
});
enhance(document);
