#pragma once

#include <offhook/agent/config/config.hpp>
#include <offhook/agent/setup/setup.hpp>

#include <string>
#include <vector>

namespace offhook::inline v0::agent {


struct Checkup {
  std::vector<Problem> problems;  ///< empty: `offhook run` starts, if the ports, the folders and the PBX allow it
  std::vector<Warning> warnings;
  std::string proxy = "none";             ///< the proxy to the providers, without its password
  std::string dialogue;                   ///< path of the dialogue file in use; "": no agent uses a dialogue
  std::vector<setup::Finding> online;     ///< findings of check_online(), when the operator requested it
};

/// Checks everything that can be checked without a start: file, environment and command line, the dialogue file, the recogniser's
/// pronunciation of each expected word, the embedded voice, the files of /sip/tls, and the voice model when it is configured. Only warns
/// about configured folders, because the user that runs the check is often not the service's user. Opens no socket, looks up no name and
/// creates no file. `default_dialogue` and the folder `default_silero` apply when the configuration names none.
[[nodiscard]] Checkup check_up(const config::Sources& sources, const std::string& default_dialogue, const std::string& default_silero);

/// Returns one line of JSON: {"usable", "problems": [...], "warnings": [{"where", "what"}], "proxy": text, "dialogue": path or null}. It also
/// has "online": [{"good", "what"}] if the servers were checked.
[[nodiscard]] std::string to_json(const Checkup& checkup);

}  // namespace offhook::inline v0::agent
