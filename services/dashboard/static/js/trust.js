// Lets htmx, and nothing else, turn the server's answers into a page where the browser demands Trusted Types.
// A plain script after htmx's: it has to be there before htmx reads the page. What htmx could run as code is refused.
(() => {
  const refuse = function refuse() { throw new TypeError("Attributes that are code are not run"); };
  const policy = globalThis.trustedTypes?.createPolicy("htmx", { createHTML: (text) => text, createScript: () => refuse() });
  htmx.registerExtension("trust", { init: (api) => api.initSecurity(policy, refuse, refuse) });
})();
