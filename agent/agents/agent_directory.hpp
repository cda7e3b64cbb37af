#pragma once

#include <offhook/agent/profile/agent_profile.hpp>

#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace offhook::inline v0::agent {

namespace tools {
struct ToolServerPlan;
}

/// The facts by which an agent is chosen for a call. They are known at the INVITE.
struct CallFacts {
  std::string caller, called;                                ///< the user part of the SIP URI; the whole URI if it has no user part
  std::vector<std::pair<std::string, std::string>> headers;  ///< headers of the INVITE
  bool caller_verified = false;                              ///< false: `caller` is only the caller's own claim
};

/// A condition on a text: the text begins with `+49` (for the pattern `+49*`), or is `6001` (for the pattern `6001`). Case does not matter.
struct Pattern {
  std::string text;  ///< without the star
  bool is_prefix = false;

  [[nodiscard]] static Pattern of(std::string_view written);
  [[nodiscard]] bool fits(std::string_view value) const;
  friend bool operator==(const Pattern&, const Pattern&) = default;
};

/// Conditions for one agent. All conditions that are set must match.
struct AgentMatch {
  std::optional<Pattern> called, caller, header;
  std::string header_name;
  bool verified = false;  ///< true: CallFacts::caller_verified must be true

  [[nodiscard]] bool takes_all() const { return !called && !caller && !header && !verified; }
  [[nodiscard]] bool fits(const CallFacts& call) const;
};

/// All agents of one configuration. Immutable: a reload makes a new directory, and running calls keep the agents with which they began.
class AgentDirectory {
 public:
  using Profile = std::shared_ptr<const AgentProfile>;
  struct Entry {
    AgentMatch match;
    Profile profile;
  };

  using ToolServerPlan = std::shared_ptr<const tools::ToolServerPlan>;

  AgentDirectory(std::vector<Entry> entries, Profile otherwise, ToolServerPlan tool_servers = nullptr)
      : entries_(std::move(entries)), otherwise_(std::move(otherwise)), tool_servers_(std::move(tool_servers)) {}

  /// Returns the profile of the first entry that matches; otherwise the default profile.
  [[nodiscard]] const Profile& choose(const CallFacts& call) const;
  [[nodiscard]] const std::vector<Entry>& entries() const { return entries_; }
  [[nodiscard]] const Profile& otherwise() const { return otherwise_; }
  /// Returns the plan of the tool servers; null: the agents have built-in tools only.
  [[nodiscard]] const ToolServerPlan& tool_servers() const { return tool_servers_; }

 private:
  std::vector<Entry> entries_;
  Profile otherwise_;
  ToolServerPlan tool_servers_;
};

}  // namespace offhook::inline v0::agent
