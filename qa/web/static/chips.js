// Runs once for each gr.HTML: a click on a chip asks the chip's question.
// `element` and `trigger` are given by Gradio.
element.addEventListener("click", (event) => {
  const chip = event.target.closest("[data-question]");
  if (chip) trigger("click", { question: chip.dataset.question });
});
