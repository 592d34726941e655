// The only script: which language is shown. #zh or #en in the address decides, then the browser's own language.
const show = (language) => {
  document.documentElement.lang = document.documentElement.dataset.lang = language;
  for (const button of document.querySelectorAll(".switch button"))
    button.setAttribute("aria-pressed", String(button.dataset.to === language));
};
for (const button of document.querySelectorAll(".switch button"))
  button.addEventListener("click", () => show(button.dataset.to));
const asked = location.hash.slice(1);
show(asked === "zh" || asked === "en" ? asked : navigator.language.startsWith("zh") ? "zh" : "en");
