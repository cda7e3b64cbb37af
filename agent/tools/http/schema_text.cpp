#include <offhook/agent/tools/http/schema_text.hpp>

#include <offhook/agent/support/json_text.hpp>
#include <offhook/agent/tools/argument_schema.hpp>

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

namespace offhook::inline v0::agent::tools::http {

namespace {

using Fault = std::optional<DocumentFault>;

/// The keywords of JSON Schema 2020-12 (validation, sections 6 and 7; core, section 10.3) that restrict arguments. Exclusive bounds are used only if
/// they are numbers: in OpenAPI 3.0 they are flags.
constexpr std::array<std::string_view, 3> kTexts = {"description", "format", "pattern"};
constexpr std::array<std::string_view, 11> kCopied = {"enum", "const", "default", "minimum", "maximum", "multipleOf", "minLength", "maxLength", "minItems", "maxItems", "uniqueItems"};
constexpr std::array<std::string_view, 2> kNumbers = {"exclusiveMinimum", "exclusiveMaximum"};
constexpr std::array<std::string_view, 2> kSchemas = {"items", "additionalProperties"};
constexpr std::array<std::string_view, 3> kLists = {"oneOf", "anyOf", "allOf"};

class Writer {
 public:
  explicit Writer(const Node& document) : document_(document) {}

  [[nodiscard]] Fault write(const Node& given, std::string_view name) {
    auto schema = resolve(document_, given);
    if (!schema) return schema.error();
    if (bool all = false; schema->value.get(all) == simdjson::SUCCESS) return write_flag(*schema, name, all);
    if (!schema->value.is_object()) return schema->fault("it is not a schema");
    if (std::find(within_.begin(), within_.end(), schema->pointer) != within_.end()) return given.fault("this schema refers to itself, which Offhook does not support");
    if (within_.size() == kMaxSchemaDepth) return schema->fault("this schema is nested more than " + std::to_string(kMaxSchemaDepth) + " deep");
    within_.push_back(schema->pointer);
    out_.open(name, '{');
    auto fault = write_members(*schema);
    out_.close('}');
    within_.pop_back();
    if (!fault && out_.str().size() > kMaxSchemaBytes) return given.fault("this schema is longer than " + std::to_string(kMaxSchemaBytes) + " octets");
    return fault;
  }
  [[nodiscard]] std::string take() { return out_.take(); }

 private:
  /// Writes a boolean schema. true accepts any value, and false accepts none: JSON Schema 2020-12 core, section 4.3.2.
  [[nodiscard]] Fault write_flag(const Node& schema, std::string_view name, bool all) {
    if (name != "additionalProperties" && !all) return schema.fault("a schema that is false allows no value");
    if (name == "additionalProperties") {
      out_.flag(name, all);
    } else {
      out_.raw(name, "{}");
    }
    return {};
  }

  [[nodiscard]] Fault write_members(const Node& schema) {
    write_type(schema);
    for (const auto name : kTexts) {
      if (const auto text = schema.text(name); !text.empty()) out_.text(name, text);
    }
    for (const auto name : kCopied) {
      if (const auto value = schema.member(name)) out_.raw(name, simdjson::minify(value->value));
    }
    for (const auto name : kNumbers) {
      const auto value = schema.member(name);
      if (value && value->value.is_number()) out_.raw(name, simdjson::minify(value->value));
    }
    for (const auto name : kSchemas) {
      const auto inner = schema.member(name);
      if (auto fault = inner ? write(*inner, name) : Fault{}) return fault;
    }
    for (const auto name : kLists) {
      if (auto fault = write_list(schema, name)) return fault;
    }
    return write_properties(schema);
  }

  void write_type(const Node& schema) {
    const auto type = schema.member("type");
    if (!type) return;
    if (!type->value.is_string() || !schema.flag("nullable")) return (void)out_.raw("type", simdjson::minify(type->value));
    out_.open("type", '[').text("", schema.text("type")).text("", "null").close(']');
  }

  [[nodiscard]] Fault write_list(const Node& schema, std::string_view name) {
    const auto alternatives = schema.items(name);
    if (alternatives.empty()) return {};
    out_.open(name, '[');
    for (const Node& one : alternatives) {
      if (auto fault = write(one, "")) return fault;
    }
    out_.close(']');
    return {};
  }

  [[nodiscard]] Fault write_properties(const Node& schema) {
    const auto properties = schema.member("properties");
    if (!properties) return {};
    std::vector<std::string_view> left_out;
    out_.open("properties", '{');
    for (const auto& [name, property] : properties->members()) {
      const auto meant = resolve(document_, property);
      if (!meant) return meant.error();
      if (name.empty()) return properties->fault("a property needs a name");
      if (meant->flag("readOnly")) {
        left_out.push_back(name);
      } else if (auto fault = write(property, name)) {
        return fault;
      }
    }
    out_.close('}');
    const auto required = schema.items("required");
    if (required.empty()) return {};
    out_.open("required", '[');
    for (const Node& one : required) {
      std::string_view name;
      const bool is_text = one.value.get(name) == simdjson::SUCCESS;
      if (is_text && std::find(left_out.begin(), left_out.end(), name) == left_out.end()) out_.text("", name);
    }
    out_.close(']');
    return {};
  }

  const Node& document_;
  std::vector<std::string> within_;  // pointers of the schemas around this one
  JsonText out_;
};

}  // namespace

Read<std::string> schema_text(const Node& document, const Node& schema) {
  Writer writer(document);
  if (auto fault = writer.write(schema, "")) return base::fail(std::move(*fault));
  return writer.take();
}

}  // namespace offhook::inline v0::agent::tools::http
