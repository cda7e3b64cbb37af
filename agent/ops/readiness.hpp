#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace offhook::inline v0::agent {

/// The conditions for new calls. The agent is ready when all of them hold.
struct Readiness {
  bool set_up = false;          ///< models and voices are loaded
  bool model_loaded = true;     ///< of each agent that depends on a model; also true when the wait for it has timed out
  bool registered = false;      ///< at least one registration is active, or none is configured
  bool draining = false;
  bool records_kept = false;    ///< no record is lost because of a disk
  bool takes_legs = false;      ///< the media engine has capacity and time for one more leg
  bool has_descriptors = false; ///< enough for one more call, and for the future needs of the calls that are up
  bool has_memory = false;      ///< enough for the same
  bool providers_serve = false; ///< there is a way to hold a conversation in which each stage has a provider
  bool threads_answer = false;  ///< at least one conversation thread has not stalled

  [[nodiscard]] bool is_ready() const { return missing().empty(); }
  /// Returns the names of the conditions that do not hold ("registration", "drain" ...), in the order above.
  [[nodiscard]] std::vector<std::string_view> missing() const;
  /// Returns the same as a JSON array: `["registration"]`.
  [[nodiscard]] std::string missing_json() const;
};

}  // namespace offhook::inline v0::agent
