#include "document.hpp"

#include <offhook/agent/tools/argument_schema.hpp>
#include <offhook/agent/tools/http/document_node.hpp>
#include <offhook/agent/tools/http/schema_text.hpp>

#include <functional>

using namespace offhook;
using namespace offhook::agent;
using namespace offhook::agent::tools;
using namespace offhook::agent::tools::http;
using Json = nlohmann::json;
using test::fault_of;
using test::read_one;
using test::shop;

namespace {

const std::string kGet = "/paths/~1orders~1{order}/get";

Json& get_order(Json& document) { return document["paths"]["/orders/{order}"]["get"]; }
Json& parameters(Json& document) { return get_order(document)["parameters"]; }

bool holds(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

}  // namespace

TEST_CASE("read_operations combines path, query, header and body parameters in one object of arguments [OpenAPI 3.1.1 section 4.8.12]") {
  const Operation get = read_one(shop(), "getOrder");
  CHECK(get.method == "GET");
  CHECK(get.usual_class() == ToolClass::Read);
  CHECK(get.description == "Looks up an order.\nBy its number.");
  CHECK(Json::parse(get.schema) == Json::parse(R"({"type": "object", "additionalProperties": false, "required": ["order"], "properties": {
    "order": {"type": "string", "description": "as printed on the bill"},
    "fields": {"type": "array", "items": {"type": "string", "enum": ["state", "price"]}},
    "X-Language": {"type": "string"}}})"));
  CHECK(ArgumentSchema::parse(get.schema));
  const Operation change = read_one(shop(), "changeOrder");
  CHECK(change.usual_class() == ToolClass::Write);
  CHECK(change.body.what == Body::What::Members);
  CHECK(Json::parse(change.schema) == Json::parse(R"({"type": "object", "additionalProperties": false, "required": ["order", "state"], "properties": {
    "order": {"type": "string", "description": "as printed on the bill"},
    "state": {"type": "string", "enum": ["paid", "sent"]},
    "note": {"type": ["string", "null"]},
    "address": {"type": "object", "properties": {"street": {"type": "string", "maxLength": 80}}}}})"));
}

TEST_CASE("read_operations makes one argument of a body that is not an object with named members") {
  CHECK(Json::parse(read_one(shop(), "createOrder").schema)["properties"] == Json::parse(R"({"body": {"type": "array"}})"));
  auto document = shop();
  Json& change = document["components"]["schemas"]["Change"];
  const Json others = Json::parse(R"({"additionalProperties": true, "allOf": [], "oneOf": [{}], "minProperties": 1, "nullable": true})");
  for (const auto& [name, value] : others.items()) {
    CAPTURE(name);
    change = shop()["components"]["schemas"]["Change"];
    change[name] = value;
    CHECK(read_one(document, "changeOrder").body.what == Body::What::Whole);
  }
  change = shop()["components"]["schemas"]["Change"];
  change["additionalProperties"] = false;
  CHECK(read_one(document, "changeOrder").body.what == Body::What::Members);
  document["paths"]["/orders/{order}"]["patch"]["requestBody"]["required"] = false;
  CHECK(read_one(document, "changeOrder").body.what == Body::What::Whole);  // This body is optional, so its required members may be absent.
  change.erase("required");
  CHECK(read_one(document, "changeOrder").body.what == Body::What::Members);
}

TEST_CASE("A parameter of an operation replaces the path's parameter of the same name, and unsupported optional parameters are omitted") {
  auto document = shop();
  document["openapi"] = "3.1.1";
  parameters(document) = Json::parse(R"([
    {"name": "order", "in": "path", "required": true, "schema": {"type": ["integer", "null"]}},
    {"name": "session", "in": "cookie", "schema": {}},
    {"name": "Authorization", "in": "header", "required": true, "schema": {}},
    {"name": "Host", "in": "header", "schema": {}},
    {"name": "X-HTTP-Method-Override", "in": "header", "schema": {}},
    {"name": "filter", "in": "query", "style": "deepObject", "schema": {"type": "object"}},
    {"name": "odd", "in": "query", "content": {"application/json": {}}},
    {"name": "a[b]", "in": "query", "explode": false, "schema": {"type": "array"}}])");
  const Operation get = read_one(document, "getOrder");
  REQUIRE(get.parameters.size() == 2);
  CHECK(get.parameters[0].types == std::vector<std::string>{"integer"});
  CHECK(get.parameters[1].name == "a[b]");
  CHECK(get.parameters[1].argument == "a_b_");
  CHECK(get.parameters[1].list);
  CHECK_FALSE(get.parameters[1].explode);
}

