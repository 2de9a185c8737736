// Stands in pages of other sites, beside <iframe data-reihe src="…/embed">: makes each frame as high as what it shows.
// Without it a frame keeps the height that it was given, and scrolls.

(() => {
  const HIGHEST = 20000; // pixels
  const origin = new URL(document.currentScript.src).origin;
  const frames = () => document.querySelectorAll("iframe[data-reihe]");

  addEventListener("message", ({ data, origin: from, source }) => {
    if (from !== origin || data?.reihe !== "height" || !Number.isFinite(data.height)) return;
    for (const frame of frames()) {
      if (frame.contentWindow === source) frame.style.height = `${Math.min(Math.max(data.height, 0), HIGHEST)}px`;
    }
  });

  // A frame may have been there first, and what it said was not heard.
  for (const frame of frames()) frame.contentWindow.postMessage({ reihe: "ask" }, "*");
})();
