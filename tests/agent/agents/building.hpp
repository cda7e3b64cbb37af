#pragma once

#include <offhook/agent/agents/directory_builder.hpp>
#include <offhook/agent/config/config.hpp>
#include <offhook/media/files/wav.hpp>

#include <map>
#include <string>
#include <string_view>

/// Builds agent directories from texts. The test supplies the variables and the files.
namespace building {

namespace agent = offhook::agent;
namespace config = offhook::agent::config;
using namespace offhook::agent;

using Texts = std::map<std::string, std::string>;

inline config::FileReader files_of(Texts files) {
  return [files = std::move(files)](const std::string& path,
                                    std::size_t most) -> offhook::base::Result<config::FileText, std::string> {
    const auto found = files.find(path);
    if (found == files.end()) return offhook::base::fail(std::string("it is not there"));
    if (found->second.size() > most) return offhook::base::fail(std::string(config::kFileTooLarge));
    return config::FileText{found->second, path.find("open") != std::string::npos};
  };
}

struct Built {
  config::Effective effective;
  agent::BuiltDirectory made;

  [[nodiscard]] const agent::AgentProfile& profile() const { return *made.directory->otherwise(); }
  /// Returns all problems, one per line.
  [[nodiscard]] std::string problems() const {
    std::string text;
    for (const auto& problem : effective.problems) text += to_string(problem) + "\n";
    for (const auto& problem : made.problems) text += to_string(problem) + "\n";
    return text;
  }
  [[nodiscard]] std::string warnings() const {
    std::string text;
    for (const auto* list : {&effective.warnings, &made.warnings}) {
      for (const auto& warning : *list) text += warning.where + ": " + warning.what + "\n";
    }
    return text;
  }
};

inline Built build(std::string_view json, Texts variables = {}, Texts files = {}) {
  variables.insert({{"SIP_EXTENSION", "6001"}, {"SIP_PASSWORD", "canary-7f3a"}, {"ASTERISK_HOST", "pbx.example"}});
  const config::Environment environment = [variables](const std::string& name) -> std::optional<std::string> {
    const auto found = variables.find(name);
    return found == variables.end() ? std::nullopt : std::optional(found->second);
  };
  const auto reader = files_of(std::move(files));
  Built out;
  out.effective = config::read_text(json, "my.json", {std::string("etc/my.json"), environment, {}, reader});
  out.made = agent::build_directory(out.effective, {std::string("etc/my.json"), reader, "receptionist.json"});
  return out;
}

/// Returns a mono 16-bit WAV file with `samples` samples.
inline std::string wav_of(std::size_t samples, std::uint32_t rate_hz = 8000) {
  const auto header = offhook::media::wav_header({.rate_hz = rate_hz, .channels = 1}, static_cast<std::uint32_t>(samples * 2));
  std::string file(header.begin(), header.end());
  for (std::size_t i = 0; i < samples; ++i) file += std::string("\x00\x10", 2);
  return file;
}

/// Returns the profile's sessions as text, for example "realtime openai; cascade openai/openai/local".
inline std::string ways(const agent::AgentProfile& profile) {
  const auto names = [](const std::vector<agent::ProviderPtr>& providers) {
    std::string text;
    for (const auto& each : providers) text += (text.empty() ? "" : "+") + each->name;
    return text;
  };
  std::string text;
  for (const auto& way : profile.sessions) {
    if (!text.empty()) text += "; ";
    if (const auto* realtime = std::get_if<agent::RealtimeWay>(&way)) text += "realtime " + realtime->provider->name;
    const auto* cascade = std::get_if<agent::CascadeWay>(&way);
    if (cascade != nullptr)
      text += "cascade " + names(cascade->listen) + "/" + names(cascade->think) + "/" + names(cascade->speak);
  }
  return text;
}

}  // namespace building
