#include <offhook/agent/config/nested.hpp>

#include <offhook/agent/config/check_words.hpp>
#include <offhook/agent/config/variables.hpp>
#include <offhook/agent/support/secret.hpp>
#include <offhook/agent/support/suggestion.hpp>

#include <algorithm>

namespace offhook::inline v0::agent::config {

namespace {

using Kind = JsonValue::Kind;

/// Suggests a name of `known`, or a setting with this name in a different section.
std::string advise_name(std::string_view name, const std::vector<std::string_view>& known) {
  const auto meant = nearest(name, known);
  if (meant && *meant != name) return "did you mean \"" + std::string(*meant) + "\"?";
  for (const Setting& setting : settings()) {
    if (setting.name == name) return "did you mean " + pointer_of(setting) + "?";
  }
  return "remove it, or look for its name in docs/configuration.md";
}

class NestedReader {
 public:
  NestedReader(const LeafReader& leaf, std::vector<Problem>& problems) : leaf_(leaf), problems_(problems) {}

  JsonValue read(const Setting& setting, const JsonValue& value, const std::string& where) {
    if (const auto checked = check(setting, value); !checked) {
      emit(where, checked.error());
      return {};
    }
    if (setting.shape == Shape::Map) return read_map(setting, value, where);
    return setting.shape == Shape::Objects ? read_list(setting, value, where) : read_object(setting, value, where);
  }

 private:
  void emit(const std::string& where, const Complaint& complaint) {
    problems_.push_back({where, complaint.found, complaint.allowed, complaint.advice});
  }

  JsonValue read_map(const Setting& setting, const JsonValue& value, const std::string& where) {
    JsonValue out{.kind = Kind::Object};
    if (value.members.size() > static_cast<std::size_t>(setting.most))
      emit(where, {"more than " + std::to_string(setting.most) + " names", allowed_for(setting), "remove some"});
    for (const auto& [name, inner] : value.members) {
      const std::string there = where + pointer_step(name);
      if (!is_word(name))
        emit(there, {"a name with other characters", "a name of 1 to 64 letters, digits, - and _", "rename it"});
      else if (inner.kind != Kind::Object)
        emit(there, {std::string(name_of(inner.kind)), "an object", "put its settings in braces"});
      else
        out.members.emplace_back(name, read_item(setting, inner, there));
    }
    return out;
  }

  JsonValue read_list(const Setting& setting, const JsonValue& value, const std::string& where) {
    JsonValue out{.kind = Kind::List};
    const auto size = static_cast<std::int64_t>(value.items.size());
    if (size < setting.least || size > setting.most)
      emit(where, {size < setting.least ? "an empty list" : "a longer list", allowed_for(setting),
                   size < setting.least ? "leave it out" : "shorten it"});
    for (std::size_t i = 0; i < value.items.size(); ++i) {
      const JsonValue& item = value.items[i];
      const std::string there = where + "/" + std::to_string(i);
      const bool is_short = !setting.short_for.empty() && item.kind == Kind::Text;
      if (is_short) {
        out.items.push_back(read_item(setting, json_object({{std::string(setting.short_for), item}}), there, there));
      } else if (item.kind == Kind::Object) {
        out.items.push_back(read_item(setting, item, there));
      } else {
        emit(there, {std::string(name_of(item.kind)), allowed_for(setting), "put its settings in braces"});
        out.items.push_back({.kind = Kind::Object});
      }
    }
    return out;
  }

  /// Reads an object that one source writes as a whole.
  JsonValue read_item(const Setting& setting, const JsonValue& value, const std::string& where, const std::string& short_at = {}) {
    JsonValue out = read_object(setting, value, where, short_at);
    report_missing(setting, value, where, problems_);
    return out;
  }

  /// `short_at` is the place for problems if a text replaces an object with one member.
  JsonValue read_object(const Setting& setting, const JsonValue& value, const std::string& where,
                        const std::string& short_at = {}) {
    const auto members = members_of(setting);
    JsonValue out{.kind = Kind::Object};
    for (const auto& [name, inner] : value.members) {
      const std::string there = short_at.empty() ? where + pointer_step(name) : short_at;
      const auto found = std::find_if(members.begin(), members.end(), [&](const Setting* each) { return each->name == name; });
      if (found == members.end()) {
        std::vector<std::string_view> known;
        for (const Setting* each : members) known.push_back(each->name);
        problems_.push_back(unknown_name(there, name, known));
      } else if ((*found)->is_compound()) {
        if (JsonValue read_value = read(**found, inner, there); read_value.kind != Kind::Null)
          out.members.emplace_back(name, std::move(read_value));
      } else if (auto read_value = leaf_(**found, inner, there)) {
        out.members.emplace_back(name, *std::move(read_value));
      } else {
        emit(there, read_value.error());
      }
    }
    return out;
  }

