#pragma once

#include <offhook/agent/agent_profile.hpp>

#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace offhook::inline v0::agent {

namespace tools {
struct ToolServerPlan;
}

/// What a call is known by before anything is said.
struct CallFacts {
  std::string caller, called;                                ///< the user part of the SIP URI, or all of it where it has none
  std::vector<std::pair<std::string, std::string>> headers;  ///< of the INVITE
  bool caller_verified = false;                              ///< false: `caller` is what the caller says of itself
};

/// `6001` or `+49*`: the whole value, or what it begins with. Case does not count.
struct Pattern {
  std::string text;  ///< without the star
  bool is_prefix = false;

  [[nodiscard]] static Pattern of(std::string_view written);
  [[nodiscard]] bool fits(std::string_view value) const;
  friend bool operator==(const Pattern&, const Pattern&) = default;
};

/// All that are given must fit.
struct AgentMatch {
  std::optional<Pattern> called, caller, header;
  std::string header_name;
  bool verified = false;  ///< the call must be of a caller_verified

  [[nodiscard]] bool takes_all() const { return !called && !caller && !header && !verified; }
  [[nodiscard]] bool fits(const CallFacts& call) const;
};

/// All agents of one configuration. Immutable: a reload makes another one, and calls keep what they began with.
class AgentBook {
 public:
  using Profile = std::shared_ptr<const AgentProfile>;
  struct Entry {
    AgentMatch match;
    Profile profile;
  };

  using ToolServerPlan = std::shared_ptr<const tools::ToolServerPlan>;

  AgentBook(std::vector<Entry> entries, Profile otherwise, ToolServerPlan tool_servers = nullptr)
      : entries_(std::move(entries)), otherwise_(std::move(otherwise)), tool_servers_(std::move(tool_servers)) {}

  /// The first that fits, else the one that takes all.
  [[nodiscard]] const Profile& choose(const CallFacts& call) const;
  [[nodiscard]] const std::vector<Entry>& entries() const { return entries_; }
  [[nodiscard]] const Profile& otherwise() const { return otherwise_; }
  /// Null: tools that are built in are all there are.
  [[nodiscard]] const ToolServerPlan& tool_servers() const { return tool_servers_; }

 private:
  std::vector<Entry> entries_;
  Profile otherwise_;
  ToolServerPlan tool_servers_;
};

}  // namespace offhook::inline v0::agent
