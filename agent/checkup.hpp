#pragma once

#include <offhook/agent/config/config.hpp>
#include <offhook/agent/setup/setup.hpp>

#include <string>
#include <vector>

namespace offhook::inline v0::agent {

using config::Warning;

struct Checkup {
  std::vector<config::Problem> problems;  ///< empty: `offhook run` would start with it, ports, folders and the PBX aside
  std::vector<Warning> warnings;
  std::string proxy = "none";             ///< that providers are reached through, without its password
  std::string dialogue;                   ///< the path of the one that counts; "": nobody follows one
  std::vector<setup::Finding> online;     ///< of check_online(), where it was asked for
};

/// Everything that can be checked without starting: file, environment and command line, the dialogue file, whether the recogniser
/// can hear each word that it expects, the voice, the files of /sip/tls, and the model of voices where it is asked for. Of folders that
/// are named it warns only: who checks is often another user than the service. Opens no socket, looks up no name and makes nothing.
/// `default_dialogue` and the folder `default_silero` are used when the configuration names none.
[[nodiscard]] Checkup check_up(const config::Sources& sources, const std::string& default_dialogue, const std::string& default_silero);

/// {"usable", "problems": [...], "warnings": [{"where", "what"}], "proxy": text, "dialogue": path or null} on one line, and "online": [{"good", "what"}] where servers were asked
[[nodiscard]] std::string to_json(const Checkup& checkup);

}  // namespace offhook::inline v0::agent
