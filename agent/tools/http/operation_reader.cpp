#include <offhook/agent/tools/http/body_reader.hpp>
#include <offhook/agent/tools/http/definition.hpp>
#include <offhook/agent/tools/http/parameter_reader.hpp>
#include <offhook/agent/tools/http/schema_text.hpp>

#include <offhook/agent/support/json_line.hpp>
#include <offhook/agent/support/json_text.hpp>
#include <offhook/agent/tools/tool_policy.hpp>
#include <offhook/base/text.hpp>

#include <algorithm>
#include <array>
#include <map>
#include <utility>

namespace offhook::inline v0::agent::tools::http {

namespace {

using Fault = std::optional<DocumentFault>;

constexpr std::array<std::pair<std::string_view, std::string_view>, 5> kMethods = {{{"get", "GET"}, {"put", "PUT"}, {"post", "POST"}, {"delete", "DELETE"}, {"patch", "PATCH"}}};

/// Returns true if `text`, a part of a path outside the braces, has only characters of a path (RFC 3986 section 3.3).
bool is_path_text(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) {
    return base::is_alpha(c) || base::is_digit(c) || std::string_view("-._~!$&'()*+,;=:@/%").find(c) != std::string_view::npos;
  });
}

Read<std::vector<PathPiece>> read_path(std::string_view path, const Node& at) {
  if (!path.starts_with('/') || path.size() > kMaxPathBytes) return base::fail(at.fault("a path begins with / and has " + std::to_string(kMaxPathBytes) + " characters at most"));
  std::vector<PathPiece> pieces;
  while (!path.empty()) {
    const bool is_parameter = path.front() == '{';
    const auto end = path.find(is_parameter ? '}' : '{');
    if (is_parameter && (end == std::string_view::npos || end == 1)) return base::fail(at.fault("its braces hold no name"));
    const std::string_view text = is_parameter ? path.substr(1, end - 1) : path.substr(0, end);
    if (!is_parameter && !is_path_text(text)) return base::fail(at.fault("a character in it is not allowed in a path: write it as %XX"));
    pieces.push_back({is_parameter, std::string(text)});
    path.remove_prefix(is_parameter ? end + 1 : text.size());
  }
  return pieces;
}

/// Reads one operation from its entry in `paths`.
class Reader {
 public:
  Reader(const Node& document, const Node& path_item, const Node& node) : document_(document), path_item_(path_item), node_(node) {}

  [[nodiscard]] Read<Operation> read(std::string_view path, std::string_view method) {
    operation_.id = node_.text("operationId");
    operation_.method = method;
    operation_.description = node_.text("summary");
    const std::string_view more = node_.text("description");
    if (!operation_.description.empty() && !more.empty()) operation_.description += "\n";
    operation_.description += more;
    auto pieces = read_path(path, path_item_);
    if (!pieces) return base::fail(std::move(pieces.error()));
    operation_.path = std::move(*pieces);
    if (auto fault = read_parameters()) return base::fail(std::move(*fault));
    if (auto fault = fault_of_path()) return base::fail(std::move(*fault));
    if (auto fault = take_body()) return base::fail(std::move(*fault));
    if (auto fault = define(operation_, arguments_, node_)) return base::fail(std::move(*fault));
    return std::move(operation_);
  }

 private:
  /// Reads the parameters of the path and of the operation. An operation's parameter overrides the path's parameter: OpenAPI 3.1.1 section 4.8.10.
  [[nodiscard]] Fault read_parameters() {
    for (const bool own : {true, false}) {
      for (const Node& entry : (own ? node_ : path_item_).items("parameters")) {
        auto read = read_parameter(document_, entry);
        if (!read) return std::move(read.error());
        if (!*read) continue;
        if (auto fault = take(std::move(**read), entry, own)) return fault;
      }
    }
    return {};
  }

  [[nodiscard]] Fault take(Parameter parameter, const Node& entry, bool own) {
    const auto same = [&](const Parameter& p) { return p.in == parameter.in && p.name == parameter.name; };
    if (std::any_of(operation_.parameters.begin(), operation_.parameters.end(), same)) {
      return own ? Fault(entry.fault("this parameter occurs twice in the list")) : Fault();
    }
    auto schema = shown_schema(entry);
    if (!schema) return std::move(schema.error());
    arguments_.push_back({parameter.argument, std::move(*schema), parameter.required, entry.pointer});
    operation_.parameters.push_back(std::move(parameter));
    return {};
  }

  /// Returns the schema, with the parameter's description if the schema has none.
  [[nodiscard]] Read<std::string> shown_schema(const Node& entry) {
    const auto parameter = resolve(document_, entry);
    const auto schema = parameter ? parameter->member("schema") : std::nullopt;
    if (!schema) return base::fail(entry.fault("it has no schema"));
    auto text = schema_text(document_, *schema);
    const std::string_view description = parameter->text("description");
    if (!text || description.empty() || !text->starts_with('{')) return text;
    json::Parser parser;
    const auto root = json::parse(parser, *text);
    if (root && root->at_key("description").error() == simdjson::SUCCESS) return text;
    std::string described = "{\"description\":";
    append_json_string(described, description);
    return described + (*text == "{}" ? "" : ",") + text->substr(1);
  }

