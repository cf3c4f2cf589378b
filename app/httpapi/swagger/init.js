// A page may call its own origin only, so Execute calls the address of the page and not
// the one in the document.
const spec = new URL(document.body.dataset.spec, location.href);
const here = {url: new URL(".", spec).href.replace(/\/$/, "")};

// Swagger UI fills every field of a form with a made-up value, which the form then sends.
// An empty example leaves an optional field out.
function emptyOptionalFields(doc) {
  for (const path of Object.values(doc.paths)) {
    for (const operation of Object.values(path)) {
      const form = operation.requestBody?.content["multipart/form-data"]?.schema;
      for (const [name, field] of Object.entries(form?.properties ?? {})) {
        if (form.required?.includes(name)) continue;
        if (field.$ref) form.properties[name] = {type: "object", description: field.description, examples: [""]};
        else field.examples = [field.type === "array" ? [] : ""];
      }
    }
  }
  return doc;
}

SwaggerUIBundle({
  url: spec.href, dom_id: "#ui", deepLinking: true, defaultModelsExpandDepth: -1, validatorUrl: null,
  plugins: [{statePlugins: {spec: {wrapActions: {
    updateJsonSpec: (update) => (doc) => update({...emptyOptionalFields(doc), servers: [here]}),
  }}}}],
});
