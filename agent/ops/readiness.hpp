#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace offhook::inline v0::agent {

/// Whether calls should be sent here: what has to be so, each of it.
struct Readiness {
  bool set_up = false;          ///< models and voices are loaded
  bool model_loaded = true;     ///< of each agent that has no other way to hold a conversation; or it was waited for long enough
  bool registered = false;      ///< one registration stands, or none is wanted
  bool draining = false;
  bool records_kept = false;    ///< none is lost for want of a disk
  bool takes_legs = false;      ///< audio has room and time for one more
  bool has_descriptors = false; ///< for one more call, and what those that are up may still need
  bool has_memory = false;      ///< likewise
  bool providers_serve = false; ///< there is a way to hold a conversation in which no stage is left without a provider
  bool threads_answer = false;  ///< not all conversation threads have stalled

  [[nodiscard]] bool is_ready() const { return missing().empty(); }
  /// "registration", "drain" ...: what is in the way, in the order above.
  [[nodiscard]] std::vector<std::string_view> missing() const;
  /// `["registration"]`
  [[nodiscard]] std::string missing_json() const;
};

}  // namespace offhook::inline v0::agent