  /// Checks that the braces of the path and the path parameters match each other.
  [[nodiscard]] Fault fault_of_path() const {
    for (const Parameter& parameter : operation_.parameters) {
      if (parameter.in == Parameter::In::Path && count(parameter.name) != 1) return node_.fault("its path does not have {" + shown(parameter.name) + "} exactly once");
    }
    for (const PathPiece& piece : operation_.path) {
      const auto names = [&](const Parameter& p) { return p.in == Parameter::In::Path && p.name == piece.text; };
      if (piece.is_parameter && std::none_of(operation_.parameters.begin(), operation_.parameters.end(), names))
        return node_.fault("no parameter describes {" + shown(piece.text) + "} of its path");
    }
    return {};
  }

  [[nodiscard]] std::ptrdiff_t count(std::string_view name) const {
    return std::count_if(operation_.path.begin(), operation_.path.end(), [name](const PathPiece& piece) { return piece.is_parameter && piece.text == name; });
  }
  [[nodiscard]] static std::string shown(std::string_view name) { return printable(name, kMaxShownName); }

  [[nodiscard]] Fault take_body() {
    auto read = read_body(document_, node_);
    if (!read) return std::move(read.error());
    operation_.body = std::move(read->body);
    const std::string pointer = node_.pointer + "/requestBody";
    switch (operation_.body.what) {
      case Body::What::None:
        return {};
      case Body::What::Whole:
        arguments_.push_back({std::string(kBodyArgument), std::move(read->schema), operation_.body.required, pointer});
        return {};
      case Body::What::Members:
        return take_members(read->schema, pointer);
    }
    return {};
  }

  [[nodiscard]] Fault take_members(const std::string& schema, const std::string& pointer) {
    json::Parser parser;
    const auto root = json::parse(parser, schema);
    const auto properties = root ? json::member(*root, "properties") : std::nullopt;
    if (!properties) return node_.fault("its body cannot be read");
    std::vector<std::string_view> required;
    json::for_each(*root, "required", [&](const json::Element& name) { required.push_back(name.get_string().value_unsafe()); });
    for (const BodyMember& member : operation_.body.members) {
      json::Element property;
      if (properties->at_key(member.name).get(property) != simdjson::SUCCESS) return node_.fault("its body cannot be read");
      const bool is_required = std::find(required.begin(), required.end(), member.name) != required.end();
      arguments_.push_back({member.argument, simdjson::minify(property), is_required, pointer});
    }
    return {};
  }

  const Node& document_;
  const Node& path_item_;
  const Node& node_;
  Operation operation_;
  std::vector<ShownArgument> arguments_;
};

/// Checks the version of the document's format: OpenAPI 3.1.1 section 4.8.1.
Fault fault_of_version(const Node& document) {
  const std::string_view version = document.text("openapi");
  if (version.starts_with("3.0.") || version.starts_with("3.1.")) return {};
  if (document.member("swagger")) return DocumentFault{"/swagger", "Offhook does not read Swagger 2.0: convert it to OpenAPI 3"};
  if (!document.member("openapi")) return document.fault("it lacks `openapi`: \"3.0.x\" or \"3.1.x\"");
  return DocumentFault{"/openapi", "Offhook reads only 3.0.x and 3.1.x"};
}

using Operations = std::map<std::string, Operation, std::less<>>;

/// Reads the wanted operations of one path.
Fault read_path_item(const Node& document, std::string_view path, const Node& item, const std::vector<std::string>& wanted, Operations& found) {
  for (const auto& [key, method] : kMethods) {
    const auto node = item.member(key);
    const std::string_view id = node ? node->text("operationId") : std::string_view();
    if (id.empty() || std::find(wanted.begin(), wanted.end(), id) == wanted.end()) continue;
    if (found.contains(id)) return node->fault("the operationId \"" + printable(id, kMaxShownName) + "\" belongs to another operation already");
    auto read = Reader(document, item, *node).read(path, method);
    if (!read) return std::move(read.error());
    found.emplace(std::string(id), std::move(*read));
  }
  return {};
}

Read<Operations> find_operations(const Node& document, const std::vector<std::string>& wanted) {
  const auto paths = document.member("paths");
  if (!paths || !paths->value.is_object()) return base::fail(document.fault("it has no paths"));
  Operations found;
  for (const auto& [path, entry] : paths->members()) {
    const auto item = resolve(document, entry);
    if (!item) return base::fail(item.error());
    if (auto fault = read_path_item(document, path, *item, wanted, found)) return base::fail(std::move(*fault));
  }
  return found;
}

}  // namespace

std::string argument_name(std::string_view name) {
  std::string out;
  for (const char c : name) out += base::is_alpha(c) || base::is_digit(c) || c == '_' || c == '.' || c == '-' ? c : '_';
  return out;
}

Read<std::vector<Operation>> read_operations(std::string_view document, const std::vector<std::string>& wanted) {
  if (wanted.size() > kMaxOperations) return base::fail(DocumentFault{"", "more than " + std::to_string(kMaxOperations) + " of its operations are named"});
  json::Parser parser;
  const auto root = parse_document(parser, document);
  if (!root) return base::fail(root.error());
  if (auto fault = fault_of_version(*root)) return base::fail(std::move(*fault));
  auto found = find_operations(*root, wanted);
  if (!found) return base::fail(std::move(found.error()));
  std::vector<Operation> operations;
  for (const std::string& id : wanted) {
    const auto at = found->find(id);
    if (at == found->end()) return base::fail(DocumentFault{"/paths", "no operation (get, put, post, delete, patch) has the operationId \"" + printable(id, kMaxShownName) + "\""});
    operations.push_back(std::move(at->second));
    found->erase(at);
  }
  return operations;
}

}  // namespace offhook::inline v0::agent::tools::http
