// The table of studies side by side: a ticked row is a column that is shown.
(() => {
  const { find, findAll, announce } = window.sic;

  document.addEventListener("change", ({ target }) => {
    if (!target.matches(".sic-compare-row")) return;
    const view = target.closest(".sic-compare");
    for (const cell of findAll(`td[data-row="${target.dataset.row}"]`, view)) {
      cell.hidden = !target.checked;
    }
    const chosen = findAll(".sic-compare-row:checked", view).length;
    find(".sic-compared", view).hidden = !chosen;
    announce(chosen === 1 ? "One row is shown." : `${chosen} rows are shown side by side.`);
  });
})();
