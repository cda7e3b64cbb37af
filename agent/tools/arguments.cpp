#include <offhook/agent/tools/arguments.hpp>

#include <offhook/agent/tools/argument_value.hpp>

#include <algorithm>
#include <optional>
#include <set>

namespace offhook::inline v0::agent::tools {

namespace {

namespace dom = simdjson::dom;

constexpr std::size_t kParserDepth = 64;  // The parser does not count empty containers; kMaxArgumentDepth is the strict limit.

class Walk {
 public:
  /// `depth` counts this element and the containers around it.
  [[nodiscard]] std::optional<ArgumentError> look(dom::element element, std::size_t depth = 1) {
    if (++values_ > kMaxArgumentValues) return ArgumentError::TooMany;
    if (!element.is_array() && !element.is_object()) return std::nullopt;
    if (depth > kMaxArgumentDepth) return ArgumentError::TooDeep;
    if (element.is_object()) return look_at_members(element.get_object().value_unsafe(), depth);
    for (const dom::element item : dom::array(element.get_array().value_unsafe())) {
      if (const auto wrong = look(item, depth + 1)) return wrong;
    }
    return std::nullopt;
  }

 private:
  [[nodiscard]] std::optional<ArgumentError> look_at_members(dom::object object, std::size_t depth) {
    std::set<std::string_view> names;
    for (const auto& [name, value] : object) {
      if (names.size() == kMaxArgumentMembers) return ArgumentError::TooMany;
      if (!names.insert(name).second) return ArgumentError::RepeatedName;
      if (const auto wrong = look(value, depth + 1)) return wrong;
    }
    return std::nullopt;
  }

  std::size_t values_ = 0;
};

}  // namespace

std::string_view to_string(ArgumentError error) {
  switch (error) {
    case ArgumentError::TooLong:
      return "the arguments are too long";
    case ArgumentError::NotJson:
      return "the arguments are not JSON";
    case ArgumentError::NotAnObject:
      return "the arguments must be one JSON object";
    case ArgumentError::TooDeep:
      return "the arguments are nested too deeply";
    case ArgumentError::TooMany:
      return "the arguments have too many members";
    case ArgumentError::RepeatedName:
      return "a name occurs twice in the arguments";
  }
  return "the arguments cannot be used";
}

base::Result<Arguments, ArgumentError> read_arguments(std::string_view json) {
  if (json.size() > kMaxArgumentBytes) return base::fail(ArgumentError::TooLong);
  if (json.find_first_not_of(" \t\r\n") == std::string_view::npos) return Arguments{};
  dom::parser parser(kMaxArgumentBytes);
  if (parser.allocate(json.size(), kParserDepth) != simdjson::SUCCESS) return base::fail(ArgumentError::TooLong);
  const simdjson::padded_string padded(json);
  dom::element root;
  if (const auto error = parser.parse(padded).get(root); error != simdjson::SUCCESS) {
    return base::fail(error == simdjson::DEPTH_ERROR ? ArgumentError::TooDeep : ArgumentError::NotJson);
  }
  dom::object object;
  if (root.get(object) != simdjson::SUCCESS) return base::fail(ArgumentError::NotAnObject);
  if (const auto wrong = Walk().look(root)) return base::fail(*wrong);
  Arguments arguments;
  for (const auto& [name, value] : object) arguments.push_back({std::string(name), value_of(value)});
  return arguments;
}

std::string as_judged(std::string_view json) {
  json::Parser parser;
  const auto root = json::parse(parser, json);
  return root ? simdjson::minify(*root) : "{}";
}

}  // namespace offhook::inline v0::agent::tools
