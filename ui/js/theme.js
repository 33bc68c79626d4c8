// Light or dark before the first paint: what was chosen here, else what the system says. Runs in the page's head.

(() => {
  const chosen = () => {
    try {
      return localStorage.getItem("babelscope.theme");
    } catch {
      return null;
    }
  };
  const system = matchMedia("(prefers-color-scheme: dark)");
  window.babelscopeTheme = {
    get dark() {
      const theme = chosen();
      return theme ? theme === "dark" : system.matches;
    },
    apply() {
      const theme = chosen();
      if (theme) document.documentElement.dataset.theme = theme;
      else delete document.documentElement.dataset.theme;
      document.body?.classList.toggle("dark", this.dark); // Gradio's own parts
    },
    toggle() {
      const dark = !this.dark;
      try {
        if (dark === system.matches) localStorage.removeItem("babelscope.theme"); // as the system: follow it again
        else localStorage.setItem("babelscope.theme", dark ? "dark" : "light");
      } catch {
        document.documentElement.dataset.theme = dark ? "dark" : "light";
        return;
      }
      this.apply();
    },
  };
  window.babelscopeTheme.apply();
  system.addEventListener("change", () => window.babelscopeTheme.apply());
})();
