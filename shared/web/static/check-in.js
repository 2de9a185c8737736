// The page at the door. All that is recorded goes into the device's own database first and is shown from there; sending it
// is another matter, done as soon as there is a network and as often as needed: each entry has an id of its own, so that
// one which arrives twice does no harm. What the page says stands in the HTML, as data-say-*.

const SHOWN = 50;
const AT_ONCE = 100;
const SEND_EVERY = 10_000;
const LOAD_EVERY = 30_000;
const CODE = /^[0-9a-f]{32}$/;

const root = document.getElementById("check-in");
if (root) start();

async function start() {
  const store = await import(root.dataset.store);
  const door = new Door(store, new Screen());
  root.hidden = false;
  await store.forgetOldLists(Date.now());
  await door.open();
  keepForLater().then(() => { element("ready").hidden = false; }, () => {});
}

function element(id) {
  return document.getElementById(id);
}

function say(name, values = {}) {
  const key = "say" + name.replace(/(^|-)([a-z])/g, (_all, _dash, letter) => letter.toUpperCase());
  return root.dataset[key].replace(/\{(\w+)\}/g, (_all, value) => values[value]);
}

function clock(moment) {
  return new Date(moment).toLocaleTimeString(document.documentElement.lang, { hour: "2-digit", minute: "2-digit" });
}

function searchable(text) {
  return text.normalize("NFD").replace(/\p{Diacritic}/gu, "").toLowerCase();
}

// The page, its files and the worker that serves them when there is no network.
async function keepForLater() {
  await navigator.serviceWorker.register(root.dataset.worker, { scope: "/check-in" });
  const cache = await caches.open("reihe-check-in");
  const files = performance.getEntriesByType("resource").map((entry) => entry.name.split("#")[0]);
  const assets = [...new Set(files.filter((url) => new URL(url).pathname.startsWith("/assets/")))];
  if (root.dataset.decoder) assets.push(new URL(root.dataset.decoder, location).href);
  await cache.addAll([location.pathname, ...assets]);
  const kept = await cache.keys();
  const old = kept.filter(({ url }) => url.includes("/assets/") && !assets.includes(url));
  await Promise.all(old.map((request) => cache.delete(request)));
}

// What a device calls itself in the ledger: made once, and worth nothing elsewhere.
function deviceName() {
  let name = localStorage.getItem("reihe-device");
  if (!name) {
    name = crypto.randomUUID().slice(0, 4).toUpperCase();
    localStorage.setItem("reihe-device", name);
  }
  return name;
}

class Door {
  constructor(store, screen) {
    this.store = store;
    this.screen = screen;
    this.event = root.dataset.event;
    this.people = new Map();
    this.queue = [];
    this.sending = null;
    this.forgotten = false;
    this.csrf = "";
  }

  get session() {
    return element("session").value;
  }

  async open() {
    const list = await this.store.listOf(this.event);
    if (list) this.take(list);
    this.queue = await this.store.queueOf(this.event);
    this.listen();
    this.show();
    await this.catchUp();
    if (!this.people.size && !this.loaded) this.screen.result("warning", say("no-list"));
  }

  listen() {
    element("find").addEventListener("submit", (event) => { event.preventDefault(); this.find(element("field-q").value); });
    element("field-q").addEventListener("input", () => this.show());
    element("session").addEventListener("change", () => this.show());
    element("send").addEventListener("click", () => this.catchUp());
    element("forget").addEventListener("click", () => this.forget());
    element("walk-in").addEventListener("submit", (event) => { event.preventDefault(); this.walkIn(event.target); });
    addEventListener("online", () => this.catchUp());
    addEventListener("offline", () => this.show());
    document.addEventListener("visibilitychange", () => { if (!document.hidden) this.catchUp(); });
    setInterval(() => { if (this.unsent().length) this.send(); }, SEND_EVERY);
    setInterval(() => { if (!document.hidden) this.catchUp(); }, LOAD_EVERY);
    openCamera((text) => this.find(text), () => this.screen.result("warning", say("no-camera")));
    this.screen.onArrive = (id) => this.arrive(this.people.get(id));
    this.screen.onUndo = (id) => this.undo(this.people.get(id));
    this.screen.onSeen = (number) => this.seen(number);
  }

  take(list) {
    this.loaded = true;
    this.people = new Map(list.people.map((person) => [person.id, person]));
    this.free = list.free;
    for (const person of list.people) person.searchable = searchable(`${person.name} ${person.organisation}`);
  }

