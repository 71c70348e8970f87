"use strict";
// Hides the rows that lack a word of the search, and says how many are left.
(() => {
  const words = (text) => text.normalize("NFD").toLowerCase()
    .replace(/\p{M}/gu, "").replace(/[^\p{L}\p{N}]+/gu, " ").trim();
  const search = document.getElementById("search");
  const field = search.querySelector("input");
  const rows = [...document.querySelectorAll("[data-area]")].map((row) => {
    const sought = [...row.querySelectorAll("[data-sought]")].map((one) => one.textContent);
    const reports = row.parentNode.querySelectorAll("[data-report]");
    return { row, area: row.dataset.area, text: " " + words(sought.join(" ")),
      reports: [...reports].filter((one) => row.contains(one)).length };
  });
  const counted = (some) => [new Set(some.map((one) => one.area)).size,
    some.reduce((sum, one) => sum + one.reports, 0)];
  const [areas, reports] = counted(rows);
  const filter = () => {
    const wanted = words(field.value).split(" ").filter(Boolean);
    const left = rows.filter((one) => wanted.every((word) => one.text.includes(" " + word)));
    for (const one of rows) one.row.hidden = !left.includes(one);
    for (const group of document.querySelectorAll("[data-rows]")) {
      group.hidden = !group.querySelector("[data-area]:not([hidden])");
    }
    const [some, many] = counted(left);
    search.querySelector("[role=status]").textContent = wanted.length
      ? `${some} of ${areas} areas left, with ${many} of ${reports} reports` : "";
  };
  field.addEventListener("input", filter);
  // What needs attention can be reached whatever was searched for.
  document.querySelector(".attention")?.addEventListener("click", () => {
    field.value = "";
    filter();
  });
  search.hidden = false;
  filter();
})();
