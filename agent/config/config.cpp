#include <offhook/agent/config/config.hpp>

#include <offhook/agent/config/check.hpp>
#include <offhook/agent/config/check_together.hpp>
#include <offhook/agent/config/environment.hpp>
#include <offhook/agent/config/nested.hpp>
#include <offhook/agent/config/proxies.hpp>
#include <offhook/agent/config/settings.hpp>
#include <offhook/agent/config/settings_reader.hpp>
#include <offhook/agent/config/variables.hpp>
#include <offhook/agent/support/json_tree.hpp>
#include <offhook/agent/support/suggestion.hpp>

#include <algorithm>
#include <cstdlib>
#include <filesystem>

namespace offhook::inline v0::agent::config {

namespace {

using Problems = std::vector<Problem>;

constexpr std::string_view kSchemaName = "$schema";  // Editors find the schema by this name; Offhook ignores it.

std::string list_of(const std::vector<std::string_view>& names) {
  std::string list;
  for (const std::string_view name : names) list += (list.empty() ? "" : ", ") + std::string(name);
  return list;
}

void apply_member(SettingsReader& reader, std::string_view file, std::string_view section, const std::string& name, const JsonValue& value) {
  const std::string where = (section.empty() ? std::string() : pointer_step(section)) + pointer_step(name);
  const Setting* setting = find_setting(section, name);
  if (setting != nullptr) return reader.apply(*setting, value, where, {Source::File, std::string(file) + ":" + where});
  auto known = section.empty() ? sections() : names_in(section);
  if (section.empty()) {
    for (const std::string_view top : names_in("")) known.push_back(top);
  }
  reader.out.problems.push_back(unknown_name(where, name, known));
}

void apply_file(SettingsReader& reader, std::string_view file, const JsonValue& tree) {
  const auto known = sections();
  for (const auto& [name, value] : tree.members) {
    if (name == kSchemaName && value.kind == JsonValue::Kind::Text) continue;
    if (std::find(known.begin(), known.end(), name) == known.end()) {
      apply_member(reader, file, "", name, value);
    } else if (value.kind != JsonValue::Kind::Object) {
      reader.out.problems.push_back({pointer_step(name), std::string(name_of(value.kind)), "an object with " + list_of(names_in(name)), "put its settings in braces"});
    } else {
      for (const auto& [member, inner] : value.members) apply_member(reader, file, name, member, inner);
    }
  }
}

/// Returns all pointers that an assignment may have. NAME in them is replaced by the name in `written`.
std::vector<std::string> pointers_like(const std::string& written) {
  constexpr std::string_view kName = "/NAME/";
  std::vector<std::string> pointers;
  for (const Place& place : places()) {
    std::string pointer = place.pointer;
    const auto at = pointer.find(kName);
    if (at != std::string::npos && written.starts_with(pointer.substr(0, at + 1)))
      pointer.replace(at + 1, kName.size() - 2, written.substr(at + 1, written.find('/', at + 1) - at - 1));
    if (pointer.find("/N/") == std::string::npos) pointers.push_back(std::move(pointer));
  }
  return pointers;
}

std::string advise_secret(const std::string& pointer, const Setting& setting) {
  const VariableSetting* by_variable = find_variable_setting(pointer);
  const std::string variable = by_variable != nullptr ? by_variable->names.front() : std::string(setting.environment);
  return variable.empty() ? "write it in the file" : "change it now, and set " + variable + " or write it in the file";
}

void apply_assignments(SettingsReader& reader, const std::vector<std::string>& assignments) {
  constexpr auto kAllowed = "POINTER=VALUE, such as /sip/port=5070";
  for (const std::string& assignment : assignments) {
    const auto equals = assignment.find('=');
    const std::string pointer = assignment.substr(0, equals);
    const Setting* setting = find_setting(pointer);
    const auto inner = setting == nullptr ? find_inner(pointer) : std::nullopt;
    if (inner) setting = inner->setting;
    if (equals == std::string::npos || !pointer.starts_with('/')) {
      reader.out.problems.push_back({"--set", "no pointer, or no =", kAllowed, "docs/configuration.md lists the pointers"});
    } else if (setting == nullptr) {
      const auto pointers = pointers_like(pointer);
      const auto meant = nearest(pointer, {pointers.begin(), pointers.end()});
      reader.out.problems.push_back({"--set", "an unknown setting", kAllowed,
                                     meant ? "did you mean " + std::string(*meant) + "?" : "docs/configuration.md lists the pointers"});
    } else if (setting->is_secret()) {
      reader.out.problems.push_back({"--set " + pointer, "a secret on the command line, where other users see it", "any other setting",
                                     advise_secret(pointer, *setting)});
    } else if (setting->is_compound() || setting->shape == Shape::Targets) {
      reader.out.problems.push_back({"--set " + pointer, "a setting that contains other settings", "a setting with one value, such as /agent/limits/silence_seconds", "write it in the file"});
    } else {
      reader.apply_at(pointer, value_of_text(*setting, std::string_view(assignment).substr(equals + 1)), "--set " + pointer, {Source::CommandLine, pointer});
    }
  }
}

/// Reports required settings that no source has set. A refused value is a problem already.
void require_all(SettingsReader& reader) {
  for (const Setting& setting : settings()) {
    if (!setting.is_required() || reader.out.origins[index_of(setting)].source != Source::Default) continue;
    const std::string pointer = pointer_of(setting);
    if (is_told(reader.out.problems, pointer)) continue;
    if (setting.name == "password" && reader.out.config.sip.registration == "none") continue;  // A trunk identifies the agent by its address.
    reader.out.problems.push_back({pointer, "nothing", setting.name == "password" ? "the extension's secret" : allowed_for(setting),
                                   "set " + find_variable_setting(pointer)->names.front() + ", or write it in the file"});
  }
}

void replace_all(std::string& text, std::string_view hidden) {
  constexpr std::string_view kCover = "***";
  for (auto at = text.find(hidden); at != std::string::npos; at = text.find(hidden, at + kCover.size()))
    text.replace(at, hidden.size(), kCover);
}

/// Hides a secret in all problems. An operator may have typed the password in the place of a name, and problems show names.
void cover(std::string_view secret, Problems& problems) {
  constexpr std::size_t kShortest = 4;  // A shorter text would also hide parts of Offhook's own words.
  if (secret.size() < kShortest) return;
  const std::string as_step = pointer_step(secret).substr(1);
  for (Problem& problem : problems) {
    for (std::string* text : {&problem.where, &problem.found, &problem.allowed, &problem.advice}) {
      replace_all(*text, secret);
      replace_all(*text, as_step);
    }
  }
}

/// `text` is nullopt if the file could not be read (`problems` says so). Its settings are then unknown, and no missing settings are reported.
Effective combine(std::optional<std::string_view> text, std::string_view name, const Sources& sources, Problems problems) {
  SettingsReader reader(sources);
  reader.out.problems = std::move(problems);
  reader.out.config.path = sources.path;
  bool is_known = text.has_value();
  if (text && !text->empty()) {
    const auto tree = read_json(*text, name, reader.out.problems);
    is_known = tree && tree->kind == JsonValue::Kind::Object;
    reader.out.file = std::string(name);
    if (tree) reader.out.places = JsonPlaces(*text);
    if (is_known) apply_file(reader, name, *tree);
    else if (tree)
      reader.out.problems.push_back({std::string(name), std::string(name_of(tree->kind)), "one JSON object", "put the settings in braces"});
  }
  apply_environment(reader, sources);
  apply_assignments(reader, sources.assignments);
  if (is_known) {
    judge_variables(reader, sources);
    require_all(reader);
    reader.finish();
    resolve_proxies(sources, reader.out);
    check_together(reader.out);
  }
  add_positions(reader.out, reader.out.problems);
  for (const std::string& secret : reader.secrets) cover(secret, reader.out.problems);
  shorten(reader.out.problems);
  return std::move(reader.out);
}

Problem too_large(std::string_view name) {
  return {std::string(name), "a larger file", "a file of at most " + std::to_string(kMaxFileBytes / 1024) + " KiB", "check that this is the configuration"};
}

base::Result<std::string, Problem> read_file(const std::string& path) {
  const auto file = disk_files()(path, kMaxFileBytes);
  if (file) return file->text;
  if (file.error() == kFileTooLarge) return base::fail(too_large(path));
  return base::fail(Problem{path, "a file that cannot be read" + (file.error().empty() ? std::string() : " (" + file.error() + ")"),
                            "a JSON file that this user may read", "check the path and the permissions of the file"});
}

base::Result<Config, Problems> only_whole(Effective effective) {
  if (effective.problems.empty()) return std::move(effective.config);
  return base::fail(std::move(effective.problems));
}

}  // namespace

std::string to_string(const Origin& origin) {
  switch (origin.source) {
    case Source::Default: return "default";
    case Source::File: return "file " + origin.name;
    case Source::Variable: return "environment " + origin.name;
    case Source::CommandLine: return "command line";
  }
  return "";
}

std::string beside(const std::optional<std::string>& file, const std::string& path) {
  if (!file || std::filesystem::path(path).is_absolute()) return path;
  return (std::filesystem::path(*file).parent_path() / path).string();
}

std::string where_of(const Effective& effective, std::string_view pointer) {
  const Setting* setting = find_setting(pointer);
  Origin origin = setting != nullptr ? effective.origins[index_of(*setting)] : Origin{};
  for (const auto& [inner, from] : effective.inner_origins) {
    if (inner == pointer) origin = from;
  }
  switch (origin.source) {
    case Source::Variable: return origin.name;
    case Source::CommandLine: return "--set " + origin.name;
    case Source::Default:
    case Source::File: break;
  }
  return std::string(pointer);
}

void add_positions(const Effective& effective, std::vector<Problem>& problems) {
  for (Problem& problem : problems) {
    const auto place = problem.position.empty() ? effective.places.find(problem.where) : std::nullopt;
    if (place) problem.position = effective.file + ":" + *place;
  }
}

Effective read(const Sources& sources) {
  if (!sources.path) return combine("", "", sources, {});
  const auto text = read_file(*sources.path);
  if (!text) return combine(std::nullopt, *sources.path, sources, {text.error()});
  return combine(*text, *sources.path, sources, {});
}

Effective read_text(std::string_view text, std::string_view name, const Sources& sources) {
  if (text.size() > kMaxFileBytes) return combine(std::nullopt, name, sources, {too_large(name)});
  return combine(text, name, sources, {});
}

base::Result<Config, Problems> load(const std::optional<std::string>& path, const Environment& environment) {
  return only_whole(read({path, environment, {}, disk_files()}));
}

base::Result<Config, Problems> parse(std::string_view text, const Environment& environment) {
  return only_whole(read_text(text, "configuration", {std::nullopt, environment, {}, {}}));
}

Environment process_environment() {
  return [](const std::string& name) -> std::optional<std::string> {
    const char* value = std::getenv(name.c_str());
    return value != nullptr ? std::optional<std::string>(value) : std::nullopt;
  };
}

}  // namespace offhook::inline v0::agent::config
