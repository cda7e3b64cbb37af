#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace offhook::inline v0::agent {

/// The conditions for new calls. The agent is ready when all of them hold.
struct Readiness {
  bool set_up = false;          ///< models and voices are loaded
  bool model_loaded = true;     ///< the model of each agent that depends on one is loaded, or the wait for it has timed out
  bool registered = false;      ///< at least one registration is active, or none is configured
  bool draining = false;
  bool records_kept = false;    ///< no call record is lost because of a disk
  bool takes_legs = false;      ///< the media engine has capacity and time for one more leg
  bool has_descriptors = false; ///< enough descriptors for one more call, and for the future needs of the running calls
  bool has_memory = false;      ///< enough memory for the same needs
  bool providers_serve = false; ///< at least one kind of session has a usable provider for each stage
  bool threads_answer = false;  ///< at least one conversation thread has not stalled

  [[nodiscard]] bool is_ready() const { return missing().empty(); }
  /// Returns the names of the conditions that do not hold ("registration", "drain" ...), in the order above.
  [[nodiscard]] std::vector<std::string_view> missing() const;
  /// Returns missing() as a JSON array: `["registration"]`.
  [[nodiscard]] std::string missing_json() const;
};

}  // namespace offhook::inline v0::agent