  // What is known of somebody at the chosen session: the list, and after it what this device recorded.
  here(person) {
    let here = person.here[this.session] ?? null;
    for (const { row, refused } of this.queue) {
      if (refused || row?.registration_id !== person.id || row.session_id !== this.session) continue;
      if (row.present) here ??= { row: row.id, at: row.at };
      else if (here?.row === row.corrects) here = null;
    }
    return here;
  }

  show() {
    const words = searchable(element("field-q").value.trim()).split(/\s+/);
    const all = [...this.people.values()];
    const found = all.filter((person) => words.every((word) => person.searchable.includes(word)));
    this.screen.people(found.slice(0, SHOWN).map((person) => [person, this.here(person)]), found.length - SHOWN);
    const seated = all.filter((person) => person.state === "confirmed");
    this.screen.counts(all.filter((person) => this.here(person)).length, seated.length, this.free ?? 0);
    this.screen.device(this.unsent().length, this.queue.filter((entry) => entry.refused));
  }

  unsent() {
    return this.queue.filter((entry) => !entry.refused);
  }

  // A code from a camera or a scanner that types, or a name that only one person on the list has.
  find(text) {
    const code = text.trim().toLowerCase().replaceAll("-", "");
    if (CODE.test(code)) return this.scanned(code);
    const words = searchable(text.trim()).split(/\s+/).filter(Boolean);
    if (!words.length) return;
    const found = [...this.people.values()].filter((person) => words.every((word) => person.searchable.includes(word)));
    const live = found.filter((person) => !["cancelled", "lapsed"].includes(person.state));
    const fitting = live.length ? live : found;
    if (fitting.length === 1) return this.arrive(fitting[0]);
    this.screen.result("warning", say(fitting.length ? "several" : "nobody"));
  }

  scanned(code) {
    const id = code.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
    const person = this.people.get(id);
    element("field-q").value = "";
    if (!person) {
      this.screen.result("danger", say("unknown"));
      return this.show();
    }
    return this.arrive(person, "scan");
  }

  async arrive(person, kind = "door") {
    const here = this.here(person);
    if (here) {
      this.screen.result("warning", say("already", { name: person.name, time: clock(here.at) }));
    } else if (person.state !== "confirmed") {
      this.screen.result("danger", say(person.state, { name: person.name }));
    } else {
      await this.record({ registration_id: person.id, kind, present: true }, person.name);
      this.screen.result("success", say("welcome", { name: person.name }));
    }
    element("field-q").value = "";
    this.show();
    await this.send();
  }

  async undo(person) {
    const here = this.here(person);
    if (!here) return;
    const row = { registration_id: person.id, kind: "correction", present: false, corrects: here.row };
    await this.record({ ...row, reason: say("undo-reason") }, person.name);
    this.screen.result("warning", say("undone", { name: person.name }));
    this.show();
    await this.send();
  }

  record(values, name) {
    const row = { id: crypto.randomUUID(), session_id: this.session, at: new Date().toISOString(), device: deviceName() };
    return this.enqueue({ name, row: { ...row, ...values } });
  }

  async walkIn(form) {
    const fields = Object.fromEntries(new FormData(form));
    const name = `${fields.first_name} ${fields.last_name}`;
    const sent = { id: crypto.randomUUID(), session_id: this.session, at: new Date().toISOString(), device: deviceName() };
    await this.enqueue({ name, walkIn: { ...sent, ...fields } });
    form.reset();
    this.screen.result("warning", say("walk-in-later", { name }));
    this.show();
    await this.send();
    await this.load();
  }

  async enqueue(entry) {
    const number = await this.store.add(this.event, entry);
    this.queue.push({ event: this.event, number, ...entry });
  }

  async seen(number) {
    await this.store.remove([number]);
    this.queue = this.queue.filter((entry) => entry.number !== number);
    this.show();
  }

  async forget() {
    if (this.unsent().length) return this.send();
    await this.store.forgetList(this.event);
    this.people = new Map();
    this.forgotten = true;
    this.show();
    this.screen.result("success", say("removed"));
  }

  async catchUp() {
    await this.send();
    await this.load();
  }

  async load() {
    const list = this.forgotten ? null : await this.ask("people");
    if (!list?.people) return;
    const kept = { event: this.event, ends: root.dataset.ends, people: list.people, free: list.free };
    await this.store.keepList(kept);
    this.take(kept);
    this.show();
  }

