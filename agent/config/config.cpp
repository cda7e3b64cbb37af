#include <offhook/agent/config/config.hpp>

#include <offhook/agent/config/json_tree.hpp>
#include <offhook/agent/config/settings.hpp>
#include <offhook/agent/config/suggestion.hpp>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <string_view>

namespace offhook::inline v0::agent::config {

namespace {

using Problems = std::vector<Problem>;

std::vector<std::string_view> sections() {
  std::vector<std::string_view> names;
  for (const Setting& setting : settings()) {
    if (!setting.section.empty() && std::find(names.begin(), names.end(), setting.section) == names.end())
      names.push_back(setting.section);
  }
  return names;
}

std::vector<std::string_view> names_in(std::string_view section) {
  std::vector<std::string_view> names;
  for (const Setting& setting : settings()) {
    if (setting.section == section) names.push_back(setting.name);
  }
  return names;
}

const Setting* find_setting(std::string_view section, std::string_view name) {
  for (const Setting& setting : settings()) {
    if (setting.section == section && setting.name == name) return &setting;
  }
  return nullptr;
}

Problem unknown(const std::string& pointer, std::string_view name, const std::vector<std::string_view>& known) {
  if (const auto meant = nearest(name, known)) return {pointer, "is no setting: did you mean \"" + std::string(*meant) + "\"?"};
  std::string list;
  for (const std::string_view each : known) list += (list.empty() ? "" : ", ") + std::string(each);
  return {pointer, "is no setting: there are " + list};
}

void apply_member(Config& config, std::string_view section, const std::string& name, const JsonValue& value, Problems& problems) {
  const std::string pointer = (section.empty() ? std::string() : pointer_step(section)) + pointer_step(name);
  const Setting* setting = find_setting(section, name);
  if (setting == nullptr) {
    problems.push_back(unknown(pointer, name, names_in(section)));
  } else if (auto complaint = setting->apply(config, value)) {
    problems.push_back({pointer, std::move(*complaint)});
  }
}

void apply_file(Config& config, const JsonValue& file, Problems& problems) {
  const auto known = sections();
  for (const auto& [name, value] : file.members) {
    if (std::find(known.begin(), known.end(), name) == known.end()) {
      if (find_setting("", name) != nullptr) {
        apply_member(config, "", name, value, problems);
      } else {
        auto all = known;
        for (const std::string_view top : names_in("")) all.push_back(top);
        problems.push_back(unknown(pointer_step(name), name, all));
      }
    } else if (value.kind != JsonValue::Kind::Object) {
      problems.push_back({pointer_step(name), "must be an object: settings in braces"});
    } else {
      for (const auto& [member, inner] : value.members) apply_member(config, name, member, inner, problems);
    }
  }
}

/// An empty variable counts as not set: container files pass on variables that nobody filled in.
std::optional<std::string> value_of(const Environment& environment, std::string_view name) {
  if (name.empty() || !environment) return std::nullopt;
  auto value = environment(std::string(name));
  return value && !value->empty() ? value : std::nullopt;
}

void apply_environment(Config& config, const Environment& environment, Problems& problems) {
  for (const Setting& setting : settings()) {
    const auto text = value_of(environment, setting.environment);
    if (!text) continue;
    auto complaint = setting.environment == "ASTERISK_HOST" ? apply_host_and_port(config, *text)
                                                            : setting.apply(config, value_of_variable(setting, *text));
    if (complaint) problems.push_back({std::string(setting.environment), std::move(*complaint)});
  }
}

/// Missing only when nobody tried to set it: a bad value is a problem already.
void require(bool present, std::string_view variable, std::string_view pointer, std::string_view meaning, Problems& problems) {
  const bool told =
      std::any_of(problems.begin(), problems.end(), [&](const Problem& p) { return p.where == variable || p.where == pointer; });
  if (present || told) return;
  problems.push_back({std::string(variable),
                      "is missing: set it to " + std::string(meaning) + ", or write " + std::string(pointer) + " in the file"});
}

void check_whole(const Config& config, Problems& problems) {
  require(!config.sip.extension.empty(), "SIP_EXTENSION", "/sip/extension", "the extension to register, such as 6001", problems);
  require(!config.sip.password.empty(), "SIP_PASSWORD", "/sip/password", "the extension's secret", problems);
  require(!config.sip.host.empty(), "ASTERISK_HOST", "/sip/host", "the PBX's host name or address", problems);
  if (config.media.first_port >= config.media.last_port) {  // Each call takes an even port and the odd one after it.
    problems.push_back({"/media/last_port", "must be greater than /media/first_port"});
  } else if (config.media.first_port % 2 != 0 && config.media.last_port - config.media.first_port < 2) {
    problems.push_back({"/media/last_port", "leaves no even port with the odd one after it: widen the range"});
  }
}

void replace_all(std::string& text, std::string_view hidden) {
  constexpr std::string_view kCover = "***";
  for (auto at = text.find(hidden); at != std::string::npos; at = text.find(hidden, at + kCover.size()))
    text.replace(at, hidden.size(), kCover);
}

/// The last net: a person may have typed the password where a name belongs, and names are shown.
void cover(const Secret& secret, Problems& problems) {
  constexpr std::size_t kShortest = 4;  // Less would cover parts of our own words.
  if (secret.reveal().size() < kShortest) return;
  const std::string as_step = pointer_step(secret.reveal()).substr(1);
  for (Problem& problem : problems) {
    for (std::string* text : {&problem.where, &problem.what}) {
      replace_all(*text, secret.reveal());
      replace_all(*text, as_step);
    }
  }
}

/// Nothing when the file could not be read: then nobody knows what it says, and what is missing is not told.
base::Result<Config, Problems> combine(std::optional<std::string_view> text, std::string_view source,
                                       const Environment& environment, Problems problems) {
  Config config;
  bool is_known = text.has_value();
  if (text && !text->empty()) {
    const auto file = read_json(*text, source, problems);
    is_known = file && file->kind == JsonValue::Kind::Object;
    if (is_known) apply_file(config, *file, problems);
    else if (file) problems.push_back({std::string(source), "must hold one JSON object: settings in braces"});
  }
  const Secret from_file = config.sip.password;
  apply_environment(config, environment, problems);
  if (is_known) check_whole(config, problems);
  if (problems.empty()) return config;
  cover(from_file, problems);
  cover(config.sip.password, problems);
  return base::fail(std::move(problems));
}

std::string too_large() { return "is larger than " + std::to_string(kMaxFileBytes / 1024) + " KiB: this is no configuration"; }

base::Result<std::string, std::string> read_file(const std::string& path) {
  errno = 0;
  std::ifstream file(path, std::ios::binary);
  std::string text(kMaxFileBytes + 1, '\0');
  if (file) file.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (file.bad() || (file.fail() && !file.eof())) {
    const int reason = errno;
    return base::fail("cannot be read" + (reason == 0 ? std::string() : ": " + std::string(std::strerror(reason))) +
                      "; check the path");
  }
  text.resize(static_cast<std::size_t>(file.gcount()));
  if (text.size() > kMaxFileBytes) return base::fail(too_large());
  return text;
}

}  // namespace

base::Result<Config, std::vector<Problem>> load(const std::optional<std::string>& path, const Environment& environment) {
  if (!path) return combine("", "", environment, {});
  const auto text = read_file(*path);
  if (!text) return combine(std::nullopt, *path, environment, {{*path, text.error()}});
  return combine(*text, *path, environment, {});
}

base::Result<Config, std::vector<Problem>> parse(std::string_view text, const Environment& environment) {
  if (text.size() > kMaxFileBytes) return combine(std::nullopt, "", environment, {{"configuration", too_large()}});
  return combine(text, "configuration", environment, {});
}

Environment process_environment() {
  return [](const std::string& name) -> std::optional<std::string> {
    const char* value = std::getenv(name.c_str());
    return value != nullptr ? std::optional<std::string>(value) : std::nullopt;
  };
}

}  // namespace offhook::inline v0::agent::config
