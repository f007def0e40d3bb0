// What a reader would complain of, as a list of sentences; empty if all is well.
(() => {
  const faults = [];
  // What only a screen reader is told of is laid out in a box of one pixel.
  const told = (e) => { const box = e.closest(".unseen, .skip, table.rows thead"); return box && box.offsetWidth <= 1 || e.closest(".skip"); };
  const shown = (e) => e.checkVisibility({ visibilityProperty: true }) && !e.closest("head, script") && !told(e);
  const name = (e) => `<${e.tagName.toLowerCase()} class="${e.getAttribute("class") || ""}"> ${(e.textContent || "").trim().slice(0, 40)}`;
  const page = document.scrollingElement;
  const width = page.clientWidth;
  if (page.scrollWidth > width) faults.push(`the page is ${page.scrollWidth} wide in a window of ${width}`);

  for (const element of document.body.querySelectorAll("*")) {
    if (!shown(element) || element.closest(".scroll") !== null && !element.matches(".scroll")) continue;
    const box = element.getBoundingClientRect();
    if (box.width && (box.right > width + 0.5 || box.left < -0.5)) faults.push(`outside the window: ${name(element)}`);
    const style = getComputedStyle(element);
    if (element instanceof HTMLElement && style.overflowX !== "visible" && !element.matches(".scroll, .contents") &&
        element.scrollWidth > element.clientWidth) faults.push(`clipped: ${name(element)}`);
  }
  // Inside a table that scrolls, no text may leave its own cell.
  for (const cell of document.querySelectorAll("th, td")) {
    if (shown(cell) && cell.scrollWidth > cell.clientWidth + 1) faults.push(`wider than its cell: ${name(cell)}`);
  }
  // Labels of one axis keep apart.
  for (const svg of document.querySelectorAll("svg")) {
    const kinds = [".x-tick", ".y-tick", ":scope.x-axis > text"];
    for (const kind of kinds) {
      const boxes = [...svg.querySelectorAll(kind)].filter(shown).map((e) => e.getBoundingClientRect());
      for (let i = 1; i < boxes.length; ++i) {
        const [a, b] = [boxes[i - 1], boxes[i]];
        const apart = a.right + 2 <= b.left || b.right + 2 <= a.left || a.bottom <= b.top + 1 || b.bottom <= a.top + 1;
        if (!apart) faults.push(`labels of an axis touch: ${svg.getAttribute("class")} ${i}`);
      }
    }
  }

  const rgba = (text) => { const p = text.match(/[\d.]+/g).map(Number); return { c: p.slice(0, 3), a: p[3] ?? 1 }; };
  const over = (top, a, under) => top.map((v, i) => a * v + (1 - a) * under[i]);
  const light = (c) => {
    const [r, g, b] = c.map((v) => v / 255).map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const background = (element) => {
    const layers = [];
    for (let e = element; e; e = e.parentElement) layers.push(rgba(getComputedStyle(e).backgroundColor));
    let colour = [255, 255, 255];
    for (const layer of layers.reverse()) colour = over(layer.c, layer.a, colour);
    const cell = element.closest("td[style]");
    if (cell) {
      const shade = getComputedStyle(cell, "::before");
      colour = over(rgba(shade.backgroundColor).c, Number(shade.opacity), colour);
    }
    return colour;
  };
  let texts = 0;
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement;
    if (!walker.currentNode.data.trim() || !shown(element)) continue;
    ++texts;
    const style = getComputedStyle(element);
    const ink = rgba(element.closest("svg") ? style.fill : style.color).c;
    const [a, b] = [light(ink), light(background(element))].sort((x, y) => y - x);
    const contrast = (a + 0.05) / (b + 0.05);
    if (contrast < 4.5) faults.push(`contrast ${contrast.toFixed(2)}: ${name(element)}`);
    if (parseFloat(style.fontSize) < 8) faults.push(`text of ${style.fontSize}: ${name(element)}`);
  }
  if (texts < 20) faults.push(`only ${texts} texts were measured`);
  return [...new Set(faults)];
})();
