// What a device at the door keeps in its own database (IndexedDB), so that a reload or a day without a network loses
// nothing: the list of each event as it was last loaded, and what was recorded and not yet answered, in its order.

const opened = new Promise((resolve, reject) => {
  const request = indexedDB.open("reihe-check-in", 1);
  request.onupgradeneeded = () => {
    request.result.createObjectStore("lists", { keyPath: "event" });
    request.result.createObjectStore("queue", { keyPath: "number", autoIncrement: true }).createIndex("event", "event");
  };
  request.onsuccess = () => resolve(request.result);
  request.onerror = () => reject(request.error);
});

// Runs one transaction and waits until it is written, not only until its requests were answered.
async function transact(name, mode, work) {
  const database = await opened;
  return new Promise((resolve, reject) => {
    const transaction = database.transaction(name, mode, { durability: "strict" });
    const request = work(transaction.objectStore(name));
    transaction.oncomplete = () => resolve(request?.result);
    transaction.onerror = transaction.onabort = () => reject(transaction.error);
  });
}

export const listOf = (event) => transact("lists", "readonly", (lists) => lists.get(event));
export const keepList = (list) => transact("lists", "readwrite", (lists) => lists.put(list));
export const forgetList = (event) => transact("lists", "readwrite", (lists) => lists.delete(event));
export const queueOf = (event) => transact("queue", "readonly", (queue) => queue.index("event").getAll(event));
export const add = (event, entry) => transact("queue", "readwrite", (queue) => queue.add({ event, ...entry }));
export const change = (entry) => transact("queue", "readwrite", (queue) => queue.put(entry));

export const remove = (numbers) =>
  transact("queue", "readwrite", (queue) => { for (const number of numbers) queue.delete(number); });

// Lists of events that ended two days ago; what still waits to be sent is kept in any case.
export async function forgetOldLists(now) {
  const lists = await transact("lists", "readonly", (all) => all.getAll());
  const old = lists.filter((list) => Date.parse(list.ends) + 2 * 86_400_000 < now);
  for (const list of old) await forgetList(list.event);
}
