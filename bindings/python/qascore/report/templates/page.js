"use strict";
for (const table of document.querySelectorAll("table.sortable")) {
  const body = table.tBodies[0];
  const heads = [...table.tHead.rows[0].cells];
  heads.forEach((head, column) => {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...head.childNodes);
    head.append(button);
    button.addEventListener("click", () => {
      const ascending = head.getAttribute("aria-sort") !== "ascending";
      const text = head.dataset.sort === "text";
      const key = (row) => text ? row.cells[column].textContent : row.cells[column].dataset.v;
      const missing = (value) => value === undefined || value === "";
      const compare = (a, b) => {
        const [x, y] = [key(a), key(b)];
        if (missing(x) || missing(y)) return missing(x) - missing(y);
        const order = text ? x.localeCompare(y, document.documentElement.lang, { numeric: true }) : x - y;
        return ascending ? order : -order;
      };
      heads.forEach((other) => other.removeAttribute("aria-sort"));
      head.setAttribute("aria-sort", ascending ? "ascending" : "descending");
      body.append(...[...body.rows].sort(compare));
    });
  });
}

/* Folded tables are open where this script does not run, and on paper. */
const folds = [...document.querySelectorAll("details.fold")];
let opened = [];
if (!matchMedia("print").matches) for (const fold of folds) fold.open = false;
addEventListener("beforeprint", () => {
  opened = folds.filter((fold) => !fold.open);
  for (const fold of opened) fold.open = true;
});
addEventListener("afterprint", () => { for (const fold of opened) fold.open = false; });
