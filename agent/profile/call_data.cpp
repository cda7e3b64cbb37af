#include <offhook/agent/profile/call_data.hpp>

#include <offhook/agent/prompts/call_variables.hpp>

#include <nlohmann/json.hpp>

namespace offhook::inline v0::agent {

namespace {

base::Error error(std::string detail) { return {"context", 1, std::move(detail)}; }

std::string as_text(const nlohmann::json& value) { return value.is_string() ? value.get<std::string>() : value.dump(); }

}  // namespace

base::Result<std::vector<std::pair<std::string, std::string>>, base::Error> parse_call_data(std::string_view json, std::string_view source) {
  const std::string name(source);
  if (json.size() > kMaxCallDataBytes) return base::fail(error(name + " has more than " + std::to_string(kMaxCallDataBytes) + " octets"));
  // Only flat values are used, so the parser drops deeper ones while it reads.
  const auto flat = [](int depth, nlohmann::json::parse_event_t, nlohmann::json&) { return depth <= 1; };
  const auto object = nlohmann::json::parse(json, flat, false);
  if (object.is_discarded()) return base::fail(error(name + " has no valid JSON"));
  if (!object.is_object()) return base::fail(error(name + " has JSON that is not an object"));
  std::vector<std::pair<std::string, std::string>> values;
  for (const auto& [key, value] : object.items()) {
    if (values.size() == prompts::kMaxContextValues) break;
    if (key.size() > prompts::kMaxContextName || !(value.is_string() || value.is_number() || value.is_boolean())) continue;
    values.emplace_back(key, as_text(value));
  }
  return values;
}

}  // namespace offhook::inline v0::agent