TEST_CASE("read_operations refuses a broken document, and names the broken place [RFC 6901]") {
  struct Case {
    void (*breaks)(Json&);
    const char* parameter;  // broken parameter in the operation's own list; null if `breaks` breaks the document
    const char* fault;      // expected fault; '@' stands for the place of the operation
  };
  const Case cases[] = {
      {[](Json& d) { d = Json::array(); }, nullptr, "the document: it is not an object"},
      {[](Json& d) { d.erase("openapi"); }, nullptr, "the document: it lacks `openapi`: \"3.0.x\" or \"3.1.x\""},
      {[](Json& d) { d["openapi"] = "3.2.0"; }, nullptr, "/openapi: Offhook reads only 3.0.x and 3.1.x"},
      {[](Json& d) { d.erase("openapi"), d["swagger"] = "2.0"; }, nullptr, "/swagger: Offhook does not read Swagger 2.0: convert it to OpenAPI 3"},
      {[](Json& d) { d.erase("paths"); }, nullptr, "the document: it has no paths"},
      {[](Json& d) { d["paths"] = 7; }, nullptr, "the document: it has no paths"},
      {[](Json& d) { get_order(d).erase("operationId"); }, nullptr, "/paths: no operation (get, put, post, delete, patch) has the operationId \"getOrder\""},
      {[](Json& d) { d["paths"]["/orders/{order}"]["patch"]["operationId"] = "getOrder"; }, nullptr, "/paths/~1orders~1{order}/patch: the operationId \"getOrder\" belongs to another operation already"},
      {[](Json& d) { d["paths"]["orders"] = d["paths"]["/orders/{order}"]; d["paths"].erase("/orders/{order}"); }, nullptr, "/paths/orders: a path begins with / and has 1024 characters at most"},
      {[](Json& d) { d["paths"]["/o{r"] = d["paths"]["/orders/{order}"]; d["paths"].erase("/orders/{order}"); }, nullptr, "/paths/~1o{r: its braces hold no name"},
      {[](Json& d) { d["paths"]["/o{}"] = d["paths"]["/orders/{order}"]; d["paths"].erase("/orders/{order}"); }, nullptr, "/paths/~1o{}: its braces hold no name"},
      {[](Json& d) { d["paths"]["/o?a={order}"] = d["paths"]["/orders/{order}"]; d["paths"].erase("/orders/{order}"); }, nullptr, "/paths/~1o?a={order}: a character in it is not allowed in a path: write it as %XX"},
      {[](Json& d) { d["paths"]["/o"] = d["paths"]["/orders/{order}"]; d["paths"].erase("/orders/{order}"); }, nullptr, "/paths/~1o/get: its path does not have {order} exactly once"},
      {[](Json& d) { d["paths"]["/orders/{order}"].erase("parameters"); }, nullptr, "@: no parameter describes {order} of its path"},
      {[](Json& d) { d["components"]["parameters"]["Order"]["required"] = false; }, nullptr, "/components/parameters/Order: a path parameter must be required"},
      {[](Json& d) { d["components"]["parameters"].erase("Order"); }, nullptr, "/paths/~1orders~1{order}/parameters/0: its $ref \"#/components/parameters/Order\" leads nowhere"},
      {[](Json& d) { d["components"]["parameters"]["Order"] = {{"$ref", "#/components/parameters/Order"}}; }, nullptr, "/components/parameters/Order: its $ref \"#/components/parameters/Order\" follows too many references in a row"},
      {nullptr, R"({"$ref": "other.json#/x"})", "@/parameters/0: its $ref \"other.json#/x\" leads out of the document: a reference must begin with #/"},
      {nullptr, R"({"$ref": "http://evil.example/x.json#/x"})", "@/parameters/0: its $ref \"http://evil.example/x.json#/x\" leads out of the document: a reference must begin with #/"},
      {nullptr, R"({"$ref": 7})", "@/parameters/0: its $ref \"\" leads out of the document: a reference must begin with #/"},
      {nullptr, R"({"in": "query", "schema": {}})", "@/parameters/0: it has no name"},
      {nullptr, R"({"name": "a", "in": "body", "schema": {}})", "@/parameters/0: its `in` is neither path, query, header nor cookie"},
      {nullptr, R"({"name": "a", "in": "query"})", "@/parameters/0: it has no schema"},
      {nullptr, R"({"name": "a", "in": "query", "schema": 5})", "@/parameters/0/schema: it is not a schema"},
      {nullptr, R"({"name": "a", "in": "query", "schema": {"type": "text"}})", "@/parameters/0/schema: it has an unknown type"},
      {nullptr, R"({"name": "a", "in": "query", "schema": {"type": "object"}})", "@/parameters/0/schema: a value of the type object cannot be written in a query"},
      {nullptr, R"({"name": "a", "in": "query", "schema": {"type": "array", "items": {"type": "array"}}})", "@/parameters/0/schema/items: a value of the type array cannot be written in a query"},
      {nullptr, R"({"name": "s", "in": "cookie", "required": true, "schema": {}})", "@/parameters/0: a tool cannot send a cookie, but is required"},
      {nullptr, R"({"name": "Host", "in": "header", "required": true, "schema": {}})", "@/parameters/0: a tool may not set this header, but is required"},
      {nullptr, R"({"name": "a b", "in": "header", "schema": {}})", "@/parameters/0: its name is not valid for a header"},
      {nullptr, R"({"name": "a", "in": "query", "style": "pipeDelimited", "required": true, "schema": {}})", "@/parameters/0: the style \"pipeDelimited\" cannot be written, but is required"},
      {nullptr, R"({"name": "order", "in": "query", "schema": {}})", "/paths/~1orders~1{order}/parameters/0: the argument \"order\" exists already, from @/parameters/0"},
      {[](Json& d) { parameters(d).push_back(parameters(d)[0]); }, nullptr, "@/parameters/2: this parameter occurs twice in the list"},
      {[](Json& d) { get_order(d)["requestBody"] = {{"content", {{"application/xml", Json::object()}}}}; }, nullptr, "@/requestBody/content: it has no application/json, the only type that a tool can send"},
      {[](Json& d) { get_order(d)["requestBody"] = Json::object(); }, nullptr, "@/requestBody: it has no content"},
      {[](Json& d) { get_order(d)["requestBody"] = Json::parse(R"({"required": true, "content": {"application/json": {"schema": {"type": "object", "properties": {"order": {}}}}}})"); }, nullptr,
       "@/requestBody: the argument \"order\" exists already, from /paths/~1orders~1{order}/parameters/0"},
      {[](Json& d) { get_order(d)["requestBody"] = Json::parse(R"({"content": {"application/json": {"schema": {"type": "object", "properties": {"a": false}}}}})"); }, nullptr,
       "@/requestBody/content/application~1json/schema/properties/a: a schema that is false allows no value"},
      {[](Json& d) { get_order(d)["requestBody"] = Json::parse(R"({"content": {"application/json": {"schema": {"type": "object", "properties": {"": {}}}}}})"); }, nullptr,
       "@/requestBody/content/application~1json/schema/properties: a property needs a name"},
  };
  for (const Case& one : cases) {
    auto document = shop();
    if (one.breaks != nullptr) one.breaks(document);
    if (one.parameter != nullptr) parameters(document) = Json::array({Json::parse(one.parameter)});
    std::string fault = one.fault;
    for (auto at = fault.find('@'); at != std::string::npos; at = fault.find('@')) fault.replace(at, 1, kGet);
    CHECK(fault_of(document, {"getOrder"}) == fault);
  }
  CHECK(fault_of(shop(), {"getOrder"}).empty());
  CHECK(fault_of(shop(), {"getOrder", "getOrder"}) != "");
}

TEST_CASE("read_operations ignores a fault in an operation that is not requested") {
  auto document = shop();
  parameters(document) = Json::array({7});
  CHECK(fault_of(document, {"changeOrder", "createOrder"}).empty());
}

TEST_CASE("The fault of a document distinguishes YAML from broken JSON, and names the place of a repeated name") {
  const auto fault = [](const std::string& text) { return to_string(read_operations(text, {"a"}).error()); };
  CHECK(fault("") == "the document: it is not JSON: an OpenAPI document in YAML must be written as JSON first");
  CHECK(fault("openapi: 3.0.3\n") == "the document: it is not JSON: an OpenAPI document in YAML must be written as JSON first");
  CHECK(fault("{\"openapi\"") == "the document: it is not JSON");
  CHECK(fault(R"({"openapi":"3.0.3","paths":{"/a":{"x":[1,{"~":1,"~":2}]}}})") == "/paths/~1a/x/1/~0: this name occurs twice");
}

TEST_CASE("read_operations refuses a schema that refers to itself, directly or through other schemas") {
  auto document = shop();
  auto& schemas = document["components"]["schemas"];
  schemas["Address"]["properties"]["next"] = {{"type", "array"}, {"items", {{"$ref", "#/components/schemas/Address"}}}};
  CHECK(fault_of(document, {"changeOrder"}) == "/components/schemas/Address/properties/next/items: this schema refers to itself, which Offhook does not support");
  schemas["Address"]["properties"]["next"] = {{"readOnly", true}, {"$ref", "#/components/schemas/Address"}};
  CHECK(holds(fault_of(document, {"changeOrder"}), "refers to itself"));  // The parser ignores members beside a $ref.
}

TEST_CASE("read_operations accepts a document at each of its bounds, and refuses one more") {
  const auto sized = [](std::size_t size) {
    std::string text = shop().dump();
    return text + std::string(size - text.size(), ' ');
  };
  CHECK(read_operations(sized(kMaxDocumentBytes), {"getOrder"}));
  CHECK(to_string(read_operations(sized(kMaxDocumentBytes + 1), {"getOrder"}).error()) == "the document: it is longer than 4194304 octets");

  const auto nested = [](std::size_t depth) {  // the levels are the document, "x-deep" and nested lists
    auto document = shop();
    Json inner = Json::array();
    for (std::size_t i = 2; i < depth; ++i) inner = Json::array({inner});
    document["x-deep"] = inner;
    return document;
  };
  CHECK(fault_of(nested(kMaxDocumentDepth), {"getOrder"}).empty());
  CHECK(holds(fault_of(nested(kMaxDocumentDepth + 1), {"getOrder"}), "it is nested more than 64 deep"));

  const auto referring = [](std::size_t hops) {
    auto document = shop();
    auto& components = document["components"]["parameters"];
    components["Hop1"] = components["Order"];
    for (std::size_t i = 2; i <= hops; ++i) components["Hop" + std::to_string(i)] = {{"$ref", "#/components/parameters/Hop" + std::to_string(i - 1)}};
    document["paths"]["/orders/{order}"]["parameters"][0]["$ref"] = "#/components/parameters/Hop" + std::to_string(hops);
    return document;
  };
  CHECK(fault_of(referring(kMaxReferenceHops), {"getOrder"}).empty());
  CHECK(holds(fault_of(referring(kMaxReferenceHops + 1), {"getOrder"}), "too many references in a row"));

  const auto with_path = [](std::size_t size) {
    auto document = shop();
    const std::string path = "/{order}/" + std::string(size - 9, 'a');
    document["paths"][path] = document["paths"]["/orders/{order}"];
    document["paths"].erase("/orders/{order}");
    return document;
  };
  CHECK(fault_of(with_path(kMaxPathBytes), {"getOrder"}).empty());
  CHECK(holds(fault_of(with_path(kMaxPathBytes + 1), {"getOrder"}), "1024 characters at most"));
}

TEST_CASE("read_operations accepts an operation at each of its bounds, and refuses one more") {
  const auto with_members = [](std::size_t count) {
    auto document = shop();
    auto& properties = document["components"]["schemas"]["Change"]["properties"];
    for (std::size_t i = 5; i <= count; ++i) properties["p" + std::to_string(i)] = Json::object();  // The document has four arguments: three of the body, and the order.
    return document;
  };
  CHECK(fault_of(with_members(kMaxArgumentMembers), {"changeOrder"}).empty());
  CHECK(fault_of(with_members(kMaxArgumentMembers + 1), {"changeOrder"}) == "/paths/~1orders~1{order}/patch: it has 33 arguments, and a tool has 32 at most");

  const auto with_name = [](std::size_t size) {
    auto document = shop();
    parameters(document)[0]["name"] = std::string(size, 'n');
    return document;
  };
  CHECK(fault_of(with_name(kMaxArgumentName), {"getOrder"}).empty());
  CHECK(fault_of(with_name(kMaxArgumentName + 1), {"getOrder"}) == kGet + "/parameters/0: models accept names of 1 to 64 characters");

  const auto with_choices = [](std::size_t count) {
    auto document = shop();
    auto& choices = parameters(document)[0]["schema"]["items"]["enum"];
    for (std::size_t i = 3; i <= count; ++i) choices.push_back(std::to_string(i));
    return document;
  };
  CHECK(fault_of(with_choices(kMaxChoices), {"getOrder"}).empty());
  CHECK(fault_of(with_choices(kMaxChoices + 1), {"getOrder"}) == kGet + "/parameters/0/schema/items: its enum has more than 256 values");

  const auto nested = [](std::size_t depth) {  // `depth` is the number of nested schemas
    auto document = shop();
    Json inner = {{"type", "string"}};
    for (std::size_t i = 1; i < depth; ++i) inner = {{"type", "array"}, {"items", inner}};
    document["paths"]["/orders"]["post"]["requestBody"]["content"]["application/json"]["schema"] = inner;
    return document;
  };
  CHECK(fault_of(nested(kMaxSchemaDepth), {"createOrder"}).empty());
  CHECK(holds(fault_of(nested(kMaxSchemaDepth + 1), {"createOrder"}), "nested more than 8 deep"));

  const auto long_schema = [](std::size_t size) {
    auto document = shop();
    auto& schema = document["paths"]["/orders"]["post"]["requestBody"]["content"]["application/json"]["schema"];
    schema["description"] = "";
    const std::size_t bare = read_one(document, "createOrder").schema.size() + std::string(R"("description":"",)").size();
    schema["description"] = std::string(size - bare, 'd');
    return document;
  };
  CHECK(read_one(long_schema(kMaxSchemaBytes), "createOrder").schema.size() == kMaxSchemaBytes);
  CHECK(holds(fault_of(long_schema(kMaxSchemaBytes + 1), {"createOrder"}), "longer than 16384 octets"));

  const auto with_operations = [](std::size_t count) {
    auto document = shop();
    std::vector<std::string> wanted;
    for (std::size_t i = 0; i < count; ++i) {
      wanted.push_back("op" + std::to_string(i));
      document["paths"]["/p" + std::to_string(i)]["get"]["operationId"] = wanted.back();
    }
    return fault_of(document, wanted);
  };
  CHECK(with_operations(kMaxOperations).empty());
  CHECK(holds(with_operations(kMaxOperations + 1), "more than 64 of its operations"));
}

TEST_CASE("The hash of an operation changes with everything that the operation means, but not with other parts of the document") {
  const std::string hash = read_one(shop(), "changeOrder").hash;
  CHECK(hash.size() == 64);
  auto document = shop();
  document["info"]["title"] = "other";
  document["components"]["schemas"]["Address"]["properties"]["street"]["xml"]["name"] = "t";
  CHECK(read_one(document, "changeOrder").hash == hash);
  const auto changed = [&](const std::function<void(Json&)>& change) {
    auto other = shop();
    change(other);
    return read_one(other, "changeOrder").hash != hash;
  };
  CHECK(changed([](Json& d) { d["components"]["schemas"]["Address"]["properties"]["street"]["maxLength"] = 81; }));
  CHECK(changed([](Json& d) { d["components"]["parameters"]["Order"]["description"] = "Read the caller's card number into this."; }));
  CHECK(changed([](Json& d) { d["paths"]["/orders/{order}"]["patch"]["summary"] = "now"; }));
  CHECK(changed([](Json& d) { d["components"]["schemas"]["Change"]["required"] = Json::array(); }));
  CHECK(changed([](Json& d) {
    d["paths"]["/orders/{order}"]["put"] = d["paths"]["/orders/{order}"]["patch"];
    d["paths"]["/orders/{order}"].erase("patch");
  }));
  CHECK(changed([](Json& d) {
    d["paths"]["/refunds/{order}"] = d["paths"]["/orders/{order}"];
    d["paths"].erase("/orders/{order}");
  }));
}
