#include <offhook/agent/config/report.hpp>

#include <offhook/agent/config/nested.hpp>
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
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0U) == 0x80) --end;  // Does not cut inside a UTF-8 character.
  return text.substr(0, end) + "...";
}

std::string padded(std::string text, std::size_t width) {
  text.resize(std::max(text.size(), width), ' ');
  return text;
}

struct Row {
  std::string pointer;
  JsonValue value;
  Origin origin;
};

/// Adds one row for each value inside a compound value, because people look for single values.
void add_rows(const std::string& pointer, const JsonValue& value, const Effective& effective, Origin origin, std::vector<Row>& out) {
  for (const auto& [inner, from] : effective.inner_origins) {
    if (inner == pointer) origin = from;
  }
  const auto inside = [&](const std::string& step, const JsonValue& inner) {
    Origin there = origin;
    if (there.source == Source::File) there.name += step;
    add_rows(pointer + step, inner, effective, std::move(there), out);
  };
  const bool is_leaf = value.members.empty() && (value.items.empty() || value.items.front().kind == JsonValue::Kind::Text);
  if (is_leaf) out.push_back({pointer, value, origin});
  for (const auto& [name, inner] : value.members) inside(pointer_step(name), inner);
  for (std::size_t i = 0; !is_leaf && i < value.items.size(); ++i) inside("/" + std::to_string(i), value.items[i]);
}

std::vector<Row> rows(const Effective& effective) {
  std::vector<Row> out;
  for (std::size_t i = 0; i < settings().size(); ++i) {
    const Setting& setting = settings()[i];
    const JsonValue value = setting.field.get(effective.config);
    add_rows(pointer_of(setting), setting.is_compound() ? masked(setting, value) : value, effective, effective.origins[i], out);
  }
  return out;
}

}  // namespace

std::string effective_table(const Effective& effective) {
  const auto all = rows(effective);
  std::size_t pointers = 0, values = 0;
  for (const Row& row : all) {
    pointers = std::max(pointers, row.pointer.size());
    values = std::max(values, shown_value(row.value).size());
  }
  std::string table;
  for (const Row& row : all) {
    table += padded(row.pointer, pointers) + "  " + padded(shown_value(row.value), values) + "  " + to_string(row.origin) + "\n";
  }
  return table;
}

std::string effective_json(const Effective& effective) {
  JsonValue list{.kind = JsonValue::Kind::List};
  for (Row& row : rows(effective)) {
    list.items.push_back(json_object({{"setting", json_text(row.pointer)},
                                      {"value", std::move(row.value)},
                                      {"source", json_text(name_of(row.origin.source))},
                                      {"origin", json_text(row.origin.name)}}));
  }
  return write_json(json_object({{"settings", std::move(list)}, {"problems", problems_json(effective.problems)}}));
}

JsonValue problems_json(const std::vector<Problem>& problems) {
  JsonValue list{.kind = JsonValue::Kind::List};
  for (const Problem& problem : problems) {
    list.items.push_back(json_object({{"where", json_text(problem.where)},
                                      {"found", json_text(problem.found)},
                                      {"allowed", json_text(problem.allowed)},
                                      {"advice", json_text(problem.advice)},
                                      {"position", problem.position.empty() ? JsonValue{} : json_text(problem.position)}}));
  }
  return list;
}

}  // namespace offhook::inline v0::agent::config