  // One at a time, so that what was recorded first arrives first; whoever asks meanwhile waits for the same.
  send() {
    this.sending ??= this.sendAll().finally(() => { this.sending = null; this.show(); });
    return this.sending;
  }

  async sendAll() {
    let atOnce = AT_ONCE;
    while (this.unsent().length) {
      const [first] = this.unsent();
      if (first.walkIn) {
        if (!await this.sendWalkIn(first)) return;
        continue;
      }
      const next = this.unsent().findIndex((entry) => entry.walkIn);
      const batch = this.unsent().slice(0, next < 0 ? atOnce : Math.min(next, atOnce));
      const answers = await this.ask("rows", batch.map((entry) => entry.row));
      if (Array.isArray(answers)) await this.settle(batch, new Map(answers.map((answer) => [answer.id, answer])));
      else if (answers?.status === 422 && batch.length > 1) atOnce = 1;  // one of them cannot be read: which?
      else if (answers?.status === 422) await this.refuse(batch[0], answers.detail);
      else return;
    }
  }

  async settle(batch, answers) {
    const refused = batch.filter((entry) => answers.get(entry.row.id)?.status === "refused");
    for (const entry of refused) await this.refuse(entry, answers.get(entry.row.id).detail);
    const recorded = batch.filter((entry) => ["recorded", "known"].includes(answers.get(entry.row.id)?.status));
    const list = await this.store.listOf(this.event);
    for (const { row } of recorded) {
      for (const people of [list?.people ?? [], [...this.people.values()]]) remember(people, row);
    }
    if (list) await this.store.keepList(list);
    await this.store.remove(recorded.map((entry) => entry.number));
    this.queue = this.queue.filter((entry) => !recorded.includes(entry));
    this.show();
  }

  async sendWalkIn(entry) {
    const answer = await this.ask("walk-ins", entry.walkIn);
    if (!answer) return false;
    if (answer.status === "recorded") {
      await this.seen(entry.number);
      this.screen.result("success", say("let-in", { name: entry.name }));
      return true;
    }
    const why = [answer.detail, ...Object.values(answer.errors ?? {}).flat()].join(" ");
    await this.refuse(entry, why);
    this.screen.result("danger", say("not-recorded", { name: entry.name, why }));
    return true;
  }

  async refuse(entry, why) {
    entry.refused = why;
    await this.store.change(entry);
  }

  // The answer as data; null if there is no network, nobody is signed in, or the server cannot answer now.
  async ask(path, body) {
    try {
      let response = await this.request(path, body);
      if (response.status === 403 && body) {
        // The form's token is of an older sign-in: a new one comes with the list.
        if (!await this.read(await this.request("people"))) return null;
        response = await this.request(path, body);
      }
      return await this.read(response);
    } catch {
      this.screen.network("kept");
      return null;
    }
  }

  request(path, body) {
    const headers = { Accept: "application/json", "Content-Type": "application/json", "X-CSRF-Token": this.csrf };
    const options = body ? { method: "POST", headers, body: JSON.stringify(body) } : { headers };
    return fetch(`/check-in/${this.event}/${path}`, { credentials: "same-origin", ...options });
  }

  async read(response) {
    const isData = (response.headers.get("Content-Type") ?? "").includes("json");
    if (!isData) {
      this.screen.network(response.ok ? "sign-in" : "kept");
      return null;
    }
    const answer = await response.json();
    if (answer.csrf) this.csrf = answer.csrf;
    this.screen.network("");
    return answer;
  }
}

// What the ledger answered is from now on what the list says.
function remember(people, row) {
  const person = people.find((one) => one.id === row.registration_id);
  if (!person) return;
  if (row.present) person.here[row.session_id] ??= { row: row.id, at: row.at };
  else if (person.here[row.session_id]?.row === row.corrects) delete person.here[row.session_id];
}

class Screen {
  result(kind, text) {
    const result = element("result");
    result.className = `door-result door-${kind}`;
    result.textContent = text;
    sound(kind);
  }

  people(found, more) {
    const rows = found.map(([person, here]) => this.person(person, here));
    const used = document.activeElement?.closest("[data-person]")?.dataset.person;
    element("people").replaceChildren(...rows);
    if (used) element("people").querySelector(`[data-person="${used}"] button:not([hidden])`)?.focus();
    element("more").hidden = more <= 0;
    element("more").textContent = say("more", { number: more });
  }

