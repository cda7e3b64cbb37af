#include <offhook/agent/tools/mcp/header_bindings.hpp>

#include <offhook/agent/support/http_text.hpp>
#include <offhook/base/base64.hpp>
#include <offhook/base/text.hpp>

#include <algorithm>
#include <span>
#include <utility>

namespace offhook::inline v0::agent::tools::mcp {

namespace {

constexpr std::string_view kMark = "x-mcp-header";
constexpr std::string_view kPrefix = "Mcp-Param-";
constexpr std::string_view kEncodedBegin = "=?base64?", kEncodedEnd = "?=";
constexpr std::size_t kMaxPath = 8;
constexpr std::size_t kMaxSchemaDepth = 64;
constexpr std::int64_t kMaxSafeInteger = (std::int64_t{1} << 53) - 1;

/// Reads the marks in a schema. Only an argument to which a path of `properties` leads may have a mark. A mark in any other place is a fault.
class Reader {
 public:
  explicit Reader(std::vector<HeaderBinding>& out) : out_(out) {}

  [[nodiscard]] bool read(const json::Element& schema, bool reachable, std::size_t depth = 0) {
    if (depth > kMaxSchemaDepth) return false;
    if (simdjson::dom::array list; schema.get(list) == simdjson::SUCCESS) {
      return std::all_of(list.begin(), list.end(), [&](const json::Element& item) { return read(item, false, depth + 1); });
    }
    simdjson::dom::object members;
    if (schema.get(members) != simdjson::SUCCESS) return true;
    if (json::Element mark; schema.at_key(kMark).get(mark) == simdjson::SUCCESS && !bind(schema, mark, reachable)) return false;
    for (const auto& [name, value] : members) {
      if (name == "default" || name == "const" || name == "enum" || name == "examples") continue;  // These contain values, not schemas.
      const bool good = name == "properties" ? read_properties(value, reachable, depth) : read(value, false, depth + 1);
      if (!good) return false;
    }
    return true;
  }

 private:
  [[nodiscard]] bool read_properties(const json::Element& properties, bool reachable, std::size_t depth) {
    simdjson::dom::object members;
    if (properties.get(members) != simdjson::SUCCESS) return true;
    for (const auto& [name, value] : members) {
      path_.emplace_back(name);
      if (!read(value, reachable, depth + 1)) return false;
      path_.pop_back();
    }
    return true;
  }

  [[nodiscard]] bool bind(const json::Element& schema, const json::Element& mark, bool reachable) {
    std::string_view name;
    if (!reachable || path_.empty() || path_.size() > kMaxPath || mark.get(name) != simdjson::SUCCESS || name.size() > kMaxHeaderName || !is_token(name)) return false;
    const std::string_view type = json::text(schema, "type");
    if (type != "string" && type != "integer" && type != "boolean") return false;
    HeaderBinding binding{std::string(kPrefix) + std::string(name), path_};
    const auto is_same = [&](const HeaderBinding& other) { return base::iequals(other.header, binding.header); };
    if (out_.size() == kMaxHeaderBindings || std::any_of(out_.begin(), out_.end(), is_same)) return false;
    out_.push_back(std::move(binding));
    return true;
  }

  std::vector<HeaderBinding>& out_;
  std::vector<std::string> path_;
};

std::optional<std::string> value_at(json::Element at, const std::vector<std::string>& path) {
  for (const std::string& name : path) {
    if (at.at_key(name).get(at) != simdjson::SUCCESS) return std::nullopt;
  }
  if (std::string_view text; at.get(text) == simdjson::SUCCESS) return std::string(text);
  if (bool flag = false; at.get(flag) == simdjson::SUCCESS) return flag ? "true" : "false";
  std::int64_t number = 0;
  if (at.get(number) != simdjson::SUCCESS || number > kMaxSafeInteger || number < -kMaxSafeInteger) return std::nullopt;
  return std::to_string(number);
}

}  // namespace

std::optional<std::string> read_header_bindings(const json::Element& schema, std::vector<HeaderBinding>& out) {
  if (Reader(out).read(schema, true)) return std::nullopt;
  out.clear();
  return "an x-mcp-header in its inputSchema is not valid";
}

std::string encode_header_value(std::string_view value) {
  const auto is_plain = [](char c) { return c == '\t' || (c >= ' ' && c <= '~'); };
  const bool is_safe = std::all_of(value.begin(), value.end(), is_plain) && base::trim(value).size() == value.size();
  if (is_safe && !(value.starts_with(kEncodedBegin) && value.ends_with(kEncodedEnd))) return std::string(value);
  std::string encoded(kEncodedBegin);
  base::append_base64(encoded, std::span(reinterpret_cast<const std::uint8_t*>(value.data()), value.size()));
  return encoded.append(kEncodedEnd);
}

std::vector<HeaderValue> header_values(const std::vector<HeaderBinding>& bindings, std::string_view arguments) {
  std::vector<HeaderValue> values;
  if (bindings.empty()) return values;
  json::Parser parser;
  const auto root = json::parse(parser, arguments);
  if (!root) return values;
  for (const HeaderBinding& binding : bindings) {
    if (const auto value = value_at(*root, binding.path)) values.push_back({binding.header, encode_header_value(*value)});
  }
  return values;
}

}  // namespace offhook::inline v0::agent::tools::mcp