  const LeafReader& leaf_;  // Borrowed: the code that calls read_nested() owns it.
  std::vector<Problem>& problems_;
};

}  // namespace

std::vector<std::string> steps_of(std::string_view pointer) {
  std::vector<std::string> steps;
  while (pointer.starts_with('/')) {
    pointer.remove_prefix(1);
    const auto end = std::min(pointer.find('/'), pointer.size());
    steps.emplace_back(pointer.substr(0, end));
    pointer.remove_prefix(end);
  }
  return steps;
}

JsonValue read_nested(const Setting& setting, const JsonValue& value, const std::string& where, const LeafReader& leaf,
                      std::vector<Problem>& problems) {
  return NestedReader(leaf, problems).read(setting, value, where);
}

void report_missing(const Setting& setting, const JsonValue& value, const std::string& where, std::vector<Problem>& problems) {
  for (const Setting& each : setting.members) {
    const std::string there = where + pointer_step(each.name);
    const JsonValue* inner = member(value, each.name);
    if (inner != nullptr && inner->kind == Kind::Object && each.shape == Shape::Object) report_missing(each, *inner, there, problems);
    if (inner != nullptr || !each.is_required() || is_told(problems, there)) continue;
    const VariableSetting* by_variable = find_variable_setting(there);
    problems.push_back({there, "nothing", allowed_for(each), by_variable != nullptr ? "set " + by_variable->names.front() + ", or write it in the file" : "write it in the file"});
  }
}

Problem unknown_name(const std::string& where, std::string_view name, const std::vector<std::string_view>& known) {
  std::string list;
  for (const std::string_view each : known) list += (list.empty() ? "" : ", ") + std::string(each);
  return {where, "an unknown setting", list, advise_name(name, known)};
}

std::optional<InnerPlace> find_inner(std::string_view pointer) {
  for (const Setting& top : settings()) {
    if (!top.is_compound() || top.shape == Shape::Objects) continue;
    const std::string begin = pointer_of(top) + "/";
    if (!pointer.starts_with(begin)) continue;
    InnerPlace place{&top, &top, steps_of(pointer.substr(begin.size() - 1))};
    bool is_name = top.shape == Shape::Map;  // The next step is a name that the operator chose.
    for (const std::string& step : place.steps) {
      if (std::exchange(is_name, false)) {
        if (!is_word(step)) return std::nullopt;
        continue;
      }
      const auto members = members_of(*place.setting);
      const auto found = std::find_if(members.begin(), members.end(), [&](const Setting* each) { return each->name == step; });
      if (found == members.end()) return std::nullopt;
      place.setting = *found;
    }
    if (is_name || place.setting->is_compound()) return std::nullopt;
    return place;
  }
  return std::nullopt;
}

void put_inner(JsonValue& tree, const std::vector<std::string>& steps, JsonValue value) {
  JsonValue* at = &tree;
  for (const std::string& step : steps) {
    at->kind = Kind::Object;
    auto found = std::find_if(at->members.begin(), at->members.end(), [&](const auto& each) { return each.first == step; });
    if (found == at->members.end()) found = at->members.insert(found, {step, JsonValue{}});
    at = &found->second;
  }
  *at = std::move(value);
}

std::optional<base::IpAddress> address_of_host(std::string_view host) {
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  return base::IpAddress::parse(host);
}

JsonValue masked(const Setting& setting, const JsonValue& value) {
  if ((setting.is_secret() || setting.may_hold_secret) && value.kind == Kind::Text) return json_text(to_string(Secret(value.text)));
  JsonValue out = value;
  const auto mask_members = [&setting](JsonValue& object) {
    for (auto& [name, inner] : object.members) {
      for (const Setting* each : members_of(setting)) {
        if (each->name == name) inner = masked(*each, inner);
      }
    }
  };
  if (setting.shape == Shape::Object) mask_members(out);
  for (JsonValue& item : out.items) {
    if (setting.shape == Shape::Objects) mask_members(item);
  }
  for (auto& [name, inner] : out.members) {
    if (setting.shape == Shape::Map) mask_members(inner);
  }
  return out;
}

}  // namespace offhook::inline v0::agent::config