  person(person, here) {
    const row = element("person").content.cloneNode(true);
    for (const place of row.querySelectorAll("bdi")) place.textContent = person.name;
    row.querySelector(".door-organisation").textContent = person.organisation;
    const known = here ? say("since", { time: clock(here.at) }) : "";
    const hindered = person.state === "confirmed" ? "" : say(person.state, { name: person.name });
    row.querySelector(".door-state").textContent = known || hindered;
    const [arrive, undo] = [row.querySelector(".door-arrive"), row.querySelector(".door-undo")];
    arrive.hidden = Boolean(known || hindered);
    undo.hidden = !known;
    arrive.addEventListener("click", () => this.onArrive(person.id));
    undo.addEventListener("click", () => this.onUndo(person.id));
    row.firstElementChild.dataset.person = person.id;
    row.firstElementChild.classList.toggle("door-here", Boolean(known));
    return row;
  }

  counts(present, expected, free) {
    element("present").textContent = present;
    element("counts").textContent = say("counts", { expected, free });
  }

  device(unsent, problems) {
    const text = unsent === 1 ? say("unsent-one") : say(unsent ? "unsent" : "all-sent", { number: unsent });
    element("unsent").textContent = text;
    const rows = problems.map((entry) => {
      const row = element("problem").content.cloneNode(true);
      row.querySelector("p").textContent = say("not-recorded", { name: entry.name, why: entry.refused });
      row.querySelector("button").addEventListener("click", () => this.onSeen(entry.number));
      return row;
    });
    element("problems").replaceChildren(...rows);
  }

  network(trouble) {
    element("network").textContent = trouble ? say(trouble) : "";
    element("sign-in").hidden = trouble !== "sign-in";
  }
}

// High and short for a welcome, low for everything that needs a look.
const tones = { success: [880, 0.12], warning: [440, 0.25], danger: [220, 0.5] };
let audio = null;

function sound(kind) {
  if (!navigator.userActivation?.hasBeenActive) return;  // browsers are silent before the first touch
  audio ??= new AudioContext();
  const [pitch, seconds] = tones[kind];
  const tone = audio.createOscillator();
  const volume = audio.createGain();
  tone.frequency.value = pitch;
  volume.gain.value = 0.2;
  tone.connect(volume).connect(audio.destination);
  tone.start();
  tone.stop(audio.currentTime + seconds);
}

// What reads QR codes in a picture: the browser itself, or what set-up has put beside the assets.
async function codeReader() {
  if ("BarcodeDetector" in window) {
    const detector = new BarcodeDetector({ formats: ["qr_code"] });
    return async (video) => (await detector.detect(video))[0]?.rawValue;
  }
  await import(root.dataset.decoder);
  const context = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const { canvas } = context;
  return async (video) => {
    // Wider pictures take longer and are read no better.
    const scale = Math.min(1, 640 / video.videoWidth);
    [canvas.width, canvas.height] = [video.videoWidth * scale, video.videoHeight * scale];
    context.drawImage(video, 0, 0, canvas.width, canvas.height);
    const { data, width, height } = context.getImageData(0, 0, canvas.width, canvas.height);
    return window.jsQR(data, width, height, { inversionAttempts: "dontInvert" })?.data;
  };
}

// A code that stays in view is read once.
function openCamera(onCode, onTrouble) {
  const canRead = "BarcodeDetector" in window || root.dataset.decoder;
  if (!canRead || !navigator.mediaDevices) return;
  const [button, finder] = [element("camera"), element("viewfinder")];
  const video = finder.querySelector("video");
  let last = "";

  async function look(read) {
    if (!video.srcObject) return;
    const code = await read(video).catch(() => undefined);
    if (code && code !== last) onCode(code);
    last = code || last;
    setTimeout(() => look(read), 150);
  }

  button.hidden = false;
  button.addEventListener("click", async () => {
    try {
      const read = await codeReader();
      video.srcObject = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
      await video.play();
      finder.hidden = false;
      await look(read);
    } catch {
      onTrouble();
    }
  });
  element("camera-off").addEventListener("click", () => {
    for (const track of video.srcObject?.getTracks() ?? []) track.stop();
    video.srcObject = null;
    finder.hidden = true;
  });
}
