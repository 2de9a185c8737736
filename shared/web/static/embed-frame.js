// Inside the frame of /embed: tells the page around it how high it is, at each change and whenever it is asked.
// A height is no secret, so whoever frames the page may know it.

function tell() {
  parent.postMessage({ reihe: "height", height: Math.ceil(document.documentElement.getBoundingClientRect().height) }, "*");
}

new ResizeObserver(tell).observe(document.documentElement);
addEventListener("message", (event) => { if (event.data?.reihe === "ask") tell(); });
