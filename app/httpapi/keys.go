package httpapi

import (
	"context"
	"encoding/json"
	"net/http"
	"reflect"

	"github.com/danielgtaylor/huma/v2"
	"github.com/labstack/echo/v4"

	"aigc/app/fault"
	"aigc/app/jsonblob"
	"aigc/app/schema"
	"aigc/app/service"
	"aigc/app/task"
	"aigc/app/web"
)

// keyRequest is the body of POST /api/keys.
type keyRequest struct {
	Name  string `json:"name" minLength:"1" maxLength:"64" pattern:"^[^\\x00-\\x20\\x7f:,]*$" patternDescription:"a name without spaces, colons and commas" doc:"Name of the key, and of the caller that owns what is made with it." example:"ann"`
	Admin bool   `json:"admin,omitempty" default:"false" doc:"The key sees and changes all callers' tasks and files, and the keys."`
}

var keySchema = schema.New(reflect.TypeFor[keyRequest]())

func (s *Server) keyRoutes() {
	const keys = "/api/keys"
	list := s.route(http.MethodGet, keys, "List callers' API keys; requires an admin's key", "keys", web.Admin, s.listKeys)
	list.OperationID = "list-keys"
	s.envelopeResponse(list, http.StatusOK, "All keys, without the keys themselves.", reflect.TypeFor[service.KeyListView]())

	add := s.route(http.MethodPost, keys, "Make an API key; requires an admin's key", "keys", web.Admin, s.addKey)
	add.OperationID = "create-key"
	add.Description = "The key is shown in this answer only. On a server that is open, because there never was a key, this makes the first one: from then on all callers need a key."
	reg := s.api.OpenAPI().Components.Schemas
	add.RequestBody = &huma.RequestBody{Required: true, Content: map[string]*huma.MediaType{jsonType: {Schema: schema.Register(reg, reflect.TypeFor[keyRequest]()), Example: keySchema.Example()}}}
	delete(add.Responses, "200")
	s.envelopeResponse(add, http.StatusCreated, "The key.", reflect.TypeFor[service.NewKey]())
	problems(add, http.StatusBadRequest, http.StatusRequestTimeout, http.StatusConflict, http.StatusRequestEntityTooLarge, http.StatusUnsupportedMediaType, http.StatusUnprocessableEntity)

	revoke := s.route(http.MethodDelete, keys+"/:name", "Revoke an API key; requires an admin's key", "keys", web.Admin, s.revokeKey)
	revoke.OperationID = "delete-key"
	revoke.Description = "Requests in progress with the key end within seconds. Its tasks and files are kept, and belong to the next key of the same name. Revoking one's own key or the last one is possible; the server is not open then: keys are made on its machine by aigc keys add."
	s.envelopeResponse(revoke, http.StatusOK, "The key is revoked.", reflect.TypeFor[service.KeysLeft]())
	problems(revoke, http.StatusConflict)
}

func (s *Server) listKeys(c echo.Context) error {
	keys, err := s.Keys.ListKeys(c.Request().Context())
	if err != nil {
		return err
	}
	return s.respond(c, http.StatusOK, service.KeyListView{Keys: keys})
}

func (s *Server) addKey(c echo.Context) error {
	in, err := s.readJSON(c, func(jsonblob.Path) bool { return false })
	if err != nil {
		return err
	}
	doc, err := keySchema.Parse(in.doc)
	if err != nil {
		doc = in.doc
	}
	var k keyRequest
	_ = json.Unmarshal(doc, &k)                       // what is wrong with it is in err
	if bad := task.CheckKeyName(k.Name); bad != nil { // it is reported with the schema's faults
		err = fault.Join(err, fault.InvalidInput(fault.Detail{Location: "body.name", Message: bad.Error()}))
	}
	if err != nil {
		return err
	}
	made, err := s.Keys.AddKey(context.WithoutCancel(c.Request().Context()), k.Name, k.Admin)
	if err != nil {
		return err
	}
	return s.respond(c, http.StatusCreated, made)
}

func (s *Server) revokeKey(c echo.Context) error {
	left, err := s.Keys.RevokeKey(context.WithoutCancel(c.Request().Context()), c.Param("name"))
	if err != nil {
		return err
	}
	return s.respond(c, http.StatusOK, left)
}
