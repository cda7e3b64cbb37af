#include <offhook/agent/config/report.hpp>

#include <offhook/agent/config/settings.hpp>

#include <algorithm>

namespace offhook::inline v0::agent::config {

namespace {

std::string_view name_of(Source source) {
  switch (source) {
    case Source::Default: return "default";
    case Source::File: return "file";
    case Source::Variable: return "environment";
    case Source::CommandLine: return "command line";
  }
  return "";
}

std::string shown_value(const JsonValue& value) {
  std::string text = write_json(value);
  if (text.size() <= kMaxShownValue) return text;
  std::size_t end = kMaxShownValue - 3;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0U) == 0x80) --end;  // Not in the middle of a character.
  return text.substr(0, end) + "...";
}

std::string padded(std::string text, std::size_t width) {
  text.resize(std::max(text.size(), width), ' ');
  return text;
}

}  // namespace

std::string effective_table(const Effective& effective) {
  std::size_t pointers = 0, values = 0;
  for (const Setting& setting : settings()) {
    pointers = std::max(pointers, pointer_of(setting).size());
    values = std::max(values, shown_value(setting.field.get(effective.config)).size());
  }
  std::string table;
  for (std::size_t i = 0; i < settings().size(); ++i) {
    const Setting& setting = settings()[i];
    table += padded(pointer_of(setting), pointers) + "  " + padded(shown_value(setting.field.get(effective.config)), values) + "  " +
             to_string(effective.origins[i]) + "\n";
  }
  return table;
}

std::string effective_json(const Effective& effective) {
  JsonValue list{.kind = JsonValue::Kind::List};
  for (std::size_t i = 0; i < settings().size(); ++i) {
    const Setting& setting = settings()[i];
    list.items.push_back(json_object({{"setting", json_text(pointer_of(setting))},
                                      {"value", setting.field.get(effective.config)},
                                      {"source", json_text(name_of(effective.origins[i].source))},
                                      {"origin", json_text(effective.origins[i].name)}}));
  }
  return write_json(json_object({{"settings", std::move(list)}, {"problems", problems_json(effective.problems)}}));
}

JsonValue problems_json(const std::vector<Problem>& problems) {
  JsonValue list{.kind = JsonValue::Kind::List};
  for (const Problem& problem : problems) {
    list.items.push_back(json_object({{"where", json_text(problem.where)},
                                      {"found", json_text(problem.found)},
                                      {"allowed", json_text(problem.allowed)},
                                      {"advice", json_text(problem.advice)}}));
  }
  return list;
}

}  // namespace offhook::inline v0::agent::config
