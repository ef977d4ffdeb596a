// What the other scripts share: finding elements, speaking to a screen reader, one click listener.
// All of it hangs on listeners of the document, so that it does not matter when Gradio renders
// what. Nothing is fetched; no text is ever turned into HTML.
window.sic = (() => {
  const root = document;
  const actions = [];

  const find = (selector, scope = root) => scope.querySelector(selector);
  const findAll = (selector, scope = root) => [...scope.querySelectorAll(selector)];

  const announce = (message) => {
    const region = find(".sic-announce");
    if (region) region.textContent = message;
  };

  // A click on an element that fits the selector; `otherwise` is called where none fits.
  const onClick = (selector, act) => actions.push([selector, act]);
  const otherwise = [];

  root.addEventListener("click", (event) => {
    for (const [selector, act] of actions) {
      const target = event.target.closest(selector);
      if (!target) continue;
      const isForNewTab = target.matches("a") && (event.ctrlKey || event.metaKey || event.shiftKey);
      if (isForNewTab) return;
      event.preventDefault();
      act(target);
      return;
    }
    for (const act of otherwise) act(event);
  });

  // Offsets count Unicode code points, as Python does; the DOM counts UTF-16 units.
  const codePoints = (text) => [...text].length;
  const unitsBefore = (text, count) => [...text].slice(0, count).join("").length;

  const textNodes = (element) => {
    const walker = root.createTreeWalker(element, NodeFilter.SHOW_TEXT);
    const nodes = [];
    while (walker.nextNode()) nodes.push(walker.currentNode);
    return nodes;
  };

  // Calls back whenever something below the element that fits the selector changes.
  const watch = (selector, options, callback) => {
    const element = find(selector);
    if (!element) {
      requestAnimationFrame(() => watch(selector, options, callback));
      return;
    }
    new MutationObserver(callback).observe(element, { subtree: true, childList: true, ...options });
    callback();
  };

  const ask = (question) => {
    const box = find("#sic-question textarea");
    box.value = question;
    box.dispatchEvent(new Event("input", { bubbles: true }));
    box.focus();
  };

  return {
    find, findAll, announce, onClick, otherwise, codePoints, unitsBefore, textNodes, watch, ask,
  };
})();
