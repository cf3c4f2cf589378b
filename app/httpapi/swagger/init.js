// A page may call its own origin only, so Execute calls the address of the page and not
// the one in the document.
const spec = new URL(document.body.dataset.spec, location.href);
const here = {url: new URL(".", spec).href.replace(/\/$/, "")};
SwaggerUIBundle({
  url: spec.href, dom_id: "#ui", deepLinking: true, defaultModelsExpandDepth: -1, validatorUrl: null,
  plugins: [{statePlugins: {spec: {wrapActions: {updateJsonSpec: (update) => (doc) => update({...doc, servers: [here]})}}}}],
});
